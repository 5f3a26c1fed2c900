"""Decides what a judge is believed on after words moved it on a dimension of logic."""

from dataclasses import replace

from viva_grader.domain.evaluation import DimensionScore
from viva_grader.domain.rubric import Twin
from viva_grader.rubric.moved import unmoved

from tests.fakes.sample_grades import rubric

RUBRIC = rubric()


def scores(samples: tuple[int | None, ...], twin: int | None) -> list[DimensionScore]:
    logic = [each.name for each in RUBRIC.scored() if each.twin is Twin.NEUTRAL]
    return [
        replace(
            DimensionScore(each.name, score=3, rationale="", confidence=0.8),
            samples=samples if each.name in logic else (3,),
            twin=twin if each.name in logic else None,
        )
        for each in RUBRIC.scored()
    ]


def test_words_that_raised_logic_send_what_words_decide_to_a_person() -> None:
    found = unmoved(RUBRIC, scores((5,), 3))
    words = [each for each in found if each.dimension in {"code_quality", "communication"}]
    assert [(each.score, each.confidence, each.for_person) for each in words] == [
        (None, None, True)
    ] * 2
    assert all("Efficiency" in each.reason for each in words)


def test_nothing_is_taken_where_the_twin_gets_as_much_or_more_or_nothing() -> None:
    for samples, twin in (((3,), 3), ((2,), 3), ((None,), 3), ((5,), None)):
        told = scores(samples, twin)
        assert list(unmoved(RUBRIC, told)) == told
