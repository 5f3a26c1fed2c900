"""Decides the deterministic score: what tests alone say of a submission, in 0..100.

``deterministic = 100 × Σ w(s) × value(s) / Σ w(s)`` over the shares *s* that were measured, by
the rubric's weights: correctness 70, performance 15, quality 10,
reproducibility 5. Correctness is the automatic score divided by its maximum. A share that nobody
measured is None and leaves the mean: leaving it in as 0 or 1 would make a number up.
"""

from collections.abc import Mapping

from viva_grader.domain.grade import Json

DECIMALS = 2
WEIGHTS = {"correctness": 70.0, "performance": 15.0, "quality": 10.0, "reproducibility": 5.0}
"""Points of each share where the rubric says nothing else."""


def deterministic_score(
    auto_score: float | None, max_score: float, weights: Mapping[str, float] = WEIGHTS
) -> tuple[float | None, dict[str, Json]]:
    """Score the automatic parts.

    Parameters
    ----------
    auto_score : float or None
        0..max_score; None while an automatic part has no points.
    max_score : float
        ≥ 0; 0 where the question has no automatic part: then there is no score.

    Returns
    -------
    score : float or None
        0..100.
    shares : dict
        Per share its ``weight``, its ``value`` in 0..1 or None, and ``said``: what that means.
    """
    correctness = None
    if auto_score is not None and max_score > 0:
        correctness = min(max(auto_score / max_score, 0.0), 1.0)
    values: dict[str, float | None] = dict.fromkeys(weights)
    values["correctness"] = correctness
    shares: dict[str, Json] = {
        name: {
            "weight": weight,
            "value": None if values[name] is None else round(values[name] or 0.0, 6),
            "said": "measured"
            if values[name] is not None
            else "not measured: left out of the mean",
        }
        for name, weight in weights.items()
    }
    if correctness is None:
        return None, shares
    known = {name: value for name, value in values.items() if value is not None}
    total = sum(weights[name] for name in known)
    if total <= 0:
        return None, shares
    mean = sum(weights[name] * value for name, value in known.items()) / total
    return round(100.0 * mean, DECIMALS), shares
