"""Decides which notebooks are being recorded at a moment, and that one's trouble stays its own."""

import asyncio
import contextlib
import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import structlog

from viva_console.domain.recording import Target
from viva_console.live.attach import Attachment
from viva_console.live.port import Keeping

LOOK_S = 0.4
"""Between two looks at who is in a room; whoever is to be let in has it look at once, by a call."""
THREADS = 17
"""One of them listens for calls."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Recording:
    """An attachment and what runs it."""

    attachment: Attachment
    task: asyncio.Task[None]


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
    at_work: dict[Target, _Recording] = {}
    meetings: set[asyncio.Task[None]] = set()
    while not ended.is_set():
        try:
            wanted = set(await asyncio.to_thread(keeping.targets))
        except Exception as error:  # whatever it is, those who are at work go on
            # Where the store is away, they wait with what they have.
            log.warning("recording.not_looked", why=type(error).__name__)
            wanted = set(at_work)
        for target in at_work.keys() - wanted:
            at_work.pop(target).task.cancel()
        for target in wanted:
            if target not in at_work or at_work[target].task.done():
                _bury(at_work.get(target))
                attachment = Attachment(target, keeping)
                at_work[target] = _Recording(attachment, asyncio.create_task(attachment.run()))
        called = await _next_call(keeping, ended)
        for target, recording in at_work.items():
            if target.interview_id in called:
                recording.attachment.call()
        for interview_id in called - {target.interview_id for target in at_work}:
            meetings.add(meeting := asyncio.create_task(_meet(keeping, interview_id)))
            meeting.add_done_callback(meetings.discard)
    for recording in at_work.values():
        recording.task.cancel()
    tasks = (*(each.task for each in at_work.values()), *meetings)
    await asyncio.gather(*tasks, return_exceptions=True)


async def _meet(keeping: Keeping, interview_id: str) -> None:
    try:
        await asyncio.to_thread(keeping.meet, interview_id)
    except Exception as error:  # it only makes the first attempt sooner
        log.info("recording.not_met", why=type(error).__name__)


async def _next_call(keeping: Keeping, ended: asyncio.Event) -> frozenset[str]:
    """Wait for the time of the next look, or until somebody is to be let in."""
    try:
        return await asyncio.to_thread(keeping.calls, LOOK_S)
    except Exception as error:  # as above: calls only make it sooner
        log.warning("recording.not_called", why=type(error).__name__)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LOOK_S):
            await ended.wait()
    return frozenset()


def _bury(recording: _Recording | None) -> None:
    """Say what ended an attachment that nothing should have ended; it is made anew."""
    task = recording.task if recording else None
    if task is not None and not task.cancelled() and task.exception() is not None:
        log.error("recording.ended", exc_info=task.exception())
