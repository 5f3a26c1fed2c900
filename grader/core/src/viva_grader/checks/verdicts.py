"""Decides what is said of a test cell, and of a cell that did not run to its end."""

from dataclasses import dataclass, field

from viva_grader.callee.places import Place
from viva_grader.domain.grade import Json, Status

__all__ = ["CellProblem", "Place", "TestVerdict"]


@dataclass(frozen=True, slots=True)
class CellProblem:
    """Why a cell did not run to its end in the candidate's process.

    Attributes
    ----------
    names : frozenset of str
        The names that are missing for it; empty where any may be.
    """

    cell: str
    status: Status
    message: str
    line: int | None = None
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TestVerdict:
    """What one test cell is worth.

    Attributes
    ----------
    places : tuple of Place
        Lines of the candidate's in which the reason stands.
    facts : dict
        JSON for the evidence: exception, line of the test cell, message.
    """

    __test__ = False

    status: Status
    points: float | None
    message: str
    places: tuple[Place, ...] = ()
    facts: dict[str, Json] = field(default_factory=dict[str, Json])
