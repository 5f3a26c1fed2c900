"""Decides what a model is told, and in which order."""

from viva_grader.domain.grade import Grade
from viva_grader.domain.question import Question
from viva_grader.domain.rubric import Share
from viva_grader.model.port import Message
from viva_grader.rubric.prompt import Brief, draw_nonce, sample_messages, shuffled, system_prompt
from viva_grader.rubric.schema import answer_schema
from viva_grader.rubric.shown import shown
from viva_grader.rubric.task import task_text, verdicts_text

from tests.fakes.sample_grades import python_grade, question, rubric, sql_grade

RUBRIC = rubric()


def messages(asked: Question, grade: Grade, nonce: str) -> tuple[Message, ...]:
    brief = Brief(RUBRIC, task_text(asked), verdicts_text(grade), shown(grade))
    return sample_messages(brief, RUBRIC.scored(), nonce)


def test_system_message_is_the_same_for_every_submission() -> None:
    first = messages(question(), sql_grade(), "a")
    second = messages(question("other"), python_grade(), "b")
    assert first[0] == second[0]
    assert first[0].content == system_prompt(RUBRIC, RUBRIC.scored())


def test_task_comes_before_anything_of_the_submission() -> None:
    first = messages(question(), sql_grade(), "a")[1].content
    second = messages(question(), sql_grade("SELECT 1"), "b")[1].content
    shared = first[: first.index("What hidden tests decided")]
    assert second.startswith(shared)
    assert "SELECT 'the author''s way'" in shared


def test_seed_orders_the_rubric_the_same_way_every_time() -> None:
    orders = [tuple(each.name for each in shuffled(RUBRIC, seed)) for seed in range(6)]
    assert orders == [tuple(each.name for each in shuffled(RUBRIC, seed)) for seed in range(6)]
    assert len(set(orders)) > 1
    assert orders[0] == tuple(each.name for each in RUBRIC.scored())


def test_every_anchor_and_check_of_a_models_dimension_is_told() -> None:
    told = system_prompt(RUBRIC, RUBRIC.scored())
    for dimension in RUBRIC.dimensions:
        asked = dimension.feeds is not Share.DETERMINISTIC
        assert all((text in told) is asked for text in dimension.anchors.values())
    assert told.count("- first: one thing to look for") == 3


def test_sections_stand_in_their_order() -> None:
    user = messages(question(), sql_grade(), "n")[1].content
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


def test_evidence_and_decisions_are_answered_before_the_score() -> None:
    dimensions = answer_schema(RUBRIC.scored())["properties"]["dimensions"]["properties"]
    for each in dimensions.values():
        assert list(each["properties"])[:4] == ["evidence", "checklist", "rationale", "score"]


def test_schema_is_strict_all_the_way_down() -> None:
    schema = answer_schema(RUBRIC.scored())
    dimensions = schema["properties"]["dimensions"]
    inner = dimensions["properties"].values()
    lists = [each["properties"]["checklist"] for each in inner]
    for each in [schema, dimensions, *inner, *lists, *schema["$defs"].values()]:
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
