"""Which query cells are asked for their rows, and how their rows are read."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pandas as pd
import pytest
from viva_grader.checks.query_cells import MOST, QueryCells, RowsUnavailableError, rows_message
from viva_grader.checks.rows import UnreadableRowsError, frame_of
from viva_grader.databases.port import Answer, Column, ProblemKind, QueryProblem, ResultSet
from viva_grader.domain.errors import DatabaseUnavailableError
from viva_grader.library.notebook_rebuild import Step, StepKind

ONE = ResultSet((Column("n", "int4"),), (("1",),))
CELL = Step(StepKind.SOLUTION, "c", "%%sql r <<\nselect 1 as n")


def asking(answer: Answer, asked: list[str]) -> QueryCells:
    def rows(cell: str) -> Answer:
        asked.append(cell)
        return answer

    return QueryCells(lambda cell: rows_message(rows, cell), asks=True)


def test_cell_is_asked_once_and_given_anew_each_time() -> None:
    asked: list[str] = []
    cells = asking(ONE, asked)
    first: dict[str, pd.DataFrame] = {}
    second: dict[str, pd.DataFrame] = {}
    for namespace in (first, second):
        cells.prepare(0, CELL)
        cells.give(0, CELL, namespace)
    first["r"].loc[0, "n"] = 7
    assert asked == [CELL.source]
    assert second["r"]["n"].tolist() == [1]


@pytest.mark.parametrize(
    "source", ["%%sql\nselect 1", "%%sql --with a r <<\nselect 1", "r = %sql select 1", "r = 1"]
)
def test_other_cells_are_not_asked(source: str) -> None:
    asked: list[str] = []
    cells = asking(ONE, asked)
    cells.prepare(0, Step(StepKind.SOLUTION, "c", source))
    assert not asked


def test_nothing_is_asked_without_data_or_in_a_test() -> None:
    asked: list[str] = []
    asking(ONE, asked).prepare(0, Step(StepKind.TESTS, "t", CELL.source))
    without = QueryCells(lambda cell: rows_message(lambda _: ONE, cell), asks=False)
    without.prepare(0, CELL)
    assert without.unasked(CELL) == ["r"]
    assert asking(ONE, asked).unasked(CELL) == []
    assert not asked


@pytest.mark.parametrize(
    ("answer", "times"),
    [(ONE, MOST), (QueryProblem(ProblemKind.TIMEOUT, "slow"), 1)],
)
def test_queries_do_not_add_up_without_end(answer: Answer, times: int) -> None:
    asked: list[str] = []
    cells = asking(answer, asked)
    for index in range(MOST + 5):
        cells.prepare(index, CELL)
    assert len(asked) == times


def test_fault_of_ours_is_no_verdict() -> None:
    def gone(cell: str) -> Answer:
        raise DatabaseUnavailableError(cell)

    with pytest.raises(RowsUnavailableError):
        QueryCells(lambda cell: rows_message(gone, cell), asks=True).prepare(0, CELL)
    with pytest.raises(RowsUnavailableError):
        asking(QueryProblem(ProblemKind.UNDECIDED, "busy"), []).prepare(0, CELL)


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("numeric", "1.50", Decimal("1.50")),
        ("date", "2025-02-28", date(2025, 2, 28)),
        ("bool", "f", False),
        ("interval", "1 year -2 mons +3 days -04:05:06.5",
         timedelta(days=365 - 60 + 3) - timedelta(hours=4, minutes=5, seconds=6.5)),
        ("timestamptz", "2025-03-30 01:30:00.25+00",
         datetime(2025, 3, 30, 1, 30, 0, 250_000, UTC)),
        ("_text", '{a,NULL,"b,c"}', ["a", None, "b,c"]),
        ("_int4", "[0:1]={1,2}", [1, 2]),
        ("bytea", "\\x00ff", b"\x00\xff"),
        ("inet", "10.0.0.1", "10.0.0.1"),
    ],
)  # fmt: skip
def test_values_are_those_that_a_driver_gives(type_: str, text: str, value: object) -> None:
    frame = frame_of([("v", type_)], [(text,), (text,)])
    assert frame["v"].tolist() == [value, value]


@pytest.mark.parametrize(
    ("type_", "text"), [("date", "infinity"), ("timestamp", "0044-03-15 00:00:00 BC")]
)
def test_value_that_python_lacks_is_said(type_: str, text: str) -> None:
    with pytest.raises(UnreadableRowsError, match=type_):
        frame_of([("v", type_)], [(text,)])


def test_empty_result_keeps_its_columns() -> None:
    frame = frame_of([("a", "int4"), ("b", "text")], [])
    assert list(frame.columns) == ["a", "b"]
    assert frame.empty
