"""Decides when two result sets are the same answer, and which few rows show that they are not."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from viva_grader.checks.values import (
    FLOAT_RELATIVE_TOLERANCE,
    FLOATING,
    Family,
    close,
    comparable,
    family,
    number_of,
)
from viva_grader.databases.port import Column, ResultSet
from viva_grader.domain.question import QueryRule

SHOWN_ROWS = 5
# Pairing what is missing with what is unexpected costs their product.
_PAIRED_ROWS = 200

# Stands in a row's key for a number that need not be equal; no value's own form is a plain word.
_CLOSE = "close"

TextRow = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Why a result set is not the expected one.

    Attributes
    ----------
    message : str
        One line without any value of a hidden row.
    missing, unexpected : tuple of rows
        At most five each, in the reference's columns; where two nearly agree they stand at the same
        place in both.
    missing_count, unexpected_count : int
        How many there are in all.
    """

    message: str
    missing: tuple[TextRow, ...] = ()
    unexpected: tuple[TextRow, ...] = ()
    missing_count: int = 0
    unexpected_count: int = 0


@dataclass(frozen=True, slots=True)
class _Row:
    text: TextRow
    key: tuple[Hashable, ...]
    numbers: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class _Tolerance:
    absolute: Decimal
    relative: Decimal


def compare(expected: ResultSet, got: ResultSet, rule: QueryRule) -> Difference | None:
    """Compare two result sets as bags of rows, and in order where the rule asks for it.

    Returns
    -------
    Difference or None
        None if they are the same answer.
    """
    places = _places(expected.columns, got.columns, rule)
    if isinstance(places, Difference):
        return places
    got = _project(got, places)
    wrong_type = _wrong_type(expected, got)
    if wrong_type:
        return Difference(wrong_type)
    tolerances = _tolerances(expected.columns, got.columns, rule)
    missing, unexpected = _unmatched(
        _rows(expected, tolerances), _rows(got, tolerances), tolerances
    )
    if missing or unexpected:
        return _difference(missing, unexpected)
    if rule.order_by and not _same_order(expected, got, rule, tolerances):
        return Difference("the rows are right, but not in the order that the task asks for")
    return None


def _places(
    expected: Sequence[Column], got: Sequence[Column], rule: QueryRule
) -> list[int] | Difference:
    """Say which column of ``got`` answers each expected column."""
    if len(expected) != len(got):
        return Difference(f"the result has {len(got)} columns, the task asks for {len(expected)}")
    if rule.column_order:
        return list(range(len(expected)))
    names = [column.name.casefold() for column in got]
    wanted = [column.name.casefold() for column in expected]
    if sorted(names) != sorted(wanted):
        absent = [column.name for column in expected if column.name.casefold() not in names]
        return Difference("no column is named " + " or ".join(absent or ["as the task asks"]))
    return [names.index(name) for name in wanted]


def _wrong_type(expected: ResultSet, got: ResultSet) -> str | None:
    for place, (want, have) in enumerate(zip(expected.columns, got.columns, strict=True)):
        if family(want.type) is family(have.type) is not Family.OTHER:
            continue
        if want.type != have.type and any(row[place] is not None for row in got.rows):
            return (
                f"column {want.name} holds {family(have.type)} ({have.type}), "
                f"the task asks for {family(want.type)} ({want.type})"
            )
    return None


def _tolerances(
    expected: Sequence[Column], got: Sequence[Column], rule: QueryRule
) -> dict[int, _Tolerance]:
    found: dict[int, _Tolerance] = {}
    for place, (want, have) in enumerate(zip(expected, got, strict=True)):
        absolute = Decimal(str(rule.tolerance.get(want.name, 0)))
        floating = bool({want.type, have.type} & FLOATING)
        if family(want.type) is Family.NUMBER and (absolute or floating):
            relative = FLOAT_RELATIVE_TOLERANCE if floating else Decimal(0)
            found[place] = _Tolerance(absolute, relative)
    return found


def _rows(result: ResultSet, tolerant: Mapping[int, _Tolerance]) -> list[_Row]:
    """Split each row into what must be equal and what must be close."""
    rows: list[_Row] = []
    for row in result.rows:
        key: list[Hashable] = []
        numbers: list[Decimal] = []
        for place, (cell, column) in enumerate(zip(row, result.columns, strict=True)):
            number = number_of(cell, column.type) if place in tolerant else None
            if number is not None:
                numbers.append(number)
                key.append(_CLOSE)
            else:
                key.append(comparable(cell, column.type))
        rows.append(_Row(row, tuple(key), tuple(numbers)))
    return rows


def _unmatched(
    expected: Sequence[_Row], got: Sequence[_Row], tolerances: Mapping[int, _Tolerance]
) -> tuple[list[_Row], list[_Row]]:
    """Pair equal rows off; what remains on either side is the difference."""
    groups: dict[tuple[Hashable, ...], tuple[list[_Row], list[_Row]]] = defaultdict(
        lambda: ([], [])
    )
    for row in expected:
        groups[row.key][0].append(row)
    for row in got:
        groups[row.key][1].append(row)
    missing: list[_Row] = []
    unexpected: list[_Row] = []
    for key, (want, have) in groups.items():
        near = _near(key, tolerances)
        if near and want and have:
            left, right = _pair_close(want, have, near)
        else:  # equal rows on both sides: it is enough to count them
            left, right = want[len(have) :], have[len(want) :]
        missing += left
        unexpected += right
    return missing, unexpected


def _near(
    key: tuple[Hashable, ...], tolerances: Mapping[int, _Tolerance]
) -> tuple[_Tolerance, ...]:
    """Name the tolerances of the rows with this key: a NULL has none."""
    return tuple(tolerances[place] for place, value in enumerate(key) if value == _CLOSE)


def _pair_close(
    want: list[_Row], have: list[_Row], tolerances: Sequence[_Tolerance]
) -> tuple[list[_Row], list[_Row]]:
    """Pair rows whose numbers are close: the largest pairing, by augmenting paths (Kuhn 1955)."""
    want = sorted(want, key=lambda row: row.numbers)
    have = sorted(have, key=lambda row: row.numbers)
    if len(want) == len(have) and all(
        _close(left, right, tolerances) for left, right in zip(want, have, strict=True)
    ):
        return [], []
    if max(len(want), len(have)) > _PAIRED_ROWS:
        return _pair_sorted(want, have, tolerances)
    taken: dict[int, int] = {}

    def place(index: int, seen: set[int]) -> bool:
        for other, row in enumerate(have):
            if other not in seen and _close(want[index], row, tolerances):
                seen.add(other)
                if other not in taken or place(taken[other], seen):
                    taken[other] = index
                    return True
        return False

    placed = {index for index in range(len(want)) if place(index, set())}
    return (
        [row for index, row in enumerate(want) if index not in placed],
        [row for index, row in enumerate(have) if index not in taken],
    )


def _pair_sorted(
    want: list[_Row], have: list[_Row], tolerances: Sequence[_Tolerance]
) -> tuple[list[_Row], list[_Row]]:
    """Pair by one walk over both sorted lists: exact where one column is tolerant."""
    missing: list[_Row] = []
    unexpected: list[_Row] = []
    left = right = 0
    while left < len(want) and right < len(have):
        if _close(want[left], have[right], tolerances):
            left, right = left + 1, right + 1
        elif want[left].numbers < have[right].numbers:
            missing.append(want[left])
            left += 1
        else:
            unexpected.append(have[right])
            right += 1
    return missing + want[left:], unexpected + have[right:]


def _close(left: _Row, right: _Row, tolerances: Sequence[_Tolerance]) -> bool:
    return all(
        close(one, other, tolerance.absolute, tolerance.relative)
        for one, other, tolerance in zip(left.numbers, right.numbers, tolerances, strict=True)
    )


def _same_order(
    expected: ResultSet, got: ResultSet, rule: QueryRule, tolerances: Mapping[int, _Tolerance]
) -> bool:
    """Whether each place holds the same values in the ordering columns; ties stand as they like."""
    wanted = {name.casefold() for name in rule.order_by}
    places = [i for i, column in enumerate(expected.columns) if column.name.casefold() in wanted]

    tolerant = {i: tolerances[place] for i, place in enumerate(places) if place in tolerances}
    return all(
        left.key == right.key and _close(left, right, _near(left.key, tolerant))
        for left, right in zip(
            _rows(_project(expected, places), tolerant),
            _rows(_project(got, places), tolerant),
            strict=True,
        )
    )


def _project(result: ResultSet, places: Sequence[int]) -> ResultSet:
    return ResultSet(
        tuple(result.columns[place] for place in places),
        tuple(tuple(row[place] for place in places) for row in result.rows),
    )


def _difference(missing: list[_Row], unexpected: list[_Row]) -> Difference:
    if missing and unexpected:
        message = "some rows differ from what the task asks for"
    elif missing:
        message = "rows are missing"
    else:
        message = "there are rows too many"
    shown = _nearest(sorted(missing, key=_by_text), sorted(unexpected, key=_by_text))
    return Difference(message, *shown, len(missing), len(unexpected))


def _by_text(row: _Row) -> tuple[tuple[bool, str], ...]:
    return tuple((cell is None, cell or "") for cell in row.text)


def _nearest(
    missing: list[_Row], unexpected: list[_Row]
) -> tuple[tuple[TextRow, ...], tuple[TextRow, ...]]:
    """Choose the rows to show: pairs that differ in the fewest cells first."""
    pairs = sorted(
        (sum(a != b for a, b in zip(want.text, have.text, strict=True)), i, j)
        for i, want in enumerate(missing[:_PAIRED_ROWS])
        for j, have in enumerate(unexpected[:_PAIRED_ROWS])
    )
    left: list[int] = []
    right: list[int] = []
    for _, i, j in pairs:
        if len(left) == SHOWN_ROWS:
            break
        if i not in left and j not in right:
            left.append(i)
            right.append(j)
    left += [i for i in range(len(missing)) if i not in left][: SHOWN_ROWS - len(left)]
    right += [j for j in range(len(unexpected)) if j not in right][: SHOWN_ROWS - len(right)]
    return (
        tuple(missing[i].text for i in left),
        tuple(unexpected[j].text for j in right),
    )
