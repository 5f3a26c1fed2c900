"""Decides which files tests offer in place of plain ones: they hang, never end, or are too much."""

import contextlib
import os
import socket
from pathlib import Path

ODD = ("pipe", "terminal", "endless", "loop", "socket", "huge", "kernels")


def make_odd_files(folder: Path, suffix: str) -> None:
    """Make one of each, named so, in a folder."""
    os.mkfifo(folder / f"pipe{suffix}")
    (folder / f"terminal{suffix}").symlink_to("/dev/tty")
    (folder / f"endless{suffix}").symlink_to("/dev/zero")
    (folder / f"loop{suffix}").symlink_to(f"loop{suffix}")
    with socket.socket(socket.AF_UNIX) as made, contextlib.chdir(folder):
        made.bind(f"socket{suffix}")
    with (folder / f"huge{suffix}").open("wb") as sparse:
        sparse.truncate(1 << 40)
    (folder / f"kernels{suffix}").symlink_to("/proc/self/pagemap")  # says that it is empty
