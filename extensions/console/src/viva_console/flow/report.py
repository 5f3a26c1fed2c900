"""Decides what a report is made of: stored documents only, so it can be made again."""

from dataclasses import dataclass
from typing import Any

from viva_grader.domain.grade import Grade
from viva_grader.domain.rubric import Evaluation, FinalScore

from viva_console.domain.errors import GoneError, NotNowError
from viva_console.domain.interview import Interview
from viva_console.domain.record import Override
from viva_console.domain.run import Run
from viva_console.domain.submission import Submission
from viva_console.flow.console import Console


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
    if not any(answer.grade for answer in answers):
        raise NotNowError("Nothing has been graded yet.", code="report.not_ready")
    return StoredInterview(interview, tuple(answers), tuple(overrides))


def report_html(console: Console, interview_id: str) -> str:
    """Give the report as one HTML document that needs no script.

    Raises
    ------
    UnknownError, NotNowError, GoneError
        As :func:`stored_interview`.
    """
    raise NotImplementedError


def report_fragments(console: Console, interview_id: str) -> list[str]:
    """Give the report as HTML for another page's layout: an ``<article>`` per question.

    Raises
    ------
    UnknownError, NotNowError, GoneError
        As :func:`stored_interview`.
    """
    raise NotImplementedError


def report_json(console: Console, interview_id: str) -> bytes:
    """Give the report as canonical JSON.

    Raises
    ------
    UnknownError, NotNowError, GoneError
        As :func:`stored_interview`.
    """
    raise NotImplementedError
