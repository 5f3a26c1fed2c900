"""Decides what may be said while a person has still to decide: nothing that this would lower.

Leaving a dimension out raises the mean of the others wherever it was the weaker part. What a
submission's words may have brought about must pay nobody, so no share is made at all before a
person decided what that touches. Whatever else waits takes back a recommendation that it could
lower.
"""

from dataclasses import dataclass

from viva_grader.domain.evaluation import Evaluation


@dataclass(frozen=True, slots=True)
class Undecided:
    """What a person has still to decide of an evaluation.

    Attributes
    ----------
    withheld : str
        Why no share of a model's is made before; empty where there may be one.
    waiting : bool
        Whether any dimension waits for a person.
    """

    withheld: str = ""
    waiting: bool = False


def undecided_in(evaluation: Evaluation) -> Undecided:
    """Say what a person has still to decide of an evaluation."""
    waiting = any(each.for_person and each.score is None for each in evaluation.dimensions)
    return Undecided(evaluation.withheld, waiting)


def whatever_is_decided(
    verdict: str | None, rule: str, lowest: str | None
) -> tuple[str | None, str]:
    """Take a recommendation back that the levels which wait for a person could lower.

    Parameters
    ----------
    lowest : str or None
        What it would be if all that is unscored were a 1.
    """
    if verdict is None or lowest == verdict:
        return verdict, rule
    return None, (
        f"No recommendation: what waits for a person could make it {lowest}, not {verdict}."
        " A person decides."
    )
