"""Decides when the author's own code has run too long: by the clock of its part."""

import contextlib
import signal
from collections.abc import Generator

from viva_grader.callee.clock import Clock
from viva_grader.callee.interruptions import Interruption
from viva_grader.callee.session import Session

_LOOK_S = 0.5


@contextlib.contextmanager
def bounded(session: Session, clock: Clock, part_s: float) -> Generator[None]:
    """End what runs in a test's process when the part's time is over.

    Parameters
    ----------
    part_s : float
        Seconds for the part that begins now.
    """
    clock.begin_part(part_s)

    def ring(_signal: int, _frame: object) -> None:
        try:
            clock.check()
        except Interruption as late:
            session.alive = False  # the alarm may have cut a message in two
            session.interruption = session.interruption or late
            raise

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, _LOOK_S, _LOOK_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
