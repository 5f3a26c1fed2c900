"""The tests' score is arithmetic over what was measured; what was not leaves the mean."""

import pytest
from viva_grader.score.deterministic import deterministic_score


@pytest.mark.parametrize(
    ("earned", "most", "score"),
    [(3, 4, 75.0), (0, 4, 0.0), (4, 4, 100.0), (1, 3, 33.33), (9, 4, 100.0), (-1, 4, 0.0)],
)
def test_correctness_alone_is_the_whole_mean(earned: float, most: float, score: float) -> None:
    assert deterministic_score(earned, most)[0] == score


@pytest.mark.parametrize(("earned", "most"), [(None, 4.0), (0.0, 0.0)])
def test_without_points_there_is_no_score(earned: float | None, most: float) -> None:
    score, shares = deterministic_score(earned, most)
    assert score is None
    assert {share["value"] for share in shares.values()} == {None}


def test_unmeasured_shares_say_so() -> None:
    shares = deterministic_score(1, 2)[1]
    assert shares["correctness"] == {"weight": 70.0, "value": 0.5, "said": "measured"}
    assert shares["performance"]["value"] is None
    assert "not measured" in shares["performance"]["said"]


def test_a_rubric_that_gives_correctness_no_weight_has_no_score() -> None:
    assert deterministic_score(1, 2, {"correctness": 0.0, "quality": 10.0})[0] is None
