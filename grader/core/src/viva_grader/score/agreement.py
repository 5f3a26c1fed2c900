"""Decides whether a new scorer agrees with people less than the old one: paired, with an interval.

Agreement is quadratic weighted kappa: J. Cohen, "Weighted kappa", Psychological Bulletin 70 (1968),
213–220. The interval of its difference is the percentile bootstrap over whole submissions, because
the dimensions of one are not independent.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

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


def quadratic_kappa(pairs: Sequence[tuple[int, int]]) -> float:
    """Compute quadratic weighted kappa; 1 where all levels are one and the same.

    Raises
    ------
    ValueError
        Without a pair.
    """
    if not pairs:
        raise ValueError("agreement takes at least one pair")
    seen = sum((one - other) ** 2 for one, other in pairs) / len(pairs)
    by_chance = sum((one - other) ** 2 for one, _ in pairs for _, other in pairs) / len(pairs) ** 2
    return 1.0 - seen / by_chance if by_chance else 1.0


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
    draw = random.Random(seed)  # noqa: S311 - to be repeated, not a secret
    old, new = _kappas(told)
    drawn = sorted(
        after - before
        for before, after in (
            _kappas(draw.choices(told, k=len(told))) for _ in range(DRAWS if told else 0)
        )
    )
    edge = int(_TAIL * len(drawn))
    pairs = sum(len(each) for each in told)
    return Change(old, new, drawn[edge], drawn[-1 - edge], pairs)


def _kappas(submissions: Sequence[Sequence[Triple]]) -> tuple[float, float]:
    triples = [each for one in submissions for each in one]
    return (
        quadratic_kappa([(person, old) for person, old, _ in triples]),
        quadratic_kappa([(person, new) for person, _, new in triples]),
    )
