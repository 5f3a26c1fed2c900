"""Decides what a supervisor says of its submission: processor time, time in queues, limits met."""

import contextlib
import os
import time
from pathlib import Path

_PROC = Path("/proc")
_GROUPS = Path("/sys/fs/cgroup")
_EVERY_S = 0.1
_MICRO = 1_000_000


class Usage:
    """What the container has used beside the supervisor itself, since the submission began.

    Nothing here is read from what the submission writes: the kernel's accounts of the group, and
    of each thread for the time that it waited for a processor.
    """

    def __init__(self, child: int) -> None:
        self._child = child
        self._began = _worked_us() - _own_us()
        self._queued_us = 0
        self._waits: dict[int, int] = {}
        self._wrote_s = 0.0

    def write(self, *, last: bool = False) -> None:
        """Write a record to standard error if the last one is old, or this is the last."""
        now = time.monotonic()
        if not last and now - self._wrote_s < _EVERY_S:
            return
        self._wrote_s = now
        self._queued_us += self._longest_wait_us()
        worked_us = max(0, _worked_us() - _own_us() - self._began)
        killed = _event("memory.oom_control", "memory/memory.oom_control", "memory.events")
        hits = [name for name, hit in (("memory_mib", killed), ("pids", _pids())) if hit]
        record = f"viva {worked_us} {self._queued_us} {','.join(hits) or '-'}"
        if last:
            record += " memory_mib" if killed else " -"
        os.write(2, record.encode() + b"\n")

    def _longest_wait_us(self) -> int:
        """Give the longest time in a queue since the last look, among the threads that it has."""
        now: dict[int, int] = {}
        own = os.getpid()
        for process in _PROC.iterdir():
            if not process.name.isdigit() or int(process.name) in {1, own}:
                continue
            with contextlib.suppress(OSError):
                for task in (process / "task").iterdir():
                    with contextlib.suppress(OSError, IndexError, ValueError):
                        words = (task / "schedstat").read_text().split()
                        now[int(task.name)] = int(words[1]) // 1000
        waits = [wait - self._waits.get(task, 0) for task, wait in now.items()]
        self._waits = now
        return max(waits, default=0)


def _own_us() -> int:
    return int(time.process_time() * _MICRO)


def _worked_us() -> int:
    """Give the processor time of the container's group; of the submission's children at least."""
    with contextlib.suppress(OSError, ValueError):
        return int((_GROUPS / "cpuacct/cpuacct.usage").read_text()) // 1000
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int((_GROUPS / "cpu.stat").read_text().split()[1])
    return 0


def _pids() -> bool:
    return bool(_number("pids/pids.events", "max") or _number("pids.events", "max"))


def _event(*files: str) -> bool:
    return any(_number(file, "oom_kill") for file in files)


def _number(file: str, name: str) -> int:
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in (_GROUPS / file).read_text().splitlines():
            words = line.split()
            if words[0] == name:
                return int(words[1])
    return 0
