"""Decides what a report is made from: the facts of an interview, given by whoever stored them."""

from dataclasses import dataclass, field

from viva_grader.domain.decision import DimensionDecision
from viva_grader.domain.evaluation import Evaluation
from viva_grader.domain.final_score import FinalScore
from viva_grader.domain.grade import Json
from viva_grader.domain.question import Question


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened, as it was recorded.

    Attributes
    ----------
    at : str
        ISO 8601 with its offset; printed as given.
    """

    label: str
    at: str


@dataclass(frozen=True, slots=True)
class InterviewFacts:
    """One interview.

    Attributes
    ----------
    id : str
        Stable; names the report.
    candidate : str
        The alias that staff gave, never an address.
    role : str
        What the interview is for, in words.
    moments : tuple of Moment
        Invited, begun, submitted, …, in order.
    minutes : int or None
        How long it was to take.
    decisions : tuple of DimensionDecision
        What people decided of single dimensions, oldest first.
    """

    id: str
    candidate: str
    role: str = ""
    moments: tuple[Moment, ...] = ()
    minutes: int | None = None
    decisions: tuple[DimensionDecision, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionFacts:
    """What a report says of a question; see :func:`question_facts`."""

    slug: str
    title: str
    kind: str = ""
    level: str = ""
    minutes: int | None = None
    part_titles: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the candidate was told had been received."""

    path: str
    sha256: str
    size_bytes: int
    received_at: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """What a named person added: a word on the verdict, or a comment.

    Attributes
    ----------
    kind : str
        ``override``, ``confirmation`` or ``comment``.
    subject : str
        What it speaks of: ``verdict``, ``interview``, a dimension's name, or a question's slug.
    before, after : str
        For an override; empty otherwise.
    question : str
        The slug of the question that a dimension is meant of; empty otherwise.
    """

    kind: str
    by: str
    at: str
    subject: str
    text: str
    before: str = ""
    after: str = ""
    question: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One question's results, as they were stored.

    Attributes
    ----------
    grade : dict or None
        :meth:`viva_grader.domain.grade.Grade.document`; None while it is not graded.
    grade_sha256 : str
        Its hash, as stored.
    evaluation, final : optional
        None while they do not exist.
    receipt : Receipt or None
        None where nothing was submitted for this question.
    """

    question: QuestionFacts
    grade: dict[str, Json] | None
    grade_sha256: str = ""
    evaluation: Evaluation | None = None
    final: FinalScore | None = None
    receipt: Receipt | None = None


def question_facts(question: Question) -> QuestionFacts:
    """Take from a question what its report says of it."""
    return QuestionFacts(
        slug=question.slug,
        title=question.title,
        kind=question.kind,
        level=question.level,
        minutes=question.minutes,
        part_titles={part.name: part.title for part in question.parts},
    )
