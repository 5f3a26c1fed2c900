"""Decides which level a checklist gives: arithmetic over decisions, never a model's own number.

With *w* the weight of a check and *v* = 1, 0.5 and 0 for met, partly and not met::

    level = 1 + 4 × Σ w × v / Σ w      over the checks that are shown, rounded half down

What is not shown takes no part: it is neither a fault nor a merit. Where less than half of the
weight is shown there is no level; and where anything is not shown the level is at most 4.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil
from typing import Final

from viva_grader.domain.evaluation import Decision
from viva_grader.domain.rubric import Check
from viva_grader.score.levels import HIGHEST_LEVEL, LOWEST_LEVEL

_VALUES: Final[dict[Decision, Fraction]] = {
    Decision.MET: Fraction(1),
    Decision.PARTLY: Fraction(1, 2),
    Decision.NOT_MET: Fraction(0),
}
_HALF: Final = Fraction(1, 2)


def level_arithmetic(checks: Sequence[Check], decisions: Mapping[str, Decision]) -> str:
    """Write down how :func:`level_of` comes to its level, or why it comes to none.

    Raises
    ------
    KeyError
        Where a check has no decision.
    """
    shown = [each for each in checks if decisions[each.id] is not Decision.NOT_SHOWN]
    total = sum(each.weight for each in checks)
    weight = sum(each.weight for each in shown)
    if level_of(checks, decisions) is None:
        return f"{weight} of {total} weights shown, less than half"
    terms = " + ".join(
        f"{each.weight} × {float(_VALUES[decisions[each.id]]):g} ({each.id})" for each in shown
    )
    capped = "" if weight == total else f", at most 4: {weight} of {total} weights shown"
    return f"1 + 4 × ({terms}) / {weight}, rounded half down{capped}"


def level_of(checks: Sequence[Check], decisions: Mapping[str, Decision]) -> int | None:
    """Compute a level of 1..5; None where less than half of the checks' weight is shown.

    Raises
    ------
    KeyError
        Where a check has no decision.
    """
    shown = [each for each in checks if decisions[each.id] is not Decision.NOT_SHOWN]
    total = sum(each.weight for each in checks)
    weight = sum(each.weight for each in shown)
    if not weight or 2 * weight < total:
        return None
    earned = sum(each.weight * _VALUES[decisions[each.id]] for each in shown)
    exact = LOWEST_LEVEL + (HIGHEST_LEVEL - LOWEST_LEVEL) * Fraction(earned) / weight
    level = ceil(exact - _HALF)
    return min(level, HIGHEST_LEVEL - 1) if weight < total else level
