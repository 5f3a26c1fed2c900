"""Decides where a copy that is thrown away at once lives: in memory, where there is room."""

import contextlib
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own below it, made and checked here
_PREFIX = "viva-pg"


class Shelter:
    """The folders of one ``$VIVA_HOME`` in which throw-away instances live.

    Files of a copy are written once, read a little and removed: on a disk that is most of what an
    answer that changes data costs, several times more than all its statements.

    Parameters
    ----------
    disk : Path
        Where they live if memory has no room, or there is no such file system.
    memory : Path
        A file system in memory.
    """

    def __init__(self, disk: Path, memory: Path = MEMORY) -> None:
        self.disk = disk
        digest = hashlib.sha256(os.fsencode(disk)).hexdigest()[:12]
        self.memory = memory / f"{_PREFIX}-{os.geteuid()}-{digest}"

    def for_bytes(self, size: int) -> Path:
        """Choose a folder for a copy of ``size`` bytes and all that it may grow by."""
        return self.memory if self._made() and self._has(size) else self.disk

    def abandoned(self) -> Iterator[Path]:
        """Name every folder of this user that may hold what a dead process left."""
        yield self.disk
        for folder in self.memory.parent.glob(f"{_PREFIX}-{os.geteuid()}-*"):
            if _is_ours(folder):
                yield folder

    def leave(self) -> None:
        """Remove the folder in memory if it is empty."""
        with contextlib.suppress(OSError):
            self.memory.rmdir()

    def _made(self) -> bool:
        with contextlib.suppress(OSError):
            self.memory.mkdir()
            self.memory.chmod(0o755)
        # everybody may make a folder there: one of that name may be somebody else's
        return _is_ours(self.memory)

    def _has(self, size: int) -> bool:
        # half of what is free is left to the others
        return shutil.disk_usage(self.memory).free >= 2 * size


def _is_ours(folder: Path) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    shut = not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and shut
