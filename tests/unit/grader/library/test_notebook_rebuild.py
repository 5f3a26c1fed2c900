"""Only text of known cells comes from a submission; everything runs in the author's order."""

from typing import Any

import pytest
from viva_grader.domain.errors import WrongQuestionError
from viva_grader.library.notebook import read_author, read_submission
from viva_grader.library.notebook_rebuild import Rebuilt, StepKind, rebuild

from tests.fakes.nbgrader_course import autograded, given, notebook, prose, solution, written

AUTHOR = (
    given("import math"),
    solution("one", "a = 1"),
    autograded("test_one", "assert a == 1"),
    solution("two", "b = 2"),
    written("essay", "Write."),
)


def put(*cells: dict[str, Any]) -> Rebuilt:
    return rebuild(read_author(notebook(*AUTHOR)), read_submission(notebook(*cells)))


def test_test_and_given_cells_are_the_authors_whatever_is_submitted() -> None:
    rebuilt = put(solution("one", "a = 5"), autograded("test_one", "1"), given("import os", "two"))
    steps = {step.cell: step for step in rebuilt.steps}
    assert steps["test_one"].source == "assert a == 1"
    assert steps["given-1"].source == "import math"
    assert steps["one"].source == "a = 5"
    assert steps["two"].kind is StepKind.SOLUTION
    assert rebuilt.missing == ("essay",)


def test_a_test_cells_id_on_a_solution_brings_nothing() -> None:
    rebuilt = put(solution("one", "a = 5"), solution("test_one", "a = 1"))
    assert [s.source for s in rebuilt.steps if s.cell == "test_one"] == ["assert a == 1"]


def test_moved_and_copied_cells_count_once_in_the_authors_place() -> None:
    rebuilt = put(solution("two", "b = 1"), solution("one", "a = 1"), solution("one", "a = 2"))
    assert [s.cell for s in rebuilt.steps] == ["given-1", "one", "test_one", "two"]
    assert rebuilt.answers["one"] == "a = 1"
    assert rebuilt.duplicated == ("one",)


def test_added_cells_run_after_the_cell_that_they_follow() -> None:
    rebuilt = put(
        given("first = 0"), given("import math"), given("c = 3"), solution("one", "a = c"),
        prose("Why"), given("d = 4"), solution("two", "b = d"),
    )  # fmt: skip
    order = [(s.kind.value, s.source) for s in rebuilt.steps]
    assert order == [
        ("helper", "first = 0"), ("given", "import math"), ("helper", "c = 3"),
        ("solution", "a = c"), ("helper", "d = 4"), ("tests", "assert a == 1"),
        ("solution", "b = d"),
    ]  # fmt: skip
    assert [cell.source for cell in rebuilt.added] == ["first = 0", "c = 3", "Why", "d = 4"]


def test_a_markdown_cell_that_became_code_stays_prose() -> None:
    rebuilt = put(solution("one", "a = 1"), written("essay", "import os", kind="code"))
    assert "essay" not in {step.cell for step in rebuilt.steps}
    assert rebuilt.answers["essay"] == "import os"


def test_another_questions_submission_is_refused() -> None:
    with pytest.raises(WrongQuestionError, match="another question"):
        put(solution("elsewhere", "x = 1"))
