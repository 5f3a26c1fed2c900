"""Late queries: decided by the server's own work, whatever else the machine does."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from viva_grader.databases import patience
from viva_grader.databases.pool import InstancePool
from viva_grader.databases.port import ProblemKind, QueryLimits, QueryProblem, ResultSet

from tests.fakes.databases_suite import colours
from tests.fakes.short_home import short_home

pytestmark = pytest.mark.postgres

FIXTURE = colours("first")
COUNT = "select count(*) from (select generate_series(1, {})) as s"  # without a file


@pytest.fixture(scope="module")
def pool() -> Iterator[InstancePool]:
    with short_home() as home, InstancePool(home) as pool:
        pool.query(FIXTURE, "first", "select 1", QueryLimits())
        yield pool


@contextlib.contextmanager
def load(processes: int) -> Iterator[None]:
    """Keep every core busy with this process's neighbours."""
    command = [sys.executable, "-c", "while True: pass"]
    # in sessions of their own, or the kernel would weigh all of them together against one server
    spinning = [subprocess.Popen(command, start_new_session=True) for _ in range(processes)]
    try:
        yield
    finally:
        for each in spinning:
            each.kill()
            each.wait()


def test_process_of_a_session_is_found_from_outside(pool: InstancePool) -> None:
    (post,) = (post for group in pool._idle.values() for post in group)
    with closing(post.instance.session("v01", "reader")) as session:
        assert session.backend is not None
        inner = session.connection.info.backend_pid
        named = Path(f"/proc/{session.backend.pid}/status").read_text()
        assert any(
            line.startswith("NSpid:") and line.split()[-1] == str(inner)
            for line in named.splitlines()
        )
        before = session.backend.times()
        session.connection.execute("select count(*) from generate_series(1, 3000000)")
        after = session.backend.times()
        assert before is not None
        assert after is not None
        assert after[0] - before[0] > 0.05


def test_query_that_waits_for_the_machine_is_not_late(pool: InstancePool) -> None:
    busy = 6 * (os.cpu_count() or 1)
    rows = 1_000_000
    work = 0.0
    while work < 0.3:  # enough work for a clock that ticks in hundredths
        rows *= 2
        (post,) = (post for group in pool._idle.values() for post in group)
        with closing(post.instance.session("v01", "reader")) as session:
            assert session.backend is not None
            before = session.backend.times() or (0.0, 0.0)
            session.connection.execute(COUNT.format(rows).encode())
            work = (session.backend.times() or (0.0, 0.0))[0] - before[0]
    limit = QueryLimits(seconds=work * 4)  # neighbours on one core slow each other by half and more
    waits: list[float] = []
    with load(busy):
        for _ in range(3):
            start = time.monotonic()
            answer = pool.query(FIXTURE, "first", COUNT.format(rows), limit)
            waits.append(time.monotonic() - start)
            assert isinstance(answer, ResultSet), answer
    assert max(waits) > limit.seconds, "the machine was not busy at all"


def test_query_that_works_too_long_is_late_on_a_busy_machine_too(pool: InstancePool) -> None:
    with load(2 * (os.cpu_count() or 1)):
        answer = pool.query(FIXTURE, "first", COUNT.format(10**11), QueryLimits(seconds=0.4))
    assert isinstance(answer, QueryProblem)
    assert answer.kind is ProblemKind.TIMEOUT


def test_machine_that_never_lets_it_work_is_at_fault(
    pool: InstancePool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the kernel says that it has waited for a processor all the time
    start = time.monotonic()
    monkeypatch.setattr(
        patience.Backend, "times", lambda _self: (0.0, (time.monotonic() - start) * 2)
    )
    monkeypatch.setattr(patience, "BACKSTOP_S", 0.0)
    answer = pool.query(FIXTURE, "first", COUNT.format(10**11), QueryLimits(seconds=0.2))
    assert isinstance(answer, QueryProblem)
    assert answer.kind is ProblemKind.UNDECIDED


def test_server_whose_process_is_not_found_is_judged_by_the_clock(
    pool: InstancePool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience.Backend, "times", lambda _self: None)
    start = time.monotonic()
    answer = pool.query(FIXTURE, "first", COUNT.format(10**11), QueryLimits(seconds=0.2))
    assert isinstance(answer, QueryProblem)
    assert answer.kind is ProblemKind.TIMEOUT
    assert time.monotonic() - start < 20
