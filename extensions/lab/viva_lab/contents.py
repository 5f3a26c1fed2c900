"""Decides which files are too large for a room's server to open: it says so and opens none of it.

Notebooks are taken apart cell by cell on the server's only thread: one of 100,000 cells held it for
most of a minute. A file of a few hundred MiB takes more memory than there is.
"""

from pathlib import Path
from typing import Any

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from tornado.web import HTTPError

MIB = 2**20
MOST_MIB = 64
MOST_CELLS = 5000
# A cell cannot be written shorter than this.
SHORTEST_CELL_BYTES = 40
CELL = b'"cell_type"'
TOO_LARGE = "This file has {size} MiB. More than {most} MiB cannot be opened here."
TOO_MANY = "This notebook has {cells} cells. More than {most} cannot be opened here."


class BoundedContents(AsyncLargeFileManager):
    """Files and notebooks that the server can hold in memory beside its other work."""

    async def _read_file(self, os_path: str, format: str | None, raw: bool = False) -> Any:  # noqa: A002 -- the base's name
        path = Path(os_path)
        # What is no plain file has no size, and is refused by the base.
        size = path.stat().st_size if path.is_file() else 0
        if size > MOST_MIB * MIB:
            raise HTTPError(413, TOO_LARGE.format(size=size // MIB, most=MOST_MIB))
        return await super()._read_file(os_path, format, raw)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] -- untyped

    async def _read_notebook(self, os_path: str, *given: Any, **named: Any) -> Any:
        path = Path(os_path)
        size = path.stat().st_size if path.is_file() else 0
        if MOST_CELLS * SHORTEST_CELL_BYTES < size <= MOST_MIB * MIB:
            cells = path.read_bytes().count(CELL)
            if cells > MOST_CELLS:
                raise HTTPError(413, TOO_MANY.format(cells=cells, most=MOST_CELLS))
        return await super()._read_notebook(os_path, *given, **named)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] -- untyped
