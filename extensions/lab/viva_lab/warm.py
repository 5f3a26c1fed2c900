"""Decides what a server does once while nobody waits for it, because the first time is the slowest.

Measured on two virtual cores: a room's first notebook is at hand 0.1 to 0.3 s after its recorder
has asked for it, and every later one in less than 0.1 s. The difference is two small databases that
are made then, of changes and of trusted notebooks, and a first look through either.
"""

# Neither store has types that say anything.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from contextlib import suppress
from typing import Any

import nbformat
from jupyter_server.serverapp import ServerApp
from pycrdt.store import YDocNotFound

from viva_lab.changes import LastingChanges

NOTHING = "nothing"


def warm_up(server: ServerApp) -> None:
    """Open what notebooks are opened by as soon as the server's loop runs."""
    server.io_loop.add_callback(_warm_up, server)


async def _warm_up(server: ServerApp) -> None:
    try:
        _look_at(server.contents_manager)
        async with LastingChanges(path=NOTHING, log=server.log) as changes:
            with suppress(YDocNotFound):
                await anext(changes.read())
    except Exception as error:  # on a full disk, say: whoever opens a notebook is told
        server.log.info("Notebooks are not looked at ahead: %s", error)


def _look_at(contents: Any) -> None:
    """Read a notebook as one that lies in the room is read.

    In the loop's own thread: what is opened here serves in that one only.
    """
    notebook: Any = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
    read: Any = nbformat.reads(nbformat.writes(notebook), as_version=4)
    contents.mark_trusted_cells(read, NOTHING)
