"""Decides how a person rates a submission blind: before any score of a model's was seen."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from viva_grader.domain.rubric import Rubric
from viva_grader.domain.visible import reveal

from viva_console.domain.errors import GoneError, NotNowError
from viva_console.domain.interview import Interview
from viva_console.domain.rating import (
    HumanRating,
    Standing,
    Step,
    checked_levels,
)
from viva_console.domain.record import Actor
from viva_console.domain.run import Run
from viva_console.domain.submission import Submission
from viva_console.flow.console import Console
from viva_console.store.port import UnitOfWork


@dataclass(frozen=True, slots=True)
class RateLine:
    """A submission in the list of those to rate: no name of the candidate, no score."""

    submission_id: str
    question: str
    role: str
    submitted_at: datetime
    standing: Standing


@dataclass(frozen=True, slots=True)
class RateSheet:
    """What a rater works on: the graded source as text, and the rubric."""

    line: RateLine
    interview_id: str
    brief: str
    cells: tuple[dict[str, Any], ...]
    rubric: Rubric


def to_rate(console: Console, by: Actor) -> list[RateLine]:
    """Give what ``by`` may rate or has under way: begun ones first, then the newest."""
    found: list[RateLine] = []
    with console.store.unit() as work:
        standings = work.ratings.standings(by.name)
        for interview in work.interviews.all():
            if interview.submitted_at is None or interview.erased_at:
                continue
            runs = {one.submission_id for one in _scored(work, interview.id)}
            found += [
                _line(interview, one, standings)
                for one in work.submissions.of_interview(interview.id)
                if one.id in runs and not standings.get(one.id, Standing()).has_seen
            ]
    return sorted(found, key=lambda line: not line.standing.is_pending)


def rate_sheet(console: Console, submission_id: str, by: Actor) -> RateSheet:
    """Give what a rater sees, once the rating was begun.

    Raises
    ------
    UnknownError
        When there is no such submission.
    NotNowError
        ``rating.not_begun`` before, or after, the rating.
    GoneError
        When the candidate was erased.
    """
    with console.store.unit() as work:
        interview, submission, run = _rateable(work, submission_id)
        standings = work.ratings.standings(by.name)
        standings.get(submission_id, Standing()).must_be_pending()
        grade = work.runs.grade(run.id)
        return RateSheet(
            _line(interview, submission, standings),
            interview.id,
            work.library.question(run.question_sha256).get("brief", ""),
            tuple(_readable(cell) for cell in grade.cells) if grade else (),
            _rubric(work, run),
        )


def begin_rating(console: Console, submission_id: str, by: Actor) -> None:
    """Begin: from here on the model's scores of it are kept from ``by``. Twice changes nothing.

    Raises
    ------
    UnknownError, GoneError
        As :func:`rate_sheet`.
    NotNowError
        ``rating.not_blind``, ``rating.over``; ``report.not_ready`` before it was graded.
    """
    now = console.clock.now()
    with console.store.unit() as work:
        interview, _, _ = _rateable(work, submission_id, lock=True)
        standing = work.ratings.standings(by.name).get(submission_id, Standing())
        if standing.is_pending:
            return
        standing.must_be_blind()
        work.ratings.take_step(submission_id, by.name, Step.BEGUN, now)
        work.record.write(now, by, "rating.begun", interview.id, submission=submission_id)
        work.commit()


def rate(
    console: Console,
    submission_id: str,
    levels: dict[str, str],
    notes: dict[str, str],
    by: Actor,
) -> HumanRating:
    """Keep a rating; it is never changed.

    Raises
    ------
    MissingLevelsError
        While a dimension has neither a level nor *not shown*.
    UnknownError, GoneError, NotNowError
        As :func:`rate_sheet`.
    """
    now = console.clock.now()
    with console.store.unit() as work:
        interview, _, run = _rateable(work, submission_id, lock=True)
        work.ratings.standings(by.name).get(submission_id, Standing()).must_be_pending()
        rubric = _rubric(work, run)
        rating = HumanRating(
            console.ids.new(),
            submission_id,
            rubric.name,
            rubric.sha256,
            by.name,
            now,
            checked_levels(rubric, levels, notes),
        )
        work.ratings.add(rating)
        work.ratings.take_step(submission_id, by.name, Step.RATED, now)
        work.record.write(
            now, by, "rating.given", interview.id, submission=submission_id, rating=rating.id
        )
        work.commit()
    return rating


def decline_rating(console: Console, submission_id: str, by: Actor) -> None:
    """Give up a rating that was begun: the scores may be seen, and no rating can follow.

    Raises
    ------
    UnknownError, GoneError, NotNowError
        As :func:`rate_sheet`.
    """
    now = console.clock.now()
    with console.store.unit() as work:
        interview, _, _ = _rateable(work, submission_id, lock=True)
        work.ratings.standings(by.name).get(submission_id, Standing()).must_be_pending()
        work.ratings.take_step(submission_id, by.name, Step.DECLINED, now)
        work.record.write(now, by, "rating.declined", interview.id, submission=submission_id)
        work.commit()


def _rateable(
    work: UnitOfWork, submission_id: str, *, lock: bool = False
) -> tuple[Interview, Submission, Run]:
    submission = work.submissions.get(submission_id)
    interview = work.interviews.get(submission.interview_id, lock=lock)
    if interview.erased_at:
        raise GoneError("This candidate was erased.", code="candidate.erased")
    for run in _scored(work, interview.id):
        if run.submission_id == submission_id:
            return interview, submission, run
    raise NotNowError("This submission has not been graded yet.", code="report.not_ready")


def _scored(work: UnitOfWork, interview_id: str) -> list[Run]:
    return [one for one in work.runs.latest_of_interview(interview_id) if work.runs.final(one.id)]


def _rubric(work: UnitOfWork, run: Run) -> Rubric:
    evaluation = work.runs.evaluation(run.id)
    if evaluation is None:
        raise NotNowError("This submission has not been graded yet.", code="report.not_ready")
    return work.library.rubric(evaluation.rubric_sha256)


def _line(interview: Interview, submission: Submission, standings: dict[str, Standing]) -> RateLine:
    return RateLine(
        submission.id,
        submission.question.title,
        interview.role,
        submission.submitted_at,
        standings.get(submission.id, Standing()),
    )


def _readable(cell: dict[str, Any]) -> dict[str, Any]:
    """Make what cannot be seen visible: a rater must read what a machine reads."""
    return {name: reveal(value) for name, value in cell.items() if isinstance(value, str)}
