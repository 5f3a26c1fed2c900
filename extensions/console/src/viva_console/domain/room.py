"""Decides what a candidate is told while the room is made ready."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from viva_console.domain.interview import MAX_START_ATTEMPTS, Interview


class Server(StrEnum):
    """What the hub says of a candidate's server."""

    ABSENT = "absent"
    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"


class RoomPhase(StrEnum):
    """What the page of the room should do."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Room:
    """The candidate's room at one moment.

    Attributes
    ----------
    progress : int
        0..100; 100 only when the room can be entered.
    words : str
        One sentence for the candidate.
    path : str
        The first notebook, once READY; empty before.
    clock_runs : bool
        Whether the candidate has worked in it before: what is lost now is given back.
    """

    phase: RoomPhase
    progress: int
    words: str
    hub_user: str
    path: str = ""
    clock_runs: bool = False


PUT_BACK_SAID = timedelta(minutes=10)
"""For how long a candidate is told what came back into the room."""
TYPICAL_START_S = 6.0
"""From the hub's start to ready, measured on two cores: 4 to 6 s."""


def waiting(interview: Interview, server: Server, elapsed_s: float) -> Room:
    """Describe a room that is not ready.

    Parameters
    ----------
    elapsed_s : float
        Seconds since the start was asked for, ≥ 0. The hub gives no percentage, so the bar
        approaches 80 by time and never claims an end.
    """
    if server is Server.STOPPING:
        return _wait(interview, 10, "Closing the previous room first.")
    share = elapsed_s / (elapsed_s + TYPICAL_START_S)
    words = "Starting your room: JupyterLab and a database of your own."
    if elapsed_s > 3 * TYPICAL_START_S:
        words = f"Still starting. This is our delay: {_time_words(interview)}."
    if interview.start_attempts > 1:
        words = f"Starting again, attempt {interview.start_attempts} of {MAX_START_ATTEMPTS}."
    return _wait(interview, 10 + round(70 * share), words)


def placing(interview: Interview) -> Room:
    """Describe a room whose notebooks are being put in place."""
    return _wait(interview, 90, "Putting your notebooks in place.")


def ready(interview: Interview) -> Room:
    """Describe a room that can be entered."""
    path = interview.questions[0].path
    return Room(RoomPhase.READY, 100, "Your room is ready.", interview.hub_user, path)


def practice(interview: Interview, path: str) -> Room:
    """Describe a room that can be entered to practise: no clock runs."""
    words = "Your room is ready to practise in."
    return Room(RoomPhase.READY, 100, words, interview.hub_user, path)


def put_back(placed: Sequence[str], restored: Sequence[str], *, has_database: bool) -> str:
    """Say exactly what came back into a room that had lost notebooks, and what did not.

    Parameters
    ----------
    placed, restored : sequence of str
        Every notebook that was missing, and those of them that came back as recorded.
    """
    anew = [path for path in placed if path not in restored]
    said = ["Notebooks were missing from your room."]
    if restored:
        said.append(f"Back as last recorded, with outputs: {', '.join(restored)}.")
    if anew:
        said.append(f"Nothing of it was recorded, so it begins anew: {', '.join(anew)}.")
    said.append("Not back: variables, and files of your own that were lost with them.")
    if has_database:
        said.append("Look whether tables of your own are still in the database.")
    return " ".join(said)


def failed(interview: Interview) -> Room:
    """Describe a room that did not start."""
    words = "Your room could not be started. This is our fault. Please try again."
    runs = interview.started_at is not None
    return Room(RoomPhase.FAILED, 0, words, interview.hub_user, clock_runs=runs)


def over(interview: Interview) -> Room:
    """Describe a room that is closed for good."""
    return Room(RoomPhase.OVER, 100, "This interview has ended.", interview.hub_user)


def _wait(interview: Interview, progress: int, words: str) -> Room:
    runs = interview.started_at is not None
    return Room(RoomPhase.WAITING, progress, words, interview.hub_user, clock_runs=runs)


def _time_words(interview: Interview) -> str:
    return "the time is added to yours" if interview.started_at else "your time has not begun"
