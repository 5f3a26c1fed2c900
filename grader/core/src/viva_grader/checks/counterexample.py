"""Decides how the difference of two results is shown: the nearest rows, and one plain sentence."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from viva_grader.checks.pairing import Row
from viva_grader.checks.values import number_of
from viva_grader.databases.port import Column

SHOWN_ROWS = 5
# Setting what is missing beside what is unexpected costs their product.
_PAIRED_ROWS = 200
_WORD = 40


@dataclass(frozen=True, slots=True)
class Compared:
    """Two results, and what is left of each when equal rows are paired off."""

    columns: Sequence[Column]
    expected: Sequence[Row]
    got: Sequence[Row]
    missing: Sequence[Row]
    unexpected: Sequence[Row]


def nearest(
    missing: Sequence[Row], unexpected: Sequence[Row]
) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Choose the rows to show: pairs that differ in the fewest cells first."""
    missing, unexpected = sorted(missing, key=_by_text), sorted(unexpected, key=_by_text)
    left, right = _beside(missing, unexpected, SHOWN_ROWS)
    left += [i for i in range(len(missing)) if i not in left][: SHOWN_ROWS - len(left)]
    right += [j for j in range(len(unexpected)) if j not in right][: SHOWN_ROWS - len(right)]
    return tuple(missing[i] for i in left), tuple(unexpected[j] for j in right)


def plainly(found: Compared) -> str:
    """Say for staff in one sentence what is wrong; it may hold values of hidden rows."""
    said = _copies(found) or _one_column(found) or _one_sided(found)
    if said:
        return said
    return (
        f"Expected {_rows(len(found.expected))}, got {len(found.got)}: "
        f"{len(found.missing)} missing and {len(found.unexpected)} unexpected."
    )


def _by_text(row: Row) -> tuple[tuple[bool, str], ...]:
    return tuple((cell is None, cell or "") for cell in row.text)


def _beside(
    missing: Sequence[Row], unexpected: Sequence[Row], most: int
) -> tuple[list[int], list[int]]:
    """Pair missing with unexpected rows, those first that differ in the fewest cells."""
    pairs = sorted(
        (sum(a != b for a, b in zip(want.text, have.text, strict=True)), i, j)
        for i, want in enumerate(missing[:_PAIRED_ROWS])
        for j, have in enumerate(unexpected[:_PAIRED_ROWS])
    )
    left: list[int] = []
    right: list[int] = []
    taken_left: set[int] = set()
    taken_right: set[int] = set()
    for _, i, j in pairs:
        if len(left) == most:
            break
        if i not in taken_left and j not in taken_right:
            taken_left.add(i)
            taken_right.add(j)
            left.append(i)
            right.append(j)
    return left, right


def _copies(found: Compared) -> str:
    """Rows that are right, but not as often as they should be."""
    wanted, had = Counter(map(_whole, found.expected)), Counter(map(_whole, found.got))
    if not found.missing and all(_whole(row) in wanted for row in found.unexpected):
        word, rows = "rows are duplicated", found.unexpected
    elif not found.unexpected and all(_whole(row) in had for row in found.missing):
        word, rows = "rows that stand several times are given once", found.missing
    else:
        return ""
    row = min(rows, key=_by_text)
    place = _telling(found, rows)
    if place is None:
        return f"Expected {_rows(len(found.expected))}, got {len(found.got)}: {word}."
    value = row.text[place]
    want = sum(each.text[place] == value for each in found.expected)
    have = sum(each.text[place] == value for each in found.got)
    where = f"{found.columns[place].name} {_word(value)}"
    return f"Expected {_rows(want)} for {where}, got {have}: {word}."


def _one_column(found: Compared) -> str:
    """Rows that are all there, each wrong in the same column."""
    count = len(found.missing)
    if count != len(found.unexpected) or count > _PAIRED_ROWS:
        return ""
    missing = sorted(found.missing, key=_by_text)
    unexpected = sorted(found.unexpected, key=_by_text)
    pairs = [
        (missing[i], unexpected[j])
        for i, j in zip(*_beside(missing, unexpected, count), strict=True)
    ]
    off = {
        tuple(n for n, (a, b) in enumerate(zip(want.text, have.text, strict=True)) if a != b)
        for want, have in pairs
    }
    if len(off) != 1 or len(places := off.pop()) != 1:
        return ""
    (place,) = places
    name, rows = found.columns[place].name, f"{_rows(count)} of {len(found.expected)}"
    distances = [_distance(pair, place, found.columns[place]) for pair in pairs]
    known = [distance for distance in distances if distance is not None]
    if known and len(known) == len(distances):
        each = "" if len(set(known)) == 1 else "up to "
        return f"Column {name} differs by {each}{max(known):.6g} in {rows}."
    want, have = pairs[0]
    values = f"expected {_word(want.text[place])}, got {_word(have.text[place])}"
    return f"Column {name} differs in {rows}: {values}."


def _one_sided(found: Compared) -> str:
    """Rows that are only missing, or only too many, and what they have in common."""
    if found.missing and found.unexpected:
        return ""
    rows, of = (found.missing, found.expected) if found.missing else (found.unexpected, found.got)
    words = "missing" if found.missing else "too many"
    said = f"Expected {_rows(len(found.expected))}, got {len(found.got)}: {len(rows)} {words}"
    common = _common(found.columns, rows, of)
    return f"{said}, {common}." if common else f"{said}."


def _common(columns: Sequence[Column], rows: Sequence[Row], of: Sequence[Row]) -> str:
    for place, column in enumerate(columns):
        values = {row.text[place] for row in rows}
        if len(values) == 1 and {row.text[place] for row in of} != values:
            return (
                f"{'all' if len(rows) > 1 else 'the one'} with {column.name} {_word(values.pop())}"
            )
    return ""


def _telling(found: Compared, rows: Sequence[Row]) -> int | None:
    """Choose the column that tells the rows apart best: fewest expected rows share its value."""
    if len(found.columns) < 2:  # noqa: PLR2004 - one column names itself
        return 0 if found.columns else None
    row = min(rows, key=_by_text)
    return min(
        range(len(found.columns)),
        key=lambda place: sum(each.text[place] == row.text[place] for each in found.expected),
    )


def _whole(row: Row) -> Hashable:
    return row.key, row.numbers


def _distance(pair: tuple[Row, Row], place: int, column: Column) -> Decimal | None:
    """How far the two numbers of a column are apart; None where one of them is no number."""
    want, have = (number_of(row.text[place], column.type) for row in pair)
    if want is None or have is None or not (want.is_finite() and have.is_finite()):
        return None
    return abs(want - have)


def _rows(count: int) -> str:
    return f"{count} row" if count == 1 else f"{count} rows"


def _word(text: str | None) -> str:
    if text is None:
        return "NULL"
    return repr(text if len(text) <= _WORD else text[: _WORD - 1] + "…")
