"""Decides where a candidate's files lie, who owns them, and how they are removed."""

import asyncio
import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from viva_hub.databases import PRACTICE_DISK_MIB
from viva_hub.disks import NOTES_DISK_MIB, WAL_DISK_MIB, Disk, unmount_below
from viva_hub.embedded.accounts import Account
from viva_hub.embedded.walls import Mount

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
# A user who is known by number alone confuses programs; the second line is for files of others.
USERS = "candidate:x:{uid}:{uid}::/home/candidate:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n"
GROUPS = "candidate:x:{uid}:\nnogroup:x:65534:\n"
HOSTS = "127.0.0.1 localhost candidate\n::1 localhost\n"
# PostgreSQL's name for its log of changes, and where its process sees the folder of that.
WAL, WAL_INSIDE = "pg_wal", "/wal"
CONFIGURATION = {
    "passwd": USERS,
    "group": GROUPS,
    "hosts": HOSTS,
    "nsswitch.conf": "hosts: files\n",
}


@dataclass(frozen=True)
class Folder:
    """``candidates/<name>``: only the hub enters it; parts of it are shown to the candidate.

    Attributes
    ----------
    root : Path
        The folder itself.
    account : Account or None
        Who owns what the candidate's server and database write; None means the hub's own user.
    """

    root: Path
    account: Account | None

    @property
    def notebooks(self) -> Path:
        """The candidate's home: the only folder that kernels write to and that is kept."""
        return self.root / "notebooks"

    @property
    def settings(self) -> Path:
        """JupyterLab's settings and workspaces; out of the kernels' sight."""
        return self.root / "settings"

    @property
    def configuration(self) -> Path:
        """The files that stand in for the machine's own in /etc."""
        return self.root / "etc"

    @property
    def door(self) -> Path:
        """Holds the socket by which the server reaches the hub's API."""
        return self.root / "door"

    @property
    def kernels(self) -> Path:
        """Holds the kernelspec, which says how kernels are walled in."""
        return self.root / "kernels"

    @property
    def sockets(self) -> Path:
        """Holds the database's socket."""
        return self.root / "pg"

    def configuration_mounts(self) -> tuple[Mount, ...]:
        """Return where each of those files appears."""
        folder = self.configuration
        return tuple(Mount(str(folder / name), f"/etc/{name}") for name in CONFIGURATION)

    def data(self, fixture: str) -> Path:
        """Return the candidate's own copy of a prepared database."""
        return self.root / "data" / fixture

    @property
    def practice(self) -> "Folder":
        """Where the database to practise on has its data and its log of changes."""
        return Folder(self.root / "practice", self.account)

    def practice_disk(self) -> Disk:
        """Return the disk that all of it lies on: to fill it does the interview's no harm."""
        place = self.practice.root
        return Disk(self.root / "practice.disk", place, PRACTICE_DISK_MIB, os.getuid(), 0o755)

    def make_practice(self) -> None:
        """Make the folders that the practice's data is copied into."""
        practice = self.practice
        _folder(practice.root / "data", 0o755)
        _folder(practice.wal, 0o755)

    @property
    def access(self) -> Path:
        """Holds the file that says whom the interview's database admits."""
        return self.root / "access"

    @property
    def wal(self) -> Path:
        """Holds the databases' logs of changes, by fixture."""
        return self.root / "wal"

    def log(self, name: str) -> Path:
        """Return the file that takes a process's output."""
        return self.root / f"{name}.log"

    def disks(self, home_mib: int, database_mib: int) -> tuple[Disk, ...]:
        """Return the parts that a candidate can fill, each apart: a full one harms no other."""
        server = self.account.server_uid if self.account else os.getuid()
        return (
            Disk(self.root / "notebooks.disk", self.notebooks, home_mib, server),
            Disk(self.root / "settings.disk", self.settings, NOTES_DISK_MIB, server),
            Disk(self.root / "data.disk", self.root / "data", database_mib, os.getuid(), 0o755),
            Disk(self.root / "wal.disk", self.wal, WAL_DISK_MIB, os.getuid(), 0o755),
        )

    def make(self) -> None:
        """Make what is missing, whatever the umask; what exists is not touched.

        Nothing that a candidate could have written into is opened, changed or followed here.
        """
        server = self.account.server_uid if self.account else None
        database = self.account.database_uid if self.account else None
        make_root(self.root)
        _folder(self.notebooks, 0o700, server)
        _folder(self.settings, 0o700, server)
        _folder(self.root / "data", 0o755)
        _folder(self.wal, 0o755)
        # The database's socket is for another uid than its own: enter, but not list or write.
        _folder(self.sockets, 0o711, database)
        _folder(self.access, 0o755)
        _folder(self.door, 0o755)
        _folder(self.configuration, 0o755)
        _folder(self.kernels / "python3", 0o755)
        self.kernels.chmod(0o755)
        uid = os.getuid() if server is None else server
        for name, text in CONFIGURATION.items():
            _file(self.configuration / name, text.format(uid=uid))


def make_root(root: Path) -> None:
    """Make the folder itself, closed to everybody but the hub."""
    _folder(root.parent, 0o700)
    _folder(root, 0o700)


def named(home: Path, name: str) -> Path:
    """Return the root of a hub user's folder below the runtime folder.

    Only the console names candidates; a name that somebody else chose, and that might not be a
    file's, is replaced by its hash.
    """
    safe = name if NAME.fullmatch(name) else f"x-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    return home / "candidates" / safe


async def remove(root: Path) -> None:
    """Remove a candidate's folder with all in it; nobody may be writing to it any more.

    `rm` rather than Python: it follows no link, and it has no limit for depth, which candidates
    choose.

    Raises
    ------
    OSError
        If something is left.
    """
    if not os.path.lexists(root):
        return
    # Not in another thread: it takes milliseconds, and while Python ends there are none to be had.
    unmount_below(root)
    if os.geteuid() != 0:  # root is not stopped by modes that a candidate took away
        await _run("chmod", "-R", "--", "u+rwX", str(root))
    await _run("rm", "-rf", "--one-file-system", "--", str(root))
    if os.path.lexists(root):
        raise OSError(f"{root} could not be removed")


async def copy_data(prepared: Path, folder: Folder, uid: int | None) -> None:
    """Copy a prepared data folder once; a copy that was interrupted is begun again.

    Its log of changes goes to where there is always space for it, and a link leads there.

    Raises
    ------
    OSError
        If the copy fails, for example on a full disk.
    """
    data, wal = folder.data(prepared.name), folder.wal / prepared.name
    if data.exists():
        return
    partial = data.with_name(f"{data.name}.partial")
    for left in (partial, wal):
        await remove(left)
    for source, target in ((prepared, partial), (prepared / WAL, wal)):
        if await _run("cp", "-a", "--reflink=auto", "--", str(source), str(target)):
            raise OSError(f"the prepared database {prepared.name} could not be copied")
    await remove(partial / WAL)
    (partial / WAL).symlink_to(f"{WAL_INSIDE}/{prepared.name}")
    partial.chmod(0o700)
    owner = f"{uid}:{uid}"
    if uid is not None and await _run("chown", "-R", "-h", owner, "--", str(partial), str(wal)):
        raise OSError(f"the database {prepared.name} could not be given to its owner")
    partial.rename(data)


async def _run(*command: str) -> int:
    child = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    return await child.wait()


def _folder(path: Path, mode: int, uid: int | None = None) -> None:
    try:
        path.mkdir(parents=True)
    except FileExistsError:
        return
    path.chmod(mode)
    if uid is not None:
        os.chown(path, uid, uid)


def _file(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o644)
