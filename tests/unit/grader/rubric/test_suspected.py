"""Decides which signs make words suspected, and what people then decide."""

from dataclasses import replace

import pytest
from viva_grader.domain.evaluation import DimensionScore
from viva_grader.rubric.moved import suspected
from viva_grader.rubric.signs import Signs

from tests.fakes.sample_grades import rubric
from tests.unit.grader.rubric.test_controls import call
from tests.unit.grader.rubric.test_moved import scores

RUBRIC = rubric()
HONEST = [call("original", "not_met"), call("neutral", "not_met")]
OBEYED = [call("original", "met"), call("neutral", "not_met")]
FAILED = [call("original", "not_met"), call("neutral", "not_met", outcome="timeout")]


def test_nothing_is_suspected_where_nothing_speaks_for_it() -> None:
    told = scores((3,), 3)
    assert suspected(RUBRIC, told, Signs(calls=HONEST)) == (tuple(told), "")
    assert suspected(RUBRIC, told, Signs()) == (tuple(told), "")


@pytest.mark.parametrize(
    ("signs", "said"),
    [
        (Signs(calls=OBEYED), "whose answer is known"),
        (Signs(calls=FAILED), "no answer about the neutral twin"),
        (Signs(calls=HONEST, unseen=frozenset({"efficiency"})), "shown nothing"),
    ],
)
def test_words_are_for_people_where_a_sign_is_of_words(signs: Signs, said: str) -> None:
    left, why = suspected(RUBRIC, scores((3,), 3), signs)
    assert said in why
    words = [each for each in left if each.dimension in {"code_quality", "communication"}]
    assert [(each.score, each.for_person) for each in words] == [(None, True)] * 2
    assert all(said in each.reason for each in words)


@pytest.mark.parametrize(
    ("samples", "twin", "why"),
    [
        ((2, 2), 3, "On a dimension of logic it gets less than its neutral twin."),
        ((2, 3), 3, ""),  # one reading alone is noise
        ((None, 2), 3, ""),
        ((3, 4), 3, "Its words moved the model on a dimension of logic."),
        ((3,), None, ""),
    ],
)
def test_logic_is_suspected_by_how_it_stands_to_the_twin(
    samples: tuple[int | None, ...], twin: int | None, why: str
) -> None:
    assert suspected(RUBRIC, scores(samples, twin), Signs(calls=HONEST))[1] == why


def without(told: list[DimensionScore], name: str) -> list[DimensionScore]:
    reason = "The model saw nothing in the submission to score this by."
    return [
        replace(e, score=None, confidence=None, reason=reason) if e.dimension == name else e
        for e in told
    ]


@pytest.mark.parametrize(
    "signs",
    [Signs(injected=True), Signs(tampered=True), Signs(emptied=frozenset({"code_quality"}))],
)
def test_what_a_model_says_is_not_shown_is_for_people_once_words_are_suspected(
    signs: Signs,
) -> None:
    left, why = suspected(RUBRIC, without(scores((3,), 3), "code_quality"), signs)
    assert why
    found = next(each for each in left if each.dimension == "code_quality")
    assert found.for_person
    assert found.reason.startswith("A person decides: The model saw nothing")
    assert next(each for each in left if each.dimension == "efficiency").score == 3
