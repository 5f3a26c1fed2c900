"""Decides Krippendorff's alpha: agreement of any number of raters, with gaps, on ordered levels.

K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), University of Pennsylvania.
"""

from collections.abc import Iterable, Sequence
from typing import Any, cast

import krippendorff
import numpy as np

from viva_grader.calibration.figure import LEAST_PAIRS, Figure, too_few
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


def alpha_figure(ratings: Sequence[Rating]) -> Figure:
    """Give alpha over the raters, with the number of rated units as its pairs; no interval."""
    counts, candidates = value_counts(ratings)
    people = len(set(candidates))
    reason = too_few(len(counts), people, LEAST_PAIRS)
    value = None if reason else ordinal_alpha(counts)
    if value is None and not reason:
        reason = "undefined: all scores are the same"
    return Figure(value, None, None, len(counts), people, reason)
