"""The graders' real databases: the fake's suite, hostile queries, harmed instances."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import pq
from viva_grader.databases.instance import sweep
from viva_grader.databases.pool import InstancePool
from viva_grader.databases.port import ProblemKind, QueryLimits, QueryProblem, ResultSet

from tests.fakes.databases_suite import DatabasesSuite, colours
from tests.fakes.short_home import short_home

pytestmark = pytest.mark.postgres

FIXTURE = colours("first", "second")
CANARY = "second"


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with short_home() as home:
        yield home


@pytest.fixture(scope="module")
def pool(home: Path) -> Iterator[InstancePool]:
    with InstancePool(home) as pool:
        yield pool


def ask(pool: InstancePool, sql: str, **limits: float) -> ResultSet | QueryProblem:
    chosen = {"seconds": 20.0, **limits}
    return pool.query(FIXTURE, "first", sql, QueryLimits(**chosen))


class TestInstancePool(DatabasesSuite):
    @pytest.fixture
    def databases(self, pool: InstancePool) -> InstancePool:
        return pool


def test_types_and_texts_are_postgresqls_own(pool: InstancePool) -> None:
    answer = ask(
        pool,
        "select 2.50, true, null::int, date '2025-03-30', 'NaN'::float8, array[1,null],"
        " timestamptz '2025-03-30 03:00+02', interval '26 hours'",
    )
    assert isinstance(answer, ResultSet)
    assert answer.rows == (
        ("2.50", "t", None, "2025-03-30", "NaN", "{1,NULL}", "2025-03-30 01:00:00+00", "26:00:00"),
    )
    assert [column.type for column in answer.columns] == [
        "numeric", "bool", "int4", "date", "float8", "_int4", "timestamptz", "interval",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "sql",
    [
        "select pg_read_file('/etc/passwd')",
        "select pg_ls_dir('.')",
        "select lo_import('/etc/passwd')",
        "select pg_sleep(60)",
        "select pg_advisory_lock(1)",
        "select set_config('statement_timeout', '0', false)",
        "select query_to_xml('delete from colours', true, true, '')",
        "select pg_terminate_backend(pid) from pg_stat_activity",
        "select rolpassword from pg_authid",
        "select current_setting('data_directory')",
        "select pg_notify('a', 'b')",
        "select * from dblink('', '')",
        "select * from colours for update",
        "select name into stolen from colours",
    ],
)
def test_query_that_does_more_than_read_ends_in_an_error(pool: InstancePool, sql: str) -> None:
    answer = ask(pool, sql)
    assert isinstance(answer, QueryProblem)
    assert answer.kind is ProblemKind.ERROR


@pytest.mark.parametrize(
    "sql",
    [
        "copy colours to program 'id'",
        "set statement_timeout = 0",
        "do $$ begin perform 1; end $$",
        "commit",
        "explain analyze select 1",
        "create table mine ()",
        "with gone as (delete from colours returning 1) select * from gone",
        "select 1 -- ;\n; drop table colours",
        "select 1; commit; drop table colours",
        "listen x",
        "select 'a\x00b'",
        "select '\udc00'",
    ],
)
def test_statement_that_is_no_reading_query_is_refused(pool: InstancePool, sql: str) -> None:
    answer = ask(pool, sql)
    assert isinstance(answer, QueryProblem)
    assert answer.kind is ProblemKind.REFUSED


def test_error_message_holds_no_hidden_value(pool: InstancePool) -> None:
    answer = pool.query(FIXTURE, CANARY, "select name::int from colours", QueryLimits())
    assert isinstance(answer, QueryProblem)
    assert answer.message == "invalid text representation (SQLSTATE 22P02)"
    assert "invalid input syntax" in answer.detail


def test_misspelled_name_is_said(pool: InstancePool) -> None:
    answer = ask(pool, "select nmae from colours")
    assert isinstance(answer, QueryProblem)
    assert 'column "nmae" does not exist' in answer.message


def test_query_beyond_its_time_ends_as_a_timeout(pool: InstancePool) -> None:
    start = time.monotonic()
    answer = ask(pool, "select count(*) from generate_series(1, 100000000000)", seconds=0.5)
    assert isinstance(answer, QueryProblem)
    assert answer.kind is ProblemKind.TIMEOUT
    assert time.monotonic() - start < 10
    assert isinstance(ask(pool, "select 1"), ResultSet)


@pytest.mark.parametrize(
    ("sql", "limit"),
    [
        ("select i from generate_series(1, 200000000) as s(i) order by -i", "temp_file_limit"),
        ("select string_agg(repeat('x', 1000), '') from generate_series(1, 3000000)", "memory"),
        ("select array_agg(repeat('x', 1000)) from generate_series(1, 3000000)", "memory"),
        ("select repeat('x', 1200000000)", "size"),
        ("select repeat('[', 5000000)::json", "stack_depth"),
    ],
)
def test_greedy_query_is_stopped_by_a_limit_with_a_name(
    pool: InstancePool, sql: str, limit: str
) -> None:
    answer = ask(pool, sql)
    assert isinstance(answer, QueryProblem)
    assert (answer.kind, answer.limit) == (ProblemKind.LIMIT, limit)
    assert f"(limit {limit})" in answer.message
    assert isinstance(ask(pool, "select 1"), ResultSet)


def test_result_that_grows_too_big_is_cut_off(pool: InstancePool) -> None:
    answer = ask(pool, "select repeat('x', 900000) from generate_series(1, 100)")
    assert isinstance(answer, QueryProblem)
    assert answer.kind is ProblemKind.TOO_BIG
    assert isinstance(ask(pool, "select 1"), ResultSet)


@pytest.mark.parametrize(
    "sql",
    [
        "select now()",
        "select current_date",
        "select age(timestamp '2025-01-01')",
        "select random()",
        "select clock_timestamp()",
        "select gen_random_uuid()",
        "select pg_backend_pid()",
        "select * from pg_stat_activity",
        "select * from colours tablesample bernoulli (50)",
        "select setseed(0.5)",
        "select pg_current_snapshot()",
        "select 'now'::timestamptz",
        "select date 'Today'",
        "select cast(' tomorrow 10:00 ' as timestamp)",
        "select $a$yesterday$a$::date",
        "select timestamp '04:05 today'",
        "select current_database()",
        "select current_catalog",
        "select version()",
        "select inet_server_addr()",
        "select pg_relation_filepath('colours')",
    ],
)
def test_query_that_would_not_answer_the_same_twice_is_refused(
    pool: InstancePool, sql: str
) -> None:
    answer = ask(pool, sql)
    assert isinstance(answer, QueryProblem)
    assert answer.kind in {ProblemKind.ERROR, ProblemKind.REFUSED}


def test_clock_and_chance_are_called_by_their_names(pool: InstancePool) -> None:
    for sql, name in (
        ("select now()", "now()"),
        ("select Current_Date", "CURRENT_DATE"),
        ("select 'today'::date", "'today'"),
    ):
        answer = ask(pool, sql)
        assert isinstance(answer, QueryProblem)
        assert answer.message.startswith(f"{name} asks for the clock or for chance")


def test_functions_that_say_where_a_query_runs_are_called_by_their_names(
    pool: InstancePool,
) -> None:
    for name in ("current_database", "version", "inet_client_addr"):
        answer = ask(pool, f"select {name}()")
        assert isinstance(answer, QueryProblem)
        assert answer.message.startswith(name)
        assert "asks where it runs" in answer.message


def test_words_for_the_clock_in_texts_and_names_are_none(pool: InstancePool) -> None:
    sql = """select 'current_date' as "localtime", $x$ tablesample $x$ -- current_time
        , 'today was a good day', 'known', 'nowhere', '2025-01-31'"""
    assert isinstance(ask(pool, sql), ResultSet)


@pytest.mark.parametrize(
    "sql",
    [
        "select (select name from colours where weight = 7)::regclass",
        "select (select name from colours where weight = 7)::regrole",
        "select has_table_privilege((select name from colours where weight = 7), 'select')",
        "select to_number(name, '9')::int from colours",
    ],
)
def test_error_that_would_name_a_hidden_row_does_not(pool: InstancePool, sql: str) -> None:
    answer = pool.query(FIXTURE, CANARY, sql, QueryLimits())
    assert isinstance(answer, QueryProblem)
    assert CANARY not in answer.message
    assert "SQLSTATE" in answer.message


def test_names_of_databases_roles_and_comments_say_nothing(pool: InstancePool) -> None:
    whole = ""
    for sql in (
        "select datname from pg_database order by 1",
        "select rolname from pg_roles where rolname not like 'pg\\_%' order by 1",
        "select description from pg_shdescription",
        "select * from pg_db_role_setting",
        "select stxname from pg_statistic_ext",
    ):
        answer = ask(pool, sql)
        assert isinstance(answer, ResultSet), sql
        whole += str(answer.rows)
    assert "v00" in whole
    for variant in FIXTURE.hidden:
        assert variant.name not in whole


def test_other_variants_sizes_and_counters_are_refused(pool: InstancePool) -> None:
    for sql in ("select pg_database_size('v02')", "select * from pg_stat_database"):
        answer = ask(pool, sql)
        assert isinstance(answer, QueryProblem), sql


def test_session_is_used_again_and_holds_nothing_of_the_query_before(pool: InstancePool) -> None:
    assert isinstance(ask(pool, "select 1"), ResultSet)
    (post,) = (post for group in pool._idle.values() for post in group)
    before = post.sessions["v01"]
    assert isinstance(ask(pool, "select name from colours"), ResultSet)
    assert post.sessions["v01"] is before
    # without a transaction there is no cursor
    assert before.connection.pgconn.transaction_status == pq.TransactionStatus.IDLE
    ask(pool, "select no_such")
    assert "v01" not in post.sessions
    assert isinstance(ask(pool, "select 1"), ResultSet)


def test_harmed_instance_is_replaced(home: Path) -> None:
    with InstancePool(home) as pool:
        assert isinstance(ask(pool, "select 1"), ResultSet)
        (harmed,) = (post.instance for group in pool._idle.values() for post in group)
        harmed.process.kill()
        harmed.process.wait()
        assert isinstance(ask(pool, "select 1"), ResultSet)
        assert not harmed.folder.exists()


def test_query_that_takes_every_instance_down_is_its_own_verdict(home: Path) -> None:
    with InstancePool(home) as pool:
        stop = threading.Event()

        def kill_whatever_fetches() -> None:
            # as a query would that crashes its server
            while not stop.is_set():
                for process in _fetching_servers_of_ours():
                    os.kill(process, signal.SIGKILL)
                time.sleep(0.05)

        assert isinstance(ask(pool, "select 1"), ResultSet)
        killer = threading.Thread(target=kill_whatever_fetches)
        killer.start()
        try:
            answer = pool.query(
                FIXTURE, "first",
                "select count(*) from generate_series(1, 100000000000)",
                QueryLimits(seconds=30),
            )  # fmt: skip
        finally:
            stop.set()
            killer.join()
        assert isinstance(answer, QueryProblem)
        assert answer.kind is ProblemKind.CRASHED
        assert isinstance(ask(pool, "select 1"), ResultSet)


def _fetching_servers_of_ours() -> list[int]:
    """Find servers that fetch a result, among this process's descendants only."""
    found: list[int] = []
    below = [os.getpid()]
    while below:
        process = Path(f"/proc/{below.pop()}")
        with contextlib.suppress(OSError):
            if b"FETCH" in (process / "cmdline").read_bytes():
                found.append(int(process.name))
            for task in (process / "task").iterdir():
                below += [int(child) for child in (task / "children").read_text().split()]
    return found


def test_instances_and_their_folders_are_gone_at_the_end(home: Path) -> None:
    with InstancePool(home) as pool:
        ask(pool, "select 1")
        (instance,) = (post.instance for group in pool._idle.values() for post in group)
    assert not instance.alive
    assert not instance.folder.exists()


@pytest.mark.sandbox
def test_instance_has_no_network_and_sees_no_file_of_ours(home: Path) -> None:
    with InstancePool(home) as pool:
        ask(pool, "select 1")
        (instance,) = (post.instance for group in pool._idle.values() for post in group)
        server = _server_of(instance.process.pid)
        assert Path(f"/proc/{server}/ns/net").readlink() != Path("/proc/self/ns/net").readlink()
        assert Path(f"/proc/{server}/ns/pid").readlink() != Path("/proc/self/ns/pid").readlink()
        inside = Path(f"/proc/{server}/root")
        assert not (inside / "root").exists()
        assert not (inside / "etc").exists()
        status = Path(f"/proc/{server}/status").read_text()
        assert "CapEff:\t0000000000000000" in status
        assert "NoNewPrivs:\t1" in status
        if os.geteuid() == 0:
            assert "Uid:\t0" not in status


def _server_of(outer: int) -> int:
    """Follow first children down to the server itself."""
    process = outer
    while children := Path(f"/proc/{process}/task/{process}/children").read_text().split():
        process = int(children[0])
        if b"postgres" in Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")[0]:
            return process
    raise AssertionError("no server runs below this process")


def test_instances_end_with_a_process_that_is_killed(home: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path\n"
        "from viva_grader.databases.pool import InstancePool\n"
        "from viva_grader.databases.port import QueryLimits\n"
        "from tests.fakes.databases_suite import colours\n"
        "pool = InstancePool(Path(sys.argv[1]))\n"
        "pool.query(colours('first', 'second'), 'first', 'select 1', QueryLimits())\n"
        "(instance,) = (p.instance for group in pool._idle.values() for p in group)\n"
        "print(instance.process.pid, instance.folder, flush=True); time.sleep(600)\n"
    )
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", program, str(home)], stdout=subprocess.PIPE, text=True, cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    ) as owner:  # fmt: skip
        assert owner.stdout is not None
        pid, folder = owner.stdout.readline().split()
        assert sweep(home / "databases" / "run") == 0, "a living owner's instance was swept"
        owner.kill()
    until = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < until, "the server outlived its owner"
        time.sleep(0.05)
    assert Path(folder).exists()
    assert sweep(home / "databases" / "run") == 1
    assert not Path(folder).exists()


def test_threads_share_a_pool(pool: InstancePool) -> None:
    answers: list[object] = []

    def work() -> None:
        answers.extend(ask(pool, "select count(*) from colours") for _ in range(5))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 15
    assert all(isinstance(a, ResultSet) and a.rows == (("4",),) for a in answers)


def test_instances_that_wait_are_bounded_over_all_fixtures(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fixture that was asked last keeps its own; a closed pool keeps none."""
    monkeypatch.setattr("viva_grader.databases.pool.IDLE", 1)
    before = set((home / "databases" / "run").glob("i-*"))
    with InstancePool(home) as small:
        for fixture in (colours("first", "second"), colours("first", "third")):
            answer = small.query(fixture, "first", "select 1", QueryLimits(seconds=20.0))
            assert isinstance(answer, ResultSet)
        assert len(set((home / "databases" / "run").glob("i-*")) - before) == 1
    assert set((home / "databases" / "run").glob("i-*")) - before == set()
