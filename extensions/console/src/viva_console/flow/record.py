"""Decides what of a candidate's work is recorded and when, and what the candidate is told of it."""

from dataclasses import replace
from datetime import datetime

from viva_console.domain.errors import ConsoleError, UnknownError
from viva_console.domain.interview import Interview
from viva_console.domain.recording import (
    MAX_DOCUMENT_BYTES,
    NOT_YET,
    Document,
    Target,
    Update,
)
from viva_console.domain.views import Saved
from viva_console.domain.words import UNENTERED, State
from viva_console.flow.console import Console
from viva_console.hub.port import DocumentDoor
from viva_console.live.port import Arrival, Keeping
from viva_console.store.port import UnitOfWork


class RecordingFullError(ConsoleError):
    """A notebook's recording has no room for more."""

    code = "recording.full"


def keeping_of(console: Console) -> Keeping:
    """Bind the flows that the recorder calls to their console."""

    def door(target: Target) -> DocumentDoor:
        return console.hub.document_door(target.hub_user, target.path)

    return Keeping(
        targets=lambda: targets(console),
        door=door,
        keep=lambda target, arrivals, work: keep(console, target, arrivals, work),
        trouble=lambda target, problem: note_trouble(console, target, problem),
        calls=console.store.calls,
        meet=lambda interview_id: meet(console, interview_id),
    )


def targets(console: Console) -> list[Target]:
    """Give every notebook of every room that is starting or in use."""
    with console.store.unit() as work:
        return work.recordings.targets(State.STARTING, State.OPEN)


def meet(console: Console, interview_id: str) -> None:
    """Show this process's pass at a room that nobody has entered: a room asks the hub whose it is.

    That question and the pass itself take a while, which is over when somebody wants to enter.
    Nothing is recorded by it.

    Raises
    ------
    UnavailableError
        When the hub or the room does not answer.
    """
    with console.store.unit() as work:
        interview = work.interviews.get(interview_id)
    if interview.state in UNENTERED:
        console.hub.has_file(interview.hub_user, interview.questions[0].path)


def keep(
    console: Console, target: Target, arrivals: list[Arrival], work_sha256: str | None
) -> None:
    """Append updates to a notebook's recording, in one transaction with what they amount to.

    Parameters
    ----------
    arrivals : list
        None of them is a sign of life: the recorder sees the notebook, and nothing changes.
    work_sha256 : str or None
        The work after the updates.

    Raises
    ------
    RecordingFullError
        When they do not fit any more.
    """
    now = console.clock.now()
    with console.store.unit() as work:
        before = _document(work, target, console)
        updates = [
            Update(before.seq + number, now, kind, content)
            for number, (kind, content) in enumerate(arrivals, start=1)
        ]
        size = before.size_bytes + sum(len(update.content) for update in updates)
        if size > MAX_DOCUMENT_BYTES:
            limit = f"{MAX_DOCUMENT_BYTES // 2**20} MiB"
            raise RecordingFullError(f"The recording of this notebook is full ({limit}).")
        work.recordings.append(target.interview_id, target.path, updates)
        after = replace(before, problem="", seen_at=now)
        if updates:
            seq = before.seq + len(updates)
            after = replace(
                after, seq=seq, size_bytes=size, changed_at=now, work_sha256=work_sha256
            )
        work.recordings.note(target.interview_id, after)
        work.commit()


def note_trouble(console: Console, target: Target, problem: str) -> None:
    """Note why a notebook is not being recorded; what was recorded of it stays."""
    with console.store.unit() as work:
        before = _document(work, target, console)
        noted = replace(before, problem=problem, seen_at=console.clock.now())
        work.recordings.note(target.interview_id, noted)
        work.commit()


def saved(console: Console, interview: Interview) -> list[Saved]:
    """Tell the candidate what of each notebook is kept, and why nothing more is."""
    now = console.clock.now()
    with console.store.unit() as work:
        known = {one.path: one for one in work.recordings.documents(interview.id)}
    return [_saved(ref.path, known.get(ref.path), now) for ref in interview.questions]


def recorded_notebook(console: Console, interview_id: str, path: str) -> bytes | None:
    """Give a notebook's file as it was last recorded; None where nothing readable was."""
    with console.store.unit() as work:
        updates = work.recordings.updates(interview_id, path)
    return console.replay.notebook(updates) if updates else None


def _document(work: UnitOfWork, target: Target, console: Console) -> Document:
    try:
        return work.recordings.document(target.interview_id, target.path)
    except UnknownError:
        return Document(target.path, 0, 0, None, None, NOT_YET, console.clock.now())


def _saved(path: str, document: Document | None, now: datetime) -> Saved:
    if document is None:
        return Saved(path, None, None, NOT_YET)
    return Saved(path, document.work_sha256, document.changed_at, document.trouble(now))
