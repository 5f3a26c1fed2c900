"""Decides which notebooks are being recorded at a moment, and that one's trouble stays its own."""

import asyncio
import signal
from concurrent.futures import ThreadPoolExecutor

import structlog

from viva_console.domain.recording import Target
from viva_console.live.attach import Attachment
from viva_console.live.port import Keeping

LOOK_S = 0.4
"""Between two looks at who is in a room: less than a browser needs to open a notebook."""
THREADS = 16
log = structlog.get_logger(__name__)


def run_recorder(keeping: Keeping) -> None:
    """Record whatever is to be recorded, until SIGTERM or SIGINT."""
    asyncio.run(_serve(keeping))


async def _serve(keeping: Keeping) -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(THREADS))
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    await record(keeping, ended)


async def record(keeping: Keeping, ended: asyncio.Event) -> None:
    """Keep one attachment for each notebook that is to be recorded, until ``ended`` is set."""
    tasks: dict[Target, asyncio.Task[None]] = {}
    while not ended.is_set():
        try:
            wanted = set(await asyncio.to_thread(keeping.targets))
        except Exception as error:  # whatever it is, those who are at work go on
            # Where the store is away, they wait with what they have.
            log.warning("recording.not_looked", why=type(error).__name__)
            wanted = set(tasks)
        for target in tasks.keys() - wanted:
            tasks.pop(target).cancel()
        for target in wanted:
            if target not in tasks or tasks[target].done():
                _bury(tasks.get(target))
                tasks[target] = asyncio.create_task(Attachment(target, keeping).run())
        try:
            async with asyncio.timeout(LOOK_S):
                await ended.wait()
        except TimeoutError:
            continue
    for task in tasks.values():
        task.cancel()
    await asyncio.gather(*tasks.values(), return_exceptions=True)


def _bury(task: asyncio.Task[None] | None) -> None:
    """Say what ended an attachment that nothing should have ended; it is made anew."""
    if task is not None and not task.cancelled() and task.exception() is not None:
        log.error("recording.ended", exc_info=task.exception())
