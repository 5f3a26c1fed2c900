"""A pile of submissions is graded once each, whichever workers die meanwhile."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from viva_console.domain.record import staff
from viva_console.domain.run import Pile
from viva_console.flow.grade import pile_of
from viva_console.flow.invite import consent, create_interview, current_disclosure, invite_token
from viva_console.flow.spawn import room_state, start_room
from viva_console.flow.submit import submit
from viva_console.queue.jobs import JobQueue
from viva_console.store.engine import PostgresStore

from tests.fakes.console_parts import Parts, console_on_fakes
from tests.fakes.console_worker import KEY

ROOT = Path(__file__).parents[3]
SUBMISSIONS = int(os.environ.get("VIVA_PILE", "60"))
"""``VIVA_PILE=1000`` tries a large one, in some two minutes."""
WORKERS = 3
DEATHS = max(6, SUBMISSIONS // 25)
SEED = 20
WITHIN_S = 150.0 + SUBMISSIONS

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(2 * WITHIN_S)]


@pytest.fixture
def parts(store_url: str, tmp_path: Path) -> Iterator[Parts]:
    """A console with its pile handed in: the last one is no notebook that can be read."""
    made = console_on_fakes(tmp_path, PostgresStore(store_url, KEY))
    console = made.console
    for number in range(SUBMISSIONS):
        interview = create_interview(
            console,
            f"Kestrel {number}",
            ["top_customers"],
            minutes=40,
            role="Data scientist",
            created_by=staff("reviewer"),
        )
        consent(console, invite_token(console, interview), current_disclosure(console).version)
        start_room(console, interview.id)
        room_state(console, interview.id)
        content = b"+++" if number < SUBMISSIONS - 1 else b"broken"
        made.hub.rooms[interview.hub_user].files["1_top_customers.ipynb"] = content
        submit(console, interview.id)
    queue = JobQueue(store_url)
    for run_id in made.queue.grades:
        queue.grade(run_id)
    queue.close()
    yield made
    console.store.close()


def start_worker(url: str, home: Path, number: int) -> "subprocess.Popen[bytes]":
    with (home / f"worker-{number:02}").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.console_worker", url, str(home), "pile"],
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
        )


def rows(url: str, query: str) -> "list[tuple[object, ...]]":
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def test_pile_survives_the_death_of_workers_at_random_moments(
    parts: Parts, store_url: str, tmp_path: Path
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - no secret
    deadline = time.monotonic() + WITHIN_S
    with ExitStack() as stack:
        workers: list[subprocess.Popen[bytes]] = []
        started = 0

        def one_more() -> None:
            nonlocal started
            workers.append(start_worker(store_url, tmp_path, started))
            stack.callback(workers[-1].wait)
            stack.callback(workers[-1].kill)
            started += 1

        for _ in range(WORKERS):
            one_more()
        deaths = 0
        while not pile_of(parts.console).is_over:
            assert time.monotonic() < deadline, pile_of(parts.console)
            time.sleep(chance.uniform(0.2, 1.2))
            working = pile_of(parts.console).done + pile_of(parts.console).running > deaths
            if deaths < DEATHS and working:
                unlucky = workers.pop(chance.randrange(len(workers)))
                unlucky.kill()
                assert unlucky.wait() == -signal.SIGKILL
                deaths += 1
                one_more()
    assert deaths == DEATHS
    assert pile_of(parts.console) == Pile(done=SUBMISSIONS - 1, failed=1)
    for table in ("execution_results", "gpt_evaluations", "final_scores"):
        found = Counter(run for (run,) in rows(store_url, f"SELECT run_id FROM {table}"))  # noqa: S608 - our own names
        assert (len(found), set(found.values())) == (SUBMISSIONS - 1, {1}), table
    entries = "SELECT action, count(*) FROM audit_logs WHERE action LIKE 'run.%' GROUP BY action"
    done = dict(rows(store_url, entries))
    assert (done["run.done"], done["run.failed"]) == (SUBMISSIONS - 1, 1)
