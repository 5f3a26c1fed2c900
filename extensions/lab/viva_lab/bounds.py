"""Decides what a candidate is told whose cell came to a bound of the room: which one, how large."""

import errno
import os
import resource
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

MIB = 2**20
# File systems keep some of their last blocks to themselves: a disk is full with so much of it left.
KEPT_BACK = 16
FULL = "{what} is full: it holds {limit}. Delete what you no longer need and run the cell again."
SAVED = " Your notebook is saved all the same."
LARGE = "A file may have {limit} MiB here."


def shown_with_bounds(
    shell: Any,
    kind: type[BaseException],
    value: BaseException,
    trace: TracebackType | None,
    tb_offset: int | None = None,
) -> None:
    """Show an error as ever; where a bound of the room's caused it, the error names the bound.

    Given to IPython for `MemoryError` and `OSError`.
    """
    if isinstance(value, MemoryError):
        limit, _ = resource.getrlimit(resource.RLIMIT_DATA)
        if not value.args and limit != resource.RLIM_INFINITY:
            value.args = (f"a notebook may use {limit // MIB} MiB of memory here.",)
    elif isinstance(value, OSError):
        words = _words(value.errno, (Path.home(), Path("/tmp"), Path("/dev/shm")))  # noqa: S108 -- looked at, not used
        if words and value.strerror:
            value.strerror = f"{value.strerror}. {words}"
    shell.showtraceback((kind, value, trace), tb_offset=tb_offset)


def _words(number: int | None, folders: Sequence[Path]) -> str:
    if number == errno.EFBIG:
        limit, _ = resource.getrlimit(resource.RLIMIT_FSIZE)
        return "" if limit == resource.RLIM_INFINITY else LARGE.format(limit=limit // MIB)
    if number != errno.ENOSPC:
        return ""
    home, *scratch = folders
    if limit := _full(home):
        return FULL.format(what="The disk of your own files", limit=limit) + SAVED
    found = ((folder, _full(folder)) for folder in scratch)
    return next((FULL.format(what=folder, limit=limit) for folder, limit in found if limit), "")


def _full(folder: Path) -> str:
    """Return how much a file system holds, of what it has no more; nothing where it is not full."""
    try:
        disk = os.statvfs(folder)
    except OSError:
        return ""
    if disk.f_bavail * KEPT_BACK < disk.f_blocks:
        return f"{disk.f_blocks * disk.f_frsize // MIB} MiB"
    # Some file systems have no such number.
    return f"{disk.f_files} files" if disk.f_files and not disk.f_favail else ""
