"""Decides what pages and the panel get to see: plain values, not escaped yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from viva_grader.domain.final_score import FinalScore

from viva_console.domain.comment import ShownComment, Subject
from viva_console.domain.disclosure import Disclosure
from viva_console.domain.interview import Interview
from viva_console.domain.judgement import NOTHING_JUDGED, Judging
from viva_console.domain.lost_time import Credit, Fault
from viva_console.domain.record import AuditEntry, Override
from viva_console.domain.run import RunState
from viva_console.domain.submission import Receipt
from viva_console.domain.words import Closer, QuestionRef, State


@dataclass(frozen=True, slots=True)
class QuestionChoice:
    """A question that staff may choose for an interview."""

    slug: str
    title: str
    kind: str
    level: str
    skills: tuple[str, ...]
    minutes: int
    fixture: str | None


@dataclass(frozen=True, slots=True)
class InterviewRow:
    """One line of the list of interviews.

    Attributes
    ----------
    minutes : int
        What this candidate has.
    ends_at : datetime or None
        As things stand, with time that is being lost at this moment.
    overall : float or None
        0..100, over all questions as the report has it, with the levels that people gave; None
        where there is none, or it is kept from whoever looks.
    auto_score, max_score : float or None
        Points of the automatic parts over all questions; None before grading or where one has none.
    verdict : str or None
        A human's, where one was given; otherwise what the scores of all questions recommend.
    decided : bool
        Whether a human gave it.
    hidden : bool
        Whether ``overall`` and a recommendation are kept from whoever looks, until they have rated
        blind, declined to, or read the report.
    failed_runs : int
        Questions whose newest grading could not be finished.
    """

    id: str
    alias: str
    role: str
    state: State
    questions: tuple[str, ...]
    minutes: int
    created_by: str
    created_at: datetime
    ends_at: datetime | None
    submitted_at: datetime | None
    auto_score: float | None
    max_score: float | None
    overall: float | None
    verdict: str | None
    decided: bool
    failed_runs: int
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class GradingLine:
    """One question's submission and the latest run over it, for staff.

    Attributes
    ----------
    submission_sha256 : str or None
        None where nothing could be collected; ``problem`` says why.
    run_state : RunState or None
        None where there is nothing to grade.
    """

    question: QuestionRef
    submission_id: str
    submission_sha256: str | None
    size_bytes: int
    problem: str
    run_id: str | None
    run_state: RunState | None
    failure: str
    auto_score: float | None
    max_score: float | None
    deterministic_score: float | None
    rubric_score: float | None
    overall: float | None
    verdict: str | None
    grade_sha256: str | None


@dataclass(frozen=True, slots=True)
class InterviewPage:
    """Everything that staff see of one interview."""

    row: InterviewRow
    interview: Interview
    invite_url: str | None
    """None once the interview is over or the candidate was erased."""
    lines: tuple[GradingLine, ...]
    overrides: tuple[Override, ...]
    audit: tuple[AuditEntry, ...]
    report_ready: bool
    scores_hidden: bool = False
    """Whether levels, and others' words, are kept from whoever looks, who may still rate blind."""
    judging: Judging = NOTHING_JUDGED
    comments: tuple[ShownComment, ...] = ()
    """Oldest first."""
    subjects: Mapping[Subject, str] = field(default_factory=dict[Subject, str])
    """What may be commented on, with its title."""
    scored: FinalScore | None = None
    """Over all questions, as scored; None while one has no score, or from whom it is kept."""
    decided: FinalScore | None = None
    """The same with the levels that people gave; None where nobody gave any."""


@dataclass(frozen=True, slots=True)
class InvitePage:
    """What a candidate sees before consenting."""

    interview_id: str
    role: str
    minutes: int
    questions: tuple[QuestionRef, ...]
    disclosure: Disclosure
    invite_expires_at: datetime
    state: State


@dataclass(frozen=True, slots=True)
class BriefQuestion:
    """One question in the panel; ``brief`` is markdown."""

    slug: str
    title: str
    kind: str
    minutes: int
    path: str
    brief: str


@dataclass(frozen=True, slots=True)
class Brief:
    """What the panel shows while the clock runs, or before it does.

    Attributes
    ----------
    state : str
        ``practice``, ``open``, ``submitted`` or ``expired``.
    now, ends_at : datetime
        By the server's clock, UTC; while time is being lost by our fault, ``ends_at`` moves along.
    minutes : int
        What this candidate has.
    paused_by : Fault or None
        Why ``ends_at`` moves along.
    credits : tuple of Credit
        Time that was added.
    put_back : str
        What came back into a room that had lost notebooks, and what did not; empty otherwise.
    """

    interview_id: str
    state: str
    now: datetime
    ends_at: datetime
    minutes: int
    paused_by: Fault | None
    credits: tuple[Credit, ...]
    questions: tuple[BriefQuestion, ...]
    disclosure: Disclosure
    put_back: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """The receipt, with what the candidate needs to understand it."""

    receipt: Receipt
    role: str
    closed_by: Closer
    room_ended: bool


@dataclass(frozen=True, slots=True)
class Saved:
    """What of one notebook the trusted side keeps.

    Attributes
    ----------
    work_sha256 : str or None
        The work that was recorded last; None where nothing was.
    at : datetime or None
        When it arrived.
    problem : str
        Why changes are not being recorded, for the candidate; empty while they are.
    """

    path: str
    work_sha256: str | None
    at: datetime | None
    problem: str
