"""Decides how a server without a network reaches the hub, and that it reaches nothing else.

Each candidate's server has one socket that leads to the hub's own port. The other direction needs
no door: the hub hands the server a socket that already listens.
"""

import asyncio
import contextlib
from pathlib import Path

SOCKET = "hub.sock"
# JupyterLab's pages cause a few requests at a time; more would only serve to exhaust the hub.
MAX_CONNECTIONS = 32
CHUNK_BYTES = 65536


class Door:
    """The hub's end of one candidate's way to the hub.

    Parameters
    ----------
    folder : Path
        Where the socket appears. Only its candidate sees the folder, so anybody may use it.
    host : str
        The hub's address.
    port : int
        The hub's port.
    """

    def __init__(self, folder: Path, host: str, port: int) -> None:
        self._path = folder / SOCKET
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._open = 0

    async def open(self) -> None:
        """Listen, also where a hub that is gone has left its socket."""
        if self._server is None:
            self._path.unlink(missing_ok=True)
            self._server = await asyncio.start_unix_server(self._carry, self._path)
            self._path.chmod(0o666)

    def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
            self._server = None
            self._path.unlink(missing_ok=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._open >= MAX_CONNECTIONS:
            writer.close()
            return
        self._open += 1
        try:
            inward, outward = await asyncio.open_connection(*self._target)
        except OSError:
            writer.close()  # the hub is on its way down; the server asks again
        else:
            await asyncio.gather(_pump(reader, outward), _pump(inward, writer))
        finally:
            self._open -= 1


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK_BYTES):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()
        await writer.wait_closed()
