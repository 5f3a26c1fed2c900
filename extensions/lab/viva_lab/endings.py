"""Decides what becomes of a running cell when its kernel ends: it says why, and the next one runs.

The server runs cells and waits for the kernel's reply, which a kernel that has ended never gives.
"""

import asyncio
import contextlib
import os
from functools import partial
from typing import Any

from jupyter_server.serverapp import ServerApp
from tornado.ioloop import PeriodicCallback

MEMORY_VARIABLE = "VIVA_KERNEL_MEMORY_MIB"
LOOK_MS = 300
KILLED = {-9, 137}
NAME = "KernelEnded"
AGAIN = (
    "It is being started again. Your notebook is kept, its variables are gone: "
    "run your cells again from the top."
)


def words_for(status: int | None, memory_mib: str) -> str:
    """Say in plain words why a kernel ended.

    Parameters
    ----------
    status : int or None
        How its process ended; killed ones are most often those that took too much memory.
    memory_mib : str
        The limit, in MiB; empty where it is not known.
    """
    if status in KILLED and memory_mib:
        why = (
            "The kernel was ended while this cell ran, most likely because it needed more than "
            f"the {memory_mib} MiB of memory that there are for a notebook."
        )
    else:
        why = "The kernel ended while this cell ran."
    return f"{why} {AGAIN}"


class Endings:
    """Follows every kernel of a server.

    Parameters
    ----------
    server : ServerApp
        Its kernels, sessions, shared documents and queue of cells are looked up when needed: other
        extensions may be loaded after this one.
    """

    def __init__(self, server: ServerApp) -> None:
        self._server = server
        self._kernels: Any = server.kernel_manager
        self._followed: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._memory_mib = os.environ.get(MEMORY_VARIABLE, "")
        self._watch = PeriodicCallback(self._look, LOOK_MS)

    def start(self) -> None:
        """Begin to look for kernels."""
        self._watch.start()

    def _look(self) -> None:
        kernels = set(self._kernels.list_kernel_ids())
        for kernel_id in kernels - self._followed:
            for event in ("restart", "dead"):
                ended = partial(self._ended, kernel_id)
                self._kernels.add_restart_callback(kernel_id, ended, event)
        self._followed = kernels

    def _ended(self, kernel_id: str) -> None:
        process = getattr(self._kernels.get_kernel(kernel_id).provisioner, "process", None)
        words = words_for(process.poll() if process else None, self._memory_mib)
        task = asyncio.ensure_future(self._settle(kernel_id, words))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _settle(self, kernel_id: str, words: str) -> None:
        queue = _private(self._extension("jupyter_server_nbmodel"), "__execution_stack")
        # What was cancelled says so: that it is over is what counts.
        with contextlib.suppress(asyncio.CancelledError, TimeoutError, RuntimeError):
            await queue.cancel(kernel_id, timeout=3)
        for session in await self._server.session_manager.list_sessions():
            if session["kernel"]["id"] == kernel_id:
                await self._tell(session["path"], words)

    async def _tell(self, path: str, words: str) -> None:
        shared = self._extension("jupyter_server_ydoc")
        notebook = await shared.get_document(
            path=path, content_type="notebook", file_format="json", copy=False
        )
        if notebook is None:
            return
        for cell in notebook.ycells:
            if cell.get("execution_state") == "running":
                error = {
                    "output_type": "error",
                    "ename": NAME,
                    "evalue": words,
                    "traceback": [words],
                }
                with cell.doc.transaction():
                    cell["outputs"].append(error)
                    cell["execution_state"] = "idle"

    def _extension(self, name: str) -> Any:
        return next(iter(self._server.extension_manager.extension_apps[name]))


def _private(extension: Any, name: str) -> Any:
    """Give what an extension keeps to itself: there is no other way to its queue of cells."""
    return getattr(extension, f"_{type(extension).__name__}{name}")
