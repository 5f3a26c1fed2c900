"""Decides how an interview is handed in: collected, frozen, receipted, queued."""

from collections.abc import Callable

import structlog

from viva_console.domain.errors import NotNowError, UnavailableError, UnknownError
from viva_console.domain.interview import Interview
from viva_console.domain.record import SYSTEM, Actor, ActorKind
from viva_console.domain.room import Server
from viva_console.domain.run import Run, RunState
from viva_console.domain.submission import (
    Collected,
    Receipt,
    Submission,
    freeze,
    receipt,
)
from viva_console.domain.views import ReceiptPage
from viva_console.domain.words import Closer, State
from viva_console.flow.collect import collect, collect_recorded
from viva_console.flow.console import Console
from viva_console.flow.credit import save_seen
from viva_console.flow.spawn import room_state
from viva_console.store.port import UnitOfWork

log = structlog.get_logger(__name__)


def submit(console: Console, interview_id: str, closer: Closer = Closer.CANDIDATE) -> Receipt:
    """Hand in every question at once; a second call gives the same receipt.

    A notebook that cannot be collected is said in the receipt and in the record; a room that does
    not answer makes the whole call fail, and nothing is submitted.

    Raises
    ------
    NotNowError
        Before the clock runs, or once expired.
    UnavailableError
        When the room does not answer (``submit.room_silent``); the same call may work later.
    """
    with console.store.unit() as work:
        interview = work.interviews.get(interview_id)
        if interview.submitted_at:
            return receipt(work.submissions.of_interview(interview_id))
    interview.must_be_open()
    return _close(console, interview_id, collect(console, interview), closer)


def receipt_of(console: Console, interview: Interview) -> ReceiptPage:
    """Give the receipt of a submitted interview.

    Raises
    ------
    NotNowError
        ``receipt.none`` before the submission.
    """
    with console.store.unit() as work:
        submissions = work.submissions.of_interview(interview.id)
    if not submissions:
        raise NotNowError("Nothing has been submitted yet.", code="receipt.none")
    paper = receipt(submissions)
    ended = interview.room_ended_at is not None
    return ReceiptPage(paper, interview.role, paper.submitted_by, ended)


def submitted_notebook(console: Console, submission_id: str, by: Actor) -> bytes:
    """Give a submission's frozen bytes; that somebody looked is recorded.

    Raises
    ------
    UnknownError, GoneError
        When nothing was collected, or the candidate was erased.
    """
    with console.store.unit() as work:
        submission = work.submissions.get(submission_id)
        content = work.submissions.content(submission_id)
        work.record.write(
            console.clock.now(),
            by,
            "submission.read",
            submission.interview_id,
            submission=submission_id,
        )
        work.commit()
    return content


def own_notebook(console: Console, interview: Interview, question: str) -> bytes:
    """Give a candidate the bytes that their receipt's hash is of; that they looked is recorded.

    Raises
    ------
    UnknownError, GoneError
        When nothing was collected for the question, or the candidate was erased.
    """
    with console.store.unit() as work:
        mine = work.submissions.of_interview(interview.id)
    for submission in mine:
        if submission.question.slug == question:
            by = Actor(ActorKind.CANDIDATE, interview.candidate_id)
            return submitted_notebook(console, submission.id, by)
    raise UnknownError("There is no such notebook.", code="submission.unknown")


def close_expired(console: Console) -> list[str]:
    """Do what the clock demands; called every few seconds by a worker.

    Submits what is past its deadline, expires what never began, and asks again for the end of rooms
    that should be gone. One interview's trouble does not stop the others.

    Returns
    -------
    list of str
        The interviews that it closed.
    """
    now = console.clock.now()
    with console.store.unit() as work:
        running = work.interviews.in_states(State.OPEN)
        waiting = work.interviews.in_states(State.INVITED, State.CONSENTED, State.STARTING)
        over = work.interviews.in_states(State.SUBMITTED, State.EXPIRED, State.GRADED)
    late = [one for one in running if one.time_is_up(now, console.settings.grace_s)]
    lapsed = [one for one in waiting if one.should_expire(now)]
    closed = [one.id for one in late if _settled(_submit_late, console, one)]
    closed += [one.id for one in lapsed if _settled(_expire, console, one)]
    for interview in over:
        if _room_overdue(console, interview):
            console.queue.end_room(interview.id)
    return closed


def _settled(
    verb: Callable[[Console, Interview], bool], console: Console, interview: Interview
) -> bool:
    try:
        return verb(console, interview)
    except Exception:  # whatever it is, the other candidates' deadlines are due
        log.exception("interview.not_closed", interview=interview.id)
        return False


def _submit_late(console: Console, interview: Interview) -> bool:
    settings = console.settings
    last = settings.grace_s + settings.collect_window_s
    try:
        _close(console, interview.id, collect(console, interview), Closer.CLOCK)
    except UnavailableError:
        if not interview.time_is_up(console.clock.now(), last):
            _wake(console, interview)
            return False
        _close(console, interview.id, collect_recorded(console, interview), Closer.CLOCK)
    return True


def _wake(console: Console, interview: Interview) -> None:
    """Start a room that had stopped: its files are on its disk, and only it can hand them out."""
    try:
        if console.hub.server(interview.hub_user) is Server.ABSENT:
            room_state(console, interview.id)
    except UnavailableError:
        return


def _close(
    console: Console, interview_id: str, collected: list[Collected], closer: Closer
) -> Receipt:
    now = console.clock.now()
    with console.store.unit() as work:
        interview = work.interviews.get(interview_id, lock=True)
        if interview.submitted_at:
            return receipt(work.submissions.of_interview(interview_id))
        # What is being lost ends here, with or without a room: the record says what was added.
        work.interviews.save(save_seen(work, interview, now).submit(now, closer))
        submissions = [
            freeze(one, console.ids.new(), interview_id, now, closer) for one in collected
        ]
        for submission, one in zip(submissions, collected, strict=True):
            work.submissions.add(submission, one.content)
        runs = [
            _queued(console, work, submission) for submission in submissions if submission.sha256
        ]
        _write_down(work, interview, submissions, closer)
        work.commit()
    for run in runs:
        console.queue.grade(run.id)
    console.queue.end_room(interview_id, delay_s=console.settings.end_room_delay_s)
    return receipt(submissions)


def _queued(console: Console, work: UnitOfWork, submission: Submission) -> Run:
    run = new_run(console, submission, submission.question.sha256)
    work.runs.add(run)
    return run


def new_run(console: Console, submission: Submission, question_sha256: str) -> Run:
    """Make a run that waits for a worker."""
    now = console.clock.now()
    return Run(
        id=console.ids.new(),
        submission_id=submission.id,
        interview_id=submission.interview_id,
        question_sha256=question_sha256,
        state=RunState.QUEUED,
        attempts=0,
        created_at=now,
        updated_at=now,
    )


def _write_down(
    work: UnitOfWork, interview: Interview, submissions: list[Submission], closer: Closer
) -> None:
    actor = (
        Actor(ActorKind.CANDIDATE, interview.candidate_id) if closer is Closer.CANDIDATE else SYSTEM
    )
    work.record.write(
        submissions[0].submitted_at,
        actor,
        "interview.submitted",
        interview.id,
        by=closer.value,
        sha256={one.question.slug: one.sha256 for one in submissions},
        problems={one.question.slug: one.problem for one in submissions if one.problem},
    )


def _expire(console: Console, lapsed: Interview) -> bool:
    now = console.clock.now()
    with console.store.unit() as work:
        interview = work.interviews.get(lapsed.id, lock=True)
        if not interview.should_expire(now):
            return False
        work.interviews.save(interview.expire(now))
        work.record.write(now, SYSTEM, "interview.expired", interview.id)
        work.commit()
    # Also where nobody ever agreed: a room may have been made ahead.
    console.queue.end_room(interview.id)
    return True


def _room_overdue(console: Console, interview: Interview) -> bool:
    """Whether the job that should have ended the room must have been lost."""
    if interview.room_ended_at or interview.starting_at is None:
        return False
    ended = interview.submitted_at or interview.invite_expires_at
    overdue_s = (console.clock.now() - ended).total_seconds()
    return overdue_s > 2 * console.settings.end_room_delay_s + 60
