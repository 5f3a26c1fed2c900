"""Decides what a submission is: frozen bytes under a hash, or why there are none."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from viva_console.domain.words import Closer, QuestionRef

MAX_NOTEBOOK_BYTES = 20 * 1024 * 1024
"""20 MiB: the largest notebook that is collected."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What came back from the room for one question: ``content`` or, where None, ``problem``."""

    question: QuestionRef
    content: bytes | None
    problem: str = ""
    saved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """One question's frozen answer.

    Attributes
    ----------
    sha256 : str or None
        Hex digest of the notebook's bytes as collected; None where nothing could be collected.
    problem : str
        Why nothing could be collected; empty otherwise.
    saved_at : datetime or None
        When it was last saved, as the candidate's room said: for the candidate's own receipt, and
        nothing else rests on it. None where the room said nothing that can be.
    """

    id: str
    interview_id: str
    question: QuestionRef
    sha256: str | None
    size_bytes: int
    problem: str
    submitted_at: datetime
    submitted_by: Closer
    saved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One question on the receipt."""

    question: str
    title: str
    path: str
    sha256: str | None
    size_bytes: int
    problem: str = ""
    saved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a candidate keeps: what was submitted, when, by whom, under which hash."""

    interview_id: str
    submitted_at: datetime
    submitted_by: Closer
    lines: tuple[ReceiptLine, ...]


def freeze(
    collected: Collected, submission_id: str, interview_id: str, now: datetime, closer: Closer
) -> Submission:
    """Hash what was collected."""
    content, saved_at = collected.content, collected.saved_at
    return Submission(
        id=submission_id,
        interview_id=interview_id,
        question=collected.question,
        sha256=None if content is None else hashlib.sha256(content).hexdigest(),
        size_bytes=0 if content is None else len(content),
        problem=collected.problem,
        submitted_at=now,
        submitted_by=closer,
        # A room can say what it likes; what lies in the future is no moment of saving.
        saved_at=saved_at if saved_at and saved_at <= now else None,
    )


def receipt(submissions: list[Submission]) -> Receipt:
    """Write the receipt of an interview's submissions, in the order of its questions.

    Raises
    ------
    ValueError
        For no submissions.
    """
    lines = sorted(submissions, key=lambda submission: submission.question.number)
    first = lines[0] if lines else None
    if first is None:
        raise ValueError("a receipt needs at least one submission")
    return Receipt(
        first.interview_id,
        first.submitted_at,
        first.submitted_by,
        tuple(
            ReceiptLine(
                line.question.slug,
                line.question.title,
                line.question.path,
                line.sha256,
                line.size_bytes,
                line.problem,
                line.saved_at,
            )
            for line in lines
        ),
    )
