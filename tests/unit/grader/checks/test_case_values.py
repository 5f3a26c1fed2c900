"""What a call gave is compared by exact type, with NaN equal to itself and True no number."""

import math
from collections import Counter, deque
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from viva_grader.checks.case_values import difference

NAN = math.nan

SAME: list[tuple[Any, Any, float]] = [
    (1, 1.0, 0), (NAN, NAN, 0), (0.1, 0.1000001, 1e-3), ([1, [NAN]], [1, [NAN]], 0),
    ({"a": (1,)}, {"a": (1,)}, 0), ({1, 2.5}, {2.5, 1}, 0), ({1.0, 2.0}, {1.001, 2.0}, 0.01),
    ({"a": 2}, Counter("aa"), 0), (np.array([1, 2]), np.array([1.0, 2.0]), 0), (3, np.int64(3), 0),
    (np.array(["a"]), np.array(["a"]), 0), (pd.Series([1, NAN]), pd.Series([1, NAN]), 0),
    (2**80, 2**80, 0), (Decimal("0.1"), 0.1, 1e-9), (None, None, 0), (True, np.bool_(True), 0),
    (1 + 2j, 1 + 2.0001j, 0.01), (deque([1]), deque([1]), 0), (pd.NaT, pd.NaT, 0),
]  # fmt: skip
OTHER: list[tuple[Any, Any, float]] = [
    (1, True, 0), (True, 1, 0), ([1], (1,), 0), (1, "1", 0), ("a", b"a", 0), (1, 1.1, 0.01),
    (2**80, 2**80 + 1, 0.5), (math.inf, -math.inf, 1e300), (0.0, None, 0), (NAN, 0.0, 1.0),
    ([1, 2], [2, 1], 0), ([1], [1, 1], 0), ({1}, {True}, 0), ({1: 2}, {True: 2}, 0), ({1}, [1], 0),
    ({"a": 1}, {"a": 1, "b": 2}, 0), (np.array([1, 2]), [1, 2], 0), ([1, 2], np.array([1, 2]), 0),
    (np.array([1, 0]), np.array([True, False]), 0), (np.array([[1]]), np.array([1]), 0),
    (pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [1]}), 0), ({1}, frozenset({1}), 0),
    (pd.Series([1], index=["x"]), pd.Series([1], index=["y"]), 0), (None, 0, 0),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "given", "tolerance"), SAME)
def test_the_same_value_differs_in_nothing(expected: Any, given: Any, tolerance: float) -> None:
    assert difference(expected, given, tolerance) is None


@pytest.mark.parametrize(("expected", "given", "tolerance"), OTHER)
def test_another_value_differs_in_one_line(expected: Any, given: Any, tolerance: float) -> None:
    said = difference(expected, given, tolerance)
    assert said
    assert "\n" not in said


class Liar:
    """Says that it is everything."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        raise AssertionError("asked")


@pytest.mark.parametrize(
    "expected", [1, "a", [1], {"a": 1}, {1}, None, np.array([1]), pd.Series([1]), 1.5, b"", (1,)]
)
def test_what_says_that_it_is_equal_is_not_asked(expected: Any) -> None:
    assert difference(expected, Liar())
    if type(expected) is list:
        assert difference(expected, [Liar()])
        assert difference([{"a": 1}], [{"a": Liar()}])
        assert difference([{1}], [{Liar()}])
        assert difference(pd.Series(["x"]), pd.Series([Liar()], dtype=object))
        assert difference(np.array([None]), np.array([Liar()], dtype=object))
