"""Decides what a count of work is worth beside the author's: by its growth and its ratio.

The exponent is the slope of log(count) over log(size), by least squares on the last three sizes.
Bands are at least twice as wide as what two honest ways of writing one algorithm differ by.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

ALLOWANCE = 500
"""Instructions that never count against an answer: what a call costs before its loop begins."""
FITTED = 3
LIKE, WORSE = 0.35, 0.7
"""Differences of exponents: up to LIKE it is the same growth, from WORSE on another class."""
RATIO_STEPS = ((2.0, 1.0), (4.0, 0.75), (8.0, 0.5), (20.0, 0.25))
"""Value by the ratio of counts at the greatest size, up to and including it; 0 beyond the last."""
BETWEEN_AT_MOST, WORSE_AT_MOST = 0.5, 0.1
FLAT = 0.05
"""An author's work that grows by less than this is hidden in C: nothing can be compared with it."""
_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class Growth:
    """Two series of counts compared.

    Attributes
    ----------
    own, reference : float
        Exponents.
    ratio : float
        At the greatest size.
    value : float
        0..1.
    """

    own: float
    reference: float
    ratio: float
    value: float


def compare(sizes: Sequence[int], own: Sequence[int], reference: Sequence[int]) -> Growth:
    """Value an answer's counts by the author's on the same inputs."""
    one, other = exponent(sizes, own), exponent(sizes, reference)
    ratio = round((own[-1] + ALLOWANCE) / (reference[-1] + ALLOWANCE), _DECIMALS)
    value = next((worth for most, worth in RATIO_STEPS if ratio <= most), 0.0)
    gap = round(one - other, _DECIMALS)
    if gap >= WORSE:
        value = min(value, WORSE_AT_MOST)
    elif gap > LIKE:
        value = min(value, BETWEEN_AT_MOST)
    return Growth(one, other, ratio, value)


def exponent(sizes: Sequence[int], counts: Sequence[int]) -> float:
    """Fit the exponent of growth on the last three sizes: 1 is linear, 2 is quadratic."""
    xs = [math.log(size) for size in sizes[-FITTED:]]
    ys = [math.log(max(count, 1)) for count in counts[-FITTED:]]
    middle_x, middle_y = math.fsum(xs) / len(xs), math.fsum(ys) / len(ys)
    spread = math.fsum((x - middle_x) ** 2 for x in xs)
    shared = math.fsum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys, strict=True))
    return round(shared / spread, _DECIMALS)


def grows(sizes: Sequence[int], counts: Sequence[int]) -> bool:
    """Whether an author's work grows with the size, so that something can be compared with it."""
    return exponent(sizes, counts) >= FLAT and all(a < b for a, b in pairwise(counts[-FITTED:]))
