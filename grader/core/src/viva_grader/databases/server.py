"""Decides when a PostgreSQL server is up, and that it is gone when its user is done with it."""

import contextlib
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import Connection

from viva_grader.databases.binaries import Postgres
from viva_grader.databases.cage import ServerUser, environment, server_command
from viva_grader.domain.errors import DatabaseUnavailableError

SOCKET_NAME = ".s.PGSQL.5432"
START_S = 60.0
STOP_S = 30.0
_POLL_S = 0.004
# sun_path holds 108 bytes with its end (unix(7))
_MAX_SOCKET_PATH = 107


def start_server(
    postgres: Postgres, data: Path, socket: Path, user: ServerUser, *, caged: bool
) -> subprocess.Popen[bytes]:
    """Start a server on a data folder; it ends when this process ends.

    Parameters
    ----------
    data, socket : Path
        Both owned by ``user``; the server's complaints go to ``<data>.log`` beside the folder.
    """
    if len(str(socket / SOCKET_NAME)) > _MAX_SOCKET_PATH:
        raise DatabaseUnavailableError(f"{socket} is too long for a socket: shorten VIVA_HOME")
    with data.with_suffix(".log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - our own words only
            server_command(postgres, data, socket, user, caged=caged),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment(postgres),
            cwd="/",
            umask=0o077,
            start_new_session=True,
        )


def wait_until_ready(
    process: subprocess.Popen[bytes], data: Path, socket: Path, database: str, role: str
) -> None:
    """Wait until a role can enter a database.

    Raises
    ------
    DatabaseUnavailableError
        If the server ends instead, with its last complaint, or is not ready in time.
    """
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        if process.poll() is not None:
            log = data.with_suffix(".log").read_text(errors="replace").strip().splitlines()
            complaint = log[-1] if log else f"exit status {process.returncode}"
            raise DatabaseUnavailableError(f"PostgreSQL does not start: {complaint}")
        if (socket / SOCKET_NAME).exists():
            with contextlib.suppress(psycopg.OperationalError):
                connect(socket, database, role).close()
                return
        time.sleep(_POLL_S)
    raise DatabaseUnavailableError(f"PostgreSQL was not ready within {START_S:.0f} s")


def connect(socket: Path, database: str, role: str) -> Connection:
    """Enter a database over its socket; every statement is its own transaction.

    Raises
    ------
    psycopg.OperationalError
        If nobody answers, or the role is refused.
    """
    return psycopg.connect(
        host=str(socket), dbname=database, user=role, autocommit=True, connect_timeout=10
    )


def stop_server(process: subprocess.Popen[bytes]) -> None:
    """Shut a server down in order, so that its folder can be copied and started at once."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise DatabaseUnavailableError("PostgreSQL did not stop") from None


@contextmanager
def run_server(postgres: Postgres, data: Path, user: ServerUser) -> Generator[Path]:
    """Run a server on a folder of our own making, for its superuser; gives its socket's folder."""
    socket = Path(tempfile.mkdtemp(prefix="viva-pg-"))
    try:
        user.own(socket)
        process = start_server(postgres, data, socket, user, caged=False)
        try:
            wait_until_ready(process, data, socket, "postgres", "postgres")
            yield socket
        finally:
            stop_server(process)
    finally:
        shutil.rmtree(socket, ignore_errors=True)
