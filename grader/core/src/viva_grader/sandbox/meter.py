"""Decides what a submission has used: read from outside, where it can neither write nor reach."""

import contextlib
import os
import time
from collections.abc import Iterable, Iterator, Mapping

from viva_grader.sandbox.accounts import read
from viva_grader.sandbox.groups import RoomGroup
from viva_grader.sandbox.pidfd import has_ended, pid_of
from viva_grader.sandbox.port import Reading

_NS = 1_000_000_000
_TICKS = os.sysconf("SC_CLK_TCK")
_RECORD_BYTES = 4096
_LAST_RECORD_S = 2.0


class ProcessMeter:
    """Measures a process of this machine, and all below it, by the kernel's own accounts.

    Parameters
    ----------
    handle : int
        A pidfd of the submission's first process: its number alone could be another's later.
    group : RoomGroup or None
        Its own control group: exact also for processes that came and went between two looks.

    Notes
    -----
    Time in a queue is "some cpu" in the kernel's pressure accounts of the group, or else the
    longest wait among its threads (``/proc/PID/schedstat``). A first process that is stopped is
    stopped from outside: signals of its own namespace cannot do that.
    """

    def __init__(self, handle: int, group: RoomGroup | None) -> None:
        self.handle = handle
        self.group = group
        self._pid = pid_of(handle)
        self._last = Reading()
        self._stopped_s: float | None = None
        self._worked = _Growth()
        self._queued = _Growth()

    def read(self) -> Reading:
        """See :class:`viva_grader.sandbox.port.Meter`."""
        if not has_ended(self.handle):
            worked_s = self._last.worked_s + sum(self._worked.of(self._times()))
            queued_s = max(self._queued.of(self._waits()), default=0.0)
            queued_s = max(queued_s, self._stopped())
            self._last = Reading(worked_s, self._last.queued_s + queued_s)
        return self._last

    def hits(self) -> frozenset[str]:
        """See :class:`viva_grader.sandbox.port.Meter`."""
        return frozenset() if self.group is None else self.group.hits()

    def ended_by(self) -> str | None:
        """See :class:`viva_grader.sandbox.port.Meter`."""
        return "memory_mib" if self.group is not None and self.group.killed() else None

    def _times(self) -> Mapping[int, float]:
        """Give seconds of processor time: of the group as a whole, or by process."""
        whole_s = None if self.group is None else self.group.worked_s()
        return _worked_s(_tree(self._pid)) if whole_s is None else {0: whole_s}

    def _waits(self) -> Mapping[int, float]:
        """Give seconds in a queue for a processor: of the group as a whole, or by thread."""
        whole_s = None if self.group is None else self.group.queued_s()
        return _queued_s(_tree(self._pid)) if whole_s is None else {0: whole_s}

    def _stopped(self) -> float:
        """Give the seconds since the last look, if it was stopped then and is now."""
        before, now = self._stopped_s, time.monotonic()
        self._stopped_s = now if _stat(self._pid)[:1] in (["T"], ["t"]) else None
        return now - before if before is not None and self._stopped_s is not None else 0.0


class WrittenMeter:
    """Reads what a supervisor beside the submission writes: the last whole line of a file.

    A line is ``viva WORKED QUEUED HITS END``: two whole numbers of microseconds, names joined by
    commas or ``-``, and at the end of the room the limit that ended it or ``-``.
    """

    def __init__(self, file: int) -> None:
        self.file = file

    def read(self) -> Reading:
        """See :class:`viva_grader.sandbox.port.Meter`."""
        words = self._words()
        return Reading(int(words[1]) / 1e6, int(words[2]) / 1e6) if words else Reading()

    def hits(self) -> frozenset[str]:
        """See :class:`viva_grader.sandbox.port.Meter`."""
        words = self._words()
        return frozenset(words[3].split(",")) - {"-"} if words else frozenset()

    def ended_by(self) -> str | None:
        """See :class:`viva_grader.sandbox.port.Meter`."""
        until = time.monotonic() + _LAST_RECORD_S
        while time.monotonic() < until:
            words = self._words()
            if words[4:]:
                return None if words[4] == "-" else words[4]
            time.sleep(0.01)
        return None

    def _words(self) -> list[str]:
        size = os.fstat(self.file).st_size
        tail = os.pread(self.file, _RECORD_BYTES, max(0, size - _RECORD_BYTES))
        for line in reversed(tail[: tail.rfind(b"\n") + 1].decode(errors="replace").splitlines()):
            words = line.split()
            if words[:1] == ["viva"] and len(words) in {4, 5}:
                return words
        return []


class _Growth:
    """Tells how much each of several counters grew since the last look."""

    def __init__(self) -> None:
        self._seen: Mapping[int, float] = {}

    def of(self, now: Mapping[int, float]) -> list[float]:
        """Give the growth of each counter; one that is new began at nought."""
        grown = [max(0.0, value - self._seen.get(key, 0.0)) for key, value in now.items()]
        self._seen = now
        return grown


def _tree(pid: int) -> Iterator[tuple[int, int]]:
    """Give every thread of a process and of all below it, as pairs of numbers."""
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - asked often
            yield pid, int(task)
            with contextlib.suppress(OSError):
                for child in read(f"/proc/{pid}/task/{task}/children").split():
                    yield from _tree(int(child))


def _worked_s(tasks: Iterable[tuple[int, int]]) -> dict[int, float]:
    """Give processor time by process, with that of the children it has waited for."""
    found: dict[int, float] = {}
    for pid in {pid for pid, _ in tasks}:
        stat = _stat(pid)
        if stat:
            found[pid] = sum(map(int, stat[11:15])) / _TICKS
    return found


def _queued_s(tasks: Iterable[tuple[int, int]]) -> dict[int, float]:
    found: dict[int, float] = {}
    for pid, task in tasks:
        with contextlib.suppress(OSError, IndexError):
            words = read(f"/proc/{pid}/task/{task}/schedstat").split()
            found[task] = int(words[1]) / _NS
    return found


def _stat(pid: int) -> list[str]:
    """Give the words of a process's stat from its state on; none if it is gone."""
    try:
        text = read(f"/proc/{pid}/stat")
    except OSError:
        return []
    return text[text.rfind(")") + 1 :].split()
