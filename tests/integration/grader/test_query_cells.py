"""Rows of ``%%sql name <<`` cells in the Python cells and tests that read them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from viva_grader.bootstrap import Grader, GraderSettings, build_grader
from viva_grader.domain.grade import Item
from viva_grader.domain.question import Limits

from tests.fakes.nbgrader_course import Course, autograded, course, given, solution
from tests.fakes.short_home import short_home

pytestmark = [pytest.mark.sandbox, pytest.mark.postgres]

COURSE = course(
    given("import pandas as pd"),
    given("%%sql regions <<\nselect distinct region from customers where region is not null"),
    solution("query", "%%sql totals <<\nselect region, count(*) as n from customers group by region"),
    autograded(
        "rows",
        "assert sorted(totals.columns) == ['n', 'region']\n"
        "assert totals['n'].dtype == 'int64'\n"
        "assert set(totals['region'].dropna()) == set(regions['region'])",
    ),
    solution("work", "def share(region):\n    mine = totals[totals['region'] == region]\n"
                     "    return int(mine['n'].sum()) / int(totals['n'].sum())"),
    autograded("shares", "assert 0 < share('north') < 1\nassert share('nowhere') == 0"),
)  # fmt: skip


@pytest.fixture(scope="module")
def asked() -> Iterator[Grader]:
    with short_home() as home, build_grader(GraderSettings(home=home)) as built:
        yield built


def items(grader: Grader, course: Course, answers: dict[str, str] | None = None) -> dict[str, Item]:
    question = replace(course.question, fixture="shop", limits=Limits(call_s=2))
    found = grader.grade(course.submission(answers), question).items
    return {item.part: item for item in found}


def points(found: dict[str, Item]) -> dict[str, float | None]:
    return {name: item.points for name, item in found.items()}


def test_rows_are_read_by_tests_and_by_later_cells(asked: Grader) -> None:
    assert points(items(asked, COURSE)) == {"rows": 1.0, "shares": 1.0}


def test_rows_are_there_again_after_the_process_ended(asked: Grader) -> None:
    ending = (
        "def share(region):\n    if region == 'nowhere':\n        import os; os._exit(0)\n"
        "    return len(totals) / 100"
    )
    after = course(*COURSE.cells, autograded("again", "assert share('x') > 0\nassert len(totals)"))
    found = items(asked, after, {"work": ending})
    assert points(found) == {"rows": 1.0, "shares": 0.0, "again": 1.0}


def test_values_have_the_types_that_a_notebook_gives(asked: Grader) -> None:
    typed = course(
        given("import datetime, decimal"),
        solution(
            "query",
            "%%sql got << select 1.50 as price, date '2025-01-31' as day, true as yes, null::int"
            " as none, array[[1, null]] as many, interval '1 day -01:00:00.5' as span,"
            " timestamptz '2025-03-03 10:00+01' as at, '{\"a\": 1}'::jsonb as j, 0.5::float8 as f",
        ),
        autograded(
            "types",
            "row = got.iloc[0]\n"
            "assert row['price'] == decimal.Decimal('1.50')\n"
            "assert row['day'] == datetime.date(2025, 1, 31)\n"
            "assert bool(row['yes']) is True and row['none'] is None\n"
            "assert row['many'] == [[1, None]] and row['j'] == {'a': 1} and row['f'] == 0.5\n"
            "assert row['span'] == datetime.timedelta(days=1, hours=-1, milliseconds=-500)\n"
            "assert row['at'].isoformat() == '2025-03-03T09:00:00+00:00'",
        ),
    )
    found = items(asked, typed)
    assert points(found) == {"types": 1.0}, found["types"].message


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("%%sql totals <<\nselect regoin from customers", "candidate_error", '"regoin"'),
        ("%%sql totals <<\ndelete from customers", "candidate_error", "only one SELECT"),
        ("%%sql totals <<\nselect * from pg_read_file('/etc/passwd')", "candidate_error",
         "permission denied"),
        ("%%sql totals << select 'infinity'::timestamp as t", "candidate_error",
         "type timestamp"),
        ("%%sql --with other totals <<\nselect 1", "unsupported", "not run for tests"),
        ("totals = %sql select 1", "unsupported", "only %%sql name <<"),
        ("import psycopg\ntotals = psycopg.connect()", "candidate_error", "only be asked by a %%sql"),
        ("totals = get_ipython().run_line_magic('sql', 'select 1')", "candidate_error",
         "only be asked by a %%sql cell"),
        ("%%sql totals <<\nselect count(*) from (select generate_series(1, 1000000000000)) as s", "timeout",
         "takes longer than 2 s"),
    ],
)  # fmt: skip
def test_cell_without_rows_says_why(asked: Grader, query: str, status: str, said: str) -> None:
    found = items(asked, COURSE, {"query": query})["rows"]
    assert (found.status.value, found.points or 0.0) == (status, 0.0)
    assert said in found.message


def test_author_s_names_stay_the_author_s(asked: Grader) -> None:
    query = "%%sql regions <<\nselect 'north' as region, 1 as n"
    found = items(asked, COURSE, {"query": query})["rows"]
    assert found.status.value == "candidate_error"
    assert "totals" in found.message
