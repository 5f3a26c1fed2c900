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
    """

    status: Status
    points: float | None
    message: str
    facts: tuple[Fact, ...] = ()
    citations: tuple[Citation, ...] = field(default=())


class QueryChecker(Protocol):
    """Port: judges the text of one SQL answer by its result sets."""

    def check(self, question: Question, part: Part, *, submitted: str, reference: str) -> Outcome:
        """Judge the whole source of the candidate's solution cell by the author's.

        Never raises for what a candidate wrote; a missing database ends as ``infra_error``.
        """
        ...
