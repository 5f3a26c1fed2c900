"""Plans of real queries: the same on every instance, under the same limits, not to be disturbed."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from viva_grader.checks.plan import effort_of, shown
from viva_grader.databases.pool import InstancePool
from viva_grader.databases.port import ProblemKind, QueryLimits, QueryPlan, QueryProblem

from tests.fakes.databases_suite import colours
from tests.fakes.short_home import short_home

pytestmark = pytest.mark.postgres

FIXTURE = replace(
    colours("first", "second"),
    generate=lambda variant: {
        "colours": [(f"{variant.name}-{n % 977}", n * 7919 % 4001) for n in range(40_000)]
    },
    schema_sql="create table colours (name varchar(40) not null, weight integer);"
    "create index on colours (weight);",
    sha256="many colours",
)
LIMITS = QueryLimits(seconds=20)
QUERIES = (
    "select name, count(*) from colours group by name",
    "select name from colours where weight = 17 order by name",
    "select * from colours as a join colours as b on a.weight = b.weight and a.name < b.name"
    " where a.weight between 10 and 20",
    "select name, rank() over (partition by weight order by name) from colours order by 2, 1",
    "with recursive r as (select 1 as n union all select n + 1 from r where n < 300)"
    " select n, (select max(name) from colours where weight = n) from r",
    "select name from colours where weight in (select weight from colours where name like '%-3')",
)


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with short_home() as home:
        yield home


def planned(pool: InstancePool, sql: str, variant: str = "first") -> QueryPlan:
    plan = pool.plan(FIXTURE, variant, sql, LIMITS, remember=False)
    assert isinstance(plan, QueryPlan), plan
    return plan


def test_work_is_exact_over_instances_and_sessions(home: Path) -> None:
    seen: dict[str, list[object]] = {sql: [] for sql in QUERIES}
    for turn in range(3):
        with InstancePool(home) as pool:
            order = QUERIES if turn != 1 else QUERIES[::-1]
            for sql in order:
                if turn == 2:  # in a session that is warm from another query
                    pool.query(FIXTURE, "first", QUERIES[0], LIMITS)
                plan = planned(pool, sql)
                seen[sql].append((effort_of(plan), shown(plan)))
    for sql, said in seen.items():
        assert said[0] == said[1] == said[2], sql


def test_statistics_are_the_same_in_a_folder_that_is_made_again(home: Path) -> None:
    # ANALYZE would sample: 40,000 rows are more than the 30,000 of its usual target
    with InstancePool(home) as pool:
        before = [(effort_of(plan), shown(plan)) for plan in map_plans(pool)]
    with short_home() as other, InstancePool(other) as pool:
        assert [(effort_of(plan), shown(plan)) for plan in map_plans(pool)] == before
        answer = pool.query(
            FIXTURE, "first",
            "select n_distinct::text, most_common_freqs::text, histogram_bounds::text"
            " from pg_stats where tablename = 'colours' order by attname", LIMITS,
        )  # fmt: skip
    with InstancePool(home) as pool:
        assert pool.query(
            FIXTURE, "first",
            "select n_distinct::text, most_common_freqs::text, histogram_bounds::text"
            " from pg_stats where tablename = 'colours' order by attname", LIMITS,
        ) == answer  # fmt: skip


def map_plans(pool: InstancePool) -> list[QueryPlan]:
    return [planned(pool, sql) for sql in QUERIES]


def test_more_work_is_counted_as_more(home: Path) -> None:
    with InstancePool(home) as pool:
        by_index = effort_of(planned(pool, "select name from colours where weight = 17"))
        by_scan = effort_of(planned(pool, "select name from colours where weight + 0 = 17"))
        squared = effort_of(
            planned(
                pool,
                "select count(*) from (select * from colours limit 2000) a,"
                " (select * from colours limit 2000) b where a.name < b.name",
            )
        )
    assert by_scan.pages > 5 * by_index.pages
    assert by_scan.rows > 50 * by_index.rows
    assert squared.rows > 3_000_000, "what a join throws away is work too"
    assert squared.pages < by_scan.pages, "and is not seen in pages"


@pytest.mark.parametrize(
    "sql",
    [
        "select 1; select 2",
        "select 1 -- ;\n; drop table colours",
        "(analyze false) select 1",
        "analyze verbose select 1",
        "select 1) select (2",
        "with gone as (delete from colours returning 1) select * from gone",
        "select name into stolen from colours",
        "/* */ \\! id",
        "select 1 \\g",
        "create table x as select 1",
        "execute x",
    ],
)
def test_text_cannot_change_how_it_is_explained(home: Path, sql: str) -> None:
    with InstancePool(home) as pool:
        assert isinstance(pool.plan(FIXTURE, "first", sql, LIMITS, remember=False), QueryProblem)
        whole = planned(pool, "select name from colours")
        assert effort_of(whole).rows == 40_000


def test_plan_of_a_slow_query_ends_as_its_own_verdict(home: Path) -> None:
    sql = "select count(*) from generate_series(1, 100000000000)"
    with InstancePool(home) as pool:
        slow = pool.plan(FIXTURE, "first", sql, QueryLimits(seconds=0.2), remember=False)
        assert isinstance(slow, QueryProblem)
        assert slow.kind is ProblemKind.TIMEOUT
        greedy = "select array_agg(repeat('x', 1000)) from generate_series(1, 3000000)"
        large = pool.plan(FIXTURE, "first", greedy, LIMITS, remember=False)
        assert isinstance(large, QueryProblem)
        assert large.limit == "memory"


def test_authors_plan_and_answer_are_asked_for_once(home: Path) -> None:
    with InstancePool(home) as pool:
        first = pool.plan(FIXTURE, "first", QUERIES[0], LIMITS, remember=True)
        assert pool.plan(FIXTURE, "first", QUERIES[0], LIMITS, remember=True) is first
        answer = pool.remembered(FIXTURE, "first", QUERIES[0], LIMITS)
        assert pool.remembered(FIXTURE, "first", QUERIES[0], LIMITS) is answer
        assert pool.remembered(FIXTURE, "second", QUERIES[0], LIMITS) != answer
        wrong = pool.remembered(FIXTURE, "first", "select oops", LIMITS)
        assert pool.remembered(FIXTURE, "first", "select oops", LIMITS) is not wrong
