"""Decides which files of a submission's folder a test gets to see: plain, small and few."""

import base64
import os
import stat
from typing import Any

MAX_FILES = 64
MAX_BYTES = 1024 * 1024
_DEPTH = 3

Seen = dict[str, tuple[int, int, int]]


class Folder:
    """The folder in which a submission runs, and how it looked when it was last told of."""

    def __init__(self) -> None:
        self._root = os.getcwd()  # noqa: PTH109 - pathlib is not needed for it
        self._seen: Seen = {}
        self.changes()

    def changes(self) -> list[list[Any]]:
        """List files that are new, changed (with their bytes, as base64) or gone (null)."""
        now: Seen = {}
        self._look("", now, _DEPTH)
        names = sorted(n for n in now.keys() | self._seen.keys() if now.get(n) != self._seen.get(n))
        self._seen = now
        return [[name, self._bytes(name) if name in now else None] for name in names]

    def write(self, name: str, data: bytes | None) -> None:
        """Write a file of the test's, or remove it, or make a folder; it is not told of again."""
        path = f"{self._root}/{name}"
        if name.endswith("/"):
            os.makedirs(path, exist_ok=True)  # noqa: PTH103 - as above
        elif data is None:
            if os.path.lexists(path):
                os.unlink(path)  # noqa: PTH108 - as above
        else:
            os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120 - as above
            with open(path, "wb") as file:  # noqa: PTH123 - as above
                file.write(data)
        self.changes()

    def _look(self, inside: str, found: Seen, depth: int) -> None:
        try:
            entries = sorted(os.scandir(f"{self._root}/{inside}"), key=lambda entry: entry.name)
        except OSError:
            return
        for entry in entries:
            if len(found) >= MAX_FILES or entry.name.startswith((".", "__")):
                continue
            name = f"{inside}{entry.name}"
            if entry.is_file(follow_symlinks=False):
                facts = entry.stat(follow_symlinks=False)
                if facts.st_size <= MAX_BYTES:
                    found[name] = (facts.st_mtime_ns, facts.st_size, facts.st_ino)
            elif depth and entry.is_dir(follow_symlinks=False):
                self._look(f"{name}/", found, depth - 1)

    def _bytes(self, name: str) -> str | None:
        try:
            handle = os.open(f"{self._root}/{name}", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            return None
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return None
            return base64.b64encode(file.read(MAX_BYTES)).decode("ascii")
