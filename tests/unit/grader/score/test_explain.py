"""Decides whether the arithmetic shown is the arithmetic done."""

from viva_grader.score.explain import explain, explain_combined, figure
from viva_grader.score.fusion import combine, fuse

from tests.fakes.sample_grades import evaluation, rubric, sql_grade

RUBRIC = rubric()


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
    overall = explain(grade.document(), scored, final, RUBRIC)[-3]
    assert overall.expression == (
        "(0.45 × 50 + 0.45 × 75) / 0.9; left out as unscored: communication"
    )


def test_questions_are_named_where_they_are_combined() -> None:
    scored = evaluation(RUBRIC, {"efficiency": 4, "code_quality": 4, "communication": 4})
    finals = [
        ("First", fuse(sql_grade(), scored, RUBRIC)),
        ("Second", fuse(sql_grade(right=True), scored, RUBRIC)),
    ]
    steps = explain_combined(finals, combine([each for _, each in finals], RUBRIC), RUBRIC)
    assert steps[0].expression == "mean of First 50, Second 100"
    assert steps[0].result == "75"


def test_figures_have_at_most_two_decimals() -> None:
    assert [figure(each) for each in (10.0, 0.125, 99.999, None)] == [
        "10",
        "0.12",
        "100",
        "unscored",
    ]
