"""Decides what a report is made of: stored documents only, so it can be made again."""

from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from typing import Any

from viva_grader.domain.evaluation import Evaluation
from viva_grader.domain.final_score import FinalScore
from viva_grader.domain.grade import Grade, canonical
from viva_grader.domain.rubric import Rubric
from viva_grader.report import (
    Answer,
    InterviewFacts,
    Moment,
    QuestionFacts,
    Receipt,
    Remark,
    Report,
    build_report,
    render_fragment,
    render_html,
)

from viva_console.domain.errors import GoneError, NotNowError
from viva_console.domain.interview import Interview
from viva_console.domain.rating import withheld
from viva_console.domain.record import Actor, Override
from viva_console.domain.run import Run
from viva_console.domain.submission import Submission
from viva_console.flow.blind import show_scores
from viva_console.flow.console import Console
from viva_console.store.port import UnitOfWork


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
    """Everything that a report of an interview may say."""

    interview: Interview
    answers: tuple[StoredAnswer, ...]
    overrides: tuple[Override, ...]
    rubric: Rubric


def stored_interview(console: Console, interview_id: str) -> StoredInterview:
    """Load what was stored of an interview, by the newest run of each submission.

    Raises
    ------
    UnknownError
        When there is no such interview.
    NotNowError
        ``report.not_ready`` before anything was graded.
    GoneError
        When the candidate was erased.
    """
    with console.store.unit() as work:
        interview = work.interviews.get(interview_id)
        if interview.erased_at:
            raise GoneError("This candidate was erased.", code="candidate.erased")
        runs = {run.submission_id: run for run in work.runs.latest_of_interview(interview_id)}
        answers: list[StoredAnswer] = []
        for submission in work.submissions.of_interview(interview_id):
            run = runs.get(submission.id)
            pinned = run.question_sha256 if run else submission.question.sha256
            answers.append(
                StoredAnswer(
                    submission,
                    run,
                    work.library.question(pinned),
                    work.runs.grade(run.id) if run else None,
                    work.runs.evaluation(run.id) if run else None,
                    work.runs.final(run.id) if run else None,
                )
            )
        overrides = work.record.overrides(interview_id)
        rubric = _rubric(work, answers)
    return StoredInterview(interview, tuple(answers), tuple(overrides), rubric)


def _rubric(work: UnitOfWork, answers: list[StoredAnswer]) -> Rubric:
    used = {
        answer.evaluation.rubric_sha256 for answer in answers if answer.final and answer.evaluation
    }
    if not used:
        raise NotNowError("Nothing has been graded yet.", code="report.not_ready")
    if len(used) > 1:
        raise NotNowError(
            "The questions were scored by different rubrics: no one report covers them.",
            code="report.rubrics_differ",
        )
    return work.library.rubric(used.pop())


def report_of(console: Console, interview_id: str) -> Report:
    """Build the report of an interview from what is stored, and nothing else.

    Raises
    ------
    UnknownError, NotNowError, GoneError
        As :func:`stored_interview`; ``report.rubrics_differ`` where no one rubric covers it.
    """
    return _build(console, stored_interview(console, interview_id))


def _build(console: Console, stored: StoredInterview) -> Report:
    return build_report(
        _facts(stored.interview),
        [_answer(answer) for answer in stored.answers],
        stored.rubric,
        made_at=console.clock.now().isoformat(timespec="seconds"),
        remarks=[_remark(override) for override in stored.overrides],
        versions={"viva-console": version("viva-console")},
    )


def report_html(console: Console, interview_id: str, by: Actor) -> str:
    """Give the report as one HTML document that needs no script; that ``by`` reads it is recorded.

    Raises
    ------
    UnknownError, NotNowError, GoneError
        As :func:`report_of`.
    """
    return render_html([_read(console, interview_id, by)])


def report_fragments(console: Console, interview_id: str, by: Actor) -> list[str]:
    """Give the report as HTML for another page's layout; that ``by`` reads it is recorded.

    Raises
    ------
    UnknownError, NotNowError, GoneError
        As :func:`report_of`.
    """
    return [str(render_fragment(_read(console, interview_id, by)))]


def report_json(console: Console, interview_id: str, by: Actor) -> bytes:
    """Give the report as canonical JSON; that ``by`` reads it is recorded.

    Raises
    ------
    UnknownError, NotNowError, GoneError
        As :func:`report_of`.
    """
    return canonical(_read(console, interview_id, by).document())


def _read(console: Console, interview_id: str, by: Actor) -> Report:
    stored = stored_interview(console, interview_id)
    scored = {one.submission.id: one.evaluation for one in stored.answers}
    kept_back = show_scores(console, interview_id, scored, by)
    answers = tuple(
        _without_scores(one) if one.submission.id in kept_back else one for one in stored.answers
    )
    report = _build(console, replace(stored, answers=answers))
    with console.store.unit() as work:
        work.record.write(console.clock.now(), by, "report.read", interview_id)
        work.commit()
    return report


def _without_scores(answer: StoredAnswer) -> StoredAnswer:
    # Without a final score of each question there is none of the interview, nor a recommendation.
    return replace(answer, evaluation=answer.evaluation and withheld(answer.evaluation), final=None)


def _facts(interview: Interview) -> InterviewFacts:
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
    )


def _answer(answer: StoredAnswer) -> Answer:
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


def _remark(override: Override) -> Remark:
    return Remark(
        kind="confirmation" if override.confirms else "override",
        by=override.by,
        at=_iso(override.at),
        subject="verdict",
        text=override.reason,
        before=override.recommended or "",
        after=override.verdict,
    )


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
