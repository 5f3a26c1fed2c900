"""Decides that a room's first kernel starts with its server, not when somebody asks for one.

One kernel, for one asker: whoever asks first gets it, and all others get new ones. Where it did
not start, or has ended meanwhile, the first one asks for a new kernel as well.
"""

import asyncio
import contextlib
from typing import Any

from jupyter_client.session import new_id
from jupyter_core.utils import ensure_async
from jupyter_server.serverapp import ServerApp
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

WAKE_S, WAKE_PAUSE_S = 60.0, 0.05


class FirstKernelWaits(AsyncMappingKernelManager):
    """A server's kernels, of which the first is started ahead."""

    _ahead: "asyncio.Task[str] | None" = None
    _woken: "asyncio.Task[None] | None" = None

    def start_ahead(self) -> None:
        """Begin with a kernel that nobody has asked for yet; needs a running event loop."""
        if self._ahead is None:
            self._ahead = asyncio.ensure_future(self._begin(path=""))
            self._woken = asyncio.ensure_future(self._wake(self._ahead))

    async def _begin(self, **asked: Any) -> str:
        # Not by `self.start_kernel`, which is where this one is handed out.
        return await super()._async_start_kernel(**asked)  # pyright: ignore[reportUnknownMemberType] -- untyped

    async def _wake(self, ahead: "asyncio.Task[str]") -> None:
        """Have the kernel be heard: until it is, whoever connects is kept waiting for it."""
        # Whoever asks for the kernel is told what is wrong with it.
        with contextlib.suppress(Exception):
            kernel: Any = self.get_kernel(await ahead)
            # By a name of its own: a kernel is deaf to a second who comes by the name of a first.
            session = kernel.session.clone()
            session.session = new_id()
            client = kernel.client(session=session)
            client.start_channels(iopub=False, stdin=False, hb=False, control=False)
            try:
                async with asyncio.timeout(WAKE_S):
                    # The server listens by a socket that may be connected later than it answers.
                    while kernel.execution_state == "starting":
                        await client.kernel_info(reply=True)
                        await asyncio.sleep(WAKE_PAUSE_S)
                    # The first run takes longest, also of a cell that does nothing.
                    await client.execute("None", silent=True, store_history=False, reply=True)
            finally:
                client.stop_channels()

    async def _async_start_kernel(  # pyright: ignore[reportIncompatibleMethodOverride] -- its keywords are passed on as they are
        self, *, kernel_id: str | None = None, path: str | None = None, **asked: Any
    ) -> str:
        """Give the kernel that waits, or start one.

        Only where its working folder is the one that was asked for: files of the room lie at its
        root. The variables that a session adds for its kernel name the notebook, and are left out.
        """
        if kernel_id is None and not path and asked.get("kernel_name") in (None, self._named):
            waiting, self._ahead = self._ahead, None
            if waiting is not None and (found := await self._alive(waiting)):
                return found
        return await self._begin(kernel_id=kernel_id, path=path, **asked)

    # The server calls it by this name, which its own class binds once and for all.
    start_kernel = _async_start_kernel  # pyright: ignore[reportAssignmentType,reportIncompatibleMethodOverride] -- as there

    @property
    def _named(self) -> str:
        return str(self.default_kernel_name)  # pyright: ignore[reportUnknownMemberType,reportUnknownArgumentType] -- untyped

    async def _alive(self, waiting: "asyncio.Task[str]") -> str | None:
        # Whatever kept it from starting, the one that is started next will say it to who asks.
        with contextlib.suppress(Exception):
            kernel_id = await waiting
            if await ensure_async(self.get_kernel(kernel_id).is_alive()):
                return kernel_id
        return None


def start_with(server: ServerApp) -> None:
    """Start the first kernel as soon as the server's loop runs, where its class can keep one."""
    kernels: object = server.kernel_manager
    if isinstance(kernels, FirstKernelWaits):
        server.io_loop.add_callback(kernels.start_ahead)  # pyright: ignore[reportUnknownMemberType] -- untyped
