"""Decides which copy of a notebook a room begins with: its file, or changes that are newer.

A file is written a moment after the last change, and never while somebody goes on typing. A server
that is killed then leaves an old file beside newer changes, and the collaboration extension would
believe the file: what was typed would vanish under the candidate's hands.
"""

# The extension has no types that say anything.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from datetime import UTC, datetime
from typing import Any

from jupyter_server.utils import ensure_async
from jupyter_server_ydoc import app, handlers
from jupyter_server_ydoc.rooms import DocumentRoom
from jupyter_ydoc import YNotebook
from pycrdt import Doc
from pycrdt.store import YDocNotFound

NOTEBOOK = "notebook"


class LastingRoom(DocumentRoom):
    """A shared document that outlives its server."""

    async def initialize(self) -> None:
        """Bring the file up to its changes, where they are newer, and begin."""
        if not self.ready and self.file_type == NOTEBOOK and self.ystore is not None:
            await self._catch_up(self.ystore)
        await super().initialize()

    async def _catch_up(self, changes: Any) -> None:
        async with changes.start_lock:
            if not changes.started.is_set():
                self.create_task(changes.start())
                await changes.started.wait()
        doc: Doc[Any] = Doc()
        try:
            changed_s = max([time_s async for *_, time_s in changes.read()])
            await changes.apply_updates(doc)
        except YDocNotFound:
            return
        file: Any = self._file
        contents: Any = file._contents_manager  # noqa: SLF001 -- the room has no other
        path: str = file.path
        model = await ensure_async(contents.get(path, content=False))
        if model["last_modified"] < datetime.fromtimestamp(changed_s, UTC):
            notebook: Any = YNotebook(doc)
            whole = {"type": NOTEBOOK, "format": "json", "content": notebook.get()}
            await ensure_async(contents.save(whole, path))


def install() -> None:
    """Let every room be one that lasts; the extension has no setting for their class."""
    for module in (app, handlers):
        module.DocumentRoom = LastingRoom  # pyright: ignore[reportAttributeAccessIssue] -- as said
