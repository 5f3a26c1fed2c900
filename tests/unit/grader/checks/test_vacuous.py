"""Nothing agrees with nothing alone: an empty or masked side is no answer to a comparison."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from viva_grader.checks.vacuous import says_nothing

NUMBERS = np.array([0, 1, 4, 9])
MASKED = np.ma.masked_all(4)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([], 49), (np.array([]), 49.0), (np.empty((0, 4)), NUMBERS),
        (pd.Series([], dtype=float), 1), (49, []), (MASKED, NUMBERS),
        (np.ma.array([1, 2], mask=[0, 1]), [1, 2]), (np.ma.masked, 49), ([], [0, 0]),
    ],
)  # fmt: skip
def test_a_side_that_says_nothing_is_seen(one: Any, other: Any) -> None:
    assert says_nothing(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([], []), ([], 0), (np.empty((0, 4)), np.empty((0, 4))), (NUMBERS, NUMBERS), (1, NUMBERS),
        (MASKED, MASKED), (np.ma.array([1, 2]), [1, 2]), ("a", "b"), (None, 1), ([[1], [1, 2]], 1),
    ],
)  # fmt: skip
def test_two_sides_that_say_something_are_for_the_library(one: Any, other: Any) -> None:
    assert not says_nothing(one, other)
