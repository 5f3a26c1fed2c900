"""Decides how rooms are watched while clocks run: what lost time is measured by."""

import structlog

from viva_console.domain.errors import UnavailableError
from viva_console.domain.interview import Interview
from viva_console.domain.lost_time import Fault
from viva_console.domain.room import Server
from viva_console.domain.words import State
from viva_console.flow.console import Console
from viva_console.flow.credit import save_seen
from viva_console.flow.spawn import room_state

log = structlog.get_logger(__name__)


def watch_rooms(console: Console) -> None:
    """Look at every room whose clock runs; called every few seconds by a worker.

    A room that is ready is noted as seen, which ends a loss. One that is gone is started again at
    once, so that a loss lasts as long as our start does and not as long as anybody waits. The hub
    is asked and never the room itself: what a candidate's server answers proves nothing.
    """
    with console.store.unit() as work:
        running = work.interviews.in_states(State.OPEN)
    reachable = bool(running) and console.hub.console_answers()
    for interview in running:
        server = None
        if reachable:
            try:
                server = console.hub.server(interview.hub_user)
            except UnavailableError:
                # One hub for all: the next question would wait as long, for the same answer.
                reachable = False
        try:
            _note(console, interview, server)
        except Exception:  # whatever it is, the other candidates' time is being lost
            log.exception("room.not_watched", interview=interview.id)


def _note(console: Console, interview: Interview, server: Server | None) -> None:
    now = console.clock.now()
    with console.store.unit() as work:
        interview = work.interviews.get(interview.id, lock=True)
        if interview.state is not State.OPEN:
            return
        if server is Server.READY:
            save_seen(work, interview, now)
        else:
            fault = Fault.SERVICE if server is None else Fault.ROOM
            interview = interview.room_away(fault)
            work.interviews.save(interview)
        work.commit()
    if server is Server.ABSENT and not interview.time_is_up(now):
        room_state(console, interview.id)
