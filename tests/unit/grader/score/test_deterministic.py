"""Decides that the deterministic score is the rubric's formula, and never makes a number up."""

import pytest
from viva_grader.domain.outcome import Measure, Penalty
from viva_grader.score.deterministic import (
    PartEffort,
    Share,
    as_far_as_right,
    correctness,
    deterministic_score,
    performance,
)

RIGHT = correctness(8, 8)
HALF = correctness(4, 8)
NONE = Share(Measure(None, "not measured"), None)


def share(value: float) -> Share:
    return Share(Measure(value, ""), value)


def effort(points: float | None, most: float, value: float | None) -> PartEffort:
    return PartEffort("part", points, most, Measure(value, "counted"))


@pytest.mark.parametrize(
    ("earned", "most", "score"), [(8, 8, 100.0), (0, 8, 0.0), (1, 3, 33.33), (9, 8, 100.0)]
)
def test_correctness_alone_fills_the_scale(earned: float, most: float, score: float) -> None:
    assert deterministic_score({"correctness": correctness(earned, most)}) == score


@pytest.mark.parametrize(("earned", "most"), [(None, 8), (0, 0)])
def test_without_points_there_is_no_score(earned: float | None, most: float) -> None:
    shares = {"correctness": correctness(earned, most), "quality": share(1.0)}
    assert deterministic_score(shares) is None


def test_all_shares_are_weighted_70_15_10_5() -> None:
    values = {"correctness": 1.0, "performance": 0.5, "quality": 0.8, "reproducibility": 0.0}
    shares = {name: share(value) for name, value in values.items()}
    assert deterministic_score(shares) == 70 + 7.5 + 8


def test_an_unmeasured_share_leaves_the_mean() -> None:
    shares = {"correctness": HALF, "performance": NONE, "quality": share(0.5)}
    assert deterministic_score(shares) == 50.0


def test_penalties_are_taken_and_the_score_stays_in_range() -> None:
    shares = {"correctness": RIGHT}
    assert deterministic_score(shares, penalties=[Penalty(7.5, "a"), Penalty(5, "b")]) == 87.5
    assert deterministic_score(shares, penalties=[Penalty(120, "a")]) == 0.0


def test_weights_of_zero_give_no_score() -> None:
    shares = {"correctness": HALF}
    assert deterministic_score(shares, {"correctness": 0.0, "quality": 10.0}) is None


def test_tidy_and_repeatable_code_without_points_earns_nothing() -> None:
    nothing = correctness(0, 8)
    shares = {
        "correctness": nothing,
        "performance": performance([effort(0.0, 8, 1.0)]),
        "quality": as_far_as_right(Measure(1.0, ""), nothing),
        "reproducibility": as_far_as_right(Measure(1.0, ""), nothing),
    }
    assert deterministic_score(shares) == 0.0


def test_quality_counts_as_far_as_the_answer_is_right() -> None:
    counted = as_far_as_right(Measure(0.8, ""), HALF)
    assert (counted.measured.value, counted.value) == (0.8, pytest.approx(0.4))
    assert as_far_as_right(Measure(None, "why"), HALF).value is None
    assert as_far_as_right(None, HALF).value is None


def test_parts_without_points_are_not_fast_whatever_was_counted() -> None:
    counted = performance([effort(2.0, 2, 1.0), effort(0.0, 2, 1.0), effort(0.0, 4, None)])
    assert counted.value == pytest.approx(2 / 8)


def test_partial_credit_gives_partial_performance() -> None:
    assert performance([effort(1.0, 4, 0.5)]).value == pytest.approx(0.125)


def test_an_effort_that_could_not_be_counted_leaves_the_mean() -> None:
    assert performance([effort(2.0, 2, None), effort(2.0, 2, 0.5)]).value == 0.5
    assert performance([effort(2.0, 2, None)]).value is None
    assert performance([effort(None, 2, 1.0)]).value is None
