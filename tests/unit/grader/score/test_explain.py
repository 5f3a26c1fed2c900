"""Decides whether the arithmetic shown is the arithmetic done."""

from viva_grader.domain.decision import DimensionDecision
from viva_grader.domain.evaluation import Evaluation
from viva_grader.domain.grade import Grade
from viva_grader.score.explain import explain, explain_combined, explain_decided, figure
from viva_grader.score.fusion import Fused, combine, fuse, fuse_shares, share_of_tests

from tests.fakes.sample_grades import evaluation, rubric, sql_grade

RUBRIC = rubric()


def fused(grade: Grade, scored: Evaluation) -> Fused:
    tests = share_of_tests(grade.deterministic_score, grade.shares)
    return fuse_shares(tests, scored, RUBRIC)


def test_every_step_shows_its_figures() -> None:
    grade = sql_grade()
    scored = evaluation(RUBRIC, {"efficiency": 4, "code_quality": None, "communication": 5})
    final = fuse(grade, scored, RUBRIC)
    steps = {
        step.label: (step.expression, step.result)
        for step in explain(grade.document(), scored, final, RUBRIC)
    }
    assert steps["Automatic points"] == ("2", "2 of 4")
    assert steps["Tests' score"] == (
        "100 / 70 × (70 × 0.5 (correctness)); not measured: performance, quality, reproducibility",
        "50",
    )
    assert steps["Efficiency"] == ("level 4: 100 × (4 − 1) / 4", "75")
    assert steps["Code quality"] == ("The model saw nothing to score this by.", "unscored")
    assert steps["Rubric score"] == ("(0.25 × 75) / 0.25; 1 of 2 left out as unscored", "75")
    assert steps["Overall"] == ("0.45 × 50 + 0.45 × 75 + 0.1 × 100", "66.25")
    assert steps["Confidence"][0] == "0.45 × 0.7 + 0.45 × 0.2 + 0.1 × 0.8"


def test_missing_overall_is_explained_by_its_rule() -> None:
    grade = sql_grade()
    nothing = evaluation(RUBRIC, dict.fromkeys(("efficiency", "code_quality", "communication")))
    final = fuse(grade, nothing, RUBRIC)
    last = explain(grade.document(), nothing, final, RUBRIC)[-1]
    assert (last.label, last.expression, last.result) == ("Overall", final.rule, "unscored")


def test_left_out_share_is_named() -> None:
    grade = sql_grade()
    scored = evaluation(RUBRIC, {"efficiency": 4, "code_quality": 4, "communication": None})
    final = fuse(grade, scored, RUBRIC)
    steps = explain(grade.document(), scored, final, RUBRIC)
    overall = next(step for step in steps if step.label == "Overall")
    assert overall.expression == (
        "(0.45 × 50 + 0.45 × 75) / 0.9; left out as unscored: communication"
    )


def test_questions_are_named_where_they_are_combined() -> None:
    scored = evaluation(RUBRIC, {"efficiency": 4, "code_quality": 4, "communication": 4})
    finals = [
        ("First", fused(sql_grade(), scored)),
        ("Second", fused(sql_grade(right=True), scored)),
    ]
    steps = explain_combined(finals, combine([each for _, each in finals], RUBRIC), RUBRIC)
    assert steps[0].expression == "mean of First 50, Second 100"
    assert steps[0].result == "75"


def test_interval_is_explained_by_both_its_widths() -> None:
    read = {"efficiency": (2, 4, 4), "code_quality": (1, 3, 5), "communication": (2, 3, 4)}
    levels = {"efficiency": 4, "code_quality": 3, "communication": 3}
    final = fused(sql_grade(right=True), evaluation(RUBRIC, levels, samples=read)).final
    steps = explain(
        sql_grade(right=True).document(), evaluation(RUBRIC, levels, samples=read), final, RUBRIC
    )
    interval = next(step for step in steps if step.label == "Interval")
    assert interval.expression.startswith("73.44 ± the greater of 37.51 by Student's t, 3.89 by")
    assert interval.result == "35.93 to 100"


def test_decisions_are_explained_beside_the_original() -> None:
    grade, scored = (
        sql_grade(),
        evaluation(RUBRIC, {"efficiency": 4, "code_quality": None, "communication": 5}),
    )
    words = {
        "efficiency": DimensionDecision("q", "efficiency", "lead", "", 4, 2, "reads it all twice"),
        "code_quality": DimensionDecision("q", "code_quality", "lead", "", None, 3, "fair"),
    }
    after = fuse_shares(
        share_of_tests(grade.deterministic_score, grade.shares),
        scored, RUBRIC, words,
    ).final  # fmt: skip
    steps = {
        s.label: (s.expression, s.result) for s in explain_decided(scored, words, after, RUBRIC)
    }
    assert steps["Efficiency, as decided"] == (
        "lead: level 2, instead of 4: 100 × (2 − 1) / 4",
        "25",
    )
    assert steps["Code quality, as decided"][0].startswith("lead: level 3, where it was unscored")
    assert steps["Rubric score, as decided"] == ("(0.25 × 25 + 0.75 × 50) / 1", "43.75")
    assert steps["Overall, as decided"] == ("0.45 × 50 + 0.45 × 43.75 + 0.1 × 100", "52.19")
    assert steps["Confidence, as decided"][0] == "0.45 × 0.7 + 0.45 × 1 + 0.1 × 0.8"
    assert "Communication, as decided" not in steps


def test_figures_have_at_most_two_decimals() -> None:
    assert [figure(each) for each in (10.0, 0.125, 99.999, None)] == [
        "10",
        "0.12",
        "100",
        "unscored",
    ]
