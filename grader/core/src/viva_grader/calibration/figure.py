"""Decides when a figure is given: a number with its interval, or why there is none."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from viva_grader.calibration.ratings import LEVELS, Pair
from viva_grader.calibration.tables import Floats, Statistic, resampled, tables

LEAST_CANDIDATES = 20
"""Below it no interval by candidate can be trusted, so no figure stands: "few clusters" begin at
20 to 50, A. C. Cameron and D. L. Miller, "A Practitioner's Guide to Cluster-Robust Inference",
Journal of Human Resources 50 (2015) 317-372, section VI."""

LEAST_PAIRS = 2 * len(LEVELS) ** 2
"""50, for kappa and alpha: 2k² pairs for k levels, D. V. Cicchetti, "Testing the normal
approximation and minimal sample size requirements of weighted kappa when the number of categories
is large", Applied Psychological Measurement 5 (1981) 101-104."""

_LEAST_DEFINED = 0.95  # of the resamples: fewer, and what is left of them is no fair sample
_TAILS = (2.5, 97.5)
TOO_ALIKE = "no interval: the scores hardly differ"

Draws = Callable[[str], np.random.Generator]
"""Randomness by name: a figure's interval depends on no other figure."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and its 95 % interval, or in words why there is none.

    Attributes
    ----------
    pairs, candidates : int
        What it rests on.
    """

    value: float | None
    low: float | None
    high: float | None
    pairs: int
    candidates: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How intervals are drawn.

    Attributes
    ----------
    resamples : int
        At least 200.
    """

    draws: Draws
    resamples: int = 2000


def seeded(seed: int) -> Draws:
    """Give randomness that is the same for the same seed and name."""

    def draws(name: str) -> np.random.Generator:
        return np.random.default_rng([seed, *name.encode()])

    return draws


def too_few(pairs: int, candidates: int, least_pairs: int = 1) -> str:
    """Say what is missing, or nothing where there is enough."""
    missing: list[str] = []
    if pairs < least_pairs:
        missing.append(f"{pairs} of {least_pairs} pairs")
    if candidates < LEAST_CANDIDATES:
        missing.append(f"{candidates} of {LEAST_CANDIDATES} candidates")
    return f"too few: {', '.join(missing)}" if missing else ""


def figure(
    pairs: Sequence[Pair],
    statistic: Statistic,
    sampling: Sampling,
    name: str,
    *,
    least_pairs: int = 1,
    symmetric: bool = False,
) -> Figure:
    """Compute a statistic over pairs, with its percentile interval by candidate."""
    count = len({pair.candidate for pair in pairs})
    reason = too_few(len(pairs), count, least_pairs)
    if reason:
        return Figure(None, None, None, len(pairs), count, reason)
    per_candidate = tables(pairs, symmetric=symmetric)
    value = float(statistic(per_candidate.sum(0)))
    if math.isnan(value):
        return Figure(None, None, None, len(pairs), count, "undefined: all scores are the same")
    low, high = interval(per_candidate, statistic, sampling, name)
    return Figure(value, low, high, len(pairs), count, "" if low is not None else TOO_ALIKE)


def interval(
    per_candidate: Floats, statistic: Statistic, sampling: Sampling, name: str
) -> tuple[float, float] | tuple[None, None]:
    """Give a statistic's 95 % percentile interval by candidate, or none where scores are alike.

    Parameters
    ----------
    per_candidate : array of shape (candidates, k, k)
        Tables that add up.
    """
    drawn = resampled(per_candidate, statistic, sampling.draws(name), sampling.resamples)
    defined = drawn[~np.isnan(drawn)]
    if len(defined) < _LEAST_DEFINED * len(drawn):
        return None, None
    low, high = np.percentile(defined, _TAILS)
    return float(low), float(high)
