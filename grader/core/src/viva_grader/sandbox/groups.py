"""Decides how much memory and how many processes a sandbox has, where groups can be written."""

import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_ROOT = Path("/sys/fs/cgroup")
_MIB = 1024 * 1024
_WARM_MIB = 512
"""What the zygote itself may hold, with its imported packages."""
_WARM_PIDS = 16
_REMOVE_S = 2.0


@dataclass(slots=True)
class ControlGroup:
    """The sandbox's group in each hierarchy that could be written to."""

    memory: Path | None
    pids: Path | None
    unified: bool

    @classmethod
    def create(cls, pid: int) -> Self | None:
        """Make a group and move a process into it; None where the system does not allow it."""
        name = f"viva-sandbox-{os.getpid()}-{pid}"
        if (_ROOT / "cgroup.controllers").exists():
            group = _make(_own(_ROOT, "0::") / name, pid)
            return None if group is None else cls(group, group, unified=True)
        memory = _make(_own(_ROOT / "memory", "memory") / name, pid)
        pids = _make(_own(_ROOT / "pids", "pids") / name, pid)
        return None if memory is None and pids is None else cls(memory, pids, unified=False)

    def limit(self, memory_mib: int | None, pids: int | None) -> None:
        """Set limits for a submission beside the zygote."""
        most = str(((memory_mib or 1 << 20) + _WARM_MIB) * _MIB)
        if self.memory is not None and self.unified:
            _write(self.memory / "memory.max", most)
            _write(self.memory / "memory.swap.max", "0")
        elif self.memory is not None:
            _write(self.memory / "memory.limit_in_bytes", most)
        if self.pids is not None:
            _write(self.pids / "pids.max", str((pids or 1 << 14) + _WARM_PIDS))

    def remove(self) -> None:
        """Remove the group once its last process is gone."""
        for group in {self.memory, self.pids} - {None}:
            deadline = time.monotonic() + _REMOVE_S
            while group is not None and group.exists() and time.monotonic() < deadline:
                try:
                    group.rmdir()
                except OSError:
                    time.sleep(0.01)


def _own(root: Path, marker: str) -> Path:
    """Find this process's group, below which it may be allowed to make another."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            number, names, path = line.split(":", 2)
            if (marker == "0::" and number == "0") or marker in names.split(","):
                return root / path.lstrip("/")
    return root


def _make(group: Path, pid: int) -> Path | None:
    try:
        group.mkdir()
        (group / "cgroup.procs").write_text(str(pid))
    except OSError:
        with contextlib.suppress(OSError):
            group.rmdir()
        return None
    return group


def _write(file: Path, text: str) -> None:
    with contextlib.suppress(OSError):
        file.write_text(text)
