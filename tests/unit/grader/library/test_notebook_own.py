"""A candidate's own notebook: their order, their text, and of tests only what a release shows."""

import pytest
from viva_grader.library.notebook import read_author, read_submission
from viva_grader.library.notebook_magics import holds_python, plain_python
from viva_grader.library.notebook_names import CellNames, cell_names
from viva_grader.library.notebook_own import (
    own_notebook,
    submitted_outputs,
    without_hidden_tests,
)

from tests.fakes.nbgrader_course import autograded, given, notebook, prose, solution

TEST = "assert f()\n### BEGIN HIDDEN TESTS\nassert f() == 42\n### END HIDDEN TESTS\nassert f"
AUTHOR = read_author(notebook(given("import os"), solution("s", "x = 1"), autograded("t", TEST)))


def own(*cells: dict[str, object]) -> list[tuple[str, str, str]]:
    steps = own_notebook(AUTHOR, read_submission(notebook(*cells)))
    return [(step.kind.value, step.cell, step.source) for step in steps]


def test_cells_stand_in_the_candidates_order() -> None:
    tests = autograded("t", "pass")
    assert own(given("y = 2"), tests, solution("s", "x = 9"), given("import os")) == [
        ("helper", "cell-1", "y = 2"),
        ("tests", "t", "assert f()\nassert f"),
        ("solution", "s", "x = 9"),
        ("given", "cell-4", "import os"),
    ]  # fmt: skip


def test_a_notebook_without_python_of_its_own_is_none() -> None:
    assert own(given("import os"), solution("s", "%%sql\nselect 1"), prose("Hello")) == []


def test_hidden_tests_are_taken_out_even_where_the_region_is_not_closed() -> None:
    assert without_hidden_tests(TEST) == "assert f()\nassert f"
    assert without_hidden_tests("a\n # BEGIN HIDDEN TESTS\nb") == "a\n"
    assert without_hidden_tests("a\nb") == "a\nb"


def test_submitted_outputs_are_bounded_text() -> None:
    outputs = [
        {"output_type": "stream", "text": ["one\n", "two"]},
        {"output_type": "execute_result", "data": {"text/plain": "3", "text/html": "<b>"}},
        {"output_type": "error", "ename": "KeyError"},
        {"output_type": "display_data", "data": {"image/png": "xx"}},
        "nonsense",
        {"text": 3},
    ]
    cells = [
        given("1") | {"outputs": outputs},
        solution("s", "2") | {"outputs": [{"output_type": "stream", "text": "x" * 10_000}]},
        given("3") | {"outputs": None},
    ]
    found = submitted_outputs(notebook(*cells))
    assert found["cell-1"] == "one\ntwo\n3\nKeyError"
    assert len(found["s"]) == 300
    assert set(found) == {"cell-1", "s"}


@pytest.mark.parametrize(
    "deep", ["x = 1" + "+1" * 60_000, "x = " + "-" * 90_000 + "1", "x = a" + ".b" * 900]
)
def test_a_cell_that_no_parser_gets_through_is_a_cell_all_the_same(deep: str) -> None:
    assert plain_python(deep) == deep
    assert isinstance(cell_names(deep), CellNames)


def test_a_long_line_that_is_no_magic_is_read_once() -> None:
    line = "a" + " " * 2_000_000 + "b"
    assert plain_python(line) == line


@pytest.mark.parametrize(
    "source",
    [
        "x = 1", "%%time\nx = 1", "# a\r\n\r\n%%time\nx", "%ls", "%%bash\nls", " \n", "%%time",
        "# a\n\n  %%sql\nx",
    ],
)  # fmt: skip
def test_whether_a_cell_holds_python_is_told_without_parsing_it(source: str) -> None:
    assert holds_python(source) == bool(plain_python(source).strip())
