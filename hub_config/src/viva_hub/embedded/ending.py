"""Decides how a room ends, whichever hub began it and however far it came."""

import hashlib
import os
import signal
from pathlib import Path

from viva_hub.embedded import accounts, limits, postgres, record
from viva_hub.embedded.processes import end_all

PARTS = ("server", "postgres", "practice")


def mark_of(root: Path) -> str:
    """Name a room uniquely on this machine, also among several runtime folders.

    Parameters
    ----------
    root : Path
        The candidate's folder.
    """
    home = hashlib.sha256(os.fsencode(root.parent.parent.resolve())).hexdigest()[:8]
    return f"viva-{home}/{root.name}"


async def end_room(root: Path, running: record.Record) -> None:
    """End every process of a room and remove what only they used; files and data stay.

    Raises
    ------
    TimeoutError
        If a process does not end.
    OSError
        If a control group cannot be removed.
    """
    marks = [mark for mark in (mark_of(root), running.mark) if mark]
    account = accounts.of(root) if os.geteuid() == 0 else None
    if running.server is not None:
        running.server.send(signal.SIGKILL)
    if running.database is not None:
        await postgres.stop(running.database)
    parts = (running.server, running.database, running.practice)
    known = [process for process in parts if process]
    for mark in marks:
        await end_all(mark, account.uids if account else (), known)
    for mark in marks:
        for part in PARTS:
            await limits.group(f"{mark}-{part}").remove()
    record.forget(root)
