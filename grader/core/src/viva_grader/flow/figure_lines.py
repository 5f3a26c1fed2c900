"""Decides what a line of an explanation is: a step, and the stored figure beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from viva_grader.domain.grade import Json, canonical
from viva_grader.score.explain import UNSCORED, Step

ROUNDING = 2e-6
"""Of a share's value, which is stored with six decimals and computed from rounded ones."""


@dataclass(frozen=True, slots=True)
class Line:
    """One step of the arithmetic, and whether what is stored is what it gives.

    Attributes
    ----------
    section : str
        What it is a step of.
    place : str
        Where the stored figure stands, such as ``grade.auto_score``; empty for a step that no
        stored figure is held against.
    computed, stored : Json
        The figure again, and as it was stored.
    near : float
        By how much two numbers may differ.
    """

    section: str
    step: Step
    place: str = ""
    computed: Json = None
    stored: Json = None
    near: float = 0.0

    @property
    def agrees(self) -> bool:
        """Whether nothing is held against it, or the same."""
        if not self.place:
            return True
        if self.near and isinstance(self.computed, float) and _is_number(self.stored):
            return abs(self.computed - self.stored) <= self.near
        return canonical(self.computed) == canonical(self.stored)

    def document(self) -> dict[str, Json]:
        """Give it as JSON."""
        return {
            "section": self.section,
            "label": self.step.label,
            "expression": self.step.expression,
            "result": self.step.result,
            "place": self.place or None,
            "computed": self.computed,
            "stored": self.stored,
            "agrees": self.agrees,
        }


def number_line(
    section: str,
    label: str,
    expression: str,
    computed: float | None,
    *,
    place: str = "",
    stored: Json = None,
    near: float = 0.0,
) -> Line:
    """Make a line of one number."""
    step = Step(label, expression, UNSCORED if computed is None else f"{computed:.6g}")
    return Line(section, step, place, computed, stored, near)


def differences(lines: Sequence[Line]) -> tuple[str, ...]:
    """Name the places whose stored figure is not what was computed."""
    return tuple(each.place for each in lines if not each.agrees)


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
