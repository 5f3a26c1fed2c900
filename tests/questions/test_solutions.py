"""Every question's solutions get the verdicts that stand in its expected.toml, and no others."""

from functools import cache
from pathlib import Path

import pytest
from viva_grader.bootstrap import Grader
from viva_grader.domain.grade import Grade, canonical
from viva_grader.library.shelf import Shelf
from viva_grader.library.solutions import Solution, compose, load_solutions

pytestmark = [pytest.mark.postgres, pytest.mark.sandbox]

SHELF = Shelf(Path(__file__).parents[2])


@cache
def solutions(slug: str) -> dict[str, Solution]:
    found = load_solutions(SHELF.questions_folder / slug, SHELF.question(slug))
    return {solution.name: solution for solution in found}


EVERY = [(slug, name) for slug in SHELF.slugs() for name in solutions(slug)]
grades: dict[tuple[str, str], Grade] = {}


def graded(grader: Grader, slug: str, name: str) -> Grade:
    if (slug, name) not in grades:
        question = grader.question(slug)
        submission = compose(grader.release(question), solutions(slug)[name].cells)
        grades[slug, name] = grader.grade(submission, question)
    return grades[slug, name]


@pytest.mark.parametrize(("slug", "name"), EVERY)
def test_solution_gets_its_expected_verdicts(grader: Grader, slug: str, name: str) -> None:
    expected = solutions(slug)[name]
    grade = graded(grader, slug, name)
    said = {
        item.part: (item.status, item.points) for item in grade.items if item.part in expected.parts
    }
    assert said == {part: (want.status, want.points) for part, want in expected.parts.items()}
    assert grade.auto_score == expected.auto_score


@pytest.mark.parametrize("slug", SHELF.slugs())
def test_authors_own_answer_scores_most_and_the_stub_nothing(grader: Grader, slug: str) -> None:
    scores = {name: graded(grader, slug, name).deterministic_score for name in solutions(slug)}
    assert scores["stub"] == 0.0
    assert (scores["reference"] or 0.0) >= 99.0
    assert scores["reference"] == max(score or 0.0 for score in scores.values())


@pytest.mark.parametrize("slug", SHELF.slugs())
def test_question_is_asked_with_enough_solutions(slug: str) -> None:
    names = set(solutions(slug))
    assert {"reference", "stub", "malicious"} <= names
    assert len([name for name in names if name.startswith("wrong")]) >= 2


@pytest.mark.parametrize("slug", SHELF.slugs())
def test_each_part_is_lost_by_a_wrong_solution(slug: str) -> None:
    wrong = [s for s in solutions(slug).values() if s.name not in {"stub", "malicious"}]
    for part in solutions(slug)["reference"].parts:
        full = solutions(slug)["reference"].parts[part].points
        lost = [s for s in wrong if (s.parts[part].points or 0) < (full or 0)]
        assert lost, f"nothing loses {part}"


def test_hidden_variants_catch_the_wrong_solutions_that_they_are_for(grader: Grader) -> None:
    caught: dict[str, set[str]] = {v.name: set() for v in SHELF.fixture("shop").hidden}
    for name in solutions("late_orders"):
        if name.startswith("wrong"):
            for fact in graded(grader, "late_orders", name).evidence:
                if fact.kind == "query_diff" and fact.data["outcome"] == "different":
                    caught[fact.data["variant"]].add(name)
    assert "wrong_copies" in caught["keys"]
    assert "wrong_ties" in caught["ties"]
    assert caught["calendar"] - caught["keys"] - caught["ties"] == {"wrong_calendar"}
    assert "wrong_calendar" in caught["autumn"]
    assert "wrong_copies" in caught["chains"]


def test_message_shows_no_hidden_row_but_the_evidence_does(grader: Grader) -> None:
    grade = graded(grader, "late_orders", "wrong_ties")
    diffs = [fact.data for fact in grade.evidence if fact.data.get("outcome") == "different"]
    assert diffs
    messages = " ".join(item.message for item in grade.items)
    shown = [diff for diff in diffs if diff.get("counterexample")]
    assert shown
    for diff in shown:
        assert 0 < len(diff["missing"]) + len(diff["unexpected"]) <= 10
        for row in diff["missing"] + diff["unexpected"]:
            assert ", ".join(map(str, row)) not in messages


def test_grade_of_queries_is_the_same_bytes_again(grader: Grader) -> None:
    first = graded(grader, "late_orders", "wrong_calendar")
    question = grader.question("late_orders")
    cells = solutions("late_orders")["wrong_calendar"].cells
    again = grader.grade(compose(grader.release(question), cells), question)
    assert canonical(again.document()) == canonical(first.document())
