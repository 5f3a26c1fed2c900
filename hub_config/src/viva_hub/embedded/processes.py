"""Decides which process is meant, though pids are used again, and that none of a room stays."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
# The variable, harmless to read, by which processes of a room are found where they have no uid of
# their own; bubblewrap's own process and the first one inside keep it.
MARK = "VIVA_ROOM"
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SWEEP_TIMEOUT_S = 10.0
SWEEP_PAUSE_S = 0.02
# Fields of /proc/PID/stat after the command's name, which may hold blanks and brackets itself.
STATE_FIELD, PARENT_FIELD, START_FIELD = 0, 1, 19


@dataclass(frozen=True)
class Process:
    """One process of this boot: its pid, and when it began in clock ticks since the boot."""

    pid: int
    start_ticks: int

    @classmethod
    def named(cls, pid: int) -> "Process | None":
        """Return the process that has this pid now, or None."""
        fields = _stat(pid)
        return cls(pid, int(fields[START_FIELD])) if fields else None

    def alive(self) -> bool:
        """Whether it still runs; one that ended and is not waited for does not."""
        fields = _stat(self.pid)
        if not fields or fields[STATE_FIELD] in "ZX":
            return False
        return int(fields[START_FIELD]) == self.start_ticks

    def send(self, signum: signal.Signals) -> None:
        """Send a signal to this very process, or to nothing."""
        try:
            handle = os.pidfd_open(self.pid)
        except ProcessLookupError:
            return
        try:
            if self.alive():
                signal.pidfd_send_signal(handle, signum)
        except ProcessLookupError:
            return
        finally:
            os.close(handle)


def _stat(pid: int) -> list[str]:
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _pids() -> Iterator[int]:
    return (int(entry) for entry in os.listdir(PROC) if entry.isdigit())  # noqa: PTH208 -- names only, read often


def of_uid(uid: int) -> list[Process]:
    """Return the running processes that have a uid, as real or effective one, in any namespace."""
    found: list[Process] = []
    for pid in _pids():
        try:
            status = (PROC / str(pid) / "status").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        line = next(line for line in status.splitlines() if line.startswith("Uid:"))
        process = Process.named(pid)
        if str(uid) in line.split()[1:] and process and process.alive():
            found.append(process)
    return found


def of_mark(mark: str) -> list[Process]:
    """Return the running processes that began with this mark in their environment."""
    wanted = f"{MARK}={mark}".encode()
    found: list[Process] = []
    for pid in _pids():
        try:
            environment = (PROC / str(pid) / "environ").read_bytes()
        except OSError:
            continue  # it ended, or belongs to somebody else
        process = Process.named(pid)
        if wanted in environment.split(b"\0") and process and process.alive():
            found.append(process)
    return found


async def end_all(mark: str, uids: Sequence[int], known: Sequence[Process]) -> None:
    """End every process of a room, and return when none is left.

    Parameters
    ----------
    mark : str
        The room's mark.
    uids : sequence of int
        The uids that belong to the room alone; empty where the hub is not root.
    known : sequence of Process
        First processes of the room's namespaces; all in them end with them.

    Raises
    ------
    TimeoutError
        If a process survives, for example in an uninterruptible state.
    """
    deadline = time.monotonic() + SWEEP_TIMEOUT_S
    while True:
        left = of_mark(mark) + [process for process in known if process.alive()]
        left += [process for uid in uids for process in of_uid(uid)]
        if not left:
            return
        if time.monotonic() > deadline:
            raise TimeoutError(f"{len(left)} processes of {mark} do not end")
        for uid in uids:
            await _end_uid(uid)
        for process in left:
            process.send(signal.SIGKILL)
        await asyncio.sleep(SWEEP_PAUSE_S)


async def _end_uid(uid: int) -> None:
    """Kill everything of a uid at once: a process that takes it and kills all it may reach.

    One signal to all, rather than one to each: nothing can fork away in between.
    """
    take = ("setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--")
    child = await asyncio.create_subprocess_exec(
        *take,
        *("sh", "-c", "kill -KILL -1"),
        stdin=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PATH": SYSTEM_PATH},
    )
    await child.wait()
