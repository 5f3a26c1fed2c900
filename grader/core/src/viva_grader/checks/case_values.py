"""Decides when what a call gave is what a case expects: by exact type, and never by its own word.

The expected value is ours and leads the way; of what came from the other process only values of
known types are ever compared, so that no operator of a candidate's can answer.
"""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# Values of any type pass through here.

import datetime
import math
import numbers
import uuid
from collections import Counter, OrderedDict, defaultdict, deque
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

_SHOWN = 120
_SET_MEMBERS = 2000
"""Above that sets are compared as Python does, without a tolerance."""
_NUMBERS = (int, float, complex, Decimal, Fraction)
_DICTIONARIES: frozenset[type] = frozenset({dict, Counter, OrderedDict, defaultdict})
_SEQUENCES: frozenset[type] = frozenset({list, tuple, deque})
_EXACT: frozenset[type] = frozenset({
    type(None), str, bytes, bytearray, range, slice, datetime.date, datetime.datetime,
    datetime.time, datetime.timedelta, datetime.timezone, uuid.UUID, np.str_, np.bytes_,
    np.datetime64, np.timedelta64, pd.Timestamp, pd.Timedelta, pd.Period, type(pd.NaT),
})  # fmt: skip
"""Types that hold no other value, so that their ``==`` is Python's or a library's own."""


def difference(expected: Any, given: Any, tolerance: float = 0.0) -> str | None:
    """Say how an answer differs from what is expected; None if it does not.

    Numbers are equal by value (``1`` and ``1.0``), NaN equals NaN, ``True`` is not 1, a list is
    not a tuple. The tolerance holds for every number at every depth.

    Parameters
    ----------
    tolerance : float
        Greatest absolute difference of numbers, ≥ 0.
    """
    try:
        return _differs(expected, given, tolerance)
    except RecursionError:
        return "the answer is too deep to compare"


def show(value: Any) -> str:
    """Write a trusted value in one bounded line."""
    try:
        text = " ".join(repr(value).split())
    except (ValueError, RecursionError):
        text = f"a {type(value).__name__} that is too large to show"
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def is_plain(value: Any) -> bool:
    """Whether a value is of a type whose ``repr`` is Python's own, at every depth."""
    if value is None or type(value) in {bool, str, bytes, *_NUMBERS}:
        return True
    if type(value) in {list, tuple, set, frozenset}:
        return len(value) <= _SHOWN and all(is_plain(each) for each in value)
    if type(value) is dict:
        return len(value) <= _SHOWN and all(is_plain(k) and is_plain(v) for k, v in value.items())
    return False


def _differs(expected: Any, given: Any, tolerance: float) -> str | None:  # noqa: C901, PLR0911 - one return for each kind of value
    kind = type(expected)
    if _is_boolean(expected) or _is_boolean(given):
        same = _is_boolean(expected) and _is_boolean(given) and bool(expected) == bool(given)
        return None if same else _unequal(expected, given)
    if _is_number(expected):
        same = _is_number(given) and _close(expected, given, tolerance)
        return None if same else _unequal(expected, given)
    if kind in _SEQUENCES:
        return _sequence(expected, given, tolerance)
    if kind in {set, frozenset}:
        return _set(expected, given, tolerance)
    if isinstance(expected, dict):
        return _mapping(expected, given, tolerance)
    if kind is np.ndarray:
        return _array(expected, given, tolerance)
    if kind in {pd.DataFrame, pd.Series}:
        return _frame(expected, given, tolerance)
    if type(given) is not kind:
        return _unequal(expected, given)
    if expected is given or (kind in _EXACT and bool(expected == given)):
        return None
    if kind in _EXACT:
        return _unequal(expected, given)
    return f"the question expects a {kind.__name__}, which a case cannot compare"


def _is_boolean(value: Any) -> bool:
    return type(value) in {bool, np.bool_}


def _is_number(value: Any) -> bool:
    return type(value) in _NUMBERS or isinstance(value, np.number)


def _close(expected: Any, given: Any, tolerance: float) -> bool:
    if isinstance(expected, np.number):
        expected = expected.item()
    if isinstance(given, np.number):
        given = given.item()
    if _is_nan(expected) or _is_nan(given):
        return _is_nan(expected) and _is_nan(given)
    if expected == given:
        return True
    if tolerance <= 0 or _is_infinite(expected) or _is_infinite(given):
        return False
    if isinstance(expected, complex) or isinstance(given, complex):
        return abs(complex(expected) - complex(given)) <= tolerance
    # exact: a difference of two large ints must not be rounded away
    return abs(_fraction(expected) - _fraction(given)) <= _fraction(tolerance)


def _fraction(value: Any) -> Fraction:
    return value if isinstance(value, numbers.Rational) else Fraction(value)  # pyright: ignore[reportReturnType] - an int serves as well


def _is_nan(value: Any) -> bool:
    if isinstance(value, complex):
        return math.isnan(value.real) or math.isnan(value.imag)
    return isinstance(value, float | Decimal) and math.isnan(value)


def _is_infinite(value: Any) -> bool:
    return isinstance(value, float | Decimal) and math.isinf(value)


def _sequence(expected: Any, given: Any, tolerance: float) -> str | None:
    if type(given) is not type(expected):
        return _unequal(expected, given)
    if len(given) != len(expected):
        return f"{len(given)} values where {len(expected)} are expected"
    for index, (one, other) in enumerate(zip(expected, given, strict=True)):
        found = _differs(one, other, tolerance)
        if found is not None:
            return f"at {index}: {found}"
    return None


def _set(expected: Any, given: Any, tolerance: float) -> str | None:
    if type(given) is not type(expected):
        return _unequal(expected, given)
    if len(given) != len(expected):
        return f"{len(given)} members where {len(expected)} are expected"
    if len(expected) > _SET_MEMBERS:
        same = given == expected and all(is_plain(each) for each in given)
        return None if same else "the members differ"
    left = list(given)
    for one in sorted(expected, key=repr):
        match = next((n for n, o in enumerate(left) if _differs(one, o, tolerance) is None), None)
        if match is None:
            return f"{show(one)} is missing"
        del left[match]
    return None


def _mapping(expected: Any, given: Any, tolerance: float) -> str | None:
    if type(given) not in _DICTIONARIES:
        return _unequal(expected, given)
    if len(given) != len(expected):
        return f"{len(given)} keys where {len(expected)} are expected"
    own = {_typed(key): value for key, value in given.items() if _is_key(key)}
    for key, value in expected.items():
        if _typed(key) not in own:
            return f"the key {show(key)} is missing"
        found = _differs(value, own[_typed(key)], tolerance)
        if found is not None:
            return f"at key {show(key)}: {found}"
    return None


def _is_key(key: Any) -> bool:
    return type(key) in _EXACT or is_plain(key)


def _typed(key: Any) -> tuple[bool, Any]:
    return _is_boolean(key), "nan" if _is_nan(key) else key


def _array(expected: Any, given: Any, tolerance: float) -> str | None:
    if type(given) is not np.ndarray:
        return _unequal(expected, given)
    if given.shape != expected.shape:
        return f"an array of shape {given.shape} where {expected.shape} is expected"
    if (expected.dtype.kind in "iufc") != (given.dtype.kind in "iufc"):
        return f"an array of {given.dtype} where {expected.dtype} is expected"
    if expected.dtype.kind not in "iufc":
        return _sequence(expected.ravel().tolist(), given.ravel().tolist(), tolerance)
    near = np.isclose(given, expected, rtol=0, atol=tolerance, equal_nan=True)
    if near.all():
        return None
    place = tuple(int(n) for n in np.argwhere(~near)[0])
    return f"at {place}: {_unequal(expected[place], given[place])}"


def _frame(expected: Any, given: Any, tolerance: float) -> str | None:
    if type(given) is not type(expected):
        return _unequal(expected, given)
    found = _differs(_labels(expected.index), _labels(given.index), tolerance)
    if found is not None:
        return f"in the index: {found}"
    if type(expected) is pd.Series:
        return _differs([*expected.tolist()], [*given.tolist()], tolerance)
    found = _differs(_labels(expected.columns), _labels(given.columns), tolerance)
    if found is not None:
        return f"in the columns: {found}"
    for place, name in enumerate(expected.columns):
        one, other = expected.iloc[:, place].tolist(), given.iloc[:, place].tolist()
        found = _differs(one, other, tolerance)
        if found is not None:
            return f"in column {show(name)}: {found}"
    return None


def _labels(index: Any) -> list[Any]:
    return list(index.tolist())


def _unequal(expected: Any, given: Any) -> str:
    if type(given).__module__ == "numpy" or is_plain(given):
        return f"{show(given)} where {show(expected)} is expected"
    return f"a {type(given).__name__[:40]} where {show(expected)} is expected"
