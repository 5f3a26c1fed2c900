"""Decides what counts as looked through in a test, and notes where there was nothing to look at.

``(f(x) == want).all()``, ``all(a == b for a, b in zip(f(x), want))`` and a loop of assertions hold
for an answer that is empty: nothing disagrees. A figure that is NaN is neither above a limit nor
below it. A test says the same to both, so what it looked through is counted, place by place.
"""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# Values of any type pass through here.

import ast
import datetime
import itertools
import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from viva_grader.callee.proxy import is_data, is_made_from_others, is_theirs

NAME = "__viva_watch__"
"""By which a watched cell finds who watches it; ends in ``__`` so that no class changes it."""
_VIEWS = (type({}.keys()), type({}.values()), type({}.items()))
_SIZED = frozenset({list, tuple, dict, set, frozenset, str, bytes, bytearray, range, *_VIEWS})
_FIGURES = frozenset({float, complex, np.float64, np.float32})
_TABLES = (pd.Series, pd.DataFrame, pd.Index)
_ORDERINGS = frozenset({"Lt", "LtE", "Gt", "GtE"})
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "Eq": operator.eq, "NotEq": operator.ne, "Lt": operator.lt, "LtE": operator.le,
    "Gt": operator.gt, "GtE": operator.ge, "In": lambda one, whole: one in whole,
}  # fmt: skip
_THROUGH = frozenset({"all", "any", "sum", "issubset"})
"""Functions and methods that go through a whole, and find no fault with an empty one."""
_SINGLE = (int, float, complex, np.generic, datetime.date, datetime.time, datetime.timedelta)
_BEGINNINGS = frozenset({"startswith", "endswith", "issuperset"})
_ONE_BY_ONE = frozenset({"filter", "map"})

Counts = dict[str, list[int]]
"""By place in the text, as ``cell:line:…``: how often there was something, how often nothing."""


class Watch:
    """Counts what a test looks through, and of whom it asks what.

    Attributes
    ----------
    counts : dict
        What was looked through: how often there was something, and how often nothing.
    asked_of : dict
        Methods: how often of plain data, and how often of an object of the submission's.
    strangers : set of str
        The places of those objects whose class is a library's or made from a plain type.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin to count anew."""
        self.counts: Counts = {}
        self.asked_of: Counts = {}
        self.strangers: set[str] = set()

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
        found = _COMPARISONS[how](left, right)
        nothing = (
            (how != "NotEq" and _is_nothing(left))
            or (how in _ORDERINGS and _is_nothing(right))
            or _is_nothing(found)
        )
        self._note(place, nothing=nothing)
        return found

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

    def sides(self, place: str, *values: Any) -> tuple[Any, ...]:
        """Note whether values that are gone through side by side are as long as each other."""
        self._note(place, nothing=len({len(each) for each in values if _has_length(each)}) > 1)
        return values

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


def watched(tree: ast.Module, cell: str) -> ast.Module:
    """Let a cell's code tell ``NAME``, where it runs, what it looks through."""
    return ast.fix_missing_locations(_Watched(cell).visit(tree))


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


class _Watched(ast.NodeTransformer):
    """Puts the calls in; each has the place of what it looks at."""

    def __init__(self, cell: str) -> None:
        self._cell = cell
        self._number = 0

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        how = type(node.ops[0]).__name__
        if len(node.ops) != 1 or how not in _COMPARISONS:
            return node
        operands = [node.left, *node.comparators]
        return self._call("compared", [ast.Constant(how), *operands], node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        return self._told("difference", node) if isinstance(node.op, ast.Sub) else node

    def visit_match_case(self, node: ast.match_case) -> ast.match_case:
        node.guard = None if node.guard is None else self.visit(node.guard)
        node.body = [self.visit(each) for each in node.body]  # a pattern is no expression
        return node

    def visit_For(self, node: ast.For) -> ast.For:
        self.generic_visit(node)
        node.iter = self._told("over", node.iter)
        return node

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.expr:
        self._comprehension(node, "later")
        return node

    def visit_ListComp(self, node: ast.ListComp) -> ast.expr:
        self._comprehension(node, "over")
        return node

    def visit_SetComp(self, node: ast.SetComp) -> ast.expr:
        self._comprehension(node, "over")
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr in _THROUGH:
            function.value = self._told("seen", self._told("asked", function.value))
            self._argument(node, 0, "seen")
        elif isinstance(function, ast.Attribute):
            function.value = self._told("asked", function.value)
            if function.attr in _BEGINNINGS:
                self._argument(node, 0, "seen")
        elif isinstance(function, ast.Name) and function.id in _THROUGH:
            self._argument(node, 0, "over")
        elif isinstance(function, ast.Name) and function.id in _ONE_BY_ONE:
            self._argument(node, 1, "later")
        elif isinstance(function, ast.Name) and function.id == "zip" and len(node.args) > 1:
            node.args = [ast.Starred(self._call("sides", node.args, node), ast.Load())]
        return node

    def _argument(self, node: ast.Call, number: int, how: str) -> None:
        given = node.args[number:][:1]
        if given and not isinstance(given[0], ast.Starred | ast.GeneratorExp):
            node.args[number] = self._told(how, given[0])

    def _comprehension(
        self, node: ast.GeneratorExp | ast.ListComp | ast.SetComp, first: str
    ) -> None:
        self.generic_visit(node)
        for number, each in enumerate(node.generators):
            if not each.is_async:
                each.iter = self._told("over" if number else first, each.iter)

    def _told(self, how: str, node: ast.expr) -> ast.expr:
        if isinstance(node, ast.Constant):
            return node
        return self._call(how, [node], node)

    def _call(self, how: str, values: list[ast.expr], at: ast.expr) -> ast.expr:
        self._number += 1
        place = ast.Constant(f"{self._cell}:{at.lineno}:{self._number}")
        watch = ast.Attribute(ast.Name(NAME, ast.Load()), how, ast.Load())
        return ast.copy_location(ast.Call(watch, [place, *values], []), at)
