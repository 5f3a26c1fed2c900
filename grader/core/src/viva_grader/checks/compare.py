"""Decides when two result sets are the same answer, and which few rows show that they are not."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from viva_grader.checks.counterexample import SHOWN_ROWS, Compared, nearest, plainly
from viva_grader.checks.pairing import TextRow, Tolerance, rows_of, same, unmatched
from viva_grader.checks.values import (
    FLOAT_RELATIVE_TOLERANCE,
    FLOATING,
    QUOTIENT_RELATIVE_TOLERANCE,
    Family,
    described,
    element,
    family,
    is_quotient,
    same_kind,
)
from viva_grader.databases.port import Column, ResultSet
from viva_grader.domain.question import QueryRule

__all__ = ["SHOWN_ROWS", "Difference", "TextRow", "compare", "unknown_columns"]


@dataclass(frozen=True, slots=True)
class Difference:
    """Why a result set is not the expected one.

    Attributes
    ----------
    message : str
        One line without any value of a hidden row.
    plainly : str
        One sentence for staff, which may hold values.
    missing, unexpected : tuple of rows
        At most five each, in the reference's columns; where two nearly agree they stand at the same
        place in both.
    missing_count, unexpected_count : int
        How many there are in all.
    """

    message: str
    plainly: str = ""
    missing: tuple[TextRow, ...] = ()
    unexpected: tuple[TextRow, ...] = ()
    missing_count: int = 0
    unexpected_count: int = 0


def compare(expected: ResultSet, got: ResultSet, rule: QueryRule) -> Difference | None:
    """Compare two result sets as bags of rows, and in order where the rule asks for it.

    Returns
    -------
    Difference or None
        None if they are the same answer.
    """
    places = _places(expected.columns, got.columns, rule)
    if isinstance(places, str):
        return Difference(places, places)
    got = _project(got, places)
    if _alike(expected, got, ordered=bool(rule.order_by)):
        return None
    wrong_type = _wrong_type(expected, got)
    if wrong_type:
        return Difference(wrong_type, wrong_type)
    tolerances = _tolerances(expected, got, rule)
    want, have = rows_of(expected, tolerances), rows_of(got, tolerances)
    missing, unexpected = unmatched(want, have, tolerances)
    if missing or unexpected:
        return _difference(Compared(expected.columns, want, have, missing, unexpected))
    place = _disorder(expected, got, rule, tolerances) if rule.order_by else None
    if place is not None:
        message = "the rows are right, but not in the order that the task asks for"
        by = ", ".join(rule.order_by)
        return Difference(message, f"The rows are right, the order by {by} breaks at row {place}.")
    return None


def unknown_columns(expected: ResultSet, rule: QueryRule) -> tuple[str, ...]:
    """Name the columns of which a rule speaks and the author's own result has none."""
    names = {column.name.casefold() for column in expected.columns}
    spoken = (*rule.order_by, *rule.tolerance)
    return tuple(name for name in spoken if name.casefold() not in names)


def _alike(expected: ResultSet, got: ResultSet, *, ordered: bool) -> bool:
    """Whether two results are the same to the letter: nothing more is to be read of them."""
    if [column.type for column in expected.columns] != [column.type for column in got.columns]:
        return False
    return expected.rows == got.rows or (
        not ordered and Counter(expected.rows) == Counter(got.rows)
    )


def _places(expected: Sequence[Column], got: Sequence[Column], rule: QueryRule) -> list[int] | str:
    """Say which column of ``got`` answers each expected column, or why there is none."""
    if len(expected) != len(got):
        return f"the result has {len(got)} columns, the task asks for {len(expected)}"
    if rule.column_order:
        return list(range(len(expected)))
    names = [column.name.casefold() for column in got]
    wanted = [column.name.casefold() for column in expected]
    if sorted(names) != sorted(wanted):
        absent = [column.name for column in expected if column.name.casefold() not in names]
        return "no column is named " + " or ".join(absent or ["as the task asks"])
    # of several columns with one name the first answers the first
    places = {name: [i for i, each in enumerate(names) if each == name] for name in names}
    return [places[name].pop(0) for name in wanted]


def _wrong_type(expected: ResultSet, got: ResultSet) -> str | None:
    for place, (want, have) in enumerate(zip(expected.columns, got.columns, strict=True)):
        if not same_kind(want.type, have.type) and any(row[place] is not None for row in got.rows):
            return (
                f"column {want.name} holds {described(have.type)}, "
                f"the task asks for {described(want.type)}"
            )
    return None


def _tolerances(expected: ResultSet, got: ResultSet, rule: QueryRule) -> dict[int, Tolerance]:
    asked = {name.casefold(): Decimal(str(value)) for name, value in rule.tolerance.items()}
    found: dict[int, Tolerance] = {}
    for place, (want, have) in enumerate(zip(expected.columns, got.columns, strict=True)):
        if family(want.type) is not Family.NUMBER:
            continue
        absolute = asked.get(want.name.casefold(), Decimal(0))
        relative = Decimal(0)
        if {element(want.type), element(have.type)} & FLOATING:
            relative = FLOAT_RELATIVE_TOLERANCE
        elif any(is_quotient(row[place]) for row in (*expected.rows, *got.rows)):
            relative = QUOTIENT_RELATIVE_TOLERANCE
        if absolute or relative:
            found[place] = Tolerance(absolute, relative)
    return found


def _disorder(
    expected: ResultSet, got: ResultSet, rule: QueryRule, tolerances: Mapping[int, Tolerance]
) -> int | None:
    """Find the first row, from 1, with other values in the ordering columns; ties are free."""
    wanted = {name.casefold() for name in rule.order_by}
    places = [i for i, column in enumerate(expected.columns) if column.name.casefold() in wanted]
    tolerant = {i: tolerances[place] for i, place in enumerate(places) if place in tolerances}
    pairs = zip(
        rows_of(_project(expected, places), tolerant),
        rows_of(_project(got, places), tolerant),
        strict=True,
    )
    return next((n for n, (a, b) in enumerate(pairs, 1) if not same(a, b, tolerant)), None)


def _project(result: ResultSet, places: Sequence[int]) -> ResultSet:
    return ResultSet(
        tuple(result.columns[place] for place in places),
        tuple(tuple(row[place] for place in places) for row in result.rows),
    )


def _difference(found: Compared) -> Difference:
    if found.missing and found.unexpected:
        message = "some rows differ from what the task asks for"
    elif found.missing:
        message = "rows are missing"
    else:
        message = "there are rows too many"
    left, right = nearest(found.missing, found.unexpected)
    return Difference(
        message,
        plainly(found),
        tuple(row.text for row in left),
        tuple(row.text for row in right),
        len(found.missing),
        len(found.unexpected),
    )
