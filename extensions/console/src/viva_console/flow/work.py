"""Decides what a worker does with the jobs that it takes."""

from dataclasses import asdict

import structlog

from viva_console.domain.errors import UnavailableError
from viva_console.domain.run import Pile
from viva_console.flow.console import Console
from viva_console.flow.grade import grade_run, pile_of, sweep_runs
from viva_console.flow.prepare import end_unentered
from viva_console.flow.spawn import end_room
from viva_console.flow.submit import close_expired
from viva_console.flow.watch import watch_rooms
from viva_console.queue.port import Work

log = structlog.get_logger(__name__)


def work_of(console: Console) -> Work:
    """Bind the flows that a worker calls to their console."""
    last = [Pile()]

    def watch() -> None:
        watch_rooms(console)
        try:
            for interview_id in end_unentered(console):
                log.info("room.ended_unentered", interview=interview_id)
        except UnavailableError:
            log.warning("hub.silent")  # the next look, in seconds, asks again

    def tick() -> None:
        for interview_id in close_expired(console):
            log.info("interview.closed_by_clock", interview=interview_id)
        for run_id in sweep_runs(console):
            log.warning("run.requeued", run=run_id)
        pile = pile_of(console)
        if pile != last[0]:
            log.info("pile", **asdict(pile))
            last[0] = pile

    return Work(
        grade=lambda run_id: grade_run(console, run_id),
        end_room=lambda interview_id: end_room(console, interview_id),
        watch=watch,
        tick=tick,
    )
