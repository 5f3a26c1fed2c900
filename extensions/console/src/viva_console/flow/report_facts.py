"""Decides how what was stored of an interview becomes the facts that its report is built from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from viva_grader.domain.evaluation import Evaluation
from viva_grader.domain.final_score import FinalScore
from viva_grader.domain.grade import Grade
from viva_grader.domain.rubric import Rubric
from viva_grader.report import (
    Answer,
    DimensionDecision,
    InterviewFacts,
    Moment,
    QuestionFacts,
    Receipt,
    Remark,
)

from viva_console.domain.comment import About, ShownComment
from viva_console.domain.interview import Interview
from viva_console.domain.judgement import Judgement
from viva_console.domain.record import Override
from viva_console.domain.run import Run
from viva_console.domain.submission import Submission
from viva_console.flow.scores import dimension_decisions


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """One question's stored documents; None where a stage left nothing.

    Attributes
    ----------
    question : dict
        The mirrored document of the question that the run is pinned to.
    """

    submission: Submission
    run: Run | None
    question: dict[str, Any]
    grade: Grade | None
    evaluation: Evaluation | None
    final: FinalScore | None


@dataclass(frozen=True, slots=True)
class StoredInterview:
    """Everything that a report of an interview may say.

    Attributes
    ----------
    judgements : tuple of Judgement
        Oldest first; those on another run than that of an answer count nothing.
    judged : frozenset of str
        Submissions of which a person gave a level, on whatever run.
    """

    interview: Interview
    answers: tuple[StoredAnswer, ...]
    overrides: tuple[Override, ...]
    rubric: Rubric
    judgements: tuple[Judgement, ...] = ()
    comments: tuple[ShownComment, ...] = ()
    judged: frozenset[str] = frozenset()


def interview_facts(stored: StoredInterview) -> InterviewFacts:
    """Say what a report says of the interview itself, people's decisions included."""
    interview = stored.interview
    # No beginning, and of the consent, which stands just before it, the day alone: how long someone
    # took, or had, is no evidence, and may tell what is nobody's business.
    consent = interview.consent
    moments = (
        ("Invited", _iso(interview.created_at)),
        ("Consented", consent.at.date().isoformat() if consent else None),
        ("Submitted", _iso(interview.submitted_at) if interview.submitted_at else None),
    )
    return InterviewFacts(
        id=interview.id,
        candidate=interview.alias,
        role=interview.role,
        moments=tuple(Moment(label, at) for label, at in moments if at is not None),
        minutes=interview.minutes,
        decisions=_decisions(stored),
    )


def answer_facts(answer: StoredAnswer) -> Answer:
    """Say what a report says of one question."""
    submission, question = answer.submission, answer.question
    received = None
    if submission.sha256:
        received = Receipt(
            submission.question.path,
            submission.sha256,
            submission.size_bytes,
            _iso(submission.submitted_at),
        )
    return Answer(
        question=QuestionFacts(
            slug=question["slug"],
            title=question["title"],
            kind=question["kind"],
            level=question["level"],
            minutes=question["minutes"],
            part_titles={part["name"]: part["title"] for part in question["parts"]},
        ),
        grade=answer.grade.document() if answer.grade else None,
        grade_sha256=answer.grade.sha256 if answer.grade else "",
        evaluation=answer.evaluation,
        final=answer.final,
        receipt=received,
    )


def remarks(stored: StoredInterview) -> list[Remark]:
    """Give what people said, oldest first: of the verdict, and in comments."""
    said = [_verdict(one) for one in stored.overrides]
    said += [_comment(one) for one in stored.comments]
    return sorted(said, key=lambda one: one.at)


def _decisions(stored: StoredInterview) -> tuple[DimensionDecision, ...]:
    slugs = {
        one.run.id: one.submission.question.slug for one in stored.answers if one.run is not None
    }
    return dimension_decisions(stored.judgements, slugs)


def _comment(shown: ShownComment) -> Remark:
    one, said = shown.comment, shown.comment.text
    of_part = one.subject.about is About.PART  # a report knows parts by their titles alone
    if shown.corrects is not None:
        said = f"Corrects the comment of {_iso(shown.corrects.at)}: {said}"
    return Remark(
        kind="comment",
        by=one.by,
        at=_iso(one.at),
        subject=shown.title if of_part else one.subject.name or one.subject.question or "interview",
        text=said,
        question="" if of_part or not one.subject.name else one.subject.question,
    )


def _verdict(override: Override) -> Remark:
    return Remark(
        kind="confirmation" if override.confirms else "override",
        by=override.by,
        at=_iso(override.at),
        subject="verdict",
        text=override.reason,
        before=override.recommendation or "",
        after=override.verdict,
    )


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
