"""Decides that the deterministic score is the rubric's formula, and never makes a number up."""

import pytest
from viva_grader.domain.outcome import Measure, Penalty
from viva_grader.score.deterministic import correctness, deterministic_score

_NONE = Measure(None, "not measured")


@pytest.mark.parametrize(
    ("earned", "most", "score"), [(8, 8, 100.0), (0, 8, 0.0), (1, 3, 33.33), (9, 8, 100.0)]
)
def test_correctness_alone_fills_the_scale(earned: float, most: float, score: float) -> None:
    assert deterministic_score({"correctness": correctness(earned, most)}) == score


@pytest.mark.parametrize(("earned", "most"), [(None, 8), (0, 0)])
def test_without_points_there_is_no_score(earned: float | None, most: float) -> None:
    measures = {"correctness": correctness(earned, most), "quality": Measure(1.0, "")}
    assert deterministic_score(measures) is None


def test_all_shares_are_weighted_70_15_10_5() -> None:
    values = {"correctness": 1.0, "performance": 0.5, "quality": 0.8, "reproducibility": 0.0}
    measures = {name: Measure(value, "") for name, value in values.items()}
    assert deterministic_score(measures) == 70 + 7.5 + 8


def test_an_unmeasured_share_leaves_the_mean() -> None:
    measures = {"correctness": Measure(0.5, ""), "performance": _NONE, "quality": Measure(1.0, "")}
    assert deterministic_score(measures) == round(100 * (35 + 10) / 80, 2)


def test_penalties_are_taken_and_the_score_stays_in_range() -> None:
    measures = {"correctness": Measure(1.0, "")}
    assert deterministic_score(measures, penalties=[Penalty(7.5, "a"), Penalty(5, "b")]) == 87.5
    assert deterministic_score(measures, penalties=[Penalty(120, "a")]) == 0.0


def test_weights_of_zero_give_no_score() -> None:
    measures = {"correctness": Measure(0.5, "")}
    assert deterministic_score(measures, {"correctness": 0.0, "quality": 10.0}) is None
