"""Decides as whom, and locked into what, a PostgreSQL server runs."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from viva_grader.databases.binaries import PACKAGE, Postgres

# Debian leaves 1000..59999 to the machine's owner; near its end nobody else is likely to be.
SERVER_UID = 59_432

# Of each server process: a sort or hash that runs wild gets "out of memory", not the machine.
MEMORY_BYTES = 768 * 1024 * 1024

# Of each of its files: PostgreSQL says so of one that grows beyond it, and goes on.
FILE_BYTES = 512 * 1024 * 1024

_INSIDE_PROGRAMS, _INSIDE_DATA, _INSIDE_SOCKET = "/viva/postgres", "/viva/data", "/viva/socket"


@dataclass(frozen=True, slots=True)
class ServerUser:
    """The uid that servers run as; ``uid`` is None where this process cannot choose."""

    uid: int | None

    @classmethod
    def default(cls) -> "ServerUser":
        """Drop to a uid of their own when started by root; otherwise stay."""
        return cls(SERVER_UID if os.geteuid() == 0 else None)

    def for_initdb(self) -> "ServerUser":
        """Choose who runs initdb, which refuses a uid that has no name."""
        return self if self.uid is None else ServerUser(pwd.getpwnam("nobody").pw_uid)

    def own(self, path: Path) -> None:
        """Give a path, and all below it, to this user."""
        if self.uid is None:
            return
        os.chown(path, self.uid, self.uid)
        for place, folders, files in os.walk(path):
            for name in (*folders, *files):
                os.chown(Path(place, name), self.uid, self.uid, follow_symlinks=False)

    def prefix(self) -> list[str]:
        """Begin a command that is to run as this user, ending with its parent."""
        drop = (
            ["--reuid", str(self.uid), "--regid", str(self.uid), "--clear-groups"]
            if self.uid is not None
            else []
        )
        return ["setpriv", *drop, "--no-new-privs", "--pdeathsig", "KILL", "--"]


def environment(postgres: Postgres) -> dict[str, str]:
    """Name all that a server's process sees of ours: nothing but a language and a path."""
    return {"LANG": "C.UTF-8", "PATH": f"{postgres.program('postgres').parent}:/usr/bin:/bin"}


@cache
def has_bubblewrap() -> bool:
    """Whether bubblewrap is installed and this system lets it make namespaces."""
    program = shutil.which("bwrap")
    if program is None:
        return False
    probe = [program, *_namespaces(), "--ro-bind", "/", "/", "--proc", "/proc", "--", "true"]
    done = subprocess.run(  # noqa: S603 - our own words only
        probe, check=False, stdin=subprocess.DEVNULL, capture_output=True
    )
    return done.returncode == 0


def server_command(
    postgres: Postgres, data: Path, socket: Path, user: ServerUser, *, caged: bool
) -> list[str]:
    """Write the command of a server that ends with its parent and reaches no network.

    Parameters
    ----------
    data, socket : Path
        Its data folder and the folder for its socket, both owned by ``user``.
    caged : bool
        Whether it gets namespaces of its own: no network, no other process, no other file.
    """
    limits = ["prlimit", f"--as={MEMORY_BYTES}", f"--fsize={FILE_BYTES}", "--core=0"]
    if not caged:
        program = str(postgres.program("postgres"))
        server = [program, "-D", str(data), "-k", str(socket)]
        return [*user.prefix(), *limits, *server]
    inside = Postgres(Path(_INSIDE_PROGRAMS)).program("postgres")
    server = [str(inside), "-D", _INSIDE_DATA, "-k", _INSIDE_SOCKET]
    binds = [
        *("--ro-bind", str(postgres.root / PACKAGE), f"{_INSIDE_PROGRAMS}/{PACKAGE}"),
        *(
            "--ro-bind",
            str(postgres.root / f"{PACKAGE}.libs"),
            f"{_INSIDE_PROGRAMS}/{PACKAGE}.libs",
        ),
        *("--bind", str(data), _INSIDE_DATA),
        *("--bind", str(socket), _INSIDE_SOCKET),
    ]
    return ["bwrap", *_namespaces(), *_FILES, *binds, "--", *user.prefix(), *limits, *server]


def _namespaces() -> tuple[str, ...]:
    shut = ("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts")
    # kept until setpriv has dropped the uid, lost with it
    drop = ("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID") if os.geteuid() == 0 else ()
    return ("--die-with-parent", *shut, *drop)


_FILES = (
    *("--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib"),
    *("--symlink", "usr/lib64", "/lib64", "--proc", "/proc", "--dev", "/dev"),
    *("--perms", "1777", "--tmpfs", "/dev/shm"),  # noqa: S108 - inside, and its alone
    *("--perms", "1777", "--tmpfs", "/tmp"),  # noqa: S108 - the same
    # as root, parents that bubblewrap makes by itself are closed to others
    *("--perms", "0755", "--dir", "/viva", "--perms", "0755", "--dir", _INSIDE_PROGRAMS),
)
