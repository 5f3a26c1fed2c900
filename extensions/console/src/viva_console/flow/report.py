"""Decides what a report is made of: stored documents only, so it can be made again."""

from dataclasses import replace
from importlib.metadata import version

from viva_grader.domain.grade import canonical
from viva_grader.domain.rubric import Rubric
from viva_grader.report import Report, build_report, render_fragment, render_html

from viva_console.domain.errors import GoneError, NotNowError
from viva_console.domain.rating import has_scores, withheld
from viva_console.domain.record import Actor
from viva_console.flow.blind import judged_submissions, show_scores
from viva_console.flow.comment import comments_of, subjects_of
from viva_console.flow.console import Console
from viva_console.flow.report_facts import (
    StoredAnswer,
    StoredInterview,
    answer_facts,
    interview_facts,
    remarks,
)
from viva_console.store.port import UnitOfWork


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
        judgements = work.judgements.of_interview(interview_id)
        judged = judged_submissions(work, interview_id)
        comments = comments_of(work, interview, subjects_of(work, interview))
    return StoredInterview(
        interview,
        tuple(answers),
        tuple(overrides),
        rubric,
        tuple(judgements),
        comments,
        frozenset(judged),
    )


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
        interview_facts(stored),
        [answer_facts(answer) for answer in stored.answers],
        stored.rubric,
        made_at=console.clock.now().isoformat(timespec="seconds"),
        remarks=remarks(stored),
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


def revealed_by(stored: StoredInterview) -> dict[str, bool]:
    """Say of each submission whether a level of it, a model's or a person's, could be seen."""
    return {
        one.submission.id: one.submission.id in stored.judged or has_scores(one.evaluation)
        for one in stored.answers
    }


def _read(console: Console, interview_id: str, by: Actor) -> Report:
    stored = stored_interview(console, interview_id)
    kept_back = show_scores(console, interview_id, revealed_by(stored), by)
    if kept_back:
        # What others said of one question may speak of another: all of it waits for the rating.
        stored = replace(stored, judgements=(), comments=())
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
