"""Decides that a report says what is stored, cites its cells, and guesses nothing."""

import json
from dataclasses import replace

import pytest
from viva_grader.domain.errors import RefusedDecisionError
from viva_grader.domain.evaluation import Evaluation
from viva_grader.domain.grade import Citation, Evidence, Grade, canonical
from viva_grader.report import (
    Answer,
    DimensionDecision,
    InterviewFacts,
    QuestionFacts,
    Receipt,
    Remark,
    Report,
    build_report,
    question_facts,
    render_html,
)
from viva_grader.rubric.evaluate import NO_MODEL, unscored
from viva_grader.score.fusion import fuse

from tests.fakes.sample_grades import (
    evaluation,
    python_grade,
    question,
    refused_grade,
    rubric,
    sql_grade,
)

RUBRIC = rubric()
LEVELS = {"efficiency": 4, "code_quality": 2, "communication": None}
INTERVIEW = InterviewFacts("iv-1", "candidate-blue", "Senior data scientist")


def answered(grade: Grade, scored: Evaluation, title: str = "") -> Answer:
    facts = replace(question_facts(question(grade.question)), title=title or grade.question)
    return Answer(
        question=facts,
        grade=grade.document(),
        grade_sha256=grade.sha256,
        evaluation=scored,
        final=fuse(grade, scored, RUBRIC),
        receipt=Receipt("1_late_orders.ipynb", "aa" * 32, 1234),
    )


def report(*answers: Answer, **more: object) -> Report:
    given = answers or (answered(sql_grade(), evaluation(RUBRIC, LEVELS)),)
    return build_report(INTERVIEW, given, RUBRIC, made_at="2026-11-20T10:00:00+00:00", **more)


def test_report_is_plain_json_with_a_schema() -> None:
    document = report().document()
    assert document["schema"] == "viva.report/2"
    assert json.loads(canonical(document))["interview"]["id"] == "iv-1"


def test_same_input_gives_the_same_bytes() -> None:
    assert canonical(report().document()) == canonical(report().document())


def test_each_part_cites_its_cell_with_the_cited_lines() -> None:
    part = report().questions[0].parts[0]
    assert (part.title, part.status) == ("Late orders per customer", "fail")
    (excerpt,) = part.excerpts
    assert (excerpt.cell, excerpt.start, excerpt.end) == ("late", 1, 7)
    assert [line.number for line in excerpt.lines] == [1, 2, 3, 4, 5, 6, 7]
    assert excerpt.lines[3].text == "JOIN shipments USING (order_id)"


def test_citation_within_a_cell_has_two_lines_of_context() -> None:
    quote = report().questions[0].dimensions[0].quotes[0]
    assert quote.excerpt is not None
    shown = [(line.number, line.cited) for line in quote.excerpt.lines]
    assert shown == [(1, False), (2, True), (3, True), (4, False), (5, False)]


def test_citation_of_a_cell_that_is_not_there_is_kept_without_lines() -> None:
    grade = sql_grade()
    item = replace(grade.items[0], citations=(Citation("gone", 1, 2),))
    built = report(answered(replace(grade, items=(item,)), evaluation(RUBRIC, LEVELS, cell="late")))
    assert built.questions[0].parts[0].excerpts[0].lines == ()


def test_long_citation_is_bounded() -> None:
    built = report(answered(sql_grade("\n".join(["SELECT 1"] * 500)), evaluation(RUBRIC, LEVELS)))
    (excerpt,) = built.questions[0].parts[0].excerpts
    assert len(excerpt.lines) == 60
    assert excerpt.left_out == 440


def test_query_differences_are_rows() -> None:
    same, different = report().questions[0].parts[0].differences
    assert (same.outcome, same.variant) == ("same", "plain")
    assert different.columns == ("customer_id", "late")
    assert different.missing == (("7", "2"), (None, "1"))
    assert (different.unexpected_count, different.expected_rows, different.rows) == (12, 3, 4)


def test_strengths_and_risks_come_from_evidence_alone() -> None:
    built = report(
        answered(python_grade(), evaluation(RUBRIC, {**LEVELS, "code_quality": 1})),
    )
    assert [each.title for each in built.strengths] == ["test_totals", "Efficiency: 4 of 5"]
    assert [each.title for each in built.risks] == [
        "test_ties",
        "Code quality: 1 of 5",
        "Flag: Code quality",
    ]
    assert built.strengths[1].quote is not None
    assert [each.title for each in built.open_points] == ["Unscored: Communication"]


def test_middling_dimension_is_neither_strength_nor_risk() -> None:
    built = report(answered(sql_grade(right=True), evaluation(RUBRIC, {"efficiency": 3})))
    assert [each.kind for each in (*built.strengths, *built.risks)] == ["part"]


def test_unscored_dimensions_are_named_once_with_their_reason() -> None:
    nothing = unscored(RUBRIC, NO_MODEL)
    built = report(answered(sql_grade(), nothing), answered(python_grade(), nothing))
    assert built.final is not None
    assert (built.final.overall, built.final.deterministic) == (None, 50.0)
    written, dimensions = built.open_points
    assert written.source == "monitor"
    assert dimensions.text == NO_MODEL
    assert dimensions.title == "Unscored: Efficiency, Code quality, Communication"
    assert {each.reason for each in built.dimensions if not each.by_tests} == {NO_MODEL}


def test_correctness_is_the_share_of_automatic_points() -> None:
    built = report(
        answered(sql_grade(), evaluation(RUBRIC, LEVELS)),
        answered(python_grade(), evaluation(RUBRIC, LEVELS, cell="top_customers")),
    )
    correctness = built.dimensions[0]
    assert (correctness.by_tests, correctness.level, correctness.percent) == (True, None, 50.0)
    assert (built.auto_score, built.max_score) == (5.0, 10.0)


def test_dimension_over_several_questions_is_the_mean_of_the_scored_ones() -> None:
    built = report(
        answered(sql_grade(), evaluation(RUBRIC, LEVELS)),
        answered(python_grade(), evaluation(RUBRIC, {**LEVELS, "efficiency": 3})),
    )
    efficiency = built.dimensions[1]
    assert (efficiency.level, efficiency.percent) == (3.5, 62.5)
    assert efficiency.questions == (("late_orders", 4), ("top_customers", 3))


def test_verdict_is_given_once_for_all_questions() -> None:
    scored = evaluation(RUBRIC, {"efficiency": 4, "code_quality": 4, "communication": 4})
    alone = report(answered(sql_grade(), scored))
    both = report(answered(sql_grade(), scored), answered(python_grade(), scored))
    assert [step.label for step in alone.questions[0].steps][-1] == "Verdict"
    assert alone.steps == ()
    assert all("Verdict" not in [s.label for s in each.steps] for each in both.questions)
    assert both.steps[-1].label == "Verdict"


def test_question_not_graded_yet_leaves_the_report_open() -> None:
    waiting = Answer(QuestionFacts("later", "Later"), None)
    built = report(answered(sql_grade(), evaluation(RUBRIC, LEVELS)), waiting)
    assert built.final is None
    assert built.auto_score is None
    assert built.questions[1].status == "not_graded"
    assert built.dimensions[0].percent is None


def test_refused_submission_has_no_parts_and_no_score() -> None:
    built = report(answered(refused_grade(), unscored(RUBRIC, "Refused.")))
    assert built.questions[0].status == "refused"
    assert built.final is not None
    assert built.final.overall is None


def test_provenance_names_every_hash() -> None:
    built = report(versions={"image": "sha256:feed"})
    shared, own = dict(built.provenance), dict(built.questions[0].provenance)
    assert shared["Rubric sample/1, sha256"] == RUBRIC.sha256
    assert shared["image"] == "sha256:feed"
    assert own["Received notebook, sha256"] == "aa" * 32
    assert own["Graded submission, sha256"] == "33" * 32
    assert own["Grade, sha256"] == sql_grade().sha256
    assert own["postgresql"] == "18.4"
    assert own["Model answered"] == "judge-2026"
    assert "" not in own.values()


def test_remarks_stand_beside_the_original() -> None:
    remark = Remark("override", "lead", "2026-11-21T09:00:00+00:00", "verdict", "why", "A", "B")
    built = report(remarks=[remark])
    assert built.remarks == (remark,)


@pytest.mark.parametrize("answers", [()])
def test_interview_without_questions_has_no_score(answers: tuple[Answer, ...]) -> None:
    built = build_report(INTERVIEW, answers, RUBRIC, made_at="")
    assert (built.final, built.max_score) == (None, 0.0)


def scored_by_shares() -> Grade:
    grade = python_grade()
    finding = {"rule": "B006", "kind": "fault", "cell": "top_customers", "line": 3, "message": "no"}
    use = {"what": "import numpy", "cell": "top_customers", "line": 2}
    return replace(
        grade,
        deterministic_score=33.29,
        shares={
            "correctness": {
                "weight": 70.0, "value": 0.5, "measured": 0.5, "said": "3 of 6", "evidence": [],
            },
            "quality": {
                "weight": 10.0, "value": 0.425, "measured": 0.85, "said": "findings: 1 fault",
                "evidence": ["F003"],
            },
            "performance": {
                "weight": 15.0, "value": None, "measured": None, "said": "not measured",
                "evidence": ["F005"],
            },
        },
        penalties=({"points": 12.0, "why": "Plain Python only.", "evidence": ["F004"]},),
        evidence=(
            *grade.evidence,
            Evidence("F003", "finding", "", finding),
            Evidence("F004", "forbidden_use", "", use),
            Evidence("F005", "effort", "", {"sizes": [1, 2]}),
        ),
    )  # fmt: skip


def test_shares_and_penalties_stand_with_their_lines() -> None:
    (shown,) = report(answered(scored_by_shares(), evaluation(RUBRIC, LEVELS))).questions
    shares = {each.title: (each.value, each.measured, each.said) for each in shown.shares}
    assert shares["Quality"] == (0.425, 0.85, "findings: 1 fault")
    assert shares["Performance"] == (None, None, "not measured")
    by_name = {each.name: each for each in shown.shares}
    assert [(each.line, each.rule) for each in by_name["quality"].lines] == [(3, "B006")]
    assert [fact.kind for fact in by_name["performance"].facts] == ["effort"]
    (penalty,) = shown.penalties
    assert (penalty.points, penalty.why, penalty.lines[0].line) == (12.0, "Plain Python only.", 2)


def test_the_page_shows_shares_and_penalties() -> None:
    page = render_html([report(answered(scored_by_shares(), evaluation(RUBRIC, LEVELS)))])
    for words in ("findings: 1 fault", "85 %", "42.5 %", "Plain Python only.", "B006, fault"):
        assert words in page


def test_arithmetic_shows_what_was_limited_and_what_was_taken() -> None:
    (shown,) = report(answered(scored_by_shares(), evaluation(RUBRIC, LEVELS))).questions
    steps = {step.label: step for step in shown.steps}
    assert steps["Quality"].expression == "0.85 as measured × 0.5 of the points"
    assert steps["Quality"].result == "0.425"
    assert steps["Tests' score"].expression == (
        "100 / 80 × (70 × 0.5 (correctness) + 10 × 0.425 (quality)) − 12 (Plain Python only.);"
        " not measured: performance"
    )


def word(dimension: str, level: int, original: int | None = 4) -> DimensionDecision:
    return DimensionDecision(
        "late_orders", dimension, "lead", "2026-11-21T09:00:00+00:00", original, level, "seen again"
    )


def decided(*words: DimensionDecision, answers: tuple[Answer, ...] = ()) -> Report:
    given = answers or (answered(sql_grade(), evaluation(RUBRIC, LEVELS)),)
    interview = replace(INTERVIEW, decisions=words)
    return build_report(interview, given, RUBRIC, made_at="2026-11-20T10:00:00+00:00")


def test_decisions_stand_beside_what_was_scored() -> None:
    built = decided(word("efficiency", 1), word("efficiency", 2), word("communication", 3, None))
    assert built.final == report().final
    assert built.decided is not None
    # 0.45 × 50 + 0.45 × (0.25 × 25 + 0.75 × 25) + 0.1 × 50
    assert built.decided.overall == 38.75
    efficiency = built.questions[0].dimensions[0]
    assert (efficiency.level, efficiency.counting, len(efficiency.decisions)) == (4, 2, 2)
    assert (built.dimensions[1].level, built.dimensions[1].decided) == (4.0, 2.0)
    assert [each.title for each in built.risks if each.kind == "dimension"] == [
        "Efficiency: 2 of 5, decided by lead (was 4)",
        "Code quality: 2 of 5",
    ]
    assert built.strengths == ()
    confirmed = decided(word("efficiency", 4))
    assert confirmed.strengths[0].title == "Efficiency: 4 of 5, confirmed by lead"
    labels = [step.label for step in built.questions[0].decided_steps]
    assert labels[0] == "Efficiency, as decided"
    assert "Verdict, as decided" in labels


def test_nothing_is_as_decided_where_nobody_decided() -> None:
    built = report()
    assert (built.decided, built.decided_steps, built.questions[0].decided) == (None, (), None)
    assert built.dimensions[1].decided is None


def test_decision_on_one_question_of_two_changes_the_interview() -> None:
    answers = (
        answered(sql_grade(), evaluation(RUBRIC, LEVELS)),
        answered(python_grade(), evaluation(RUBRIC, LEVELS, cell="top_customers")),
    )
    built = decided(word("code_quality", 5), answers=answers)
    assert built.decided is not None
    assert built.decided.rubric == 65.62  # the mean of 93.75 and 37.5
    assert built.questions[1].decided is None
    assert built.decided_steps[1].label == "Rubric, all questions, as decided"


def test_decision_on_a_question_whose_scores_are_kept_back_is_left_out() -> None:
    kept_back = replace(answered(sql_grade(), unscored(RUBRIC, NO_MODEL)), final=None)
    built = decided(word("efficiency", 2), answers=(kept_back,))
    assert built.interview.decisions == ()
    assert all(not each.decisions for each in built.questions[0].dimensions)
    assert built.decided is None


def test_decision_on_correctness_is_refused() -> None:
    with pytest.raises(RefusedDecisionError, match="decided by tests alone"):
        decided(word("correctness", 5))


def test_recommendations_that_the_interval_reaches_are_named() -> None:
    read = {"efficiency": (4, 4, 4), "code_quality": (2, 2, 3), "communication": (5, 5, 5)}
    levels = {"efficiency": 4, "code_quality": 2, "communication": 5}
    built = report(answered(sql_grade(right=True), evaluation(RUBRIC, levels, samples=read)))
    assert built.final is not None
    assert built.final.verdict == "Hire"
    assert built.within == ("Hire", "Borderline")
    assert report().within == ()


def test_dimension_shows_its_checks_with_their_decisions() -> None:
    scored = evaluation(RUBRIC, LEVELS)
    first, *others = scored.dimensions
    checked = replace(first, checklist={"first": "met", "own": "partly"}, samples=(4, 3, 4), twin=4)
    scored = replace(
        scored,
        dimensions=(checked, *others),
        record={
            "judging": {
                "alternatives": "",
                "checks": {
                    "efficiency": [{"id": "own", "text": "the question's own", "weight": 2}]
                },
            }
        },
    )
    efficiency = report(answered(sql_grade(), scored)).questions[0].dimensions[0]
    assert [(each.text, each.weight, each.decision) for each in efficiency.checks] == [
        ("one thing to look for", 1, "met"),
        ("the question's own", 2, "partly"),
    ]
    assert (efficiency.samples, efficiency.twin) == ((4, 3, 4), 4)
