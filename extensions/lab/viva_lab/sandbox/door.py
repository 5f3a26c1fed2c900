"""Decides how the server reaches the hub: a local port that leads through one socket."""

import asyncio
import contextlib
import threading

CHUNK_BYTES = 65536


def lead_to(socket: str, port: int) -> None:
    """Listen on a port of this network namespace, which is empty, and carry all to a socket.

    Returns once the port listens. The work is done in a thread of its own, so that requests that
    the server makes before its event loop runs are carried too.

    Parameters
    ----------
    socket : str
        The path of the hub's socket.
    port : int
        The port at which the server expects the hub, on 127.0.0.1.
    """
    listening = threading.Event()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inward, outward = await asyncio.open_unix_connection(socket)
        except OSError:
            writer.close()  # no hub at this moment: whoever asked is told by the closed connection
            return
        await asyncio.gather(_pump(reader, outward), _pump(inward, writer))

    async def serve() -> None:
        server = await asyncio.start_server(carry, "127.0.0.1", port)
        listening.set()
        await server.serve_forever()

    threading.Thread(target=asyncio.run, args=(serve(),), name="door", daemon=True).start()
    listening.wait()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK_BYTES):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()
        await writer.wait_closed()
