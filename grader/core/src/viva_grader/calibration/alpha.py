"""Decides Krippendorff's alpha: agreement of any number of raters, with gaps, on ordered levels.

K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), University of Pennsylvania.
"""

from collections.abc import Iterable, Sequence
from typing import Any, cast

import krippendorff
import numpy as np

from viva_grader.calibration.figure import (
    LEAST_PAIRS,
    TOO_ALIKE,
    Figure,
    Sampling,
    interval,
    too_few,
)
from viva_grader.calibration.ratings import LEVELS, Rating, counted, units
from viva_grader.calibration.tables import Floats

_ALPHA = cast("Any", krippendorff).alpha


def value_counts(ratings: Iterable[Rating]) -> tuple[Floats, list[str]]:
    """Count, per unit with two scores or more, how often each level was given.

    Returns
    -------
    array of shape (units, 5), and the candidate of each unit
    """
    rows: list[list[int]] = []
    candidates: list[str] = []
    for same in units(counted(ratings)).values():
        scores = [each.score for each in same if each.score is not None]
        if len(scores) > 1:
            rows.append([scores.count(level) for level in LEVELS])
            candidates.append(same[0].candidate)
    return np.array(rows, dtype=np.float64).reshape(-1, len(LEVELS)), candidates


def ordinal_alpha(counts: Floats) -> float | None:
    """Give alpha with the ordinal difference, ≤ 1; None where all scores are the same.

    Parameters
    ----------
    counts : array of shape (units, levels)
    """
    if np.count_nonzero(counts.sum(0)) < 2:  # noqa: PLR2004 - one level alone: nothing can differ
        return None
    return float(
        _ALPHA(
            value_counts=counts,
            value_domain=np.arange(counts.shape[1], dtype=np.float64),
            level_of_measurement="ordinal",
        )
    )


def coincidences(counts: Floats, candidates: Sequence[str]) -> Floats:
    """Count in one table per candidate how often two levels were given to the same unit.

    Each pair of a unit's *m* scores counts 1 / (m − 1), in both orders, as Krippendorff's step 2.

    Returns
    -------
    array of shape (candidates, levels, levels)
        Candidates in the order of their ids.
    """
    names = sorted(set(candidates))
    index = {name: at for at, name in enumerate(names)}
    found = np.zeros((len(names), counts.shape[1], counts.shape[1]))
    for row, candidate in zip(counts, candidates, strict=True):
        found[index[candidate]] += (np.outer(row, row) - np.diag(row)) / (row.sum() - 1.0)
    return found


def alpha_of(tables: Floats) -> Floats:
    """Give ordinal alpha, ≤ 1; NaN where all scores are the same.

    Parameters
    ----------
    tables : array of shape (..., k, k)
        Coincidences, which add up over units.
    """
    of = tables.sum(-1)
    total = of.sum(-1)
    # Ordinal difference: what lies between two levels, both ends counted half.
    upto = of.cumsum(-1) - of / 2.0
    apart = (upto[..., :, None] - upto[..., None, :]) ** 2
    seen = (tables * apart).sum((-1, -2)) * (total - 1.0)
    by_chance = (of[..., :, None] * of[..., None, :] * apart).sum((-1, -2))
    safe = np.where(by_chance > 0, by_chance, 1.0)
    return np.where(by_chance > 0, 1.0 - seen / safe, np.nan)


def alpha_figure(ratings: Sequence[Rating], sampling: Sampling, name: str) -> Figure:
    """Give alpha over the raters by krippendorff, its interval by candidate; pairs are units.

    Candidates are drawn whole, because units of one person are not independent. Krippendorff's own
    bootstrap draws pairs of values as if they were.
    """
    counts, candidates = value_counts(ratings)
    people = len(set(candidates))
    reason = too_few(len(counts), people, LEAST_PAIRS)
    value = None if reason else ordinal_alpha(counts)
    if value is None:
        return Figure(
            None, None, None, len(counts), people, reason or "undefined: all scores are the same"
        )
    low, high = interval(coincidences(counts, candidates), alpha_of, sampling, name)
    return Figure(value, low, high, len(counts), people, "" if low is not None else TOO_ALIKE)
