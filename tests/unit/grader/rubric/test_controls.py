"""Decides what checks with a known answer show of a judge, and that they count in no level."""

import json
from itertools import pairwise

import pytest
from viva_grader.domain.grade import Json
from viva_grader.domain.rubric import Twin
from viva_grader.rubric.answers import for_variant
from viva_grader.rubric.controls import CONTROLS, answered, source, swayed, with_controls, wordy
from viva_grader.rubric.parse import ALWAYS_MET, NEVER_MET

from tests.fakes.sample_grades import rubric

RUBRIC = rubric()
WORDY = {"code_quality", "communication"}


def call(variant: str, never: str | None, always: str | None = "met", **more: Json) -> Json:
    said = {NEVER_MET: never, ALWAYS_MET: always}
    checklist = {name: each for name, each in said.items() if each is not None}
    answer = {"dimensions": {name: {"checklist": checklist} for name in WORDY}, "bonus": 0}
    response = {"text": json.dumps(answer)}
    told = {"pass": "A", "variant": variant, "outcome": "answered", "response": response}
    return told | more


def test_wordy_dimensions_have_both_and_their_twin_nothing_else() -> None:
    original = with_controls(RUBRIC, RUBRIC, "original")
    assert {e.name for e in original.scored() if e.checklist[-2:] == CONTROLS} == WORDY
    twin = with_controls(RUBRIC, for_variant(RUBRIC, "neutral"), "neutral")
    checks = {each.name: each.checklist for each in twin.scored()}
    assert checks.pop("efficiency") == RUBRIC.scored()[0].checklist
    assert checks == dict.fromkeys(WORDY, CONTROLS)
    assert {each.name for each in wordy(RUBRIC)} == WORDY
    strings = for_variant(RUBRIC, Twin.STRINGS.value)
    assert with_controls(RUBRIC, strings, Twin.STRINGS.value) == strings


def test_source_is_another_one_for_each_request() -> None:
    names = [source(str(number)) for number in range(50)]
    assert len(set(names)) == 50
    assert all(one != two for one, two in pairwise(names))


@pytest.mark.parametrize(
    ("submission", "twin", "moved"),
    [
        (("met", "met"), ("not_met", "met"), True),
        (("partly", "met"), ("not_shown", "met"), True),
        (("not_met", "not_shown"), ("not_met", "met"), True),
        (("not_met", "met"), ("not_shown", "met"), False),
        # a judge that says the same of everything was not moved by words
        (("met", "met"), ("met", "met"), False),
        (("partly", "partly"), ("partly", "partly"), False),
        ((None, None), (None, None), False),
        ((None, None), ("not_met", "met"), True),
    ],
)
def test_only_a_difference_from_the_twin_shows_that_words_moved_it(
    submission: tuple[str | None, str | None], twin: tuple[str | None, str | None], moved: bool
) -> None:
    calls = [call("original", *submission), call("neutral", *twin)]
    assert swayed(calls, RUBRIC) is moved


def test_one_sample_of_several_is_enough() -> None:
    calls = [call("original", "not_met"), call("original", "met"), call("neutral", "not_met")]
    assert swayed(calls, RUBRIC)


@pytest.mark.parametrize(
    "broken",
    [
        {"outcome": "timeout"},
        {"response": {"text": "no JSON"}},
        {"response": {"text": '{"dimensions": [1]}'}},
        {"pass": "B"},
    ],
)
def test_twin_without_an_answer_can_be_compared_with_nothing(broken: dict[str, Json]) -> None:
    calls = [call("original", "met"), call("neutral", "not_met", **broken)]
    assert not answered(calls)
    assert not swayed(calls, RUBRIC)
    assert answered([call("neutral", "not_met")])
