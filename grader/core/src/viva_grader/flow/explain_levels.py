"""Decides how stored levels are computed again: from raw answers, check by check."""

from collections.abc import Iterator, Mapping
from typing import Final

from viva_grader.domain.errors import BadEvaluationError
from viva_grader.domain.evaluation import DimensionScore, Evaluation
from viva_grader.domain.grade import Json, canonical, plain
from viva_grader.domain.rubric import Dimension, Rubric
from viva_grader.flow.figure_lines import Line, number_line
from viva_grader.rubric.consensus import Views, allowed, confidence_of
from viva_grader.rubric.evaluate import RECORD_SCHEMA
from viva_grader.rubric.judged import WITHOUT_SUSPICION, seen_in
from viva_grader.rubric.replay import replay
from viva_grader.rubric.sample import Finding
from viva_grader.score.checklist import level_arithmetic
from viva_grader.score.explain import UNSCORED, Step
from viva_grader.score.levels import percent

LEVELS: Final = "Levels"
_COMPARED: Final = ("score", "confidence", "samples", "twin", "checklist", "reason", "for_person")


def levels_lines(
    evaluation: Evaluation, rubric: Rubric, grade_sha256: str
) -> tuple[list[Line], Evaluation]:
    """Compute a stored evaluation again from its raw answers.

    Returns
    -------
    tuple of (list of Line, Evaluation)
        With the evaluation as it was computed, which what follows is computed from.

    Raises
    ------
    BrokenRecordError
        Where its record does not fit its own hashes.
    BadEvaluationError
        Where it has scores and no record of them.
    """
    if not evaluation.record:
        if any(each.score is not None for each in evaluation.dimensions):
            raise BadEvaluationError("The evaluation has scores, and no record that gives them.")
        return [Line(LEVELS, Step("All dimensions", evaluation.reason, UNSCORED))], evaluation
    again, record = replay(evaluation, rubric), evaluation.record
    whole = canonical(again.document()) == canonical(evaluation.document())
    scored = Step("Scored grade", "the hash that the record names", grade_sha256[:12])
    said = "computed from the raw answers, byte by byte"
    step = Step("Evaluation", said, "identical" if whole else "differs")
    return [
        Line(
            LEVELS, scored, "evaluation.record.grade_sha256",
            grade_sha256, record.get("grade_sha256"),
        ),
        *_dimensions(evaluation, again, rubric),
        Line(LEVELS, step, "evaluation", computed=True, stored=whole),
    ], again  # fmt: skip


def _dimensions(stored: Evaluation, again: Evaluation, rubric: Rubric) -> Iterator[Line]:
    """Show each dimension; of a scoring before there were passes there is but the level."""
    was = {each.dimension: each for each in stored.dimensions}
    views: Mapping[str, Views] = {}
    asked = rubric
    if again.record.get("schema") in {RECORD_SCHEMA, WITHOUT_SUSPICION}:
        seen = seen_in(again.record, rubric)
        asked, views = seen.asked, seen.views
    titled = {each.name: each for each in asked.dimensions}
    for score in again.dimensions:
        dimension = titled[score.dimension]
        if score.dimension in views:
            yield from _readings(dimension, views[score.dimension], score)
        yield from _compared(dimension, score, was.get(score.dimension))


def _readings(dimension: Dimension, views: Views, score: DimensionScore) -> Iterator[Line]:
    for number, finding in enumerate(views.samples, start=1):
        yield _reading(dimension, f"reading {number}", finding)
    if views.twin is not None:
        yield _reading(dimension, "neutral twin", views.twin)
    levels = [each.level for each in views.samples if each.level is not None]
    if score.score is None or not levels:
        return
    parts = confidence_of(views, len(score.contradictions))
    picked = allowed(views.pick, levels)
    said = ", ".join(map(str, sorted(levels)))
    said += f" and the reconciler's {picked[0]}" if picked else ""
    title = f"{dimension.title}: level"
    yield number_line(LEVELS, title, f"lower median of {said}", float(score.score))
    factors = (
        f"{parts.own:.4g} own × {parts.scored:.4g} readings scored"
        f" × {parts.agreement:.4g} agreement × {parts.standing:.4g} citations standing"
        f" × ½^{parts.contradictions} contradictions"
    )
    step = Step(f"{dimension.title}: confidence", factors, f"{parts.value:g}")
    yield Line(LEVELS, step, "", parts.value)


def _reading(dimension: Dimension, name: str, finding: Finding) -> Line:
    label = f"{dimension.title}: {name}"
    if finding.claim is None or finding.level is None:
        return Line(LEVELS, Step(label, finding.reason, UNSCORED))
    how = level_arithmetic(dimension.checklist, finding.claim.decisions())
    return number_line(LEVELS, label, how, float(finding.level))


def _compared(
    dimension: Dimension, score: DimensionScore, stored: DimensionScore | None
) -> Iterator[Line]:
    """Hold each stored figure of a dimension against the computed one."""
    place = f"evaluation.dimensions.{dimension.name}"
    said = score.reason or f"100 × ({score.score} − 1) / 4"
    worth = percent(score.score) if score.score is not None else None
    yield number_line(LEVELS, f"{dimension.title}: percent", said, worth)
    if stored is None:
        step = Step(dimension.title, "not in the stored evaluation", "missing")
        yield Line(LEVELS, step, place, computed=True, stored=False)
        return
    for name in _COMPARED:
        now, was = plain(getattr(score, name)), plain(getattr(stored, name))
        if name in {"score", "confidence"} or canonical(now) != canonical(was):
            step = Step(f"{dimension.title}: {name}", "as stored", _shown(now))
            yield Line(LEVELS, step, f"{place}.{name}", now, was)


def _shown(value: Json) -> str:
    return UNSCORED if value is None else str(value)
