"""Decides when a call into the other process is late: by work and waiting, not by the wall clock.

What counts against a limit is the larger of two figures: the processor time that was used, and the
time that passed less the time in which the machine was busy with something else. On an idle machine
that is the time on the clock; on a loaded one it is the same figure.
"""

import contextlib
import math
import time
from collections.abc import Generator
from dataclasses import dataclass, field

from viva_grader.callee.interruptions import CallTimeout, Overdue
from viva_grader.sandbox.accounts import read
from viva_grader.sandbox.port import Meter, Unmeasured

_OWN = "/proc/self/schedstat"
_FIRST_LOOK_S = 0.05
"""Most calls have answered by then, and cost no look at a meter."""
_LOOK_S = 0.1
_FRESH_S = 0.005
"""A look that is younger is as good as another: limits are seconds, and cells are often short."""
_SAME_S = 0.25
"""Two limits that are reached within this time are one: the narrower is named."""


@dataclass(frozen=True, slots=True)
class Backstop:
    """How long the wall clock may go beyond a limit: then the machine is at fault, not the code."""

    factor: float = 10.0
    margin_s: float = 30.0

    def of(self, limit_s: float) -> float:
        """Give the seconds on the wall clock for a limit."""
        return self.factor * limit_s + self.margin_s


@dataclass(frozen=True, slots=True)
class Used:
    """What was used until some moment, both processes together, in seconds."""

    worked_s: float
    wall_s: float
    queued_s: float

    def since(self, before: "Used") -> float:
        """Give what counts against a limit that began at ``before``."""
        worked_s = self.worked_s - before.worked_s
        return max(worked_s, self.wall_s - before.wall_s - (self.queued_s - before.queued_s))


@dataclass(slots=True)
class Until:
    """Patience that ends at a time of the monotonic clock, whatever is used: for trusted ends."""

    deadline_s: float

    def slice_s(self) -> float:
        """How long to wait before :meth:`check`."""
        return max(0.0, self.deadline_s - time.monotonic())

    def check(self) -> None:
        """End the wait if it was long enough."""
        if time.monotonic() >= self.deadline_s:
            raise CallTimeout("no answer in time")


@dataclass(frozen=True, slots=True)
class Opening:
    """The clock while a room is opened: the machine's own time, at most so many seconds."""

    within_s: float

    def call(self) -> Until:
        """Begin a call."""
        return Until(time.monotonic() + self.within_s)

    def ended_by(self) -> str | None:
        """Name no limit."""
        return None


@dataclass(slots=True)
class Clock:
    """What one submission has used, against its limits of a call, a part and the whole.

    Attributes
    ----------
    call_s, part_s, total_s : float
        The limits, in seconds of work or waiting.
    """

    call_s: float
    total_s: float
    part_s: float = math.inf
    backstop: Backstop = field(default_factory=Backstop)
    _meter: Meter = field(default_factory=Unmeasured)
    _rooms: Used = Used(0.0, 0.0, 0.0)
    _aside_s: float = 0.0
    _began: Used | None = None
    _part: Used | None = None
    _looking: bool = False
    _seen: Used | None = None

    def leave(self) -> None:
        """Read the room's meter for the last time: the room is about to go."""
        left, before = self._meter.read(), self._rooms
        worked_s, queued_s = before.worked_s + left.worked_s, before.queued_s + left.queued_s
        self._rooms, self._meter, self._seen = Used(worked_s, 0.0, queued_s), Unmeasured(), None

    def enter(self, meter: Meter, aside_s: float) -> None:
        """Go on with a fresh room; what opening it took on the wall clock is not counted."""
        self._meter, self._seen = meter, None
        self._aside_s += aside_s

    @contextlib.contextmanager
    def aside(self) -> Generator[None]:
        """Count nothing that passes on the wall clock meanwhile: the grader does its own work."""
        began_s = time.monotonic()
        try:
            yield
        finally:
            self._aside_s += time.monotonic() - began_s
            self._seen = None

    def used(self) -> Used:
        """Look at both processes, or give what was seen a moment ago."""
        wall_s = time.monotonic() - self._aside_s
        if self._seen is None or wall_s - self._seen.wall_s >= _FRESH_S:
            reading, rooms = self._meter.read(), self._rooms
            worked_s = rooms.worked_s + reading.worked_s + time.process_time()
            queued_s = rooms.queued_s + reading.queued_s + _own_queued_s()
            self._seen = Used(worked_s, wall_s, queued_s)
        return self._seen

    def begin_part(self, part_s: float) -> None:
        """Begin a part; the first one begins the submission too."""
        self.part_s = part_s
        self._part = self.used()
        self._began = self._began or self._part

    def call(self) -> "Call":
        """Begin a call."""
        return Call(self)

    def is_over(self) -> bool:
        """Whether the submission has used all of ``total_s``."""
        return self._began is not None and self.used().since(self._began) >= self.total_s

    def ended_by(self) -> str | None:
        """Name the limit that ended the candidate's process; None if none is known to."""
        return self._meter.ended_by() or ("total_s" if self.is_over() else None)

    def hits(self) -> frozenset[str]:
        """Name the limits that the kernel saw the candidate's processes run into."""
        return self._meter.hits()

    def check(self, call: Used | None = None) -> None:
        """End what runs if a limit is reached.

        Raises
        ------
        CallTimeout
            If so; its words name the limit.
        Overdue
            If the wall clock is far beyond a limit that was not reached.
        """
        if self._looking:
            return  # an alarm in the middle of a look
        self._looking = True
        try:
            now = self.used()
        finally:
            self._looking = False
        limits = (
            ("call_s", self.call_s, call),
            ("part_s", self.part_s, self._part),
            ("total_s", self.total_s, self._began),
        )
        running = [(name, limit, since) for name, limit, since in limits if since is not None]
        if any(now.since(since) >= limit for _, limit, since in running):
            for name, limit, since in running:
                if now.since(since) >= limit - _SAME_S:
                    worked = now.worked_s - since.worked_s >= limit / 2
                    what = "work" if worked else "waiting"
                    raise CallTimeout(f"{name}: {limit:g} s of {what}")
        for name, limit, since in running:
            if now.wall_s - since.wall_s >= self.backstop.of(limit):
                raise Overdue(f"the machine was too busy: {name} on the wall clock many times over")


@dataclass(slots=True)
class Call:
    """One call on its way: how long to wait for it before looking again."""

    clock: Clock
    _since: Used | None = None

    def slice_s(self) -> float:
        """How long to wait before :meth:`check`."""
        return _FIRST_LOOK_S if self._since is None else _LOOK_S

    def check(self) -> None:
        """End the call if a limit is reached; the first look begins its time."""
        if self._since is None:
            self._since = self.clock.used()
        self.clock.check(self._since)


def _own_queued_s() -> float:
    with contextlib.suppress(OSError, IndexError, ValueError):
        return int(read(_OWN).split()[1]) / 1e9
    return 0.0
