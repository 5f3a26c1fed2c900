"""Decides how agreement is computed: from tables of counts, so that a resample is a sum of tables.

Weighted kappa: J. Cohen, "Weighted kappa", Psychological Bulletin 70 (1968) 213-220. Quadratic
weights make it an intraclass correlation: J. L. Fleiss and J. Cohen, "The equivalence of weighted
kappa and the intraclass correlation coefficient as measures of reliability", Educational and
Psychological Measurement 33 (1973) 613-619.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from viva_grader.calibration.ratings import LEVELS, Pair

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]
"""Tables of shape (..., k, k) in, a number for each out; NaN where it is not defined."""

_SIZE = len(LEVELS)
_STEPS = np.subtract.outer(np.arange(_SIZE), np.arange(_SIZE)).astype(np.float64)
QUADRATIC: Floats = _STEPS**2
"""Disagreement between two levels: the square of their distance."""


def tables(pairs: Sequence[Pair], *, symmetric: bool = False) -> Floats:
    """Count pairs in one table per candidate.

    Parameters
    ----------
    symmetric : bool
        Count each pair half in each order, where neither rater is the first: kappa is then the
        intraclass one, D. A. Bloch and H. C. Kraemer, Biometrics 45 (1989) 269-287.

    Returns
    -------
    array of shape (candidates, 5, 5)
        Rows are the first score, columns the second; candidates in the order of their ids.
    """
    names = sorted({pair.candidate for pair in pairs})
    found = np.zeros((len(names), _SIZE, _SIZE))
    index = {name: at for at, name in enumerate(names)}
    for pair in pairs:
        found[index[pair.candidate], pair.first - 1, pair.second - 1] += 1.0
    return (found + found.swapaxes(1, 2)) / 2.0 if symmetric else found


def weighted_kappa(counts: Floats, disagreement: Floats = QUADRATIC) -> Floats:
    """Give Cohen's weighted kappa, −1..1; NaN where chance alone leaves no disagreement.

    Parameters
    ----------
    counts : array of shape (..., k, k)
    disagreement : array of shape (k, k)
        Zero on the diagonal.
    """
    total = counts.sum((-1, -2))
    rows, columns = counts.sum(-1), counts.sum(-2)
    by_chance = np.einsum("...i,...j,ij->...", rows, columns, disagreement)
    seen = (counts * disagreement).sum((-1, -2)) * total
    return 1.0 - _ratio(seen, by_chance)


def exact(counts: Floats) -> Floats:
    """Give the share of pairs with equal scores, 0..1."""
    return _mean(counts, (_STEPS == 0).astype(np.float64))


def adjacent(counts: Floats) -> Floats:
    """Give the share of pairs at most one level apart, 0..1."""
    return _mean(counts, (abs(_STEPS) <= 1).astype(np.float64))


def bias(counts: Floats) -> Floats:
    """Give the mean of first − second, −4..4 levels."""
    return _mean(counts, _STEPS)


def mae(counts: Floats) -> Floats:
    """Give the mean absolute difference, 0..4 levels."""
    return _mean(counts, abs(_STEPS))


def resampled(
    per_candidate: Floats, statistic: Statistic, draw: np.random.Generator, resamples: int
) -> Floats:
    """Compute a statistic again and again over candidates drawn with replacement.

    Candidates are drawn whole: ratings of one person's work are not independent. B. Efron and
    R. J. Tibshirani, "An Introduction to the Bootstrap" (1993); C. A. Field and A. H. Welsh,
    "Bootstrapping clustered data", Journal of the Royal Statistical Society B 69 (2007) 369-390.

    Returns
    -------
    array of shape (resamples,)
    """
    count = len(per_candidate)
    times = draw.multinomial(count, np.full(count, 1.0 / count), size=resamples)
    flat = times.astype(np.float64) @ per_candidate.reshape(count, -1)
    return statistic(flat.reshape(resamples, *per_candidate.shape[1:]))


def _mean(counts: Floats, values: Floats) -> Floats:
    return _ratio((counts * values).sum((-1, -2)), counts.sum((-1, -2)))


def _ratio(above: Floats, below: Floats) -> Floats:
    safe = np.where(below > 0, below, 1.0)
    return np.where(below > 0, above / safe, np.nan)
