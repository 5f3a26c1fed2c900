"""Decides what stands before a candidate is let in: notebooks, the recorder, the database.

A notebook that is missing comes back as it was last recorded; one of which nothing was recorded,
as it was released.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from viva_console.domain import room as rooms
from viva_console.domain.errors import GoneError
from viva_console.domain.interview import Interview
from viva_console.domain.record import SYSTEM
from viva_console.domain.recording import Document
from viva_console.domain.room import Room
from viva_console.domain.words import State
from viva_console.flow.console import Console
from viva_console.flow.credit import save_seen
from viva_console.flow.record import recorded_notebook
from viva_console.hub.port import Database

HEARD_WITHIN_S = 1.5
"""The longest that anybody waits for the recorder: it usually needs a tenth of that."""
LOOK_S = 0.02


@dataclass(frozen=True, slots=True)
class Placing:
    """What was done to have every notebook in the room.

    Attributes
    ----------
    before : dict
        How many updates of a notebook had been recorded when it was put in place; of those that
        were there already, none.
    restored : list of str
        Put in place as they were last recorded.
    """

    before: dict[str, int] = field(default_factory=dict[str, int])
    restored: list[str] = field(default_factory=list[str])


def enter(console: Console, interview: Interview) -> Room:
    """Put notebooks where there are none, open the database, await the recorder, start the clock.

    Raises
    ------
    UnavailableError
        When the room does not answer.
    """
    # Made first: the first release after a start takes seconds, and a unit holds a connection.
    notebooks = releases(console, interview)
    with console.store.unit() as work:
        if not work.claim(f"place:{interview.id}"):
            return rooms.placing(interview)
        placing = _place(console, interview, notebooks, work.recordings.documents(interview.id))
        work.recordings.call(interview.id)
        work.commit()
    if interview.state is not State.OPEN and interview.fixture is not None:
        # While the recorder is on its way. From here on nobody comes to the practice's any more.
        console.hub.show_database(interview.hub_user, Database.INTERVIEW)
    unheard = _await_recorder(console, interview, placing)
    with console.store.unit() as work:
        interview = work.interviews.get(interview.id, lock=True)
        if interview.state.is_over:
            return rooms.over(interview)
        now = console.clock.now()
        first = interview.state is not State.OPEN
        opened = save_seen(work, interview.open(now), now)
        if first or placing.before:
            work.record.write(
                now,
                SYSTEM,
                "room.opened" if first else "room.reopened",
                interview.id,
                placed=list(placing.before),
                restored=placing.restored,
                unheard=unheard,
            )
        work.commit()
    return rooms.ready(opened)


def releases(console: Console, interview: Interview) -> dict[str, bytes]:
    """Make what candidates get of each question, by its path in the room."""
    return {
        ref.path: console.grader.release(console.grader.question(ref.slug))
        for ref in interview.questions
    }


def _place(
    console: Console,
    interview: Interview,
    notebooks: dict[str, bytes],
    documents: Iterable[Document],
) -> Placing:
    recorded = {one.path: one.seq for one in documents if one.seq}
    placing = Placing()
    user = interview.hub_user
    for path, release in notebooks.items():
        content = release
        if path in recorded:
            if console.hub.has_file(user, path):
                continue
            content = _recorded(console, interview, path) or release
        if console.hub.place_file(user, path, content):
            placing.before[path] = recorded.get(path, 0)
            if content is not release:
                placing.restored.append(path)
    return placing


def _recorded(console: Console, interview: Interview, path: str) -> bytes | None:
    try:
        return recorded_notebook(console, interview.id, path)
    except GoneError:
        return None


def _await_recorder(console: Console, interview: Interview, placing: Placing) -> list[str]:
    """Wait until every notebook is being recorded; give those that are not, after a while."""
    for _ in range(round(HEARD_WITHIN_S / LOOK_S)):
        unheard = _unheard(console, interview, placing)
        if not unheard:
            return []
        console.pause(LOOK_S)
    return _unheard(console, interview, placing)


def _unheard(console: Console, interview: Interview, placing: Placing) -> list[str]:
    now = console.clock.now()
    with console.store.unit() as work:
        known = {one.path: one for one in work.recordings.documents(interview.id)}
    return [
        ref.path
        for ref in interview.questions
        if ref.path not in known
        or known[ref.path].seq <= placing.before.get(ref.path, 0)
        or known[ref.path].trouble(now)
    ]
