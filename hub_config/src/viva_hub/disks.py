"""Decides how much of the machine's disk a room may fill: each of its disks is a file of one size.

Inside the file is a file system, which a candidate sees as a folder. It takes room on the machine
only as it is filled, never more than its size, and holds a number of files that is fixed as well.
"""

import logging
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from viva_hub.errors import DiskError

MIB = 1024 * 1024
# One inode of 256 bytes for so many bytes: 16,384 files in 256 MiB.
BYTES_PER_FILE = 16 * 1024
JOURNAL_MIB = 4
# PostgreSQL's log of changes, which stays near its own bound of 64 MB, lies on a disk of its own.
# Where it shared one with the tables, a query that filled that ended the instance for good.
WAL_DISK_MIB = 512
# What a room's server keeps: every change to a document, and JupyterLab's settings. Apart from the
# home, so that what is being typed is kept while a candidate's own files have filled that.
NOTES_DISK_MIB = 256
MOUNTS = Path("/proc/self/mountinfo")
# What mountinfo writes for a blank in a path.
BLANK = "\\040"
TIMEOUT_S = 30
log = logging.getLogger("JupyterHub")


@dataclass(frozen=True)
class Disk:
    """A folder that holds so much and no more.

    Attributes
    ----------
    image : Path
        The file that all of it is kept in; in a folder that no candidate enters.
    place : Path
        The folder, as everybody else knows it.
    size_mib : int
        How large it may become.
    owner : int
        The uid, and gid, whom the folder belongs to.
    mode : int
        The folder's mode.
    """

    image: Path
    place: Path
    size_mib: int
    owner: int
    mode: int = 0o700


def hindrance() -> str:
    """Return why this process can make no disks, or nothing where it should be able to."""
    if os.geteuid() != 0:
        return "the hub does not run as root"
    missing = [name for name in ("mkfs.ext4", "mount", "umount") if not shutil.which(name)]
    if missing:
        return f"{missing[0]} is not installed"
    return "" if Path("/dev/loop-control").exists() else "there is no /dev/loop-control"


def ensure(disks: Sequence[Disk], *, policy: str) -> bool:
    """Make the disks that are missing and mount those that are not; give whether all are bounded.

    A folder with files in it, of a room that is older than this, is left as it is.

    Parameters
    ----------
    policy : str
        ``auto`` goes on without where the machine can make none, and says so once; ``required``
        stops; ``off`` makes none.

    Raises
    ------
    DiskError
        If a disk that exists cannot be mounted, for the work in it would seem lost; or if one
        cannot be made and `policy` requires it.
    """
    kept = [disk for disk in disks if disk.image.exists()]
    new = [disk for disk in disks if not disk.image.exists() and _is_free(disk.place)]
    for disk in kept:
        if not os.path.ismount(disk.place):
            disk.place.mkdir(mode=0o700, parents=True, exist_ok=True)
            _mount(disk.image, disk.place)
    if policy == "off":
        return False
    try:
        for disk in new:
            _make(disk)
    except DiskError as error:
        if policy == "required":
            raise
        _warn_once(str(error))
        return False
    return len(kept) + len(new) == len(disks)


def unmount_below(folder: Path) -> None:
    """Take away every disk that is mounted in a folder; what is in them stays."""
    for place in reversed(_mounted_below(folder)):
        # Lazily: a process of ours that stands in it must not keep a room from ending.
        _run("umount", "--lazy", "--", str(place))


@cache
def _warn_once(reason: str) -> None:
    log.warning(
        "%s. Rooms go on without: a candidate can fill the disk below the runtime folder or the"
        " engine's volumes. Give those a file system of their own, or set VIVA_ROOM_DISKS=off to"
        " accept it in silence.",
        reason,
    )


def _is_free(place: Path) -> bool:
    return not place.exists() or not any(place.iterdir())


def _make(disk: Disk) -> None:
    if reason := hindrance():
        raise DiskError(f"a disk of a fixed size cannot be made: {reason}")
    disk.place.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = disk.image.with_name(f"{disk.image.name}.partial")
    if partial.exists():  # of a hub that was killed in the midst of this
        unmount_below(disk.place)
    with partial.open("wb") as file:
        file.truncate(disk.size_mib * MIB)
    partial.chmod(0o600)
    options = ["-q", "-F", "-m", "0", "-i", str(BYTES_PER_FILE), "-J", f"size={JOURNAL_MIB}"]
    try:
        _run("mkfs.ext4", *options, "-E", "nodiscard", "--", str(partial))
        _mount(partial, disk.place)
        (disk.place / "lost+found").rmdir()
        disk.place.chmod(disk.mode)
        os.chown(disk.place, disk.owner, disk.owner)
    except (OSError, DiskError) as error:
        unmount_below(disk.place)
        partial.unlink(missing_ok=True)
        raise DiskError(f"a disk of a fixed size cannot be made: {error}") from error
    # Last, so that a disk that has its name is whole.
    partial.rename(disk.image)


def _mount(image: Path, place: Path) -> None:
    _run("mount", "-t", "ext4", "-o", "loop,nosuid,nodev,noatime", "--", str(image), str(place))


def _run(*command: str) -> None:
    done = subprocess.run(  # noqa: S603 -- our own words and paths
        command,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=TIMEOUT_S,
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().split("\n")[-1]
        raise DiskError(f"{command[0]}: {said or done.returncode}")


def _mounted_below(folder: Path) -> list[Path]:
    root = folder.resolve()
    places = (line.split()[4].replace(BLANK, " ") for line in MOUNTS.read_text().splitlines())
    return [Path(place) for place in places if root in Path(place).parents or Path(place) == root]
