"""Decides what counts as looked through in a test, and notes where there was nothing to look at.

``(f(x) == want).all()``, ``all(a == b for a, b in zip(f(x), want))`` and a loop of assertions hold
for an answer that is empty: nothing disagrees. A figure that is NaN is neither above a limit nor
below it. A test says the same to both, so what it looked through is counted, place by place.
"""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# Values of any type pass through here.

import datetime
import itertools
import operator
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from viva_grader.callee.proxy import is_data, is_made_from_others, is_theirs
from viva_grader.checks.prints import print_of

_VIEWS = (type({}.keys()), type({}.values()), type({}.items()))
_SIZED = frozenset({list, tuple, dict, set, frozenset, str, bytes, bytearray, range, *_VIEWS})
_FIGURES = frozenset({float, complex, np.float64, np.float32})
_MOST_PAIRS = 10_000
_TABLES = (pd.Series, pd.DataFrame, pd.Index)
_ORDERINGS = frozenset({"Lt", "LtE", "Gt", "GtE"})
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "Eq": operator.eq, "NotEq": operator.ne, "Lt": operator.lt, "LtE": operator.le,
    "Gt": operator.gt, "GtE": operator.ge, "In": lambda one, whole: one in whole,
}  # fmt: skip
_SINGLE = (int, float, complex, np.generic, datetime.date, datetime.time, datetime.timedelta)

Counts = dict[str, list[int]]
Pairs = dict[str, list[str]]
"""By place in the text, as ``cell:line:…``: how often there was something, how often nothing."""


class Watch:
    """Counts what a test looks through, and of whom it asks what.

    Attributes
    ----------
    counts : dict
        What was looked through: how often there was something, and how often nothing.
    asked_of : dict
        Methods: how often of plain data, and how often of an object of the submission's.
    pairs : dict of str to list of str
        The prints of both sides of a comparison, by its place and turn, once ``changed`` says that
        an argument of the test's was changed over there.
    strangers : set of str
        The places of those objects whose class is a library's or made from a plain type.
    """

    def __init__(self, changed: Callable[[], bool] = lambda: True) -> None:
        self.changed = changed
        self.clear()

    def clear(self) -> None:
        """Begin to count anew."""
        self.counts: Counts = {}
        self.asked_of: Counts = {}
        self.strangers: set[str] = set()
        self.pairs: Pairs = {}
        self._before: set[str] = set()

    def asked(self, place: str, value: Any) -> Any:
        """Note whether a method is asked of plain data or of an object of the submission's."""
        if type(value) in _SIZED or isinstance(value, (np.ndarray, *_TABLES, *_SINGLE)):
            self.asked_of.setdefault(place, [0, 0])[0] += 1
        elif is_theirs(value):
            self.asked_of.setdefault(place, [0, 0])[1] += 1
            if is_data(value) or is_made_from_others(type(value)):
                self.strangers.add(place)
        return value

    def seen(self, place: str, value: Any) -> Any:
        """Note whether a value holds anything, and give it back."""
        self._note(place, nothing=_is_nothing(value))
        return value

    def compared(self, place: str, how: str, left: Any, right: Any) -> Any:
        """Compare two values, and note whether one of them, or what comes of it, says nothing.

        What differs from nothing may well differ: there, only what comes of it counts.
        """
        found = COMPARISONS[how](left, right)
        nothing = (
            (how != "NotEq" and _is_nothing(left))
            or (how in _ORDERINGS and _is_nothing(right))
            or _is_nothing(found)
        )
        self._note(place, nothing=nothing)
        if how == "Eq" and self.changed():
            self._print(place, left, right)
        return found

    def paired(self, place: str, left: Any, right: Any) -> tuple[Any, Any]:
        """Note two values that a function of some library compares."""
        self._note(place, nothing=False)
        if self.changed():
            self._print(place, left, right)
        return left, right

    def difference(self, place: str, value: Any) -> Any:
        """As :meth:`seen`, for what is left of two: of sets that may well be nothing."""
        return value if type(value) in _SIZED else self.seen(place, value)

    def over(self, place: str, values: Any) -> Any:
        """Note whether there is anything to go through from here on, and give what goes on so."""
        if type(values) in _SIZED:
            self._note(place, nothing=not values)
            return values
        if isinstance(values, (np.ndarray, *_TABLES)):
            self._note(place, nothing=not values.size)
            return values
        rest = iter(values)
        for first in rest:
            self._note(place, nothing=False)
            return itertools.chain((first,), rest)
        self._note(place, nothing=True)
        return iter(())

    def later(self, place: str, values: Any) -> Any:
        """As :meth:`over`, but look only when the first one is asked for."""
        return _Later(iter(values), lambda nothing: self._note(place, nothing=nothing))

    def awaited(self, place: str, values: Any) -> Any:
        """As :meth:`later`, for what is waited for."""
        return _Awaited(aiter(values), lambda nothing: self._note(place, nothing=nothing))

    def before(self, place: str) -> None:
        """Come to a loop that a condition decides."""
        self._before.add(place)

    def goes_on(self, place: str, condition: Any) -> bool:
        """Note whether such a loop is entered at all, and say whether it goes on."""
        goes_on = bool(condition)
        if place in self._before:
            self._before.discard(place)
            self._note(place, nothing=not goes_on)
        return goes_on

    def sides(self, place: str, *values: Any) -> tuple[Any, ...]:
        """Note whether values that are gone through side by side are as long as each other."""
        self._note(place, nothing=len({len(each) for each in values if _has_length(each)}) > 1)
        return values

    def _print(self, place: str, left: Any, right: Any) -> None:
        one, other = print_of(left), print_of(right)
        if one and other and len(self.pairs) < _MOST_PAIRS:
            self.pairs[f"{place}:{sum(self.counts[place])}"] = [one, other]

    def _note(self, place: str, *, nothing: bool) -> None:
        count = self.counts.get(place)
        if count is None:
            count = self.counts[place] = [0, 0]
        count[nothing] += 1


class _Later:
    """An iterator that says, at its first step, whether there is one."""

    def __init__(self, values: Iterator[Any], say: Callable[[bool], None]) -> None:
        self._values = values
        self._say: Callable[[bool], None] | None = say

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        try:
            value = next(self._values)
        except StopIteration:
            self._tell(nothing=True)
            raise
        self._tell(nothing=False)
        return value

    def _tell(self, *, nothing: bool) -> None:
        say, self._say = self._say, None
        if say is not None:
            say(nothing)


class _Awaited:
    """As :class:`_Later`, for what is waited for."""

    def __init__(self, values: AsyncIterator[Any], say: Callable[[bool], None]) -> None:
        self._values = values
        self._say = say
        self._begun = False

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        begun, self._begun = self._begun, True
        try:
            value = await anext(self._values)
        except StopAsyncIteration:
            if not begun:
                self._say(True)
            raise
        if not begun:
            self._say(False)
        return value


def found_less(theirs: Counts, authors: Counts) -> str | None:
    """Give the first place at which one run found the second of two more often than the author's.

    Returns
    -------
    str or None
        ``cell:line:…``; None if wherever this one found nothing (or an object), the author's did
        not look or found the same.
    """
    return next(
        (
            place
            for place, (_, nothing) in theirs.items()
            if nothing and (own := authors.get(place)) and own[0] and nothing > own[1]
        ),
        None,
    )


def found_other(theirs: Pairs, authors: Pairs) -> str | None:
    """Give the first comparison of which both sides are other values than the author's were."""
    for turn, (left, right) in theirs.items():
        own = authors.get(turn)
        if own is not None and left not in own and right not in own:
            return turn.rpartition(":")[0]
    return None


def _is_nothing(value: Any) -> bool:
    """Whether a value is empty, masked or no figure: any comparison with it says too little."""
    kind = type(value)
    if kind is bool or kind is int:
        return False
    if kind in _SIZED:
        return not value
    if kind in _FIGURES:
        return bool(value != value)  # noqa: PLR0124 - so is NaN told, of any of these types
    if isinstance(value, (np.ndarray, *_TABLES)):
        return value.size == 0 or _lacks_some(value)
    return value is pd.NA or value is pd.NaT


def _lacks_some(value: Any) -> bool:
    """Whether something in an array or a table is masked, missing or no figure."""
    if isinstance(value, np.ma.MaskedArray):
        return bool(np.ma.is_masked(value))
    if isinstance(value, np.ndarray):
        array: Any = value
        return array.dtype.kind in "fc" and bool(np.isnan(array).any())
    return not isinstance(value, pd.MultiIndex) and bool(np.any(value.isna()))


def _has_length(value: Any) -> bool:
    return type(value) in _SIZED or isinstance(value, _TABLES) or np.ndim(value) > 0
