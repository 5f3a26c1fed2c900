"""Decides whether people's levels take the place of a model's, and of nothing else."""

from dataclasses import replace

import pytest
from viva_grader.domain.decision import DimensionDecision
from viva_grader.domain.errors import RefusedDecisionError
from viva_grader.domain.evaluation import Evaluation
from viva_grader.domain.final_score import FinalScore
from viva_grader.score.decided import as_decided, last_decisions
from viva_grader.score.fusion import fuse_shares, share_of_tests

from tests.fakes.sample_grades import evaluation, rubric, sql_grade

RUBRIC = rubric()
LEVELS = {"efficiency": 4, "code_quality": None, "communication": 5}


def word(dimension: str, level: int, question: str = "late_orders") -> DimensionDecision:
    return DimensionDecision(
        question, dimension, "lead", "2026-11-21T09:00:00+00:00", 4, level, "why"
    )


def scored(*words: DimensionDecision, by: Evaluation | None = None) -> FinalScore:
    grade = sql_grade(right=True)
    tests = share_of_tests(grade.deterministic_score, grade.shares)
    found = by or evaluation(RUBRIC, LEVELS)
    return fuse_shares(tests, found, RUBRIC, last_decisions(words, "late_orders")).final


def test_decided_level_counts_with_confidence_1() -> None:
    final = scored(word("code_quality", 3))
    # 0.25 × 75 + 0.75 × 50
    assert final.rubric == 56.25
    assert final.overall == pytest.approx(45 + 0.45 * 56.25 + 10, abs=0.006)
    assert final.confidences["rubric"] == pytest.approx(0.25 * 0.8 + 0.75 * 1.0)
    assert final.bounds is None


def test_last_decision_on_a_dimension_counts() -> None:
    assert scored(word("code_quality", 1), word("code_quality", 5)).rubric == 93.75


def test_decision_on_another_question_changes_nothing() -> None:
    assert scored(word("code_quality", 3, question="top_customers")) == scored()


def test_original_stays_as_it_was() -> None:
    by = evaluation(RUBRIC, LEVELS)
    before = by.document()
    scored(word("efficiency", 1), by=by)
    assert by.document() == before


def test_people_alone_can_give_an_overall_score_where_no_model_did() -> None:
    nothing = evaluation(RUBRIC, dict.fromkeys(LEVELS))
    assert scored(by=nothing).overall is None
    assert scored(word("efficiency", 5), by=nothing).overall == 100.0


@pytest.mark.parametrize(
    ("dimension", "level", "said"),
    [
        ("correctness", 5, "decided by tests alone"),
        ("charm", 5, "no such dimension"),
        ("efficiency", 0, "1 to 5"),
        ("efficiency", 6, "1 to 5"),
    ],
)
def test_decision_that_is_nobodys_is_refused(dimension: str, level: int, said: str) -> None:
    with pytest.raises(RefusedDecisionError, match=said):
        scored(word(dimension, level))


def test_decided_dimension_that_the_evaluation_lacks_is_added_in_the_rubrics_order() -> None:
    short = evaluation(RUBRIC, {"communication": 5})
    found = as_decided(short, RUBRIC, last_decisions([word("efficiency", 2)], "late_orders"))
    assert [(each.dimension, each.score) for each in found.dimensions] == [
        ("efficiency", 2),
        ("communication", 5),
    ]


def test_tests_share_is_the_same_whatever_people_decide() -> None:
    final = scored(word("efficiency", 1), word("code_quality", 1), word("communication", 1))
    assert final.deterministic == 100.0
    assert replace(final, rubric=None).confidences["deterministic"] == 0.7
