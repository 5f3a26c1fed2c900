"""Decides how a named person gives a dimension a level: on the newest run, and never unseen."""

from dataclasses import dataclass

from viva_grader.domain.evaluation import DimensionScore

from viva_console.domain.comment import About, ShownComment, Subject
from viva_console.domain.errors import GoneError, NotNowError, UnknownError
from viva_console.domain.interview import Interview
from viva_console.domain.judgement import (
    NOTHING_JUDGED,
    DimensionView,
    Judgement,
    Judging,
    NewerRunError,
    checked_level,
    judged_dimension,
)
from viva_console.domain.rating import Step
from viva_console.domain.record import Actor
from viva_console.domain.run import Run
from viva_console.domain.submission import Submission
from viva_console.domain.written import checked_reason
from viva_console.flow.blind import judged_submissions, must_not_be_hidden
from viva_console.flow.comment import comments_on
from viva_console.flow.console import Console
from viva_console.store.port import UnitOfWork


@dataclass(frozen=True, slots=True)
class DimensionPage:
    """What staff see of one dimension of one question."""

    interview: Interview
    view: DimensionView
    subject: Subject
    comments: tuple[ShownComment, ...]


def judging_of(work: UnitOfWork, interview: Interview) -> Judging:
    """Give all dimensions of an interview's newest runs, and what people decided of them.

    An erased candidate's are gone: there are none.
    """
    if interview.erased_at:
        return NOTHING_JUDGED
    submissions = {one.id: one for one in work.submissions.of_interview(interview.id)}
    judgements = work.judgements.of_interview(interview.id)
    newest = work.runs.latest_of_interview(interview.id)
    views: list[DimensionView] = []
    for run in newest:
        mine = [one for one in judgements if one.run_id == run.id]
        views += _views(work, run, submissions[run.submission_id], mine)
    counting = {run.id for run in newest}
    older = {
        run.id: submissions[run.submission_id]
        for run in work.runs.of_interview(interview.id)
        if run.id not in counting
    }
    return Judging(
        tuple(views),
        tuple((older[one.run_id].question.title, one) for one in judgements if one.run_id in older),
    )


def revealing(work: UnitOfWork, interview: Interview, judging: Judging) -> dict[str, bool]:
    """Say of each graded submission whether there is a level to see, a model's or a person's."""
    if interview.erased_at:
        return {}
    seen = judged_submissions(work, interview.id)
    seen |= {one.submission_id for one in judging.dimensions if one.original is not None}
    runs = work.runs.latest_of_interview(interview.id)
    return {run.submission_id: run.submission_id in seen for run in runs}


def dimension_page(
    console: Console, interview_id: str, run_id: str, dimension: str, by: Actor
) -> DimensionPage:
    """Give what is known of one dimension, to decide it by.

    Raises
    ------
    UnknownError
        When there is no such interview, run or dimension.
    ByTestsError
        Where tests alone decide it.
    NewerRunError
        When a newer run exists.
    StillBlindError
        While ``by`` can still rate blind.
    NotNowError
        ``report.not_ready`` before it was scored.
    GoneError
        When the candidate was erased.
    """
    with console.store.unit() as work:
        interview = work.interviews.get(interview_id)
        view = _judged(work, interview, run_id, dimension, by)
        subject = Subject(About.DIMENSION, view.question.slug, dimension)
        return DimensionPage(interview, view, subject, comments_on(work, interview, subject))


def judge(
    console: Console,
    interview_id: str,
    run_id: str,
    dimension: str,
    by: Actor,
    *,
    level: str,
    reason: str,
) -> Judgement:
    """Record a named person's level of a dimension; what was scored stays beside it.

    Parameters
    ----------
    level : str
        ``1`` to ``5``.
    reason : str
        10 to 2000 characters.

    Raises
    ------
    BadRequestError
        For another level or a reason that is none.
    UnknownError, ByTestsError, NewerRunError, StillBlindError, NotNowError, GoneError
        As :func:`dimension_page`.
    """
    now = console.clock.now()
    with console.store.unit() as work:
        interview = work.interviews.get(interview_id, lock=True)
        view = _judged(work, interview, run_id, dimension, by)
        judgement = Judgement(
            console.ids.new(),
            interview_id,
            run_id,
            dimension,
            by.name,
            now,
            view.original,
            checked_level(level),
            checked_reason(reason),
        )
        work.record.write(
            now,
            by,
            _action(judgement),
            interview_id,
            judgement=judgement.id,
            run=run_id,
            dimension=dimension,
            original=judgement.original,
            level=judgement.level,
            reason_sealed_sha256=work.judgements.add(judgement),
        )
        # A level was given with names and reasons at hand: a rating after it would not be blind.
        work.ratings.take_step(view.submission_id, by.name, Step.SHOWN, now)
        work.commit()
    return judgement


def _action(judgement: Judgement) -> str:
    if judgement.original is None:
        return "dimension.scored"
    return "dimension.confirmed" if judgement.confirms else "dimension.overridden"


def _judged(
    work: UnitOfWork, interview: Interview, run_id: str, dimension: str, by: Actor
) -> DimensionView:
    if interview.erased_at:
        raise GoneError("This candidate was erased.", code="candidate.erased")
    if work.runs.get(run_id).interview_id != interview.id:
        raise UnknownError("There is no such run.", code="run.unknown")
    if run_id not in {one.id for one in work.runs.latest_of_interview(interview.id)}:
        raise NewerRunError(
            "This question was graded again. Decide on the newest grading: "
            "earlier decisions stay in the record and are not carried over."
        )
    evaluation = work.runs.evaluation(run_id)
    if evaluation is None or work.runs.final(run_id) is None:
        raise NotNowError("This has not been graded yet.", code="report.not_ready")
    judged_dimension(work.library.rubric(evaluation.rubric_sha256), dimension)
    judging = judging_of(work, interview)
    must_not_be_hidden(work, revealing(work, interview, judging), by)
    return next(
        one for one in judging.dimensions if (one.run_id, one.dimension.name) == (run_id, dimension)
    )


def _views(
    work: UnitOfWork, run: Run, submission: Submission, judgements: list[Judgement]
) -> list[DimensionView]:
    evaluation = work.runs.evaluation(run.id)
    if evaluation is None or work.runs.final(run.id) is None:
        return []
    scores: dict[str, DimensionScore] = {one.dimension: one for one in evaluation.dimensions}
    return [
        DimensionView(
            submission.question,
            submission.id,
            run.id,
            dimension,
            scores.get(dimension.name),
            tuple(one for one in judgements if one.dimension == dimension.name),
        )
        for dimension in work.library.rubric(evaluation.rubric_sha256).dimensions
    ]
