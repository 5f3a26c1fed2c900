"""Decides how a ``%%sql name <<`` cell binds its name: asked outside, assigned in the sandbox."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from viva_grader.callee.session import Session
from viva_grader.callee.wire import Message
from viva_grader.checks.rows import UnreadableRowsError, frame_of
from viva_grader.checks.sql_cell import NotSqlCellError, UnsupportedSqlCellError, parse_sql_cell
from viva_grader.checks.verdicts import CellProblem
from viva_grader.databases.port import Answer, ProblemKind, QueryProblem
from viva_grader.domain.errors import DatabaseUnavailableError
from viva_grader.domain.grade import Status
from viva_grader.library.notebook_magics import query_targets
from viva_grader.library.notebook_rebuild import Step, StepKind

_DRIVERS = {"psycopg", "psycopg2", "sqlalchemy", "asyncpg", "pg8000", "sql", "duckdb"}

MOST = 32
"""Query cells of one submission that are asked for rows."""

Rows = Callable[[str], Answer]
"""Runs the whole source of a cell for the frame that tests expect."""


class RowsUnavailableError(Exception):
    """No database could be asked, or it was too busy: our fault, the submission is judged again."""


def no_rows(cell: str) -> Answer:
    """Say of every cell that there is nothing to ask."""
    del cell
    return QueryProblem(ProblemKind.REFUSED, "the question names no fixture to ask")


def rows_message(rows: Rows, cell: str) -> Message:
    """Ask, in the grader's own process, and write what came as a message."""
    try:
        answer = rows(cell)
    except DatabaseUnavailableError as error:
        return {"unavailable": error.message}
    if not isinstance(answer, QueryProblem):
        columns = [[column.name, column.type] for column in answer.columns]
        return {"columns": columns, "rows": [list(row) for row in answer.rows]}
    if answer.kind is ProblemKind.UNDECIDED:
        return {"unavailable": answer.message}
    status = Status.TIMEOUT if answer.kind is ProblemKind.TIMEOUT else Status.CANDIDATE_ERROR
    return {"problem": answer.message, "status": status.value}


def advice(error: BaseException) -> str:
    """Say how a database is asked, after an error of code that misses a driver."""
    missing = re.match(r"No module named '(\w+)", str(error))
    asks = isinstance(error, ModuleNotFoundError) and missing and missing[1] in _DRIVERS
    return "; a database can only be asked by a %%sql cell" if asks else ""


def nobody_asked(cell: str) -> Message:
    """Answer where there is no grader to ask."""
    return rows_message(no_rows, cell)


@dataclass(slots=True)
class QueryCells:
    """The query cells of one submission whose rows its other cells and its tests read.

    Parameters
    ----------
    ask : callable
        Takes a cell's source and gives what :func:`rows_message` wrote.
    asks : bool
        Whether the question has data to ask.
    known : bool
        Whether it has queries at all, of data of its own or of the author's: elsewhere no honest
        answer is one, and a name that a query would bind is simply missing.
    """

    ask: Callable[[str], Message]
    asks: bool
    known: bool = True
    _said: dict[int, Message] = field(default_factory=dict[int, Message])

    def unasked(self, step: Step) -> list[str]:
        """Name what a cell's queries would bind if they were asked, and are not."""
        return [] if self._takes(step) or not self.known else query_targets(step.source)

    def prepare(self, index: int, step: Step) -> None:
        """Ask for the rows of a step once, if it is such a cell.

        Raises
        ------
        RowsUnavailableError
            If nobody could be asked.
        """
        if index in self._said or not self._takes(step):
            return
        said = self._beyond() or self.ask(step.source)
        if "unavailable" in said:
            raise RowsUnavailableError(said["unavailable"])
        self._said[index] = said

    def assign(self, index: int, step: Step, session: Session) -> CellProblem | None:
        """Bind the name in the candidate's process, or say why there are no rows.

        Raises
        ------
        Interruption
            If there is no answer from there.
        """
        said = self._said.get(index)
        if said is None:
            return None
        if "problem" in said:
            text = f"has no rows: {said['problem']}"
            return CellProblem(step.cell, Status(said["status"]), text)
        try:
            frame = _frame(said)
        except UnreadableRowsError as error:
            return CellProblem(step.cell, Status.CANDIDATE_ERROR, f"has no rows: {error}")
        session.apply("set", _target(step), frame)
        return None

    def give(self, index: int, step: Step, namespace: dict[str, Any]) -> None:
        """Bind the name of an author's visible cell on this side too."""
        said = self._said.get(index)
        if said is not None and "rows" in said:
            namespace[_target(step)] = _frame(said)

    def _beyond(self) -> Message | None:
        """Say why no more is asked: each query may take as long as a call, and they add up."""
        if any(said.get("status") == Status.TIMEOUT.value for said in self._said.values()):
            text = "a query before it took too long, so it was not asked"
            return {"problem": text, "status": Status.TIMEOUT.value}
        if len(self._said) >= MOST:
            text = f"no more than {MOST} query cells are asked"
            return {"problem": text, "status": Status.CANDIDATE_ERROR.value}
        return None

    def _takes(self, step: Step) -> bool:
        if not self.asks or step.kind is StepKind.TESTS:
            return False
        try:
            return parse_sql_cell(step.source).name is not None
        except (NotSqlCellError, UnsupportedSqlCellError):
            return False


def _target(step: Step) -> str:
    return parse_sql_cell(step.source).name or ""


def _frame(said: Message) -> Any:
    columns: list[list[str]] = said["columns"]
    return frame_of([(name, type_) for name, type_ in columns], said["rows"])
