"""Answers that change data, in real throw-away databases."""

import time
from collections.abc import Iterator

import pytest
from viva_grader.databases.pool import InstancePool
from viva_grader.databases.port import ProblemKind, QueryLimits, QueryProblem, ResultSet, Script

from tests.fakes.databases_suite import colours
from tests.fakes.short_home import short_home

pytestmark = pytest.mark.postgres

FIXTURE = colours("first")
BOTH = colours("first", "second")
WHOLE = "select name, weight from colours order by name"


@pytest.fixture(scope="module")
def pool() -> Iterator[InstancePool]:
    with short_home() as home, InstancePool(home) as pool:
        yield pool


def changed(
    pool: InstancePool, sql: str, look: str = WHOLE, *, several: bool = True, seconds: float = 20
) -> object:
    """Run a script and give what the look sees on the first variant, or the problem."""
    script = Script(sql, several=several, look=(look,))
    said = pool.change(FIXTURE, script, QueryLimits(seconds=seconds), remember=False)
    first = said["first"]
    if isinstance(first, QueryProblem):
        return first
    (answer,) = first
    return answer.rows if isinstance(answer, ResultSet) else answer


@pytest.mark.parametrize(
    ("sql", "look", "rows"),
    [
        ("insert into colours values ('new', 1)", "select count(*) from colours", (("5",),)),
        ("update colours set weight = 9 where weight is null",
         "select count(*) from colours where weight = 9", (("2",),)),
        ("delete from colours where name = 'blue'", "select count(*) from colours", (("2",),)),
        ("create table t (n int primary key); insert into t select 7;",
         "select n from t", (("7",),)),
        ("create schema s; create table s.t as select 1 as n", "select n from s.t", (("1",),)),
        ("create unique index mine on colours (name) where weight > 5",
         "select indexname from pg_indexes where indexname = 'mine'", (("mine",),)),
        ("alter table colours add column c int default 3; alter table colours drop column weight",
         "select count(c) from colours", (("4",),)),
        ("begin; delete from colours; rollback; begin; insert into colours values ('x'); commit;",
         "select count(*) from colours", (("5",),)),
        ("create function f() returns int language plpgsql as $$ begin return 4; end $$;"
         " create view v as select f() as n;", "select n from v", (("4",),)),
        ("create type mood as enum ('ok', 'sad'); create table m as select 'ok'::mood as m",
         "select m from m", (("ok",),)),
    ],
)  # fmt: skip
def test_look_sees_what_the_statements_did(
    pool: InstancePool, sql: str, look: str, rows: object
) -> None:
    assert changed(pool, sql, look) == rows


def test_each_variant_is_a_database_of_its_own_and_thrown_away(pool: InstancePool) -> None:
    script = Script("delete from colours where weight = 3", several=False, look=(WHOLE,))
    for _ in range(2):
        said = pool.change(BOTH, script, QueryLimits(), remember=False)
        for variant in ("first", "second"):
            (answer,) = said[variant]
            assert isinstance(answer, ResultSet)
            assert answer.rows == (("blue", None), ("blue", None), (variant, "7"))
    answer = pool.query(FIXTURE, "first", "select count(*) from colours", QueryLimits())
    assert isinstance(answer, ResultSet)
    assert answer.rows == (("4",),)


def test_what_a_script_leaves_for_its_role_does_not_reach_the_look(pool: InstancePool) -> None:
    script = Script(
        "alter role writer set search_path = pg_temp;"
        "alter role writer in database v02 set default_transaction_read_only = off;"
        "listen something; notify something;"
        "delete from public.colours where weight = 3",
        several=True,
        look=(WHOLE, "select current_setting('search_path') as path"),
    )
    said = pool.change(BOTH, script, QueryLimits(), remember=False)
    for variant in ("first", "second"):
        rows, path = said[variant]
        assert isinstance(rows, ResultSet)
        assert rows.rows == (("blue", None), ("blue", None), (variant, "7"))
        assert isinstance(path, ResultSet)
        assert "public" in str(path.rows)


def test_second_statement_is_refused_where_one_is_asked_for(pool: InstancePool) -> None:
    sql = "insert into colours values ('a'); insert into colours values ('b')"
    answer = changed(pool, sql, several=False)
    assert isinstance(answer, QueryProblem)
    assert (answer.kind, answer.message) == (ProblemKind.REFUSED, "only one statement is run")


def test_transaction_that_is_left_open_is_said(pool: InstancePool) -> None:
    answer = changed(pool, "begin; delete from colours")
    assert isinstance(answer, QueryProblem)
    assert "transaction is left open" in answer.message


@pytest.mark.parametrize(
    "sql",
    [
        "set role postgres",
        "set session authorization postgres",
        "set role looker",
        "alter role writer superuser",
        "create role mine",
        "grant pg_read_all_data to writer",
        "create database mine",
        "create extension dblink",
        "create extension file_fdw",
        "create function f() returns int language c as 'x'",
        "copy colours to program 'id'",
        "copy colours to '/tmp/x'",
        "copy (select 1) to stdout",
        "copy colours from stdin",
        "create tablespace t location '/tmp'",
        "alter system set log_statement = 'all'",
        "alter database v01 set work_mem = '1GB'",
        "select pg_read_file('/etc/passwd')",
        "select lo_import('/etc/passwd')",
        "select pg_sleep(100)",
        "select pg_advisory_lock(1)",
        "select pg_terminate_backend(pg_backend_pid())",
        "load 'x'",
        "create event trigger t on ddl_command_start execute function pg_catalog.now()",
        "create subscription s connection 'host=10.0.0.1' publication p",
        "drop database v02",
        "insert into colours values (null, 1)",
        "",
        "select 'a\x00b'",
    ],
)
def test_what_harms_more_than_its_own_data_ends_in_an_error(pool: InstancePool, sql: str) -> None:
    answer = changed(pool, sql)
    if sql:
        assert isinstance(answer, QueryProblem)
        assert answer.kind in {ProblemKind.ERROR, ProblemKind.REFUSED}
    assert isinstance(changed(pool, "select 1"), tuple)


@pytest.mark.parametrize(
    "sql",
    [
        "do $$ declare s text; begin select name into s from colours where weight = 7;"
        " raise exception '%', s using errcode = '42000'; end $$",
        "select (select name from colours where weight = 7)::regclass",
        "do $$ declare s text; begin select name into s from colours where weight = 7;"
        " execute format('select * from %I', s); end $$",
        "do $$ declare s text; begin select name into s from colours where weight = 7;"
        " raise exception '%', s using errcode = '42501'; end $$",
    ],
)
def test_error_says_no_hidden_value(pool: InstancePool, sql: str) -> None:
    script = Script(sql, several=True, look=(WHOLE,))
    answer = pool.change(BOTH, script, QueryLimits(), remember=False)["second"]
    assert isinstance(answer, QueryProblem)
    assert "second" not in answer.message


def test_own_error_is_said(pool: InstancePool) -> None:
    answer = changed(pool, "update colours set wieght = 1")
    assert isinstance(answer, QueryProblem)
    assert '"wieght"' in answer.message


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("drop table colours", 'relation "colours" does not exist'),
        ("drop owned by writer cascade", 'relation "colours" does not exist'),
        ("create view pg_temp.colours as select 1", None),
        ("revoke all on colours from public, looker", None),
        ("create schema looker; create table looker.colours (name text, weight int)", None),
        ("alter table colours rename column weight to w", 'column "weight" does not exist'),
    ],
)
def test_look_runs_as_another_who_sees_all(
    pool: InstancePool, sql: str, message: str | None
) -> None:
    answer = changed(pool, sql)
    if message is None:
        assert answer == (("blue", None), ("blue", None), ("first", "7"), ("red", "3"))
    else:
        assert isinstance(answer, QueryProblem)
        assert message in answer.message


def test_trap_that_the_look_steps_into_can_change_nothing(pool: InstancePool) -> None:
    answer = changed(
        pool,
        "create table seen (who text);"
        "create function trap() returns int language plpgsql security definer as"
        " $$ begin insert into seen values (current_user); return 1; end $$;"
        "alter table colours rename to hidden;"
        "create view colours as select name, trap() as weight from hidden",
    )
    assert isinstance(answer, QueryProblem)
    assert answer.kind is ProblemKind.ERROR


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("do $$ begin loop end loop; end $$", ProblemKind.TIMEOUT),
        ("create view v as select 1; lock table colours; select count(*) from"
         " generate_series(1, 100000000000)", ProblemKind.TIMEOUT),
    ],
)  # fmt: skip
def test_runaway_ends_as_a_timeout_and_the_next_variants_are_left_out(
    pool: InstancePool, sql: str, kind: ProblemKind
) -> None:
    script = Script(sql, several=True, look=(WHOLE,))
    start = time.monotonic()
    said = pool.change(BOTH, script, QueryLimits(seconds=0.5), remember=False)
    assert set(said) == {"first"}
    assert isinstance(said["first"], QueryProblem)
    assert said["first"].kind is kind
    assert time.monotonic() - start < 30


def test_look_that_is_made_slow_ends_as_a_timeout(pool: InstancePool) -> None:
    answer = changed(
        pool,
        "alter table colours rename to c; create view colours as"
        " select name, (select count(*)::int from generate_series(1, 100000000000)) as weight"
        " from c",
        seconds=0.5,
    )
    assert isinstance(answer, QueryProblem)
    assert answer.kind is ProblemKind.TIMEOUT


@pytest.mark.parametrize(
    ("sql", "limit"),
    [
        ("do $$ begin for i in 1..200000 loop execute 'create temp table t' || i || '()';"
         " end loop; end $$", "locks"),
        ("create function f(n int) returns int language plpgsql as"
         " $$ begin return f(n + 1); end $$; select f(0)", "stack_depth"),
        ("select array_agg(repeat('x', 1000)) from generate_series(1, 3000000)", "memory"),
        ("create table big (t text);"
         " alter table big alter column t set storage external;"
         " insert into big select repeat('x', 1000000) from generate_series(1, 5000)", "disk"),
        ("do $$ begin for i in 1..50 loop execute 'create table big' || i || ' as select"
         " n, n as m, n as o, n as p from generate_series(1, 2000000) n'; end loop; end $$",
         "disk"),
    ],
)  # fmt: skip
def test_greedy_statements_are_stopped_by_a_limit_with_a_name(
    pool: InstancePool, sql: str, limit: str
) -> None:
    answer = changed(pool, sql, seconds=60)
    assert isinstance(answer, QueryProblem)
    assert (answer.kind, answer.limit) == (ProblemKind.LIMIT, limit)


def test_nothing_is_left_of_the_copies(pool: InstancePool) -> None:
    changed(pool, "delete from colours")
    run = pool._databases / "run"
    kept = {post.instance.folder for group in pool._idle.values() for post in group}
    assert set(run.iterdir()) == kept
    assert not list(pool._shelter.memory.glob("*"))
