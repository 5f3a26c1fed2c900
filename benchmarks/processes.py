"""Decides what a grader's processes weigh, and what of them is left at the end."""

import ctypes
import os
import time
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_MIB = 1024 * 1024
_PATIENCE_S = 5.0
_REAPED_S = 1.5
"""Within this time every parent has taken notice of a child that ended."""


def adopt_orphans() -> None:
    """Make this process the parent of every orphan below it, so that none is overlooked."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def below(ancestor: int) -> list[int]:
    """Name the processes that a process started, and those that they started; none that ended."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] != "Z":
                children.setdefault(int(fields[1]), []).append(int(entry.name))
    found: list[int] = []
    waiting = [ancestor]
    while waiting:
        waiting += (new := children.get(waiting.pop(), []))
        found += new
    return found


def weight_mib(ancestor: int) -> float:
    """Sum the proportional set sizes of a process and all below it; shared pages count once."""
    total = 0
    for pid in [ancestor, *below(ancestor)]:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue  # it has just ended
        total += sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total * 1024 / _MIB


def processor_s(ancestor: int) -> float:
    """Sum the processor time of a process, of all below it, and of those that it has outlived."""
    time.sleep(_REAPED_S)
    ticks = 0
    for pid in [ancestor, *below(ancestor)]:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        ticks += sum(map(int, fields[11:15]))  # its own, and its ended children's
    return ticks / os.sysconf("SC_CLK_TCK")


def leftovers(temporary: Path) -> dict[str, int]:
    """Count what this process's grader left: processes, temporary files, control groups."""
    deadline_s = time.monotonic() + _PATIENCE_S
    while any((found := _count(temporary)).values()) and time.monotonic() < deadline_s:
        time.sleep(0.1)  # what was killed a moment ago is still being taken away
    return found


def _count(temporary: Path) -> dict[str, int]:
    groups = Path("/sys/fs/cgroup").rglob(f"viva-*-{os.getpid()}-*")
    return {
        "processes": len(below(os.getpid())),
        "temporary files": len(list(temporary.iterdir())),
        "control groups": len(list(groups)),
    }
