"""Decides which passes a scoring has, and what must hold before a level is believed."""

from dataclasses import asdict, dataclass
from typing import Final

from viva_grader.domain.grade import Json

ORIGINAL: Final = "original"
"""The submission as it is; the twins are named after :class:`viva_grader.domain.rubric.Twin`."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """The passes of a scoring.

    Attributes
    ----------
    samples : int
        ≥ 1; independent scorings, each with the rubric in another order.
    adversary : bool
        Whether a second pass tries to refute each citation.
    reconciler : bool
        Whether a third one picks where samples disagree, inside what they said.
    twin : bool
        Whether dimensions of logic are scored on a neutral twin too.
    least_confidence : float
        0..1; below it a dimension goes to a person.
    seed : int
        Orders the rubric, and is sent to models that take one.
    budget_tokens, budget_cost : optional
        What one interview may spend; the cost in the currency of the prices that settings give.
    """

    samples: int = 1
    adversary: bool = True
    reconciler: bool = True
    twin: bool = True
    least_confidence: float = 0.3
    seed: int = 0
    budget_tokens: int | None = None
    budget_cost: float | None = None

    def document(self) -> dict[str, Json]:
        """Give it as JSON, for the record."""
        return asdict(self)
