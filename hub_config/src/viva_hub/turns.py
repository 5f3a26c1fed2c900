"""Decides how many rooms are started at a time; the others wait in the order in which they came.

A start is seconds of a core's work. Ten at once each take as long as all ten, and the first is
ready when the last is.
"""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from urllib.parse import SplitResult, urlsplit

# One more than there are cores: a start waits for disks and engines too.
AT_ONCE = len(os.sched_getaffinity(0)) + 1
PAUSE_S = 0.05
LOOK_S = 0.2


class Turns:
    """Whose turn it is to be started.

    Parameters
    ----------
    at_once : int
        How many at a time.
    """

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._asking = 0
        self._last_s = float("-inf")

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[None]:
        """Wait for a turn, and have it for as long as the block lasts."""
        self._asking += 1
        try:
            async with self._free:
                yield
        finally:
            self._asking -= 1
            self._last_s = time.monotonic()

    async def quiet(self, for_s: float) -> None:
        """Return when nobody has been started, or has waited for it, for so many seconds."""
        while self._asking or time.monotonic() < self._last_s + for_s:
            await asyncio.sleep(LOOK_S)


async def answers(url: str, timeout_s: float) -> bool:
    """Wait until a server answers at an address; False where it does not in time.

    JupyterHub asks in pauses that grow to five seconds, which a room that is up would wait out.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(timeout_s):
            while not await _answers_now(urlsplit(url)):
                await asyncio.sleep(PAUSE_S)
            return True
    return False


async def _answers_now(url: SplitResult) -> bool:
    try:
        reader, writer = await asyncio.open_connection(url.hostname, url.port)
    except OSError:
        return False
    try:
        writer.write(f"GET {url.path} HTTP/1.0\r\nHost: {url.netloc}\r\n\r\n".encode())
        return (await reader.read(5)).startswith(b"HTTP")
    except OSError:
        return False
    finally:
        writer.close()
