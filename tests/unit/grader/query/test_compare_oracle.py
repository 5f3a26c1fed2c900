"""The comparison beside a slow one that tries every pairing of rows, cell by cell."""

import itertools
import json
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from viva_grader.checks.compare import compare
from viva_grader.databases.port import Column, ResultSet
from viva_grader.domain.question import QueryRule

Cell = str | None
TEXTS = {
    "int4": st.sampled_from(["0", "1", "2", "9"]),
    "numeric": st.sampled_from(["0", "1.0", "1.4", "1.8", "2.2", "9.00", "-0.0", "NaN"]),
    "float8": st.sampled_from(["0", "-0", "1", "1.0000000001", "1.4", "NaN", "Infinity"]),
    "bool": st.sampled_from(["t", "f"]),
    "text": st.sampled_from(["", "1", "t", "NULL", "9.0"]),
    "date": st.sampled_from(["2025-03-30", "2025-03-31"]),
    "timestamp": st.sampled_from(["2025-03-30 00:00:00", "2025-03-30 01:00:00"]),
    "timestamptz": st.sampled_from(["2025-03-30 00:00:00+00", "2025-03-30 01:00:00+00"]),
    "_int4": st.sampled_from(["{1,2}", "{2,1}", "{1,NULL}", "{}"]),
    "_numeric": st.sampled_from(["{1.0,2}", "{2,1}", "{1.4,2}", "{}"]),
    "jsonb": st.sampled_from(['{"a": 1}', '{"a": 1.0}', '{"a": "1.0"}', "null", "[1, true]"]),
}
NUMBERS = {"int4", "numeric", "float8"}
KINDS = [NUMBERS, {"bool"}, {"text"}, {"date", "timestamp"}, {"timestamptz"}, {"jsonb"},
         {"_int4", "_numeric"}]  # fmt: skip


@st.composite
def results(draw: st.DrawFn) -> tuple[ResultSet, ResultSet, QueryRule]:
    names = [f"c{n}" for n in range(draw(st.integers(1, 3)))]
    want = [draw(st.sampled_from(sorted(TEXTS))) for _ in names]
    have = [
        draw(st.sampled_from(sorted(next(kind for kind in KINDS if of in kind)))) for of in want
    ]
    rule = QueryRule(
        solution="q",
        order_by=tuple(draw(st.lists(st.sampled_from(names), max_size=2, unique=True))),
        tolerance={name: 0.4 for name in names if draw(st.booleans())},
    )

    def rows(types: list[str]) -> tuple[tuple[Cell, ...], ...]:
        cells = [st.none() | TEXTS[each] for each in types]
        return tuple(draw(st.lists(st.tuples(*cells), max_size=4)))

    expected = rows(want)
    got = tuple(draw(st.permutations(expected))) if draw(st.booleans()) else rows(have)
    types = want if got and got[0] in expected and sorted(map(str, got)) == sorted(
        map(str, expected)
    ) else have  # fmt: skip
    return (
        ResultSet(tuple(map(Column, names, want)), expected),
        ResultSet(tuple(map(Column, names, types)), got),
        rule,
    )


def same_number(left: str, right: str, absolute: Decimal, floating: bool) -> bool:
    if "NaN" in (left, right):
        return left == right
    a, b = Decimal(left), Decimal(right)
    if a == b:
        return True
    if not (a.is_finite() and b.is_finite()):
        return False
    far = abs(a - b)
    return far <= absolute or (floating and far <= Decimal("1e-9") * max(abs(a), abs(b)))


def same_json(left: object, right: object) -> bool:
    if isinstance(left, bool) or isinstance(right, bool) or left is None or right is None:
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same_json(left[k], right[k]) for k in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same_json, left, right))
    return left == right


def same_cell(left: Cell, right: Cell, types: tuple[str, str], absolute: Decimal) -> bool:
    if left is None or right is None:
        return left is right
    first = types[0]
    if first in NUMBERS:
        return same_number(left, right, absolute, "float8" in types)
    if first.startswith("_"):
        a, b = (text.strip("{}").split(",") if text != "{}" else [] for text in (left, right))
        return len(a) == len(b) and all(
            same_cell(*(None if word == "NULL" else word for word in pair), ("numeric",) * 2,
                      absolute)
            for pair in zip(a, b, strict=True)
        )  # fmt: skip
    if first in {"date", "timestamp"}:
        return left[:10] == right[:10] and (left[11:] or "00:00:00") == (right[11:] or "00:00:00")
    if first == "jsonb":
        return same_json(json.loads(left), json.loads(right))
    return left == right


def slowly(expected: ResultSet, got: ResultSet, rule: QueryRule) -> bool:
    """Whether some pairing of all rows agrees in every cell, and in order where that is asked."""
    types = [(a.type, b.type) for a, b in zip(expected.columns, got.columns, strict=True)]
    names = [column.name for column in expected.columns]

    def same_row(left: tuple[Cell, ...], right: tuple[Cell, ...], of: set[str]) -> bool:
        return all(
            same_cell(a, b, types[n], Decimal(str(rule.tolerance.get(names[n], 0))))
            for n, (a, b) in enumerate(zip(left, right, strict=True))
            if names[n] in of
        )

    if len(expected.rows) != len(got.rows):
        return False
    paired = any(
        all(same_row(a, b, set(names)) for a, b in zip(expected.rows, turned, strict=True))
        for turned in itertools.permutations(got.rows)
    )
    ordered = all(
        same_row(a, b, set(rule.order_by)) for a, b in zip(expected.rows, got.rows, strict=True)
    )
    return paired and ordered


@settings(max_examples=200, deadline=None)
@given(results())
def test_comparison_agrees_with_trying_every_pairing(
    drawn: tuple[ResultSet, ResultSet, QueryRule],
) -> None:
    expected, got, rule = drawn
    assert (compare(expected, got, rule) is None) == slowly(expected, got, rule)


@settings(max_examples=150, deadline=None)
@given(results())
def test_what_is_missing_and_unexpected_is_as_little_as_can_be(
    drawn: tuple[ResultSet, ResultSet, QueryRule],
) -> None:
    expected, got, rule = drawn
    unordered = QueryRule(solution="q", tolerance=rule.tolerance)
    difference = compare(expected, got, unordered)
    if difference is None:
        return
    few, many = sorted([expected.rows, got.rows], key=len)
    fits = {
        (a, b): slowly(ResultSet(expected.columns, (a,)), ResultSet(got.columns, (b,)), unordered)
        for a in expected.rows
        for b in got.rows
    }
    most = max(
        sum(
            fits[(a, b) if few is expected.rows else (b, a)]
            for a, b in zip(few, turned, strict=False)
        )
        for turned in itertools.permutations(many)
    )
    assert difference.missing_count == len(expected.rows) - most
    assert difference.unexpected_count == len(got.rows) - most
