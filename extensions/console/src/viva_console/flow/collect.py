"""Decides what is handed in for a question: the notebook as the candidate saw it last."""

from viva_console.domain.errors import GoneError, UnavailableError, UnknownError
from viva_console.domain.interview import Interview
from viva_console.domain.recording import Document, work_of_file
from viva_console.domain.submission import MAX_NOTEBOOK_BYTES, Collected
from viva_console.domain.words import QuestionRef
from viva_console.flow.console import Console
from viva_console.flow.record import recorded_notebook
from viva_console.hub.port import FileMissingError, FileTooLargeError, RoomFile


def collect(console: Console, interview: Interview) -> list[Collected]:
    """Fetch every notebook from the candidate's room; where the recording is newer, from there.

    Raises
    ------
    UnavailableError
        When the room does not answer.
    """
    return [_one(console, interview, ref) for ref in interview.questions]


def collect_recorded(console: Console, interview: Interview) -> list[Collected]:
    """Give every notebook as it was recorded: the room does not answer any more."""
    problem = "The room did not answer after the deadline."
    return [_recorded(console, interview, ref, problem) for ref in interview.questions]


def _one(console: Console, interview: Interview, ref: QuestionRef) -> Collected:
    try:
        file = console.hub.read_file(interview.hub_user, ref.path, MAX_NOTEBOOK_BYTES)
    except FileMissingError:
        return _recorded(console, interview, ref, "There was no such notebook in the room.")
    except FileTooLargeError:
        problem = f"The notebook was larger than {MAX_NOTEBOOK_BYTES // 2**20} MiB."
        return Collected(ref, None, problem)
    except UnavailableError as error:
        raise UnavailableError(
            "Your room did not answer, so nothing was submitted. Please try again.",
            code="submit.room_silent",
        ) from error
    document = _document(console, interview, ref)
    if document is not None and _is_behind(file, document):
        recorded = _recorded(console, interview, ref, "")
        if recorded.content is not None:
            return recorded
    return Collected(ref, file.content, saved_at=file.saved_at)


def _is_behind(file: RoomFile, document: Document) -> bool:
    """Whether a file lacks work that was recorded after it was written: a full disk, a slow one."""
    if document.work_sha256 is None or document.changed_at is None:
        return False
    older = file.saved_at is None or file.saved_at < document.changed_at
    return older and work_of_file(file.content) != document.work_sha256


def _recorded(console: Console, interview: Interview, ref: QuestionRef, problem: str) -> Collected:
    document = _document(console, interview, ref)
    content = recorded_notebook(console, interview.id, ref.path) if document else None
    if document is None or content is None or len(content) > MAX_NOTEBOOK_BYTES:
        return Collected(ref, None, problem)
    return Collected(ref, content, saved_at=document.changed_at)


def _document(console: Console, interview: Interview, ref: QuestionRef) -> Document | None:
    try:
        with console.store.unit() as work:
            return work.recordings.document(interview.id, ref.path)
    except (UnknownError, GoneError):
        return None
