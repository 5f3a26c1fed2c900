"""Decides what a grader may ask of databases: one query, one data set, an answer as a value."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from viva_grader.domain.fixture import Fixture


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """What one query may use.

    Attributes
    ----------
    seconds : float
        From sending it to its last row, > 0.
    rows : int
        Rows in its result.
    result_bytes : int
        Bytes of its result as text.
    """

    seconds: float = 10.0
    rows: int = 100_000
    result_bytes: int = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Column:
    """A result's column: its name and PostgreSQL's name for its type, such as ``numeric``."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class ResultSet:
    """A query's answer; cells are PostgreSQL's text, or None for NULL."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str | None, ...], ...]


class ProblemKind(StrEnum):
    """Why a query has no result set."""

    REFUSED = "refused"
    """Not one read-only query: another statement, several of them, or nothing at all."""
    ERROR = "error"
    """The database raised an error."""
    TIMEOUT = "timeout"
    TOO_BIG = "too_big"
    CRASHED = "crashed"
    """It took the database down, twice."""


@dataclass(frozen=True, slots=True)
class QueryProblem:
    """A query without a result set.

    Attributes
    ----------
    message : str
        One line that is safe to show to a candidate: it holds no row of a hidden data set.
    sqlstate : str or None
        PostgreSQL's five characters, where it gave some.
    detail : str
        PostgreSQL's own words, for staff: may hold values of hidden rows.
    """

    kind: ProblemKind
    message: str
    sqlstate: str | None = None
    detail: str = ""


Answer = ResultSet | QueryProblem


class Databases(Protocol):
    """Data sets that can be asked; every query stands alone and leaves nothing behind."""

    def query(self, fixture: Fixture, variant: str, sql: str, limits: QueryLimits) -> Answer:
        """Run one read-only query on one data set.

        Raises
        ------
        DatabaseUnavailableError
            If no database can be started: our fault, never the query's.
        """
        ...
