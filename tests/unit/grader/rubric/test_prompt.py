"""Decides what a model is told, and in which order."""

from viva_grader.domain.rubric import Share
from viva_grader.rubric.prompt import draw_nonce, messages, system_prompt
from viva_grader.rubric.schema import answer_schema
from viva_grader.rubric.shown import shown

from tests.fakes.sample_grades import python_grade, question, rubric, sql_grade

RUBRIC = rubric()


def test_system_message_is_the_same_for_every_submission() -> None:
    first = messages(RUBRIC, question(), sql_grade(), shown(sql_grade()), "a")
    second = messages(RUBRIC, question("other"), python_grade(), shown(python_grade()), "b")
    assert first[0] == second[0]
    assert first[0].content == system_prompt(RUBRIC)


def test_every_anchor_and_check_of_a_models_dimension_is_told() -> None:
    told = system_prompt(RUBRIC)
    for dimension in RUBRIC.dimensions:
        asked = dimension.feeds is not Share.DETERMINISTIC
        assert all((text in told) is asked for text in dimension.anchors.values())
    assert told.count("one thing to look for") == 3


def test_sections_stand_in_their_order() -> None:
    user = messages(RUBRIC, question(), sql_grade(), shown(sql_grade()), "n")[1].content
    places = [
        user.index(each)
        for each in (
            "Count late orders per customer.",
            "- late_query (query): fail, 2 of 4",
            "- monitor (written): unscored, no points yet of 4",
            "⟦DATA facts n⟧",
            "F002│query_diff of late_query",
            "⟦END facts n⟧",
            "⟦DATA submission n⟧",
            "c1:L004│JOIN shipments USING (order_id)",
            "c2:L001│I would watch",
            "⟦END submission n⟧",
            "Task, again",
        )
    ]
    assert places == sorted(places)


def test_evidence_is_answered_before_the_score() -> None:
    dimension = answer_schema(RUBRIC)["$defs"]["dimension"]
    assert list(dimension["properties"])[:3] == ["evidence", "rationale", "score"]


def test_schema_is_strict_all_the_way_down() -> None:
    schema = answer_schema(RUBRIC)
    objects = [schema, schema["properties"]["dimensions"], *schema["$defs"].values()]
    for each in objects:
        assert each["additionalProperties"] is False
        assert each["required"] == list(each["properties"])


def test_nonce_that_stands_in_the_data_is_drawn_again() -> None:
    draws = iter(["taken", "free"])
    assert draw_nonce(lambda: next(draws), ["it is taken already"]) == "free"
    assert draw_nonce(lambda: "taken", ["it is taken already"]) is None


def test_long_line_is_cut_and_keeps_its_number() -> None:
    grade = sql_grade("%%sql\n" + "x" * 5_000 + "\nSELECT 1")
    lines = shown(grade).cells[0].lines
    assert len(lines) == 3
    assert lines[1].endswith("⟨4400 more characters⟩")
    assert lines[2] == "SELECT 1"
