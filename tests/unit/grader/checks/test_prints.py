"""Two values have one print where a comparison of plain data takes them for equal."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from viva_grader.checks.prints import print_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (3, 3.0), (True, 1), (np.float32(0.5), 0.5), ([1, 2], np.array([1, 2])), ((1,), [1.0]),
        (pd.Series([1, 2]), [1, 2]), (pd.DataFrame({"a": [1]}), [[1]]), ({"a": [1]}, {"a": (1,)}),
        (2**80, 2**80), ("\ud800", "\ud800"),
    ],
)  # fmt: skip
def test_equal_values_have_one_print(one: Any, other: Any) -> None:
    assert print_of(one) == print_of(other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (3, 4), (3, "3"), ([1, 2], [12]), ([[1], 2], [[1, 2]]), (0.1, 0.1 + 1e-9), (None, 0),
        ({"a": 1}, {"a": 2}), (2**80, 2**80 + 1), (float("inf"), float("nan")), (b"a", "a"),
    ],
)  # fmt: skip
def test_other_values_have_another(one: Any, other: Any) -> None:
    assert print_of(one) != print_of(other)
    assert None not in {print_of(one), print_of(other)}


class Own:
    def __repr__(self) -> str:
        raise AssertionError("it was asked")


DEEP: list[Any] = []
for _ in range(100_000):
    DEEP = [DEEP]


@pytest.mark.parametrize("value", [Own(), [1, Own()], {1}, range(200_000), [0] * 200_000, DEEP])
def test_what_is_no_plain_data_or_too_much_has_none(value: Any) -> None:
    assert print_of(value) is None
