"""Decides how a walled-in process is started, and which of its processes is the one that counts."""

import asyncio
import contextlib
import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from viva_hub.embedded.accounts import Account
from viva_hub.embedded.limits import Group
from viva_hub.embedded.processes import MARK, SYSTEM_PATH, Process
from viva_hub.embedded.syscalls import seccomp_filter
from viva_hub.embedded.walls import Room, from_inside, inner, outer

START_TIMEOUT_S = 15.0
PAUSE_S = 0.01
LOG_TAIL_BYTES = 4096
# The walls fall when the process outside them ends, and a room outlives a hub that is killed: so
# somebody else is that process. As root it is the outer layer, otherwise a shell that waits.
KEEPER = ("/bin/sh", "-c", '"$@"; exit "$?"', "sh")


class LaunchError(Exception):
    """A process could not be started within its walls; the message is the last line of its log."""


@dataclass(frozen=True)
class Order:
    """What is to be started.

    Attributes
    ----------
    room : Room
        What it sees.
    command : tuple of str
        What runs inside.
    mark : str
        The candidate's mark.
    uid : int or None
        Whom it runs as; None leaves the hub's user.
    log : Path
        Takes its output; emptied first.
    files : tuple of int
        Descriptors that it inherits.
    message : bytes
        What it reads on its standard input; never shown to other processes. None keeps it
        waiting for :meth:`Launched.tell`.
    """

    room: Room
    command: tuple[str, ...]
    mark: str
    uid: int | None
    group: Group
    log: Path
    files: tuple[int, ...] = ()
    message: bytes | None = b""


@dataclass
class Launched:
    """A process within its walls: the hub's child that waits for it, and the one that counts."""

    child: subprocess.Popen[bytes]
    first: Process

    def tell(self, message: bytes) -> None:
        """Say all that it will ever read on its standard input."""
        stdin = self.child.stdin
        assert stdin is not None  # noqa: S101 -- every launched process has one
        with contextlib.suppress(BrokenPipeError):  # it has ended already; its log says why
            stdin.write(message)
            stdin.close()


async def launch(order: Order) -> Launched:
    """Start a process and return once its namespaces stand.

    Raises
    ------
    LaunchError
        If the walls cannot be made, or the process ends at once.
    """
    reading, writing = os.pipe()
    try:
        with os.fdopen(writing, "wb"), _filter(order.room) as filter_file:
            child = _start(order, writing, filter_file)
        pid = await _first_pid(child, reading, order.log)
    finally:
        os.close(reading)
    first = Process.named(pid)
    if first is None:
        raise LaunchError(log_tail(order.log))
    launched = Launched(child, first)
    if order.message is not None:
        launched.tell(order.message)
    return launched


def _filter(room: Room) -> BinaryIO:
    """Return an unnamed file that holds the filter of system calls, to be read from its start."""
    file = os.fdopen(os.memfd_create("filter"), "r+b")
    file.write(seccomp_filter(nests=room.nests))
    file.seek(0)
    return file


def _command(order: Order, info_fd: int, filter_fd: str) -> list[str]:
    fds: dict[str, Any] = {"info_fd": info_fd, "filter_fd": filter_fd}
    if order.uid is None:
        return order.group.joined([*KEEPER, *inner(order.room, order.command, **fds)])
    inside = inner(from_inside(order.room), order.command, **fds)
    return order.group.joined(outer(order.room, inside, uid=order.uid))


def _start(order: Order, writing: int, filter_file: BinaryIO) -> subprocess.Popen[bytes]:
    # On a machine whose system calls are not numbered here, the filter is empty and not loaded.
    filter_fd = filter_file.fileno()
    filtered = os.fstat(filter_fd).st_size > 0
    command = _command(order, writing, str(filter_fd) if filtered else "")
    with order.log.open("wb") as log:
        order.log.chmod(0o600)
        return subprocess.Popen(  # noqa: S603 -- the command is made of our own words and paths
            command,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd="/",
            env={MARK: order.mark, "PATH": SYSTEM_PATH, "LANG": "C.UTF-8"},
            pass_fds=(*order.files, writing, filter_fd),
            start_new_session=True,
        )


async def _first_pid(child: subprocess.Popen[bytes], reading: int, log: Path) -> int:
    os.set_blocking(reading, False)
    deadline = time.monotonic() + START_TIMEOUT_S
    text = b""
    while not text.rstrip().endswith(b"}"):
        with contextlib.suppress(BlockingIOError):
            text += os.read(reading, 4096)
        if child.poll() is not None and not text:
            raise LaunchError(log_tail(log))
        if time.monotonic() > deadline:
            raise LaunchError("the namespaces did not appear in time")
        await asyncio.sleep(PAUSE_S)
    return int(json.loads(text)["child-pid"])


def log_tail(log: Path) -> str:
    """Return the last line of a log, bounded, for an error's message."""
    with log.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - LOG_TAIL_BYTES))
        lines = file.read().decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")


def uid_of(account: Account | None, *, database: bool) -> int | None:
    """Return whom a candidate's server or database runs as."""
    if account is None:
        return None
    return account.database_uid if database else account.server_uid
