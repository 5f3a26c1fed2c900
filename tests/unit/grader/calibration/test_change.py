"""Decides when a new scorer agrees with people less than the old one."""

import random

import pytest
from sklearn.metrics import cohen_kappa_score
from viva_grader.calibration.change import change_of


def test_kappa_is_that_of_scikit_learn() -> None:
    draw = random.Random(3)  # noqa: S311 - to be repeated, not a secret
    pairs = [(draw.randint(1, 5), draw.randint(1, 5)) for _ in range(60)]
    one, other = zip(*pairs, strict=True)
    expected = cohen_kappa_score(one, other, weights="quadratic")
    change = change_of([[(person, level, person)] for person, level in pairs])
    assert change.old == pytest.approx(expected)
    assert change.new == 1.0


def submissions(new_errs: int, count: int = 30) -> list[list[tuple[int, int, int]]]:
    draw = random.Random(5)  # noqa: S311 - to be repeated, not a secret
    told: list[list[tuple[int, int, int]]] = []
    for number in range(count):
        person = draw.randint(1, 5)
        new = 6 - person if number < new_errs else person
        told.append([(person, person, new)])
    return told


def test_a_clear_fall_is_one_and_a_slight_one_is_not() -> None:
    clear, slight, none = (change_of(submissions(errs)) for errs in (15, 1, 0))
    assert clear.fell
    assert clear.new < clear.old == 1.0
    assert (slight.fell, none.fell) == (False, False)
    assert (none.low, none.high) == (0.0, 0.0)


def test_the_same_levels_give_the_same_interval() -> None:
    assert change_of(submissions(5)) == change_of(submissions(5))


def test_nothing_to_compare_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one pair"):
        change_of([[]])
