"""Decides how much memory and how many processes a submission has, where groups can be written."""

import contextlib
import itertools
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from viva_grader.domain.question import Limits
from viva_grader.sandbox.accounts import read
from viva_grader.sandbox.defences import Defences

_ROOT = Path("/sys/fs/cgroup")
_MIB = 1024 * 1024
_SLACK_MIB = 16
"""The kernel's own pages for a submission: stacks, page tables, sockets."""
_REMOVE_S = 2.0
_PREFIX = "viva-room-"
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class RoomGroup:
    """One submission's own group, in each hierarchy that could be written to.

    Attributes
    ----------
    memory, pids, processor, pressure : Path or None
        Folders of the group; in the unified hierarchy all are one.
    unified : bool
        Whether memory and pids have the files of version 2.
    """

    memory: Path | None
    pids: Path | None
    processor: Path | None
    pressure: Path | None
    unified: bool

    @classmethod
    def create(cls, pid: int) -> Self | None:
        """Make a group and move a process into it; None where the system does not allow it."""
        name = f"{_PREFIX}{os.getpid()}-{next(_numbers)}"
        if (_ROOT / "cgroup.controllers").exists():
            own = _own(_ROOT, "")
            # beside this process's group: below one that has processes nothing can be limited
            group = _make((own.parent, own), name, pid)
            return None if group is None else cls(*_controlled(group), unified=True)
        memory, pids, processor = (
            _make((_own(_ROOT / kind, kind),), name, pid) for kind in ("memory", "pids", "cpuacct")
        )
        pressure = _make((_own(_ROOT / "unified", ""),), name, pid)
        if not (memory or pids or processor or pressure):
            return None
        return cls(memory, pids, processor, pressure, unified=False)

    def limit(self, limits: Limits, defences: Defences) -> None:
        """Set a submission's limits; what it writes to its folder is memory too."""
        most = str((limits.memory_mib + limits.disk_mib + _SLACK_MIB) * _MIB)
        if self.memory is not None and defences.memory:
            if self.unified:
                _write(self.memory / "memory.max", most)
                _write(self.memory / "memory.swap.max", "0")
                _write(self.memory / "memory.oom.group", "1")
            else:
                _write(self.memory / "memory.limit_in_bytes", most)
                _write(self.memory / "memory.memsw.limit_in_bytes", most)
        if self.pids is not None and defences.pids:
            _write(self.pids / "pids.max", str(limits.pids))

    def describe(self) -> list[str]:
        """Give all of it as words, for :meth:`described`."""
        every = (self.memory, self.pids, self.processor, self.pressure)
        return ["2" if self.unified else "1", *(str(folder or "") for folder in every)]

    @classmethod
    def described(cls, words: list[str]) -> Self:
        """Give the group of these words, to look at."""
        memory, pids, processor, pressure = (Path(word) if word else None for word in words[1:])
        return cls(memory, pids, processor, pressure, unified=words[0] == "2")

    def worked_s(self) -> float | None:
        """Give the processor time of all that is or was in the group; None if it is not counted."""
        if self.processor is None:
            return None
        if self.unified:
            used = _number(self.processor / "cpu.stat", "usage_usec")
            return None if used is None else used / 1e6
        used = _number(self.processor / "cpuacct.usage", "")
        return None if used is None else used / 1e9

    def queued_s(self) -> float | None:
        """Give the time in which something in the group waited for a processor; None likewise."""
        if self.pressure is None:
            return None
        waited = _number(self.pressure / "cpu.pressure", "some")
        return None if waited is None else waited / 1e6

    def hits(self) -> frozenset[str]:
        """Name the limits that something in the group ran into."""
        found: set[str] = set()
        if self.pids is not None and _number(self.pids / "pids.events", "max"):
            found.add("pids")
        if self.killed():
            found.add("memory_mib")
        return frozenset(found)

    def killed(self) -> bool:
        """Whether the kernel ended a process of the group because its memory was used up."""
        if self.memory is None:
            return False
        events = "memory.events" if self.unified else "memory.oom_control"
        return bool(_number(self.memory / events, "oom_kill"))

    def remove(self) -> None:
        """Remove the group once its last process is gone."""
        for group in {self.memory, self.pids, self.processor, self.pressure}:
            if group is not None:
                _remove(group, _REMOVE_S)


def announce() -> None:
    """Say that a process is about to be moved into a group, while it is still being made.

    The kernel lets a first move wait for all processors to have come to rest, and those that
    follow at once do not wait again. So this process is moved to where it is.
    """
    unified = (_ROOT / "cgroup.controllers").exists()
    own = _own(_ROOT, "") if unified else _own(_ROOT / "memory", "memory")
    if (own / "cgroup.procs").exists():
        _write(own / "cgroup.procs", "0")


def sweep() -> None:
    """Remove empty groups of graders that ended without doing so."""
    roots = [_own(_ROOT / kind, kind) for kind in ("memory", "pids", "cpuacct")]
    for root in {*roots, _own(_ROOT / "unified", ""), _own(_ROOT, "")}:
        with contextlib.suppress(OSError):
            for group in root.glob(f"{_PREFIX}*-*"):
                owner = group.name.removeprefix(_PREFIX).split("-")[0]
                if not Path("/proc", owner).exists():
                    _remove(group, 0.0)


def _controlled(group: Path) -> tuple[Path | None, Path | None, Path, Path]:
    """Give what version 2 lets this group control; time and pressure it always shows."""
    memory = group if (group / "memory.max").exists() else None
    pids = group if (group / "pids.max").exists() else None
    return memory, pids, group, group


def _own(root: Path, kind: str) -> Path:
    """Find this process's group, below which it may be allowed to make another."""
    with contextlib.suppress(OSError):
        for line in read("/proc/self/cgroup").splitlines():
            _number, names, path = line.split(":", 2)
            if kind in names.split(","):
                return root / path.lstrip("/")
    return root


def _make(roots: tuple[Path, ...], name: str, pid: int) -> Path | None:
    for root in roots:
        if not (root / "cgroup.procs").exists():
            continue  # no group at all, but a folder that holds them
        group = root / name
        try:
            group.mkdir()
            (group / "cgroup.procs").write_text(str(pid))
        except OSError:
            with contextlib.suppress(OSError):
                group.rmdir()
            continue
        return group
    return None


def _remove(group: Path, within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while group.exists():
        with contextlib.suppress(OSError):
            group.rmdir()
            return
        if time.monotonic() >= deadline:
            return
        time.sleep(0.005)


def _number(file: Path, name: str) -> int | None:
    """Read a counter: the last number of the line of that name, or of the only line."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in read(file).splitlines():
            words = line.split()
            if not name or words[0] == name:
                return int(words[-1].rpartition("=")[2])
    return None


def _write(file: Path, text: str) -> None:
    with contextlib.suppress(OSError):
        file.write_text(text)
