"""Decides the deterministic score: what tests and counting say of a submission, in 0..100.

``deterministic = clamp(100 × Σ w(s) × value(s) / Σ w(s) − Σ penalties, 0, 100)`` over the shares
*s* that were measured, by the rubric's weights: correctness 70, performance 15, quality 10,
reproducibility 5. Correctness is the automatic score divided by its maximum. A share that nobody
measured is None and leaves the mean: leaving it in as 0 or 1 would make a number up. Rounded once.
"""

from collections.abc import Iterable, Mapping

from viva_grader.domain.outcome import Measure, Penalty

DECIMALS = 2
WEIGHTS = {"correctness": 70.0, "performance": 15.0, "quality": 10.0, "reproducibility": 5.0}
"""Points of each share where the rubric says nothing else."""
NOT_MEASURED = Measure(None, "not measured: left out of the mean")


def correctness(auto_score: float | None, max_score: float) -> Measure:
    """Measure correctness: 0..max_score points of ``max_score``, None while points are missing."""
    if auto_score is None or max_score <= 0:
        return NOT_MEASURED
    return Measure(min(max(auto_score / max_score, 0.0), 1.0), "measured")


def deterministic_score(
    measures: Mapping[str, Measure],
    weights: Mapping[str, float] = WEIGHTS,
    penalties: Iterable[Penalty] = (),
) -> float | None:
    """Score a submission without a model.

    Parameters
    ----------
    measures : mapping of str to Measure
        By share; without a value for ``correctness`` there is no score.

    Returns
    -------
    float or None
        0..100.
    """
    if "correctness" not in measures or measures["correctness"].value is None:
        return None
    known = {name: measures[name].value for name in weights if name in measures}
    values = {name: value for name, value in known.items() if value is not None}
    total = sum(weights[name] for name in values)
    if total <= 0:
        return None
    mean = sum(weights[name] * value for name, value in values.items()) / total
    lost = sum(penalty.points for penalty in penalties)
    return round(min(max(100.0 * mean - lost, 0.0), 100.0), DECIMALS)
