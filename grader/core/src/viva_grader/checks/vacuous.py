"""Decides that comparing nothing with something is no agreement, whatever a library says of it.

An empty array fits beside any number, and masked values are left out of a comparison:
``numpy.testing``, ``numpy.allclose`` and ``pytest.approx`` see no difference between ``[]`` and
49. An answer could be that to every test. Here such a comparison fails. Nothing beside zero still
agrees: that is how a difference that may be empty is tested.
"""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# Values of any type pass through here.

import contextlib
import functools
import importlib
from typing import Any

import numpy as np

_SAID = "Nothing is compared with something: a side of the comparison is empty or masked"


def install() -> None:
    """Let the comparisons of numpy and pytest fail from now on where one side says nothing."""
    inner: Any = importlib.import_module("numpy.testing._private.utils")
    if hasattr(inner.assert_array_compare, "__wrapped__"):
        return
    inner.assert_array_compare = _asserting(inner.assert_array_compare)
    np.allclose = _agreeing(np.allclose)
    with contextlib.suppress(ImportError):  # a test that needs pytest says so
        approx: Any = importlib.import_module("pytest").approx
        for kind in {type(approx(1.0)), type(approx(np.ones(1)))}:
            kind.__eq__ = _approximate(kind.__eq__)


def says_nothing(one: Any, other: Any) -> bool:
    """Whether two values agree only because one of them holds nothing where the other does."""
    try:
        left, right = np.asanyarray(one), np.asanyarray(other)
    except (ValueError, TypeError):
        return False  # the library says what is wrong
    if (left.size == 0) is not (right.size == 0):
        full = left if left.size else right
        return full.size > 1 or bool(np.any(full != 0))
    masked = [isinstance(each, np.ma.MaskedArray) for each in (left, right)]
    return masked[0] is not masked[1] and bool(np.ma.is_masked(left) or np.ma.is_masked(right))


def _asserting(compare: Any) -> Any:
    @functools.wraps(compare)
    def wrapped(comparison: Any, x: Any, y: Any, *args: Any, **kwargs: Any) -> Any:
        if says_nothing(x, y):
            raise AssertionError(_SAID)
        return compare(comparison, x, y, *args, **kwargs)

    return wrapped


def _agreeing(compare: Any) -> Any:
    @functools.wraps(compare)
    def wrapped(a: Any, b: Any, *args: Any, **kwargs: Any) -> Any:
        return not says_nothing(a, b) and compare(a, b, *args, **kwargs)

    return wrapped


def _approximate(equals: Any) -> Any:
    @functools.wraps(equals)
    def wrapped(self: Any, actual: Any) -> Any:
        return not says_nothing(actual, self.expected) and equals(self, actual)

    return wrapped
