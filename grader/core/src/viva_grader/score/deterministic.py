"""Decides the deterministic score: what tests and counting say of a submission, in 0..100.

``deterministic = clamp(100 × Σ w(s) × value(s) / Σ w(s) − Σ penalties, 0, 100)`` over the shares
*s* that were measured, by the rubric's weights: correctness 70, performance 15, quality 10,
reproducibility 5. A share that nobody measured is None and leaves the mean: leaving it in as 0 or 1
would make a number up. Rounded once.

**No share counts further than the answer is right**, or an empty cell would earn points for being
tidy and fast. Correctness is the automatic score divided by its maximum. Performance is, over the
parts whose work is counted, ``Σ max × effort × (points / max) / Σ max``: a part without points
counts 0, whatever its effort. Quality and reproducibility speak of the whole submission and are
multiplied by correctness.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from viva_grader.domain.outcome import Measure, Penalty

DECIMALS = 2
WEIGHTS = {"correctness": 70.0, "performance": 15.0, "quality": 10.0, "reproducibility": 5.0}
"""Points of each share where the rubric says nothing else."""
NOT_MEASURED = Measure(None, "not measured: left out of the mean")


@dataclass(frozen=True, slots=True)
class Share:
    """One share of the score.

    Attributes
    ----------
    measured : Measure
        As it was measured.
    value : float or None
        0..1: what counts of it, see this module's rule; None where nothing was measured.
    """

    measured: Measure
    value: float | None


@dataclass(frozen=True, slots=True)
class PartEffort:
    """How much work one part's answer took; ``points`` is None while the part has none."""

    part: str
    points: float | None
    max_points: float
    effort: Measure


def correctness(auto_score: float | None, max_score: float) -> Share:
    """Measure correctness: 0..max_score points of ``max_score``, None while points are missing."""
    if auto_score is None or max_score <= 0:
        return Share(NOT_MEASURED, None)
    value = min(max(auto_score / max_score, 0.0), 1.0)
    said = f"{auto_score:g} of {max_score:g} points of the automatic parts"
    return Share(Measure(value, said), value)


def performance(parts: Iterable[PartEffort]) -> Share:
    """Put the counted parts together, each by its greatest points.

    A part with points whose effort could not be counted leaves the mean; one without points
    counts 0, counted or not: what does not answer is not fast.
    """
    known = [
        (each, 0.0 if not each.points else each.effort.value)
        for each in parts
        if each.max_points > 0 and each.points is not None
    ]
    counted = [(each, value) for each, value in known if value is not None]
    facts = tuple(fact for each, _ in known for fact in each.effort.facts)
    total = sum(each.max_points for each, _ in counted)
    if total <= 0:
        reasons = "; ".join(f"{each.part}: {each.effort.said}" for each, _ in known)
        said = f"not measured: {reasons}" if reasons else "not measured: no part's work is counted"
        return Share(Measure(None, said, facts), None)
    measured = sum(each.max_points * value for each, value in counted) / total
    limited = sum((each.points or 0.0) * value for each, value in counted) / total
    said = "; ".join(
        f"{each.part}: {each.effort.said if each.points else 'no points, so its work counts 0'}"
        for each, _ in known
    )
    return Share(Measure(measured, said, facts), limited)


def as_far_as_right(measure: Measure | None, answer: Share) -> Share:
    """Let a measure of the whole submission count by the share of points it earned."""
    if measure is None:
        return Share(NOT_MEASURED, None)
    if measure.value is None or answer.value is None:
        return Share(measure, None)
    return Share(measure, measure.value * answer.value)


def deterministic_score(
    shares: Mapping[str, Share],
    weights: Mapping[str, float] = WEIGHTS,
    penalties: Iterable[Penalty] = (),
) -> float | None:
    """Score a submission without a model.

    Parameters
    ----------
    shares : mapping of str to Share
        By name; without a value for ``correctness`` there is no score.

    Returns
    -------
    float or None
        0..100.
    """
    if "correctness" not in shares or shares["correctness"].value is None:
        return None
    known = {name: shares[name].value for name in weights if name in shares}
    values = {name: value for name, value in known.items() if value is not None}
    total = sum(weights[name] for name in values)
    if total <= 0:
        return None
    mean = sum(weights[name] * value for name, value in values.items()) / total
    lost = sum(penalty.points for penalty in penalties)
    return round(min(max(100.0 * mean - lost, 0.0), 100.0), DECIMALS)
