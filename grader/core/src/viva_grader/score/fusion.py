"""Decides how tests and rubric become one number, and which recommendation it carries.

For the shares *s* that have a value, with the rubric's weights *w* (by default 0.45, 0.45, 0.10)::

    overall    = Σ w(s) × value(s) / Σ w(s)         over the shares that have a value
    confidence = Σ w(s) × confidence(s)             over all three shares

Leaving a missing share out of the mean is complete-case renormalising: it keeps 0..100, and favours
nobody by a guessed value. What is missing shows in the confidence, where its weight counts as 0.
The confidence of the tests' share is the measured part of the deterministic score (70 of 100 while
only correctness is measured); that of a model's share is in :mod:`viva_grader.score.levels`.

There is no overall score without a tests' score, and none without any model's score: then the
other stands alone. A verdict is a recommendation; below the rubric's least confidence it is None.
What waits for a person is in :mod:`viva_grader.score.undecided`.
How far the overall score may be off is in :mod:`viva_grader.score.spread`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from viva_grader.domain.decision import DimensionDecision
from viva_grader.domain.errors import BadRubricError
from viva_grader.domain.evaluation import Evaluation
from viva_grader.domain.final_score import FinalScore, Span
from viva_grader.domain.grade import Grade, Json
from viva_grader.domain.rubric import Rubric, Share
from viva_grader.score.decided import as_decided
from viva_grader.score.levels import DECIMALS, share_confidence
from viva_grader.score.spread import Known, Spread, bounds_of, known_of, spread_of
from viva_grader.score.undecided import Undecided, undecided_in, whatever_is_decided


@dataclass(frozen=True, slots=True)
class ShareScore:
    """One share: its value in 0..100, or None, and how surely it is known in 0..1."""

    value: float | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Fused:
    """A final score of one question, with what its interval was computed from."""

    final: FinalScore
    known: Known
    undecided: Undecided = field(default_factory=Undecided)


def fuse(grade: Grade, evaluation: Evaluation, rubric: Rubric) -> FinalScore:
    """Put one question's shares together.

    Parameters
    ----------
    grade : Grade
        What tests say; it alone decides correctness.
    evaluation : Evaluation
        What a model says by the same ``rubric``.

    Raises
    ------
    BadRubricError
        Where the evaluation was made by another rubric.
    """
    tests = share_of_tests(grade.deterministic_score, grade.shares)
    return fuse_shares(tests, evaluation, rubric).final


def share_of_tests(score: float | None, shares: Mapping[str, Json]) -> ShareScore:
    """Give the tests' share by a grade's ``deterministic_score`` and ``shares``."""
    return ShareScore(score, measured(shares) if score is not None else 0.0)


def fuse_shares(
    tests: ShareScore,
    evaluation: Evaluation,
    rubric: Rubric,
    decisions: Mapping[str, DimensionDecision] | None = None,
) -> Fused:
    """Put the tests' share and an evaluation together, with people's levels where they decided.

    Parameters
    ----------
    decisions : mapping of str to DimensionDecision, optional
        By dimension, those that count: see :func:`viva_grader.score.decided.last_decisions`.

    Raises
    ------
    BadRubricError
        Where the evaluation was made by another rubric.
    RefusedDecisionError
        For a decision on what tests decide, or outside of the rubric.
    """
    if evaluation.rubric_sha256 != rubric.sha256:
        raise BadRubricError(
            f"the evaluation used rubric {evaluation.rubric} ({evaluation.rubric_sha256[:12]}),"
            f" not {rubric.name} ({rubric.sha256[:12]})"
        )
    decided = decisions or {}
    counting = as_decided(evaluation, rubric, decided) if decided else evaluation
    scores, undecided = counting.dimensions, undecided_in(counting)
    shares = {
        Share.DETERMINISTIC: tests,
        Share.RUBRIC: ShareScore(
            None if undecided.withheld else counting.rubric_score,
            share_confidence(rubric, Share.RUBRIC, scores),
        ),
        Share.COMMUNICATION: ShareScore(
            None if undecided.withheld else counting.communication_score,
            share_confidence(rubric, Share.COMMUNICATION, scores),
        ),
    }
    known = known_of(counting, rubric, frozenset(decided))
    return Fused(_put_together(shares, rubric, [known], undecided), known, undecided)


def combine(
    scores: Sequence[Fused], rubric: Rubric, weights: Sequence[float] | None = None
) -> FinalScore:
    """Put an interview's questions together: first each share, then the shares as in :func:`fuse`.

    Parameters
    ----------
    scores : sequence of Fused
        One per question, at least one.
    weights : sequence of float, optional
        How much each question counts, > 0; equal by default.

    Notes
    -----
    A model's share is the mean over the questions that have it; a question without it counts 0 in
    that share's confidence. The tests' share needs every question: a missing one is somebody's
    work to finish, not something to leave out. Where one question's shares are withheld there is no
    overall score of all: it would be that of the others.

    Raises
    ------
    ValueError
        For no score, or weights that do not fit.
    """
    counts = list(weights) if weights is not None else [1.0] * len(scores)
    if not scores or len(counts) != len(scores) or any(each <= 0 for each in counts):
        raise ValueError("combining takes at least one score and one positive weight for each")
    finals = [each.final for each in scores]
    shares: dict[Share, ShareScore] = {}
    for share in Share:
        values = [_value(each, share) for each in finals]
        if share is Share.DETERMINISTIC and None in values:
            shares[share] = ShareScore(None, 0.0)
            continue
        having = [(v, n) for v, n in zip(values, counts, strict=True) if v is not None]
        value = round(_mean(having), DECIMALS) if having else None
        confidences = [each.confidences.get(share.value, 0.0) for each in finals]
        shares[share] = ShareScore(value, _mean(list(zip(confidences, counts, strict=True))))
    undecided = Undecided(
        next((each.undecided.withheld for each in scores if each.undecided.withheld), ""),
        any(each.undecided.waiting for each in scores),
    )
    return _put_together(shares, rubric, [each.known for each in scores], undecided, counts)


def measured(shares: Mapping[str, Json]) -> float:
    """Which part of the deterministic score was measured, 0..1, from a grade's ``shares``."""
    rows = deterministic_rows(shares)
    total = sum(weight for _, weight, _ in rows)
    known = sum(weight for _, weight, value in rows if value is not None)
    return known / total if total else 1.0


def deterministic_rows(shares: Mapping[str, Json]) -> list[tuple[str, float, float | None]]:
    """Read a grade's ``shares``: name, weight, and value in 0..1 or None where unmeasured."""
    return [
        (name, float(each["weight"]), None if each["value"] is None else float(each["value"]))
        for name, each in shares.items()
    ]


def verdict_of(overall: float, confidence: float, rubric: Rubric) -> tuple[str | None, str]:
    """Recommend, and say by which rule.

    Returns
    -------
    tuple of (str or None, str)
        The first verdict, best first, whose least score is reached; None at too little confidence.
    """
    if confidence < rubric.least_confidence:
        return None, (
            f"No recommendation: confidence {confidence:.2f} is below the"
            f" {rubric.least_confidence:.2f} that {rubric.name} asks for. A person decides."
        )
    for verdict, least in rubric.verdicts:
        if overall >= least:
            return verdict, (
                f"{verdict}: overall {overall:.2f} ≥ {least:g} by {rubric.name}."
                " A recommendation; a person decides."
            )
    raise BadRubricError(f"rubric {rubric.name} has no verdict for an overall score of {overall}")


def verdicts_within(final: FinalScore, rubric: Rubric) -> tuple[str, ...]:
    """Name the recommendations that a score's interval reaches, best first; none without one."""
    span = final.interval
    if span is None or final.verdict is None:
        return ()
    above = [float("inf"), *(least for _, least in rubric.verdicts)]
    return tuple(
        verdict
        for (verdict, least), ceiling in zip(rubric.verdicts, above, strict=False)
        if span.high >= least and span.low < ceiling
    )


def _put_together(
    shares: Mapping[Share, ShareScore],
    rubric: Rubric,
    known: Sequence[Known],
    undecided: Undecided,
    counts: Sequence[float] | None = None,
) -> FinalScore:
    values = {share: each.value for share, each in shares.items()}
    having = {share: value for share, value in values.items() if value is not None}
    overall: float | None = None
    confidence: float | None = None
    verdict: str | None = None
    weights: dict[str, float] = {}
    spread = Spread(None, "No interval: there is no overall score.")
    bounds: Span | None = None
    rule = _missing(having, undecided)
    if not rule:
        total = sum(rubric.weights[share] for share in having)
        weights = {share.value: rubric.weights[share] / total for share in having}
        overall = round(sum(weights[share.value] * having[share] for share in having), DECIMALS)
        confidence = round(
            sum(rubric.weights[share] * each.confidence for share, each in shares.items()),
            DECIMALS,
        )
        spread = spread_of(overall, weights, known, counts)
        bounds = bounds_of(values, known, rubric, counts)
        verdict, rule = verdict_of(overall, confidence, rubric)
        if undecided.waiting and bounds is not None:
            lowest, _ = verdict_of(bounds.low, 1.0, rubric)
            verdict, rule = whatever_is_decided(verdict, rule, lowest)
    return FinalScore(
        deterministic=values[Share.DETERMINISTIC],
        rubric=values[Share.RUBRIC],
        communication=values[Share.COMMUNICATION],
        overall=overall,
        confidence=confidence,
        verdict=verdict,
        rule=rule,
        weights=weights,
        confidences={share.value: each.confidence for share, each in shares.items()},
        interval=spread.interval,
        interval_said=spread.said,
        bounds=bounds,
    )


def _missing(having: Mapping[Share, float], undecided: Undecided) -> str:
    """Say why there is no overall score; empty where there is one."""
    if Share.DETERMINISTIC not in having:
        return "No overall score: the tests have none yet."
    if undecided.withheld:
        return f"No overall score before a person has decided what waits. {undecided.withheld}"
    if len(having) == 1:
        return "No overall score: no model scored this. The tests' score stands alone."
    return ""


def _value(score: FinalScore, share: Share) -> float | None:
    return {
        Share.DETERMINISTIC: score.deterministic,
        Share.RUBRIC: score.rubric,
        Share.COMMUNICATION: score.communication,
    }[share]


def _mean(values: Sequence[tuple[float, float]]) -> float:
    return sum(value * weight for value, weight in values) / sum(weight for _, weight in values)
