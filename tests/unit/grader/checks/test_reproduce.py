"""Two runs of a notebook are compared cell by cell; queries stand beside, each asked twice."""

from viva_grader.checks.query import check_query
from viva_grader.checks.reproduce import Ran, judge_runs, with_queries
from viva_grader.domain.outcome import Measure
from viva_grader.domain.question import Limits, Part, PartKind, QueryRule
from viva_grader.library.notebook_rebuild import Step, StepKind

from tests.fakes.databases_suite import colours
from tests.fakes.sqlite_databases import SqliteDatabases

STEPS = (
    Step(StepKind.GIVEN, "start", "import os"),
    Step(StepKind.SOLUTION, "a", "x = 1"),
    Step(StepKind.HELPER, "cell-3", "x"),
    Step(StepKind.TESTS, "t", "assert x"),
)
FINE = [Ran(), Ran(), Ran(shown=("", "1", "h")), Ran("AssertionError", 1)]


def judged(other: list[Ran], values: tuple[str, str] = ("h", "h")) -> Measure:
    one, two = ({"x": value} for value in values)
    return judge_runs(STEPS, (FINE, one), (other, two), {})


def test_own_cells_count_and_tests_and_given_cells_do_not() -> None:
    measure = judged(FINE)
    assert measure.value == 1.0
    assert [cell["cell"] for cell in measure.facts[0].data["cells"]] == ["a", "cell-3"]


def test_a_value_that_differs_is_charged_to_the_cell_that_defines_it() -> None:
    measure = judged(FINE, ("h", "i"))
    assert measure.value == 0.5
    assert "a: x has another value in the second run" in measure.said


def test_what_ends_or_shows_in_another_way_differs() -> None:
    for other in (Ran(shown=("", "2", "h")), Ran(shown=("p", "1", "h")), Ran("KeyError", 1)):
        assert judged([FINE[0], FINE[1], other, FINE[3]]).value == 0.5


def test_queries_count_as_cells_of_their_own() -> None:
    both = with_queries(judged(FINE), {"q": True, "r": False})
    assert both is not None
    assert both.value == 0.75
    alone = with_queries(None, {"q": True})
    assert alone is not None
    assert alone.value == 1.0
    assert with_queries(None, {}) is None
    ours = Measure(None, "not measured", again=True)
    assert with_queries(ours, {"q": True}) is ours


def test_a_query_that_gives_other_rows_when_asked_again_does_not_repeat() -> None:
    part = Part("p", PartKind.QUERY, 1, "", ("q",), QueryRule("q"))
    sources = {
        "select name from colours where weight is not null": True,
        "select name || abs(random()) as name from colours": False,
    }
    for sql, repeats in sources.items():
        said = check_query(
            part, submitted=f"%%sql q <<\n{sql}", reference="%%sql q <<\nselect name from colours",
            fixture=colours("first", "second"), databases=SqliteDatabases(), limits=Limits(),
        )  # fmt: skip
        assert said.repeats is repeats
