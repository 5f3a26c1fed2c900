"""Decides which copy of a notebook a room begins with: its file, or changes that are newer.

A file is written a moment after the last change, and never while somebody goes on typing. A server
that is killed then leaves an old file beside newer changes, and the collaboration extension would
believe the file: what was typed would vanish under the candidate's hands. So would, on a full disk,
what no file could take.
"""

# The extension has no types that say anything.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from jupyter_server.utils import ensure_async
from jupyter_server_ydoc import app, handlers
from jupyter_server_ydoc.rooms import DocumentRoom, LogLevel
from jupyter_ydoc import YNotebook
from pycrdt import Doc
from pycrdt.store import YDocNotFound
from tornado.web import HTTPError

from viva_lab.changes import LastingChanges

NOTEBOOK = "notebook"
AGAIN_S = 5.0


class LastingRoom(DocumentRoom):
    """A shared document that outlives its server, and a disk that was full for a while."""

    _again: asyncio.TimerHandle | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self.ystore, LastingChanges):
            self.ystore.whole = self.ydoc.get_update

    async def initialize(self) -> None:
        """Bring the file up to its changes, where they are newer, and begin."""
        newer = None
        if not self.ready and self.file_type == NOTEBOOK and self.ystore is not None:
            newer = await self._catch_up(self.ystore)
        with _read_as(self._file, newer):
            await super().initialize()

    async def stop(self) -> None:
        """Stop, and try nothing again."""
        if self._again is not None:
            self._again.cancel()
        await super().stop()

    def _emit(self, level: LogLevel, action: str | None = None, msg: str | None = None) -> None:
        # The one word that the extension says when a file could not be written. It would try again
        # with the next change, and there may be none.
        super()._emit(level, action, msg)
        if level is LogLevel.ERROR and self.ready:
            self._again = asyncio.get_running_loop().call_later(AGAIN_S, self._save_to_disc)

    async def _catch_up(self, changes: Any) -> Any:
        """Write what the file lacks; give it, where it cannot be written."""
        async with changes.start_lock:
            if not changes.started.is_set():
                self.create_task(changes.start())
                await changes.started.wait()
        doc: Doc[Any] = Doc()
        try:
            changed_s = max([time_s async for *_, time_s in changes.read()])
            await changes.apply_updates(doc)
        except YDocNotFound:
            return None
        file: Any = self._file
        contents: Any = file._contents_manager  # noqa: SLF001 -- the room has no other
        path: str = file.path
        model = await ensure_async(contents.get(path, content=False))
        if model["last_modified"] >= datetime.fromtimestamp(changed_s, UTC):
            return None
        notebook: Any = YNotebook(doc)
        content = notebook.get()
        try:
            whole = {"type": NOTEBOOK, "format": "json", "content": content}
            await ensure_async(contents.save(whole, path))
        except (OSError, HTTPError):
            self.log.warning("%s cannot be brought up to its changes: no space?", path)
            return content
        return None


@contextmanager
def _read_as(file: Any, content: Any) -> Generator[None]:
    """Let a file read as if it held this; as it is, for None."""
    if content is None:
        yield
        return
    load = file.load_content

    async def ours(*asked: Any) -> Any:
        return {**await load(*asked), "content": content}

    file.load_content = ours
    try:
        yield
    finally:
        del file.load_content


def install() -> None:
    """Let every room be one that lasts; the extension has no setting for their class."""
    for module in (app, handlers):
        module.DocumentRoom = LastingRoom  # pyright: ignore[reportAttributeAccessIssue] -- as said
