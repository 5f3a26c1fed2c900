"""Decides which prepared folders are kept: those in use, and the newest few of each fixture."""

import fcntl
import os
import re
import shutil
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

KEPT = 2
"""Folders of one fixture: today's content, and what it was before the last change."""


@contextmanager
def only_one(target: Path) -> Generator[None]:
    """Let one process at a time make a folder; the others find it made."""
    handle = os.open(_lock_path(target), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def in_use(target: Path) -> IO[bytes]:
    """Keep a folder from being removed until what is returned is closed, or this process ends."""
    lock = _used_path(target).open("ab")
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock


def staged_prefix(target: Path) -> str:
    """Name what is being made so that nobody takes it for made."""
    return f".{target.name}-"


def sweep_staged(target: Path) -> None:
    """Remove what a maker that was killed left behind; only while holding :func:`only_one`."""
    for folder in target.parent.glob(f"{staged_prefix(target)}*"):
        # mkdtemp's own eight characters: another folder's name may begin like this one
        if re.fullmatch(r"[a-z0-9_]{8}", folder.name.removeprefix(staged_prefix(target))):
            shutil.rmtree(folder, ignore_errors=True)


def prune(target: Path, fixture: str) -> list[Path]:
    """Remove old folders of a fixture beside ``target`` that nobody uses.

    Returns
    -------
    list of Path
        What was removed.
    """
    name = re.compile(re.escape(fixture) + r"-[0-9a-f]{16}")
    removed: list[Path] = []
    for path in target.parent.glob(f".{fixture}-*.lock"):
        folder = path.with_name(path.name.removeprefix(".").removesuffix(".lock"))
        if name.fullmatch(folder.name) and folder != target:
            with suppress(OSError), path.open("ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                sweep_staged(folder)
    folders = [path for path in target.parent.iterdir() if name.fullmatch(path.name)]
    folders.sort(key=lambda path: (path != target, -path.stat().st_mtime_ns, path.name))
    for folder in folders[KEPT:]:
        with suppress(OSError), _used_path(folder).open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
            _used_path(folder).unlink(missing_ok=True)
            removed.append(folder)
    return removed


def _lock_path(target: Path) -> Path:
    return target.with_name(f".{target.name}.lock")


def _used_path(target: Path) -> Path:
    return target.with_name(f".{target.name}.used")
