"""Decides when a room is made before its candidate agrees, and when one that nobody entered ends.

Nothing is written down here: that somebody opened a page is nothing that they have agreed to yet.
What stands ahead is what the hub says of its servers, so no restart of ours forgets a room. No
notebook is placed: a question is seen by whoever has begun, and practice comes before that.
"""

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum

import structlog

from viva_console.domain.interview import Interview
from viva_console.domain.room import Server
from viva_console.domain.words import UNENTERED
from viva_console.flow.console import Console
from viva_console.flow.enter import releases
from viva_console.flow.record import meet
from viva_console.flow.spawn import ask_for_server

log = structlog.get_logger(__name__)


class Prepared(StrEnum):
    """How a room stands that is made ahead: none is to be had, it is coming, it is there."""

    NOT = "not"
    COMING = "coming"
    THERE = "there"


def prepare_room(
    console: Console, interview_id: str, may_start: Callable[[], bool] = lambda: True
) -> Prepared:
    """Move a room on while its invite is being read; the clock does not run, nobody is let in.

    Parameters
    ----------
    may_start : callable
        Asked once, where a server would be started: whether this interview may cause one more.

    Raises
    ------
    UnavailableError
        When the hub does not answer.
    """
    if not console.settings.rooms_ahead:
        return Prepared.NOT
    with console.store.unit() as work:
        interview = work.interviews.get(interview_id)
    if interview.state not in UNENTERED or not interview.invite_open(console.clock.now()):
        return Prepared.NOT
    server = console.hub.server(interview.hub_user)
    if server is Server.ABSENT:
        if not _has_place(console) or not may_start():
            return Prepared.NOT
        ask_for_server(console, interview)
        log.info("room.prepared", interview=interview.id)
        server = console.hub.server(interview.hub_user)
    # The first release of a question takes seconds; from then on it is at hand.
    releases(console, interview)
    if server is not Server.READY:
        return Prepared.COMING
    _make_known(console, interview_id)
    return Prepared.THERE


def end_unentered(console: Console) -> list[str]:
    """Stop the rooms that were made ahead and that nobody entered in time; give their interviews.

    Whoever starts later gets a room as if none had been made. An interview that begins at this
    very moment finds its room stopping, and starts it again.

    Raises
    ------
    UnavailableError
        When the hub does not answer.
    """
    waiting = _unentered(console)
    if not waiting:
        return []
    began = console.hub.running()
    latest = console.clock.now() - timedelta(minutes=console.settings.room_ahead_minutes)
    ended = [
        interview
        for interview in waiting
        if interview.hub_user in began and began[interview.hub_user] <= latest
    ]
    for interview in ended:
        console.hub.stop_server(interview.hub_user)
    return [interview.id for interview in ended]


def _make_known(console: Console, interview_id: str) -> None:
    """Have this process and the recorder known at the room before anybody waits for them."""
    meet(console, interview_id)
    with console.store.unit() as work:
        work.recordings.call(interview_id)
        work.commit()


def _has_place(console: Console) -> bool:
    """Whether fewer rooms stand ahead than may: strangers with links cannot fill the machine."""
    began = console.hub.running()
    ahead = sum(interview.hub_user in began for interview in _unentered(console))
    return ahead < console.settings.rooms_ahead


def _unentered(console: Console) -> list[Interview]:
    with console.store.unit() as work:
        return work.interviews.in_states(*UNENTERED)
