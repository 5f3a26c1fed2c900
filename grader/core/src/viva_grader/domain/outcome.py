"""Decides what a check hands back about one part, before it becomes an item of a grade."""

from dataclasses import dataclass, field
from typing import Protocol

from viva_grader.domain.grade import Citation, Json, Status
from viva_grader.domain.question import Part, Question


@dataclass(frozen=True, slots=True)
class Fact:
    """One piece of evidence without its number: JSON that holds no time, path or address."""

    kind: str
    data: dict[str, Json]


@dataclass(frozen=True, slots=True)
class Measure:
    """What one share of the deterministic score came to, with its reasons.

    Attributes
    ----------
    value : float or None
        0..1; None where it was not or could not be measured: then it leaves the mean.
    said : str
        One line for staff: what the value means, or why there is none.
    facts : tuple of Fact
        Evidence; a fact's ``part`` stands in its data where it speaks of one.
    again : bool
        There is no value by our own fault: then there is no score yet either, and grading again
        decides.
    """

    value: float | None
    said: str
    facts: tuple[Fact, ...] = ()
    again: bool = False


@dataclass(frozen=True, slots=True)
class Penalty:
    """Points that the deterministic score loses, > 0, and why."""

    points: float
    why: str
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A part's verdict with its reasons.

    Attributes
    ----------
    points : float or None
        0..max_points of the part; None exactly where the status decides none.
    message : str
        One line, safe to show to staff.
    citations : tuple of Citation
        Where in the submission the reason stands; empty: the part's solution cells as a whole.
    effort : Measure or None
        How much work the answer took beside the author's own; None: it was not counted.
    repeats : bool or None
        Whether the same answer came when it was asked for once more; None: nobody asked.
    """

    status: Status
    points: float | None
    message: str
    facts: tuple[Fact, ...] = ()
    citations: tuple[Citation, ...] = field(default=())
    effort: Measure | None = None
    repeats: bool | None = None


class QueryChecker(Protocol):
    """Port: judges the text of one SQL answer by its result sets."""

    def check(self, question: Question, part: Part, *, submitted: str, reference: str) -> Outcome:
        """Judge the whole source of the candidate's solution cell by the author's.

        Never raises for what a candidate wrote; a missing database ends as ``infra_error``.
        """
        ...
