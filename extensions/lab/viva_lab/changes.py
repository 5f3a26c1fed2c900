"""Decides what becomes of a change for which there is no space: the next that fits brings it too.

The store that this builds on takes a full disk in two ways, both wrong: it drops the change without
a word, so that what follows cannot be read any more, or it ends the document's room.
"""

# The store has no types that say anything.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportMissingTypeStubs=false

import sqlite3
from collections.abc import Callable
from typing import Any

from jupyter_server_ydoc.stores import SQLiteYStore


class LastingChanges(SQLiteYStore):
    """Every change to a document, in order and without a gap.

    Attributes
    ----------
    whole : callable or None
        Gives the document as one change; its room sets it.
    """

    whole: Callable[[], bytes] | None = None
    _missed = False

    async def write(self, data: bytes) -> None:
        """Keep a change; where one could not be kept, all there is."""
        try:
            await self._speak_up()
            await super().write(self.whole() if self._missed and self.whole else data)
        except sqlite3.Error as error:
            if not self._missed:
                self.log.warning("Changes of %s cannot be kept at present: %s", self.path, error)
            self._missed = True
            await self._db.rollback()
        else:
            self._missed = False

    async def _speak_up(self) -> None:
        """Have the connection raise what it is told to swallow."""
        if self.db_initialized is None:
            raise RuntimeError("the store has not been started")
        await self.db_initialized.wait()
        connection: Any = self._db
        connection._exception_handler = None  # noqa: SLF001 -- set by the store, and no choice
