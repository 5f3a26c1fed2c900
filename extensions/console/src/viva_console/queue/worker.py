"""Decides how work is done: two workers in one process, and nothing lost when a process dies.

procrastinate requeues nothing by itself. A worker says every 2 s that it lives; a job whose worker
has said nothing for 6 s is stalled, and every 3 s some worker puts stalled jobs back. So a killed
worker's run goes on about 10 s later. Room ends and the clock have a worker of their own: a long
grading must not delay a deadline.
"""

import asyncio
import signal
from concurrent.futures import ThreadPoolExecutor

import procrastinate
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from viva_console.queue.jobs import END_ROOM_TASK, GRADE_QUEUE, GRADE_TASK, ROOM_QUEUE
from viva_console.queue.port import Work

HEARTBEAT_S = 2.0
STALLED_S = 6.0
POLL_S = 2.0
GRACE_S = 10.0
"""How long a stopping worker waits for its jobs; what is cut off then is resumed by another."""
RESCUE_QUEUE = "rescue"
CLOCK_QUEUE = "clock"
_EVERY_3_S = "* * * * * */3"
_EVERY_5_S = "* * * * * */5"
_ROOM_RETRIES = 200
_OTHERS = 4
"""Jobs at a time that are no gradings."""


class RoomStillThereError(Exception):
    """The server is still stopping."""


def run_worker(
    url: str, work: Work, *, concurrency: int, name: str = "viva", only_grading: bool = False
) -> None:
    """Work until SIGTERM or SIGINT.

    Parameters
    ----------
    url : str
        The store's PostgreSQL, as libpq reads it.
    concurrency : int
        Gradings at a time, ≥ 1.
    only_grading : bool
        Whether rooms and the clock are left to other workers: they need the hub, grading does not.
    """
    asyncio.run(_serve(url, work, concurrency, name, only_grading=only_grading))


async def _serve(url: str, work: Work, concurrency: int, name: str, *, only_grading: bool) -> None:
    connector = procrastinate.PsycopgConnector(conninfo=url, min_size=1, max_size=8)
    app = procrastinate.App(connector=connector)
    _register(app, work, only_grading=only_grading)
    others = [RESCUE_QUEUE] if only_grading else [ROOM_QUEUE, RESCUE_QUEUE, CLOCK_QUEUE]
    loop = asyncio.get_running_loop()
    # Jobs run in the loop's own threads, by default too few for what was asked.
    loop.set_default_executor(ThreadPoolExecutor(concurrency + 2 * _OTHERS))
    async with app.open_async():
        workers = [
            asyncio.create_task(_worker(app, f"{name}-grade", [GRADE_QUEUE], concurrency)),
            asyncio.create_task(_worker(app, f"{name}-clock", others, _OTHERS)),
        ]
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, _cancel, workers)
        try:
            await asyncio.gather(*workers)
        except asyncio.CancelledError:
            await asyncio.wait(workers)
        finally:
            _cancel(workers)


def _cancel(workers: "list[asyncio.Task[None]]") -> None:
    for worker in workers:
        worker.cancel()


async def _worker(app: procrastinate.App, name: str, queues: list[str], concurrency: int) -> None:
    await app.run_worker_async(
        name=name,
        queues=queues,
        concurrency=concurrency,
        install_signal_handlers=False,
        update_heartbeat_interval=HEARTBEAT_S,
        stalled_worker_timeout=STALLED_S,
        fetch_job_polling_interval=POLL_S,
        shutdown_graceful_timeout=GRACE_S,
        delete_jobs="successful",
    )


def _register(app: procrastinate.App, work: Work, *, only_grading: bool) -> None:
    again_later = procrastinate.RetryStrategy(exponential_wait=2)
    again_soon = procrastinate.RetryStrategy(max_attempts=_ROOM_RETRIES, wait=2)

    @app.task(name=GRADE_TASK, queue=GRADE_QUEUE, retry=again_later)
    def grade(run_id: str) -> None:  # pyright: ignore[reportUnusedFunction] - registered by name
        work.grade(run_id)

    @app.task(name=END_ROOM_TASK, queue=ROOM_QUEUE, retry=again_soon)
    def end_room(interview_id: str) -> None:  # pyright: ignore[reportUnusedFunction] - as above
        if not work.end_room(interview_id):
            raise RoomStillThereError(interview_id)

    # Two of them: a room that drips at its deadline must not keep us from the others' time.
    @app.task(name="viva.tick", queue=CLOCK_QUEUE, queueing_lock="tick", lock="tick")
    def tick(timestamp: int) -> None:  # pyright: ignore[reportUnusedFunction] - as above
        work.tick()

    @app.task(name="viva.watch", queue=CLOCK_QUEUE, queueing_lock="watch", lock="watch")
    def watch(timestamp: int) -> None:  # pyright: ignore[reportUnusedFunction] - as above
        work.watch()

    for task in () if only_grading else (tick, watch):
        app.periodic(cron=_EVERY_5_S)(task)

    @app.periodic(cron=_EVERY_3_S)
    @app.task(name="viva.rescue", queue=RESCUE_QUEUE, queueing_lock="rescue")
    async def rescue(timestamp: int) -> None:  # pyright: ignore[reportUnusedFunction] - as above
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_S):
            try:
                await app.job_manager.retry_job(job)
            except UniqueViolation:
                # The same work waits already; the dead job must not hold its lock against it.
                await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
