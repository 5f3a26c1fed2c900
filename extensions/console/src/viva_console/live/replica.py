"""Decides what a recorded notebook says: updates are applied to a copy that nobody else sees."""

import asyncio
import json
from collections.abc import Iterable
from typing import Any

from jupyter_ydoc import YNotebook
from pycrdt import Doc, Text

from viva_console.domain.errors import ConsoleError
from viva_console.domain.recording import Update, UpdateKind, work_sha256
from viva_console.live.shape import parts

MOST_PARTS = 500_000
"""Of one notebook. An hour of typing, runs and pictures makes 20,000; each costs memory."""
_OURS = (KeyboardInterrupt, SystemExit, MemoryError, asyncio.CancelledError)


class UnreadableError(ConsoleError):
    """A recorded update is none, or what it makes is no notebook."""

    code = "recording.unreadable"


class Replica:
    """A notebook as its updates made it; used by one thread at a time."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._parts = 0
        self._doc: Doc[Any] = Doc(allow_multithreading=True)
        self._notebook: Any = YNotebook(self._doc)

    def apply(self, kind: UpdateKind, content: bytes) -> None:
        """Take an update; a state begins anew.

        Raises
        ------
        UnreadableError
            When it is no update, or one that would take the process with it.
        """
        if kind is UpdateKind.STATE:
            self._begin()
        try:
            self._parts += parts(content, MOST_PARTS - self._parts)
        except ValueError as error:
            raise UnreadableError(f"The notebook cannot be recorded: {error}.") from None
        try:
            self._doc.apply_update(content)
        except BaseException as error:
            raise _unreadable(error) from None

    def work_sha256(self) -> str:
        """Give the hash of the work that the notebook holds.

        Raises
        ------
        UnreadableError
            When it is no notebook.
        """
        try:
            return work_sha256(_cell(cell) for cell in self._notebook.ycells)
        except BaseException as error:
            raise _unreadable(error) from None

    def file(self) -> bytes:
        """Give the notebook as a file.

        Raises
        ------
        UnreadableError
            When it is no notebook.
        """
        try:
            notebook: Any = self._notebook.get()
            return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()
        except BaseException as error:
            raise _unreadable(error) from None


class YjsReplay:
    """Replays recordings of Yjs updates."""

    def notebook(self, updates: Iterable[Update]) -> bytes | None:
        """Give the notebook's file after these updates; None where they cannot be read."""
        replica = Replica()
        try:
            for update in updates:
                replica.apply(update.kind, update.content)
            return replica.file()
        except UnreadableError:
            return None


def _cell(cell: Any) -> tuple[str, str]:
    kind, source = cell["cell_type"], cell["source"]
    # Nothing else is made into text: of shared values within each other the library does that by
    # recursion, until the process ends.
    if not isinstance(kind, str) or not isinstance(source, Text | str):
        raise TypeError("a cell's type or source is no text")
    return kind, str(source)


def _unreadable(error: BaseException) -> UnreadableError:
    """Say so; an end that was asked for goes on.

    The library is written in Rust: what it refuses by a panic is no ``Exception`` in Python.
    """
    if isinstance(error, _OURS):
        raise error
    return UnreadableError(f"The notebook's changes cannot be read ({type(error).__name__}).")
