"""Decides what levels from 1 to 5 are worth: percent per level, weighted mean per share.

A level is placed on 0..100 as *percent of maximum possible*, ``100 × (level − 1) / 4``: P. Cohen,
J. Cohen, L. S. Aiken and S. G. West, "The Problem of Units and the Circumstance for POMP",
Multivariate Behavioral Research 34 (1999), 315–346. A share is the mean of its scored dimensions
weighted as the rubric says; a dimension without a score takes no part in the mean and lowers the
confidence instead, because a missing value is neither a 1 nor an average.
"""

from collections.abc import Sequence
from typing import Final

from viva_grader.domain.evaluation import DimensionScore
from viva_grader.domain.rubric import Rubric, Share

LOWEST_LEVEL: Final = 1
HIGHEST_LEVEL: Final = 5
DECIMALS: Final = 2
"""Scores are rounded once each, to hundredths, and what is shown is what is added further."""


def percent(level: float) -> float:
    """Place a level of 1..5 on 0..100.

    Raises
    ------
    ValueError
        For a level outside 1..5.
    """
    if not LOWEST_LEVEL <= level <= HIGHEST_LEVEL:
        raise ValueError(f"a level is {LOWEST_LEVEL}..{HIGHEST_LEVEL}, not {level}")
    return 100.0 * (level - LOWEST_LEVEL) / (HIGHEST_LEVEL - LOWEST_LEVEL)


def share_score(rubric: Rubric, share: Share, scores: Sequence[DimensionScore]) -> float | None:
    """Mean of the share's scored dimensions, 0..100; None where none is scored."""
    levels = {each.dimension: each.score for each in scores if each.score is not None}
    scored = [each for each in rubric.dimensions if each.feeds is share and each.name in levels]
    if not scored:
        return None
    total = sum(each.weight for each in scored)
    return round(sum(each.weight * percent(levels[each.name]) for each in scored) / total, DECIMALS)


def share_confidence(rubric: Rubric, share: Share, scores: Sequence[DimensionScore]) -> float:
    """How surely the share is known, 0..1: the scorer's confidence, 0 where nothing is scored."""
    known = {each.dimension: each.confidence or 0.0 for each in scores if each.score is not None}
    feeding = [each for each in rubric.dimensions if each.feeds is share]
    total = sum(each.weight for each in feeding)
    if not total:
        return 0.0
    return sum(each.weight * known.get(each.name, 0.0) for each in feeding) / total
