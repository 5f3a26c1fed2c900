"""Decides how a throw-away instance lives: a copy of a prepared folder, started, then gone."""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from psycopg import Connection

from viva_grader.databases.binaries import Postgres, make_open_folder
from viva_grader.databases.cage import ServerUser, has_bubblewrap
from viva_grader.databases.exchange import Session
from viva_grader.databases.patience import find_backend
from viva_grader.databases.server import connect, start_server, wait_until_ready
from viva_grader.domain.errors import DatabaseUnavailableError

_LOCK = "lock"
_PREFIX = "i-"
# PostgreSQL kills what does not quit after 5 s (SIGKILL_CHILDREN_AFTER_SECS)
_QUIT_S = 8.0
_REMOVALS = 200


@dataclass(frozen=True, slots=True)
class Instance:
    """A running server on a copy of its own.

    Attributes
    ----------
    folder : Path
        Everything of it: data, socket and the lock that says that its owner lives.
    """

    folder: Path
    process: subprocess.Popen[bytes]
    lock: IO[bytes]
    caged: bool

    @property
    def alive(self) -> bool:
        """Whether the server's process runs."""
        return self.process.poll() is None

    def connect(self, database: str, role: str) -> Connection:
        """Enter a database; every statement is its own transaction."""
        return connect(self.folder / "socket", database, role)

    def session(self, database: str, role: str) -> Session:
        """Enter a database, and find the process that serves us there."""
        connection = self.connect(database, role)
        return Session(connection, find_backend(self.process.pid, connection.info.backend_pid))

    def disk_bytes(self) -> int:
        """Count what the server's folder takes now."""
        return disk_bytes(self.folder / "data")

    def end(self) -> None:
        """Kill the server and remove all that it leaves."""
        if not self.caged:
            # killing the first process would leave the others: let it end them, at once
            self.process.send_signal(signal.SIGQUIT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(_QUIT_S)
        self.process.kill()
        self.process.wait()
        _remove(self.folder)
        self.lock.close()


def start_instance(
    postgres: Postgres, prepared: Path, runs: Path, user: ServerUser, *, database: str, role: str
) -> Instance:
    """Copy a prepared folder and start a server on it, caged where this system allows it.

    Parameters
    ----------
    runs : Path
        Where instances live; short, because a socket's path is limited.

    Raises
    ------
    DatabaseUnavailableError
        If it cannot be copied or started.
    """
    make_open_folder(runs)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=runs))
    lock = (folder / _LOCK).open("wb")
    fcntl.flock(lock, fcntl.LOCK_EX)
    folder.chmod(0o755)
    data, socket = folder / "data", folder / "socket"
    try:
        _copy(prepared, data)
        socket.mkdir(mode=0o700)
        user.own(socket)
        caged = has_bubblewrap()
        process = start_server(postgres, data, socket, user, caged=caged)
    except BaseException:
        _remove(folder)
        lock.close()
        raise
    instance = Instance(folder, process, lock, caged)
    try:
        wait_until_ready(process, data, socket, database, role)
    except BaseException:
        instance.end()
        raise
    return instance


def sweep(runs: Path) -> int:
    """Remove what instances of dead processes left behind.

    Returns
    -------
    int
        How many there were.
    """
    swept = 0
    for folder in runs.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError), (folder / _LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _remove(folder)
            swept += 1
    return swept


def _copy(prepared: Path, data: Path) -> None:
    # cp clones blocks where the file system can, and keeps owners and modes
    done = subprocess.run(  # noqa: S603 - our own words only
        ["cp", "-a", "--reflink=auto", "--", str(prepared), str(data)],  # noqa: S607 - coreutils
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode != 0:
        complaint = (done.stderr.splitlines() or ["cp failed"])[0]
        raise DatabaseUnavailableError(f"a prepared database cannot be copied: {complaint}")


def disk_bytes(folder: Path | str) -> int:
    """Count what the files of a folder take, in bytes; those that go meanwhile are left out."""
    # looked at while a query runs, over thousands of files: no object for each of their names
    taken = 0
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):
                if entry.is_dir(follow_symlinks=False):
                    taken += disk_bytes(entry.path)
                else:
                    taken += entry.stat(follow_symlinks=False).st_blocks * 512
    return taken


def _remove(folder: Path) -> None:
    for _ in range(_REMOVALS):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.01)  # a server that was killed a moment ago was still writing
