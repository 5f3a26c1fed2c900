"""Decides when a query is late: by its server process's own work, not by the clock on the wall."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

# Time in which a process neither works nor waits for a processor is partly ours: the kernel's, the
# disk's, a neighbour's. Only much of it is the query's own doing.
WAITING_FACTOR = 3.0
BACKSTOP_FACTOR = 10.0
BACKSTOP_S = 20.0
_LOOK_AGAIN_S = 0.02
_GUARD_EVERY_S = 0.25


class LateError(Exception):
    """The query used up its time, in work or in waiting for itself."""


class UndecidedError(Exception):
    """So long on the wall that the machine is at fault: the query is to be run again."""


@dataclass(frozen=True, slots=True)
class Backend:
    """The server's process of one session, as the kernel counts it from outside."""

    pid: int

    def times(self) -> tuple[float, float] | None:
        """Give seconds of work, and of waiting for a processor; None once it is gone."""
        try:
            work, waiting, _ = Path(f"/proc/{self.pid}/schedstat").read_text().split()
        except (OSError, ValueError):
            return None
        return int(work) / 1e9, int(waiting) / 1e9


def find_backend(server: int, inner: int) -> Backend | None:
    """Find the process below a server's first one that has this pid in its own namespace."""
    below = [server]
    while below:
        process = Path(f"/proc/{below.pop()}")
        try:
            if _innermost(process) == inner and b"postgres" in (process / "cmdline").read_bytes():
                return Backend(int(process.name))
            for task in (process / "task").iterdir():
                below += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue  # it ended while we looked
    return None


def _innermost(process: Path) -> int | None:
    for line in (process / "status").read_text().splitlines():
        if line.startswith("NSpid:"):
            return int(line.split()[-1])
    return None


@dataclass(slots=True)
class Patience:
    """How long one query is waited for.

    Attributes
    ----------
    seconds : float
        Of work; so many times ``WAITING_FACTOR`` of waiting for locks or sleep.
    backend : Backend or None
        None where the kernel does not say: then the wall clock decides.
    guard : callable or None
        Looked at every quarter of a second; raises what ends the query.
    """

    seconds: float
    backend: Backend | None
    guard: Callable[[], None] | None = None
    _start_s: float = field(default_factory=time.monotonic)
    _before: tuple[float, float] = (0.0, 0.0)
    _ours_s: float = 0.0
    _guard_at_s: float = 0.0

    def __post_init__(self) -> None:
        self._before = (self.backend.times() if self.backend else None) or (0.0, 0.0)
        self._guard_at_s = self._start_s + _GUARD_EVERY_S

    def took_ours(self, seconds: float) -> None:
        """Leave out time in which we did not listen."""
        self._ours_s += seconds

    def left_s(self) -> float:
        """Say after how many seconds to look again.

        Raises
        ------
        LateError, UndecidedError
            When there is nothing more to wait for.
        """
        now = time.monotonic()
        if self.guard and now >= self._guard_at_s:
            self.guard()
            self._guard_at_s = now + _GUARD_EVERY_S
        wall = now - self._start_s
        left = self.seconds - wall if wall < self.seconds else self._left_of_work(wall)
        return min(left, _GUARD_EVERY_S) if self.guard else left

    def _left_of_work(self, wall: float) -> float:
        now = self.backend.times() if self.backend else None
        if now is None:
            raise LateError
        work, queued = now[0] - self._before[0], now[1] - self._before[1]
        waiting = wall - work - queued - self._ours_s
        if work >= self.seconds or waiting >= WAITING_FACTOR * self.seconds:
            raise LateError
        backstop = BACKSTOP_FACTOR * self.seconds + BACKSTOP_S
        if wall >= backstop:
            raise UndecidedError
        left = min(self.seconds - work, WAITING_FACTOR * self.seconds - waiting, backstop - wall)
        return max(left, _LOOK_AGAIN_S)
