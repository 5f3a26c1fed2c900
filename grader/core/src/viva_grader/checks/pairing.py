"""Decides which rows of two results are pairs: equal in what must be, close in every number."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from viva_grader.checks.values import close, split
from viva_grader.databases.port import ResultSet

TextRow = tuple[str | None, ...]

# Beyond so many comparisons of two rows, those that are not paired yet stay so.
_COMPARISONS = 400_000


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is shown, and as it is compared.

    Attributes
    ----------
    key : tuple
        What must be equal.
    numbers : tuple of Decimal
        What must be close, and ``places``: the column of each.
    """

    text: TextRow
    key: tuple[Hashable, ...]
    numbers: tuple[Decimal, ...]
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far two numbers may be apart: either is enough; both ≥ 0."""

    absolute: Decimal
    relative: Decimal

    def reach(self, number: Decimal) -> Decimal:
        """Bound the distance of whatever can be close to a number."""
        return self.absolute + 2 * self.relative * abs(number)


def rows_of(result: ResultSet, tolerant: Mapping[int, Tolerance]) -> list[Row]:
    """Split each row into what must be equal and what must be close."""
    rows: list[Row] = []
    for row in result.rows:
        key: list[Hashable] = []
        numbers: list[Decimal] = []
        places: list[int] = []
        for place, (text, column) in enumerate(zip(row, result.columns, strict=True)):
            cell = split(text, column.type, tolerant=place in tolerant)
            key.append(cell.key)
            numbers += cell.numbers
            places += [place] * len(cell.numbers)
        rows.append(Row(row, tuple(key), tuple(numbers), tuple(places)))
    return rows


def same(left: Row, right: Row, tolerances: Mapping[int, Tolerance]) -> bool:
    """Whether two rows are equal where they must be, and close where that is enough."""
    return left.key == right.key and _near(left, right, tolerances)


def unmatched(
    expected: Sequence[Row], got: Sequence[Row], tolerances: Mapping[int, Tolerance]
) -> tuple[list[Row], list[Row]]:
    """Pair rows off as bags; what remains on either side is the difference."""
    groups: dict[tuple[Hashable, ...], tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
    for row in expected:
        groups[row.key][0].append(row)
    for row in got:
        groups[row.key][1].append(row)
    missing: list[Row] = []
    unexpected: list[Row] = []
    for want, have in groups.values():
        if want and have and want[0].numbers:
            left, right = _Pairs(want, have, tolerances).unmatched()
        else:  # equal rows on both sides: it is enough to count them
            left, right = want[len(have) :], have[len(want) :]
        missing += left
        unexpected += right
    return missing, unexpected


def _near(left: Row, right: Row, tolerances: Mapping[int, Tolerance]) -> bool:
    return all(
        close(one, other, tolerances[place].absolute, tolerances[place].relative)
        for one, other, place in zip(left.numbers, right.numbers, left.places, strict=True)
    )


class _Pairs:
    """The largest pairing of rows with one key, by augmenting paths (Kuhn 1955)."""

    def __init__(
        self, want: Sequence[Row], have: Sequence[Row], tolerances: Mapping[int, Tolerance]
    ) -> None:
        self._want = sorted(want, key=lambda row: row.numbers)
        self._have = sorted(have, key=lambda row: row.numbers)
        self._tolerances = tolerances
        self._first = [row.numbers[0] for row in self._have]
        self._of: dict[int, int] = {}
        """The place in ``want`` of what each row of ``have`` is paired with."""
        self._left = _COMPARISONS

    def unmatched(self) -> tuple[list[Row], list[Row]]:
        if len(self._want) == len(self._have) and all(
            _near(left, right, self._tolerances)
            for left, right in zip(self._want, self._have, strict=True)
        ):
            return [], []
        waiting = [index for index in range(len(self._want)) if not self._take_free(index)]
        lost = [index for index in waiting if not self._augment(index)]
        return (
            [self._want[index] for index in lost],
            [row for index, row in enumerate(self._have) if index not in self._of],
        )

    def _window(self, index: int) -> range:
        """Say which rows can be close: by their first number, in which they are sorted."""
        row = self._want[index]
        number = row.numbers[0]
        reach = self._tolerances[row.places[0]].reach(number) if number.is_finite() else Decimal(0)
        low = bisect_left(self._first, number - reach)
        return range(low, bisect_right(self._first, number + reach, low))

    def _fits(self, index: int, other: int) -> bool:
        self._left -= 1
        return _near(self._want[index], self._have[other], self._tolerances)

    def _take_free(self, index: int) -> bool:
        for other in self._window(index):
            if other not in self._of and self._left > 0 and self._fits(index, other):
                self._of[other] = index
                return True
        return False

    def _augment(self, start: int) -> bool:
        """Find a path that pairs one more, and turn it over; without recursion."""
        came_from: dict[int, int] = {}
        stack = [start]
        while stack:
            index = stack.pop()
            for other in self._window(index):
                if other in came_from or self._left <= 0 or not self._fits(index, other):
                    continue
                came_from[other] = index
                if other not in self._of:
                    self._turn(other, start, came_from)
                    return True
                stack.append(self._of[other])
        return False

    def _turn(self, other: int, start: int, came_from: dict[int, int]) -> None:
        partner = {index: place for place, index in self._of.items()}
        while True:
            index = came_from[other]
            self._of[other] = index
            if index == start:
                return
            other = partner[index]
