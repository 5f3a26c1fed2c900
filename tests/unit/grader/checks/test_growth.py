"""Counts are valued by their growth and their ratio, in wide bands."""

import pytest
from viva_grader.checks.growth import ALLOWANCE, compare, exponent, grows

SIZES = (100, 200, 400, 800)


def counts(power: float, factor: float = 10.0) -> list[int]:
    return [int(factor * size**power) for size in SIZES]


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0, 1.5, 2.0])
def test_the_exponent_is_the_power(power: float) -> None:
    assert exponent(SIZES, counts(power)) == pytest.approx(power, abs=0.01)


def test_only_the_last_three_sizes_are_fitted() -> None:
    assert exponent(SIZES, [10**6, *counts(1.0)[1:]]) == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(
    ("factor", "value"), [(1, 1.0), (2, 1.0), (2.5, 0.75), (4, 0.75), (8, 0.5), (19, 0.25), (30, 0)]
)
def test_a_greater_ratio_is_worth_less(factor: float, value: float) -> None:
    assert compare(SIZES, counts(1, 10 * factor), counts(1)).value == value


def test_worse_growth_is_capped_whatever_the_ratio() -> None:
    assert compare(SIZES, counts(2, 0.02), counts(1)).value == 0.1
    assert compare(SIZES, counts(1.5, 0.5), counts(1)).value == 0.5
    assert compare(SIZES, counts(1.2, 3), counts(1)).value == 1.0


def test_better_growth_costs_nothing() -> None:
    assert compare(SIZES, counts(1), counts(2, 1)).value == 1.0


def test_a_few_instructions_more_cost_nothing() -> None:
    assert compare(SIZES, [ALLOWANCE] * 4, [7, 8, 9, 10]).value == 1.0


def test_work_that_does_not_grow_cannot_be_compared_with() -> None:
    assert not grows(SIZES, [7, 7, 7, 7])
    assert grows(SIZES, [60, 70, 80, 90])
    assert grows(SIZES, counts(1))
