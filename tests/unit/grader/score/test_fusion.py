"""Decides by hand-computed figures whether shares are put together as the documents say."""

import json
from dataclasses import replace

import pytest
from viva_grader.domain.errors import BadRubricError
from viva_grader.domain.final_score import FinalScore, final_score_from
from viva_grader.domain.grade import canonical
from viva_grader.score.fusion import (
    Fused,
    combine,
    fuse,
    fuse_shares,
    measured,
    share_of_tests,
    verdict_of,
)
from viva_grader.score.levels import percent, share_confidence

from tests.fakes.sample_grades import evaluation, refused_grade, rubric, sql_grade

RUBRIC = rubric()
ALL = {"efficiency": 4, "code_quality": 2, "communication": 5}


def fused(levels: dict[str, int | None], *, right: bool = False, sure: float = 0.8) -> FinalScore:
    return fuse(sql_grade(right=right), evaluation(RUBRIC, levels, confidence=sure), RUBRIC)


def with_known(
    levels: dict[str, int | None], *, right: bool = False, refused: bool = False
) -> Fused:
    grade = refused_grade() if refused else sql_grade(right=right)
    tests = share_of_tests(grade.deterministic_score, grade.shares)
    return fuse_shares(tests, evaluation(RUBRIC, levels), RUBRIC)


def test_all_shares_scored_are_weighted_45_45_10() -> None:
    final = fused(ALL)
    assert (final.deterministic, final.rubric, final.communication) == (50.0, 37.5, 100.0)
    # 0.45 × 50 + 0.45 × 37.5 + 0.1 × 100 = 22.5 + 16.875 + 10
    assert final.overall == pytest.approx(49.38, abs=0.011)
    # 0.45 × 0.7 + 0.45 × 0.8 + 0.1 × 0.8
    assert final.confidence == pytest.approx(0.755, abs=0.006)
    assert final.verdict == "Needs Improvement"
    assert sum(final.weights.values()) == pytest.approx(1)


def test_unscored_dimension_is_left_out_and_lowers_the_confidence() -> None:
    final = fused({**ALL, "code_quality": None}, right=True)
    # only efficiency, a 4, is left of the rubric's share: 75
    assert final.rubric == 75.0
    # 0.45 × 100 + 0.45 × 75 + 0.1 × 100 = 45 + 33.75 + 10
    assert final.overall == 88.75
    # 0.45 × 0.7 + 0.45 × (0.25 × 0.8) + 0.1 × 0.8 = 0.315 + 0.09 + 0.08 = 0.485
    assert final.confidence == pytest.approx(0.485, abs=0.006)
    assert final.verdict is None
    assert "confidence" in final.rule


def test_unscored_share_is_renormalised() -> None:
    final = fused({**ALL, "communication": None}, right=True)
    # (0.45 × 100 + 0.45 × 37.5) / 0.9
    assert final.overall == 68.75
    assert final.communication is None
    assert final.weights == {"deterministic": 0.5, "rubric": 0.5}
    # 0.45 × 0.7 + 0.45 × 0.8
    assert final.confidence == pytest.approx(0.675, abs=0.006)
    assert final.verdict == "Borderline"


def test_nothing_scored_by_a_model_leaves_the_tests_alone() -> None:
    final = fused(dict.fromkeys(ALL), right=True)
    assert (final.overall, final.confidence, final.verdict) == (None, None, None)
    assert final.deterministic == 100.0
    assert final.weights == {}
    assert "tests' score stands alone" in final.rule


def test_no_tests_score_means_no_overall() -> None:
    final = fuse(refused_grade(), evaluation(RUBRIC, dict(ALL)), RUBRIC)
    assert (final.overall, final.deterministic) == (None, None)
    assert final.rubric == 37.5
    assert "tests" in final.rule


def test_model_cannot_move_the_share_of_tests() -> None:
    low, high = fused(dict.fromkeys(ALL, 1)), fused(dict.fromkeys(ALL, 5))
    assert low.deterministic == high.deterministic == 50.0


def test_evaluation_by_another_rubric_is_refused() -> None:
    other = replace(RUBRIC, sha256="00" * 32)
    with pytest.raises(BadRubricError, match="the evaluation used rubric"):
        fuse(sql_grade(), evaluation(RUBRIC, dict(ALL)), other)


@pytest.mark.parametrize(
    ("overall", "expected"),
    [
        (100.0, "Strong Hire"),
        (85.0, "Strong Hire"),
        (84.99, "Hire"),
        (70.0, "Hire"),
        (69.99, "Borderline"),
        (55.0, "Borderline"),
        (54.99, "Needs Improvement"),
        (0.0, "Needs Improvement"),
    ],
)
def test_verdict_begins_at_its_least_score(overall: float, expected: str) -> None:
    verdict, rule = verdict_of(overall, 0.9, RUBRIC)
    assert verdict == expected
    assert "A recommendation; a person decides." in rule


def test_verdict_needs_the_rubrics_least_confidence() -> None:
    assert verdict_of(90.0, 0.5, RUBRIC)[0] == "Strong Hire"
    assert verdict_of(90.0, 0.49, RUBRIC)[0] is None


@pytest.mark.parametrize(("level", "expected"), [(1, 0.0), (2, 25.0), (3, 50.0), (5, 100.0)])
def test_level_is_percent_of_the_maximum_possible(level: int, expected: float) -> None:
    assert percent(level) == expected


@pytest.mark.parametrize("level", [0, 5.5, -1])
def test_level_outside_the_scale_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match=r"a level is 1\.\.5"):
        percent(level)


def test_measured_part_is_by_weight() -> None:
    assert measured(sql_grade().shares) == 0.7
    assert measured({}) == 1.0


def test_unscored_dimensions_count_as_no_confidence() -> None:
    scores = evaluation(RUBRIC, {"efficiency": 3, "code_quality": None}).dimensions
    share = RUBRIC.dimensions[1].feeds
    assert share_confidence(RUBRIC, share, scores) == pytest.approx(0.25 * 0.8)


def test_combining_takes_the_mean_of_each_share() -> None:
    both = combine(
        [with_known(ALL), with_known({**ALL, "communication": None}, right=True)], RUBRIC
    )
    # tests (50 + 100) / 2, rubric 37.5 twice, communication from the first alone
    assert (both.deterministic, both.rubric, both.communication) == (75.0, 37.5, 100.0)
    # 0.45 × 75 + 0.45 × 37.5 + 0.1 × 100 = 33.75 + 16.875 + 10 = 60.625
    assert both.overall == pytest.approx(60.62, abs=0.011)
    # 0.45 × 0.7 + 0.45 × 0.8 + 0.1 × (0.8 + 0) / 2
    assert both.confidence == pytest.approx(0.715, abs=0.006)
    assert both.verdict == "Borderline"


def test_combining_respects_weights() -> None:
    both = combine([with_known(ALL), with_known(ALL, right=True)], RUBRIC, [3, 1])
    assert both.deterministic == 62.5


def test_combining_one_question_changes_nothing() -> None:
    alone = fused(ALL)
    assert combine([with_known(ALL)], RUBRIC) == alone


def test_combining_needs_every_tests_score() -> None:
    both = combine([with_known(ALL), with_known(ALL, refused=True)], RUBRIC)
    assert (both.overall, both.deterministic) == (None, None)


@pytest.mark.parametrize("weights", [[], [1.0], [1.0, 0.0], [1.0, 1.0, 1.0]])
def test_combining_refuses_weights_that_do_not_fit(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="one positive weight"):
        combine([with_known(ALL), with_known(ALL)], RUBRIC, weights)


def test_final_score_survives_json() -> None:
    read = dict.fromkeys(ALL, (3, 4, 5))
    final = fuse(
        sql_grade(), evaluation(RUBRIC, {**ALL, "code_quality": None}, samples=read), RUBRIC
    )
    assert final.interval is not None
    assert final.bounds is not None
    assert final_score_from(json.loads(canonical(final.document()))) == final


def test_score_that_was_stored_before_there_were_intervals_is_still_read() -> None:
    old = {
        "schema": "viva.final-score/1",
        "deterministic": 50.0,
        "rubric": 37.5,
        "communication": 100.0,
        "overall": 49.38,
        "confidence": 0.76,
        "verdict": "Needs Improvement",
        "rule": "Needs Improvement: overall 49.38",
        "weights": {"deterministic": 0.45, "rubric": 0.45, "communication": 0.1},
        "confidences": {"deterministic": 0.7, "rubric": 0.8, "communication": 0.8},
    }
    final = final_score_from(old)
    assert (final.overall, final.interval, final.bounds) == (49.38, None, None)
    assert "stored before" in final.interval_said


def test_document_of_another_schema_is_refused() -> None:
    with pytest.raises(ValueError, match=r"viva\.final-score/2"):
        final_score_from({"schema": "viva.grade/2"})


def handed_over(level: int | None = None, suspicion: str = "", *, right: bool = True) -> Fused:
    """Code quality, which weighs three quarters of the rubric's share, waits for a person."""
    made = evaluation(RUBRIC, {"efficiency": 5, "code_quality": level, "communication": 5})
    dimensions = tuple(
        replace(e, for_person=e.dimension == "code_quality") for e in made.dimensions
    )
    tests = share_of_tests(sql_grade(right=right).deterministic_score, {})
    return fuse_shares(tests, replace(made, dimensions=dimensions, suspicion=suspicion), RUBRIC)


def test_suspected_words_leave_no_overall_score_before_a_person_decided() -> None:
    final = handed_over(suspicion="Something in it speaks to its judge.").final
    assert (final.overall, final.verdict, final.rubric, final.communication) == (None,) * 4
    assert final.deterministic == 100.0
    assert "speaks to its judge" in final.rule
    assert handed_over(1, suspicion="Something in it speaks to its judge.").final.overall == 66.25
    assert handed_over().final.overall == 100.0


def test_suspected_words_in_one_question_leave_an_interview_without_an_overall_score() -> None:
    """Else the interview's score would be that of the other questions alone."""
    plain, suspected = with_known(ALL, right=True), handed_over(suspicion="It speaks.")
    assert combine([plain], RUBRIC).overall is not None
    combined = combine([plain, suspected], RUBRIC)
    assert (combined.overall, combined.verdict) == (None, None)
    assert "It speaks." in combined.rule


def test_recommendation_stands_only_where_what_waits_cannot_lower_it() -> None:
    """Leaving the weaker part out raises the score; a recommendation is not made of that."""
    waiting = handed_over().final
    assert (waiting.overall, waiting.verdict) == (100.0, None)
    assert "could make it Borderline, not Strong Hire" in waiting.rule
    assert handed_over(5).final.verdict == "Strong Hire"
    # what nobody has to decide is only left out, and lowers the confidence
    assert fused({"efficiency": 5, "code_quality": 5, "communication": None}, right=True).verdict
