"""Decides which stored scores are compared with people's, and how ratings come in and go out."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from viva_grader.calibration.files import BadRow, Read
from viva_grader.calibration.ratings import Kind, Rating
from viva_grader.domain.evaluation import Evaluation

from viva_console.domain.errors import BadRequestError
from viva_console.domain.interview import Interview
from viva_console.domain.rating import Standing
from viva_console.domain.record import Actor
from viva_console.flow.console import Console
from viva_console.store.port import UnitOfWork

if TYPE_CHECKING:
    from viva_grader.calibration.report import Slice

SEED = 20260101
RESAMPLES = 2000
_SHORT_HASH = 12


def stored_ratings(console: Console) -> list[Rating]:
    """Give every rating there is: models', people's, and imported ones; erased candidates' are not.

    Where an imported rating has the id of a stored one, the stored one counts.
    """
    with console.store.unit() as work:
        found = {one.id: one for one in work.ratings.imported()}
        for interview in work.interviews.all():
            if interview.submitted_at is not None and not interview.erased_at:
                found.update({one.id: one for one in _of_interview(work, interview)})
    return [found[each] for each in sorted(found)]


def export_ratings(console: Console, by: Actor) -> list[Rating]:
    """Give every rating to be taken elsewhere; that ``by`` has them is recorded."""
    found = stored_ratings(console)
    with console.store.unit() as work:
        work.record.write(console.clock.now(), by, "ratings.exported", None, ratings=len(found))
        work.commit()
    return found


def ratings_seen(console: Console, by: Actor) -> list[Rating]:
    """Give those that ``by`` may see: of submissions whose scores they have read, or rated."""
    with console.store.unit() as work:
        standings = work.ratings.standings(by.name)
    return [
        one for one in stored_ratings(console) if standings.get(one.submission, Standing()).has_seen
    ]


def within(ratings: Sequence[Rating], since: date | None, until: date | None) -> list[Rating]:
    """Give those that were made from one day to another, both included, in UTC.

    A person's rating counts by the day it was given, a model's by the day of its run.

    Raises
    ------
    BadRequestError
        When the first day comes after the last.
    """
    if since and until and since > until:
        raise BadRequestError("The first day comes after the last.")
    return [
        one
        for one in ratings
        if (since is None or one.at.astimezone(UTC).date() >= since)
        and (until is None or one.at.astimezone(UTC).date() <= until)
    ]


def figures(
    ratings: Sequence[Rating], by: Sequence[str], *, seed: int = SEED, resamples: int = RESAMPLES
) -> "tuple[Slice, ...]":
    """Compute all figures of each slice of the ratings.

    Raises
    ------
    BadRequestError
        For a facet that there is not.
    """
    # scikit-learn and statsmodels take seconds: nobody else is to wait for them.
    from viva_grader.calibration.figure import Sampling, seeded
    from viva_grader.calibration.report import calibrate

    try:
        return calibrate(ratings, by, Sampling(seeded(seed), resamples))
    except ValueError as error:
        raise BadRequestError(f"{error}.".capitalize()) from error


def import_ratings(console: Console, read: Read, by: Actor) -> tuple[int, list[BadRow]]:
    """Keep what a file gave; give how many are new, and the rows that could not be kept.

    A row that is kept already changes nothing; another row with its id is refused.
    """
    now = console.clock.now()
    known = {one.id: one for one in stored_ratings(console)}
    bad, new = list(read.bad), 0
    with console.store.unit() as work:
        for rating in read.ratings:
            if rating.id not in known:
                work.ratings.add_imported(rating, by.name, now)
                new += 1
            elif known[rating.id] != rating:
                bad.append(BadRow(0, f"the id {rating.id!r} is kept with other values"))
        work.record.write(now, by, "ratings.imported", None, new=new, refused=len(bad))
        work.commit()
    return new, bad


def model_version(evaluation: Evaluation) -> str | None:
    """Give which model scored, as it named itself; None where none was asked.

    One model takes all samples; a record of the first protocol is one call itself.
    """
    record: dict[str, Any] = evaluation.record
    calls: list[dict[str, Any]] = record.get("calls", [record])
    responses: list[dict[str, Any]] = [call.get("response") or {} for call in calls]
    answered = [str(one["model_answered"]) for one in responses if one.get("model_answered")]
    asked = [str(call["model_asked"]) for call in calls if call.get("model_asked")]
    return next(iter(answered + asked), None)


def _of_interview(work: UnitOfWork, interview: Interview) -> Iterable[Rating]:
    levels: dict[str, str] = {}
    for run in work.runs.of_interview(interview.id):
        question = work.library.question(run.question_sha256)
        levels[run.submission_id] = question["level"]
        evaluation = work.runs.evaluation(run.id)
        version = model_version(evaluation) if evaluation else None
        if evaluation is None or version is None:
            continue
        rubric = rubric_key(evaluation.rubric, evaluation.rubric_sha256)
        blank = _blank(interview, run.submission_id, question["slug"], question["level"], rubric)
        for score in evaluation.dimensions:
            yield replace(
                blank,
                id=f"{run.id}:{score.dimension}",
                dimension=score.dimension,
                kind=Kind.MODEL,
                rater=version,
                score=score.score,
                at=run.created_at,
            )
    slugs = {one.id: one.question.slug for one in work.submissions.of_interview(interview.id)}
    for rating in work.ratings.of_interview(interview.id):
        one = rating.submission_id
        rubric = rubric_key(rating.rubric, rating.rubric_sha256)
        blank = _blank(interview, one, slugs[one], levels.get(one, ""), rubric)
        for level in rating.levels:
            yield replace(
                blank,
                id=f"{rating.id}:{level.dimension}",
                dimension=level.dimension,
                rater=rating.rater,
                score=level.score,
                at=rating.at,
            )


def rubric_key(name: str, sha256: str) -> str:
    """Name a rubric so that two versions, or two states of one, are never compared."""
    return f"{name}@{sha256[:_SHORT_HASH]}"


def _blank(interview: Interview, submission: str, question: str, level: str, rubric: str) -> Rating:
    at: datetime = interview.created_at
    return Rating(
        "",
        interview.candidate_id,
        submission,
        question,
        interview.role,
        level,
        "",
        rubric,
        Kind.HUMAN,
        "",
        None,
        at,
    )
