"""The plain sentence that staff read about a wrong result."""

from collections.abc import Sequence

import pytest
from viva_grader.checks.compare import compare
from viva_grader.databases.port import Column, ResultSet
from viva_grader.domain.question import QueryRule

Rows = Sequence[Sequence[str | None]]
ORDERS = [("17", "a", "1.00"), ("17", "b", "2.00"), ("18", "c", None)]


def said(expected: Rows, got: Rows, **rule: object) -> str:
    columns = (Column("customer", "int4"), Column("name", "text"), Column("total", "numeric"))
    difference = compare(
        ResultSet(columns, tuple(map(tuple, expected))),
        ResultSet(columns, tuple(map(tuple, got))),
        QueryRule(solution="q", **rule),
    )
    assert difference is not None
    return difference.plainly


@pytest.mark.parametrize(
    ("got", "sentence"),
    [
        (
            [*ORDERS, ORDERS[2]],
            "Expected 1 row for customer '18', got 2: rows are duplicated.",
        ),
        (ORDERS[:2], "Expected 3 rows, got 2: 1 missing, the one with customer '18'."),
        (ORDERS[2:], "Expected 3 rows, got 1: 2 missing, all with customer '17'."),
        ([*ORDERS, ("9", "d", None)], "Expected 3 rows, got 4: 1 too many, the one with"
         " customer '9'."),
        (
            [("17", "a", "1.01"), ("17", "b", "2.01"), ORDERS[2]],
            "Column total differs by 0.01 in 2 rows of 3.",
        ),
        (
            [("17", "a", "1.01"), ("17", "b", "2.5"), ORDERS[2]],
            "Column total differs by up to 0.50 in 2 rows of 3.",
        ),
        (
            [*ORDERS[:2], ("18", "c", "0")],
            "Column total differs in 1 row of 3: expected NULL, got '0'.",
        ),
        (
            [("1", "x", "1"), ("2", "y", "3")],
            "Expected 3 rows, got 2: 3 missing and 2 unexpected.",
        ),
    ],
)  # fmt: skip
def test_sentence_names_what_is_wrong(got: Rows, sentence: str) -> None:
    assert said(ORDERS, got) == sentence


def test_sentence_names_rows_that_were_merged() -> None:
    twice = [*ORDERS, ORDERS[0]]
    assert said(twice, ORDERS) == (
        "Expected 2 rows for name 'a', got 1: rows that stand several times are given once."
    )


def test_sentence_names_the_row_where_the_order_breaks() -> None:
    turned = [ORDERS[1], ORDERS[2], ORDERS[0]]
    assert said(ORDERS, turned, order_by=("customer",)) == (
        "The rows are right, the order by customer breaks at row 2."
    )


def test_long_values_are_cut() -> None:
    sentence = said([("1", "x" * 500, None)], [("1", "y", None)])
    assert "x" * 39 + "…" in sentence
    assert len(sentence) < 150
