"""Decides which submissions become anchors: those that a model scored and people rated blind."""

from collections import defaultdict
from collections.abc import Iterable
from statistics import median_low

from viva_grader.domain.grade import canonical
from viva_grader.rubric.anchor import anchor_document

from viva_console.domain.interview import Interview
from viva_console.domain.rating import HumanRating, has_scores
from viva_console.domain.record import Actor
from viva_console.flow.console import Console
from viva_console.flow.grade import known_of_candidate
from viva_console.store.port import UnitOfWork


def make_anchors(console: Console, by: Actor) -> dict[str, bytes]:
    """Give an anchor of each submission that can be one, by file name; that is recorded.

    A dimension's level is the lower median of what people gave it. Erased candidates' submissions
    are none, nor those that were rated by another rubric than they were scored by.
    """
    files: dict[str, bytes] = {}
    with console.store.unit() as work:
        for interview in work.interviews.all():
            if interview.submitted_at is not None and not interview.erased_at:
                files |= _of_interview(work, interview)
        work.record.write(console.clock.now(), by, "anchors.exported", None, anchors=len(files))
        work.commit()
    return files


def _of_interview(work: UnitOfWork, interview: Interview) -> dict[str, bytes]:
    rated = defaultdict[str, list[HumanRating]](list)
    for rating in work.ratings.of_interview(interview.id):
        rated[rating.submission_id].append(rating)
    runs = work.runs.latest_of_interview(interview.id) if rated else []
    known = known_of_candidate(interview)
    files: dict[str, bytes] = {}
    for run in runs:
        grade, evaluation = work.runs.grade(run.id), work.runs.evaluation(run.id)
        if grade is None or evaluation is None or not has_scores(evaluation):
            continue
        levels = _levels(
            each
            for each in rated[run.submission_id]
            if each.rubric_sha256 == evaluation.rubric_sha256
        )
        if levels:
            document = anchor_document(grade, evaluation, levels, known)
            files[f"{run.submission_id}.anchor.json"] = canonical(document) + b"\n"
    return files


def _levels(ratings: Iterable[HumanRating]) -> dict[str, int]:
    given = defaultdict[str, list[int]](list)
    for rating in ratings:
        for level in rating.levels:
            if level.score is not None:
                given[level.dimension].append(level.score)
    return {name: median_low(scores) for name, scores in given.items()}
