"""Decides whether a new scorer agrees with people less than the old one: paired, with an interval.

Agreement is quadratic weighted kappa, here 1 where all levels are one and the same. The interval of
its difference is the percentile bootstrap over whole submissions, because the dimensions of one are
not independent.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from viva_grader.calibration.ratings import LEVELS
from viva_grader.calibration.tables import Floats, weighted_kappa

DRAWS: Final = 2_000
_TAIL: Final = 0.025


@dataclass(frozen=True, slots=True)
class Change:
    """The change in agreement from the old scorer to the new one.

    Attributes
    ----------
    old, new : float
        Kappa with people, −1..1.
    low, high : float
        95 % interval of ``new − old``.
    pairs : int
        Levels that all three gave.
    """

    old: float
    new: float
    low: float
    high: float
    pairs: int

    @property
    def fell(self) -> bool:
        """Whether agreement fell, by an interval that excludes 0."""
        return self.high < 0


Triple = tuple[int, int, int]
"""A person's level, the old scorer's and the new one's."""


def change_of(submissions: Sequence[Sequence[Triple]], *, seed: int = 0) -> Change:
    """Compare two scorers with people.

    Parameters
    ----------
    submissions : sequence of sequences
        One for each submission, with a triple for each of its dimensions.

    Raises
    ------
    ValueError
        Without a triple.
    """
    told = [each for each in submissions if each]
    if not told:
        raise ValueError("agreement takes at least one pair")
    counts = np.stack([_counts(each) for each in told])
    draw = random.Random(seed)  # noqa: S311 - to be repeated, not a secret
    places = range(len(told))
    drawn = [_kappas(counts[draw.choices(places, k=len(told))]) for _ in range(DRAWS)]
    differences = sorted(after - before for before, after in drawn)
    edge = int(_TAIL * DRAWS)
    old, new = _kappas(counts)
    pairs = sum(len(each) for each in told)
    return Change(old, new, differences[edge], differences[-1 - edge], pairs)


def _counts(triples: Sequence[Triple]) -> Floats:
    """Count what the old scorer and the new one gave beside a person's level."""
    counts = np.zeros((2, len(LEVELS), len(LEVELS)))
    for person, *scorers in triples:
        for scorer, level in enumerate(scorers):
            counts[scorer, person - 1, level - 1] += 1.0
    return counts


def _kappas(counts: Floats) -> tuple[float, float]:
    old, new = np.nan_to_num(weighted_kappa(counts.sum(0)), nan=1.0)
    return float(old), float(new)
