import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from viva_console.domain.interview import Interview
from viva_console.domain.record import staff
from viva_console.domain.words import State
from viva_console.flow.invite import consent, create_interview, current_disclosure, invite_token
from viva_console.flow.spawn import room_state, start_room
from viva_console.flow.submit import submit
from viva_console.queue.jobs import JobQueue
from viva_console.store.engine import PostgresStore

from tests.fakes.console_parts import Parts, console_on_fakes
from tests.fakes.console_worker import KEY

pytestmark = pytest.mark.postgres

ROOT = Path(__file__).parents[3]
RESUMED_WITHIN_S = 30.0
BOUNDARIES = ("claimed", "grading", "executed", "evaluated", "scored", "done")


@dataclass
class Site:
    """One database with one submitted interview, and the worker that works on it."""

    moment: str
    url: str
    home: Path
    parts: Parts
    interview: Interview
    workers: "list[subprocess.Popen[bytes]]"
    died_at: float = 0.0
    done_at: float = 0.0

    def start_worker(self, moment: str) -> None:
        log = (self.home / f"worker-{len(self.workers)}").open("wb")
        command = [sys.executable, "-m", "tests.fakes.console_worker"]
        with log:
            self.workers.append(
                subprocess.Popen(
                    [*command, self.url, str(self.home), moment],
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    cwd=ROOT,
                )
            )

    def said(self) -> str:
        return "".join(path.read_text() for path in sorted(self.home.glob("worker-*")))

    def state(self) -> State:
        with self.parts.console.store.unit() as work:
            return work.interviews.get(self.interview.id).state

    def count(self, table: str) -> int:
        with psycopg.connect(self.url) as connection:
            row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - our own names
        assert row is not None
        return row[0]

    def jobs_left(self) -> int:
        return self.count("procrastinate_jobs WHERE queue_name = 'grade'")


def submitted_site(moment: str, url: str, home: Path) -> Site:
    parts = console_on_fakes(home, PostgresStore(url, KEY))
    console = parts.console
    interview = create_interview(
        console,
        "Kestrel",
        ["top_customers"],
        minutes=40,
        role="Data scientist",
        created_by=staff("reviewer"),
    )
    token = invite_token(console, interview)
    consent(console, token, current_disclosure(console).version)
    start_room(console, interview.id)
    room_state(console, interview.id)
    parts.hub.rooms[interview.hub_user].files["1_top_customers.ipynb"] = b"+++"
    submit(console, interview.id)
    queue = JobQueue(url)
    for run_id in parts.queue.grades:
        queue.grade(run_id)
    queue.close()
    return Site(moment, url, home, parts, interview, [])


@pytest.fixture
def sites(fresh_url: Callable[[], str], tmp_path: Path) -> Iterator[Callable[[str], Site]]:
    with ExitStack() as stack:

        def make(moment: str) -> Site:
            home = tmp_path / moment
            home.mkdir()
            site = submitted_site(moment, fresh_url(), home)
            stack.callback(site.parts.console.store.close)
            stack.callback(end_workers, site)
            return site

        yield make


def end_workers(site: Site) -> None:
    for worker in site.workers:
        worker.kill()
        worker.wait()


def wait_until(condition: Callable[[], bool], seconds: float, what: Callable[[], str]) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what()
        time.sleep(0.2)


def test_killed_worker_at_any_boundary_costs_time_and_nothing_else(
    sites: Callable[[str], Site],
) -> None:
    """All at once, in a database each: the wait for a silent worker is the same for all.

    The second worker stands ready, as one does wherever two run, and begins at the first's death.
    """
    alive = [sites(moment) for moment in BOUNDARIES]
    for site in alive:
        site.start_worker("standby")
        site.start_worker(site.moment)
    for site in alive:
        assert site.workers[1].wait(120) == -signal.SIGKILL, site.said()
        site.died_at = time.monotonic()
        (site.home / "go").touch()
    waiting = list(alive)
    while waiting:
        for site in list(waiting):
            if site.state() is State.GRADED and not site.jobs_left():
                site.done_at = time.monotonic()
                waiting.remove(site)
            late = time.monotonic() - site.died_at > RESUMED_WITHIN_S
            assert not (late and site in waiting), f"{site.moment}: {site.said()}"
        time.sleep(0.2)
    for site in alive:
        assert site.done_at - site.died_at < RESUMED_WITHIN_S
        tables = ("execution_results", "gpt_evaluations", "final_scores")
        assert [site.count(table) for table in tables] == [1, 1, 1], site.moment
        graded_again = site.moment in {"claimed", "grading"}
        words = site.said().split("\n")
        assert words.count("grade") == (2 if site.moment == "grading" else 1), site.moment
        assert words.count("evaluate") == 1, site.moment
        assert graded_again or "stage executed" in words


def test_blocking_grading_keeps_the_worker_alive(sites: Callable[[str], Site]) -> None:
    """A second worker looks for stalled runs all the while, and must find none."""
    site = sites("slow")
    site.start_worker("slow")
    wait_until(lambda: "grade" in site.said(), 30, site.said)
    site.start_worker("never")
    wait_until(lambda: site.state() is State.GRADED, 40, site.said)
    assert site.said().split("\n").count("grade") == 1
    site.workers[1].terminate()
    assert site.workers[1].wait(20) == 0, site.said()
    assert "stopped" in site.said()


def test_run_without_a_job_is_found_and_graded(sites: Callable[[str], Site]) -> None:
    site = sites("lost")
    with psycopg.connect(site.url) as connection:
        connection.execute("DELETE FROM procrastinate_jobs")
    site.start_worker("never")
    wait_until(lambda: site.state() is State.GRADED, 30, site.said)
    assert site.count("final_scores") == 1
