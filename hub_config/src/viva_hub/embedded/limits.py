"""Decides how much of the machine a candidate's processes may use together.

Control groups, version 1 or 2, where the hub may make them, which takes root. Elsewhere only the
limits of each process hold, which :func:`per_process` sets in both cases.
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
MIB = 1024 * 1024
PERIOD_US = 100_000
# Of each process: a table of open files is the machine's memory, and its number of them is one.
OPEN_FILES = 4096
REMOVAL_TRIES = 50
REMOVAL_PAUSE_S = 0.02
# Joins the groups named before "--", then becomes the command: no child can be born outside them.
JOIN = """
while [ "$1" != -- ]; do echo 0 > "$1/cgroup.procs" || exit 125; shift; done
shift
exec "$@"
"""


@dataclass(frozen=True)
class Limits:
    """What one group of processes may use together, or one process by itself.

    Attributes
    ----------
    memory_mib : int
        Memory, with files in memory counted.
    pids : int
        Processes and threads.
    cpus : float
        Cores' worth of time.
    file_mib : int
        The size of one file.
    """

    memory_mib: int
    pids: int
    cpus: float
    file_mib: int


@dataclass(frozen=True)
class Group:
    """A control group: one folder in version 2, one for each controller in version 1."""

    folders: tuple[Path, ...]

    def joined(self, command: Sequence[str]) -> list[str]:
        """Return the command that joins the group and then becomes `command`."""
        if not self.folders:
            return list(command)
        return ["/bin/sh", "-c", JOIN, "sh", *map(str, self.folders), "--", *command]

    async def remove(self) -> None:
        """Remove the group, whose processes have ended.

        Raises
        ------
        OSError
            If a process is still in it.
        """
        for folder in self.folders:
            for left in reversed(range(REMOVAL_TRIES)):
                try:
                    folder.rmdir()
                except FileNotFoundError:
                    break
                except OSError:  # the kernel is still putting away what has ended
                    if not left:
                        raise
                    await asyncio.sleep(REMOVAL_PAUSE_S)
                else:
                    break
            # The folder of this hub's groups goes with the last of them.
            with contextlib.suppress(OSError):
                folder.parent.rmdir()


def group(name: str, root: Path = CGROUPS) -> Group:
    """Return the group of this name, whether it exists or not; empty where none can be made.

    Parameters
    ----------
    name : str
        Unique on this machine; its parts are separated by ``/``.
    root : Path
        Where control groups are mounted.
    """
    if (root / "cgroup.controllers").exists():
        return Group((root / name,))
    controllers = [root / controller for controller in ("memory", "pids", "cpu")]
    mounted = all((folder / "cgroup.procs").exists() for folder in controllers)
    return Group(tuple(folder / name for folder in controllers)) if mounted else Group(())


def make(name: str, limits: Limits, root: Path = CGROUPS) -> Group:
    """Make a group and set its limits; an empty one if this process may not make any.

    Raises
    ------
    OSError
        If the group can be made but not limited.
    """
    wanted = group(name, root)
    try:
        if len(wanted.folders) == 1:
            _delegate(root, name)
        for folder in wanted.folders:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Group(())
    for folder in wanted.folders:
        for file, value in _values(limits).items():
            if (folder / file).exists():
                (folder / file).write_text(value)
    return wanted


def per_process(limits: Limits, command: Sequence[str]) -> list[str]:
    """Return the command that takes on limits of its own, for it and its children, then runs.

    It must stand inside a user namespace: there the number of processes counts those inside.
    """
    sizes = {"data": limits.memory_mib, "fsize": limits.file_mib}
    words = [f"--{name}={size * MIB}" for name, size in sizes.items()]
    words += [f"--nproc={limits.pids}", f"--nofile={OPEN_FILES}", "--core=0"]
    return ["prlimit", *words, "--", *command]


def _values(limits: Limits) -> Mapping[str, str]:
    memory = str(limits.memory_mib * MIB)
    quota = str(int(limits.cpus * PERIOD_US))
    return {
        "memory.max": memory,
        "memory.swap.max": "0",
        "memory.oom.group": "0",
        "pids.max": str(limits.pids),
        "cpu.max": f"{quota} {PERIOD_US}",
        # Version 1; there, memory and swap together cannot be set below memory.
        "memory.limit_in_bytes": memory,
        "memory.memsw.limit_in_bytes": memory,
        "cpu.cfs_period_us": str(PERIOD_US),
        "cpu.cfs_quota_us": quota,
    }


def _delegate(root: Path, name: str) -> None:
    """Let each folder above the group hand the controllers down."""
    folder = root
    for part in Path(name).parts:
        (folder / "cgroup.subtree_control").write_text("+memory +pids +cpu")
        folder = folder / part
        folder.mkdir(exist_ok=True)
