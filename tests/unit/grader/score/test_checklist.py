"""Decides which level a checklist gives."""

import itertools

import pytest
from viva_grader.domain.evaluation import Decision
from viva_grader.domain.rubric import Check
from viva_grader.score.checklist import level_of

CHECKS = (Check("a", "…", 2), Check("b", "…"), Check("c", "…"))
WORDS = {"+": "met", "~": "partly", "-": "not_met", "?": "not_shown"}


def level(marks: str) -> int | None:
    decisions = {check.id: Decision(WORDS[mark]) for check, mark in zip(CHECKS, marks, strict=True)}
    return level_of(CHECKS, decisions)


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ("+++", 5),
        ("---", 1),
        ("~~~", 3),
        ("+--", 3),  # 1 + 4 × 2/4
        ("++-", 4),
        ("++~", 4),  # 4.5 is rounded down
        ("-~-", 1),  # 1.5 too
        ("+??", 4),  # half is shown, and never the whole
        ("-??", 1),
        ("?++", 4),
        ("??+", None),
        ("???", None),
    ],
)
def test_level_is_the_weighted_mean_of_what_is_shown(marks: str, expected: int | None) -> None:
    assert level(marks) == expected


def test_a_better_decision_never_lowers_a_level() -> None:
    for marks in itertools.product("-~+", repeat=3):
        for place in range(3):
            if marks[place] == "+":
                continue
            better = list(marks)
            better[place] = "+"
            assert (level("".join(better)) or 0) >= (level("".join(marks)) or 0)
