"""Decides how work is asked for: procrastinate's jobs, on the store's own PostgreSQL."""

import contextlib
import threading
from typing import Any

import procrastinate
import psycopg
from procrastinate.exceptions import AlreadyEnqueued

GRADE_TASK = "viva.grade"
GRADE_QUEUE = "grade"
END_ROOM_TASK = "viva.end_room"
ROOM_QUEUE = "rooms"


class JobQueue:
    """The side of the queue that asks; :mod:`viva_console.queue.worker` is the one that works.

    Parameters
    ----------
    url : str
        The store's PostgreSQL, as libpq reads it.
    """

    def __init__(self, url: str) -> None:
        connector = procrastinate.SyncPsycopgConnector(conninfo=url, min_size=1, max_size=4)
        self._app = procrastinate.App(connector=connector)
        self._lock = threading.Lock()
        self._opened = False

    def grade(self, run_id: str, *, delay_s: int = 0) -> None:
        """Ask a worker to grade a run."""
        self._defer(GRADE_TASK, GRADE_QUEUE, f"run:{run_id}", delay_s, run_id=run_id)

    def end_room(self, interview_id: str, *, delay_s: int = 0) -> None:
        """Ask a worker to remove a candidate's room."""
        lock = f"room:{interview_id}"
        self._defer(END_ROOM_TASK, ROOM_QUEUE, lock, delay_s, interview_id=interview_id)

    def runs_in_hand(self) -> set[str]:
        """Give the runs that wait for a worker or are being worked on."""
        jobs = self._open().job_manager
        waiting = jobs.list_jobs(queue=GRADE_QUEUE, status="todo")
        doing = jobs.list_jobs(queue=GRADE_QUEUE, status="doing")
        return {str(job.task_kwargs["run_id"]) for job in [*waiting, *doing]}

    def close(self) -> None:
        """Give connections back."""
        with self._lock:
            if self._opened:
                self._app.close()
                self._opened = False

    def _open(self) -> procrastinate.App:
        with self._lock:
            if not self._opened:
                self._app.open()
                self._opened = True
        return self._app

    def _defer(self, task: str, queue: str, lock: str, delay_s: int, **what: Any) -> None:
        # One lock runs one job at a time, one queueing lock keeps one job waiting: asking twice is
        # asking once.
        schedule = {"seconds": delay_s} if delay_s else None
        deferrer = self._open().configure_task(
            task, queue=queue, lock=lock, queueing_lock=lock, schedule_in=schedule
        )
        with contextlib.suppress(AlreadyEnqueued):
            deferrer.defer(**what)


def create_queue(url: str) -> None:
    """Make procrastinate's tables in the store, unless they are there."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('viva.queue', 0))")
        found = connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone()
        if found is None or found[0] is None:
            app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=url))
            connection.execute(app.schema_manager.get_schema().encode())
