"""Decides what a grader may ask of databases: one query, one data set, an answer as a value."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

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
    LIMIT = "limit"
    """It met a limit of the server's, which ``limit`` names."""
    CRASHED = "crashed"
    """It took the database down, twice."""
    UNDECIDED = "undecided"
    """The machine was too busy to tell: our fault, to be run again."""


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
    limit : str
        Which limit was met: ``memory``, ``temp_file_limit``, ``locks``, ``stack_depth``, ``disk``,
        ``size``; otherwise empty.
    """

    kind: ProblemKind
    message: str
    sqlstate: str | None = None
    detail: str = ""
    limit: str = ""


Answer = ResultSet | QueryProblem


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """What ``EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)`` says of a query: its topmost node."""

    top: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Script:
    """Statements that change data, and the queries that look at what became of it.

    Attributes
    ----------
    sql : str
        The statements' text.
    several : bool
        Whether it may hold more than one.
    look : tuple of str
        The author's own queries, run afterwards by somebody else.
    """

    sql: str
    several: bool
    look: tuple[str, ...]


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

    def remembered(self, fixture: Fixture, variant: str, sql: str, limits: QueryLimits) -> Answer:
        """Run an author's query as :meth:`query` does, once: a result set is kept for the next."""
        ...

    def plan(
        self, fixture: Fixture, variant: str, sql: str, limits: QueryLimits, *, remember: bool
    ) -> QueryPlan | QueryProblem:
        """Run a read-only query for its plan and what each step of it did, in a warm session.

        ``variant`` may also be the sample's. With ``remember`` a plan is kept for the next.
        """
        ...

    def change(
        self, fixture: Fixture, script: Script, limits: QueryLimits, *, remember: bool
    ) -> dict[str, tuple[Answer, ...] | QueryProblem]:
        """Run a script in throw-away databases, one for each hidden variant, and look.

        Returns
        -------
        dict
            By variant: the answer to each look, or why the script did not run to its end. After a
            timeout, a crash or a limit the variants that follow are left out.
        """
        ...
