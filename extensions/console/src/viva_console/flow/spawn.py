"""Decides how a candidate's room is started, when its clock begins, and how it is removed."""

from typing import cast

import structlog

from viva_console.domain import room as rooms
from viva_console.domain.errors import GoneError, NotAllowedError, NotNowError, UnavailableError
from viva_console.domain.interview import Interview
from viva_console.domain.lost_time import Fault
from viva_console.domain.practice import PATH, practice_notebook
from viva_console.domain.record import SYSTEM
from viva_console.domain.room import Room, Server
from viva_console.domain.words import State
from viva_console.flow.console import Console
from viva_console.flow.enter import enter
from viva_console.hub.port import Database, ServerOptions
from viva_console.signing import SESSION

log = structlog.get_logger(__name__)


def start_room(
    console: Console, interview_id: str, *, again: bool = False, practice: bool = False
) -> Room:
    """Ask for the candidate's room and say how it stands; asking twice changes nothing.

    Parameters
    ----------
    again : bool
        A person asks after a failure: forget the failed attempts.
    practice : bool
        As for :func:`room_state`.

    Raises
    ------
    NotNowError
        Before consent or after the end.
    """
    if again:
        with console.store.unit() as work:
            interview = work.interviews.get(interview_id, lock=True)
            work.interviews.save(interview.allow_restart())
            work.commit()
    return room_state(console, interview_id, practice=practice)


def room_state(console: Console, interview_id: str, *, practice: bool = False) -> Room:
    """Move the room on as far as it will go now, and say how it stands.

    Starts an absent server, puts notebooks where there are none, then starts the clock. Fast: it
    waits for nothing but single answers of the hub and, for a moment, for the recorder. Call it
    until READY, FAILED or OVER.

    Parameters
    ----------
    practice : bool
        The candidate practises first: instead of the notebooks comes one that does not count, and
        no clock starts. Without effect once the clock runs.

    Raises
    ------
    NotNowError
        Before consent.
    """
    with console.store.unit() as work:
        interview = work.interviews.get(interview_id)
    if interview.state.is_over:
        return rooms.over(interview)
    interview.must_be_agreed()
    try:
        server = console.hub.server(interview.hub_user)
        ahead = interview.state is State.CONSENTED and server is not Server.STOPPING
        if server is Server.ABSENT or ahead:
            # A room that was made ahead is the candidate's from now on, as if it had been started.
            interview = _start_server(console, interview, server)
        if server is Server.ABSENT:
            server = Server.STARTING
        if server is Server.READY and practice and interview.state is not State.OPEN:
            return _practise(console, interview)
        if server is Server.READY:
            return enter(console, interview)
    except UnavailableError:
        server = Server.STARTING
    except NotNowError as error:
        if error.code == "room.failed":
            return rooms.failed(interview)
        raise
    began = interview.starting_at or console.clock.now()
    elapsed_s = max(0.0, (console.clock.now() - began).total_seconds())
    return rooms.waiting(interview, server, elapsed_s)


def begin(console: Console, interview_id: str) -> Interview:
    """End practice: put the questions in place and start the clock.

    Raises
    ------
    NotNowError
        ``room.not_ready`` while the room does not answer; no clock has started then.
    """
    if room_state(console, interview_id).phase is not rooms.RoomPhase.READY:
        words = "Your room does not answer yet. Your time has not begun: try again in a moment."
        raise NotNowError(words, code="room.not_ready")
    with console.store.unit() as work:
        return work.interviews.get(interview_id)


def ask_for_server(console: Console, interview: Interview) -> None:
    """Ask the hub for the interview's server; one that runs or starts is left alone.

    Raises
    ------
    UnavailableError
        When the hub does not answer.
    """
    options = ServerOptions(
        interview=interview.id,
        fixture=interview.fixture,
        session_token=session_token(console, interview),
        console_path=console.settings.console_path,
        begun=interview.started_at is not None,
    )
    console.hub.start_server(interview.hub_user, options)


def session_token(console: Console, interview: Interview) -> str:
    """Sign the token that the candidate's panel shows; it dies 1 h after the deadline."""
    return console.signer.sign(SESSION, {"interview": interview.id})


def interview_of_session(console: Console, token: str) -> Interview:
    """Find the interview that a panel's token speaks for.

    Raises
    ------
    NotAllowedError
        When it was altered or is for something else (``session.invalid``).
    GoneError
        More than an hour after the deadline (``session.expired``).
    """
    try:
        claims = console.signer.read(SESSION, token)
    except NotAllowedError as error:
        raise NotAllowedError("This session is not valid.", code="session.invalid") from error
    fields = cast("dict[str, object]", claims) if isinstance(claims, dict) else {}
    interview_id = fields.get("interview")
    if not isinstance(interview_id, str):
        raise NotAllowedError("This session is not valid.", code="session.invalid")
    with console.store.unit() as work:
        interview = work.interviews.get(interview_id)
    if not interview.session_valid(console.clock.now()):
        raise GoneError("This session has ended.", code="session.expired")
    return interview


def end_room(console: Console, interview_id: str) -> bool:
    """Remove server, files, database and user of an interview that is over.

    Returns
    -------
    bool
        False while the server is still stopping: ask again.

    Raises
    ------
    NotNowError
        While the candidate may still work.
    UnavailableError
        When the hub does not answer.
    """
    with console.store.unit() as work:
        interview = work.interviews.get(interview_id)
    interview.room_ended(console.clock.now())
    if interview.room_ended_at:
        return True
    if console.hub.server(interview.hub_user) is not Server.ABSENT:
        console.hub.stop_server(interview.hub_user)
        if console.hub.server(interview.hub_user) is not Server.ABSENT:
            return False
    console.hub.delete_user(interview.hub_user)
    now = console.clock.now()
    with console.store.unit() as work:
        interview = work.interviews.get(interview_id, lock=True)
        work.interviews.save(interview.room_ended(now))
        work.record.write(now, SYSTEM, "room.ended", interview_id)
        work.commit()
    return True


def _practise(console: Console, interview: Interview) -> Room:
    has_database = interview.fixture is not None
    if has_database:
        try:
            console.hub.show_database(interview.hub_user, Database.PRACTICE)
        except UnavailableError:
            # Nobody waits for it: the rest of the room can be tried all the same.
            log.warning("practice.no_database", interview=interview.id)
            has_database = False
    notebook = practice_notebook(has_database=has_database)
    console.hub.place_file(interview.hub_user, PATH, notebook)
    return rooms.practice(interview, PATH)


def _start_server(console: Console, interview: Interview, server: Server) -> Interview:
    now = console.clock.now()
    with console.store.unit() as work:
        interview = work.interviews.get(interview.id, lock=True)
        if not interview.start_due(now):
            return interview
        started = interview.start(now).room_away(Fault.ROOM)
        work.interviews.save(started)
        work.record.write(
            now, SYSTEM, "room.starting", interview.id, attempt=started.start_attempts
        )
        work.commit()
    if server is Server.ABSENT:
        ask_for_server(console, interview)
    return started
