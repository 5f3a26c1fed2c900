"""The rows of a ``%%sql name <<`` cell, as an author's tests are written for them."""

from pathlib import Path

import pytest
from viva_grader.databases.port import Answer, ProblemKind, QueryProblem, ResultSet
from viva_grader.domain.question import Question
from viva_grader.flow.query import FixtureQueries
from viva_grader.library.shelf import Shelf

from tests.fakes.databases_suite import colours
from tests.fakes.sqlite_databases import SqliteDatabases

SHELF = Shelf(Path(__file__).parents[4])


def run(cell: str, question: Question | None = None) -> Answer:
    queries = FixtureQueries(SqliteDatabases(), lambda _slug: colours("hidden"))
    return queries.run_for_frame(question or SHELF.question("late_orders"), cell)


def test_cell_is_run_on_the_sample_and_on_no_hidden_data() -> None:
    answer = run("%%sql frame <<\nselect name, weight from colours where weight = 7")
    assert isinstance(answer, ResultSet)
    assert answer.rows == (("sample", "7"),)


@pytest.mark.parametrize(
    "cell", ["x = 1", "%%sql f <<\n", "%%sql --with a\nselect 1", "%%sql f <<\nselect {{ x }}"]
)
def test_cell_that_holds_no_query_is_refused(cell: str) -> None:
    answer = run(cell)
    assert isinstance(answer, QueryProblem)
    assert answer.kind is ProblemKind.REFUSED


def test_question_without_a_fixture_has_nothing_to_ask() -> None:
    answer = run("%%sql f <<\nselect 1", SHELF.question("top_customers"))
    assert isinstance(answer, QueryProblem)
    assert "no fixture" in answer.message
