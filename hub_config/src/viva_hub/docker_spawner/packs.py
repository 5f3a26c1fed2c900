"""Decides what of a prepared data folder goes into a candidate's volumes, and whose it is there."""

import atexit
import io
import tarfile
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import IO

from viva_hub.databases import NOBODY, RULES
from viva_hub.docker_spawner.limits import POSTGRES_UID

WAL = "pg_wal"
# Without this file PostgreSQL takes a folder for no data folder: copied last, it says that the
# copy is whole.
LAST_FILE = "PG_VERSION"
LEFT_OUT = {LAST_FILE, "postmaster.pid"}


def packed(pack: Callable[..., None], prepared: Path, *given: str) -> IO[bytes]:
    """Give the archive of a data folder, packed once for all rooms, to be read and closed.

    Parameters
    ----------
    pack : callable
        One of those below, and what it takes beside the folder and the archive.
    """
    # Data that was prepared anew lies in a folder that is new.
    folder = prepared.stat()
    archive = _packed(pack, prepared, (folder.st_dev, folder.st_ino, folder.st_ctime_ns), *given)
    # By a name of its own for each reader: they would share their place in it otherwise.
    return Path(f"/proc/self/fd/{archive.fileno()}").open("rb")


@cache
def _packed(pack: Callable[..., None], prepared: Path, _: object, *given: str) -> IO[bytes]:
    archive = tempfile.TemporaryFile()  # noqa: SIM115 -- kept open, and gone with the hub
    atexit.register(archive.close)
    pack(prepared, archive, *given)
    archive.flush()
    return archive


def pack_data(prepared: Path, archive: IO[bytes], log: str) -> None:
    """Pack a data folder, with a link to where its log of changes lies.

    Parameters
    ----------
    log : str
        That place, as the database's container sees it.
    """
    link = tarfile.TarInfo(WAL)
    link.type, link.linkname = tarfile.SYMTYPE, log
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.addfile(_for_postgres(link))
        _add(tar, prepared, _names(prepared, {*LEFT_OUT, WAL}))


def pack_log(prepared: Path, archive: IO[bytes]) -> None:
    """Pack its log of changes."""
    with tarfile.open(fileobj=archive, mode="w") as tar:
        _add(tar, prepared, (WAL,))


def pack_whole(prepared: Path, archive: IO[bytes]) -> None:
    """Pack a data folder with its log of changes in it."""
    with tarfile.open(fileobj=archive, mode="w") as tar:
        _add(tar, prepared, _names(prepared, LEFT_OUT))


def pack_rules(prepared: Path | None, archive: IO[bytes]) -> None:
    """Pack whom a database admits: as in its prepared data, or nobody."""
    text = (prepared / RULES).read_bytes() if prepared else NOBODY.encode()
    entry = tarfile.TarInfo(RULES)
    entry.size, entry.mode = len(text), 0o600
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.addfile(_for_postgres(entry), io.BytesIO(text))


def _names(prepared: Path, left: set[str]) -> tuple[str, ...]:
    return (*sorted(path.name for path in prepared.iterdir() if path.name not in left), LAST_FILE)


def _add(tar: tarfile.TarFile, prepared: Path, names: tuple[str, ...]) -> None:
    for name in names:
        tar.add(prepared / name, arcname=name, filter=_for_postgres)


def _for_postgres(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = POSTGRES_UID
    entry.uname = entry.gname = ""
    return entry
