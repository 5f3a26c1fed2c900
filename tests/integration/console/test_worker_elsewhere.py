"""A worker on another machine needs the store's URL, its key, and nothing else."""

import os
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from viva_console.bootstrap import build_library
from viva_console.domain.record import staff
from viva_console.domain.run import Pile
from viva_console.flow.console import Console
from viva_console.flow.grade import pile_of
from viva_console.flow.invite import consent, create_interview, current_disclosure, invite_token
from viva_console.flow.spawn import room_state, start_room
from viva_console.flow.submit import submit
from viva_console.queue.jobs import JobQueue
from viva_console.store.engine import PostgresStore
from viva_grader.library.shelf import Shelf
from viva_grader.library.solutions import compose, load_solutions
from viva_grader.places import runtime_home

from tests.fakes.console_parts import console_on_fakes

pytestmark = [pytest.mark.postgres, pytest.mark.sandbox, pytest.mark.timeout(180)]

ROOT = Path(__file__).parents[3]
SHELF = Shelf(ROOT)
PYTHON = runtime_home() / "env" / "sandbox" / "bin" / "python"
SLUG = "top_customers"
SUBMISSIONS = 6
KEY = b"\x07" * 32
WITHIN_S = 90.0


def handed_in(store_url: str, home: Path, count: int) -> Console:
    """Give a console that has so many right answers, none of them graded."""
    parts = console_on_fakes(home, PostgresStore(store_url, KEY))
    console = replace(parts.console, grader=build_library(home))
    question = SHELF.question(SLUG)
    solutions = load_solutions(SHELF.questions_folder / SLUG, question)
    cells = next(each.cells for each in solutions if each.name == "reference")
    content = compose(console.grader.release(question), cells)
    for number in range(count):
        interview = create_interview(
            console, f"Kestrel {number}", [SLUG], minutes=40, role="Data scientist",
            created_by=staff("reviewer"),
        )  # fmt: skip
        consent(console, invite_token(console, interview), current_disclosure(console).version)
        start_room(console, interview.id)
        room_state(console, interview.id)
        parts.hub.rooms[interview.hub_user].files[f"1_{SLUG}.ipynb"] = content
        submit(console, interview.id)
    queue = JobQueue(store_url)
    for run_id in parts.queue.grades:
        queue.grade(run_id)
    queue.close()
    return console


def worker(store_url: str, home: Path) -> "subprocess.Popen[bytes]":
    (home / "secrets").mkdir(mode=0o700, parents=True)
    (home / "secrets" / "store.key").write_text(KEY.hex())
    own = {"VIVA_HOME": str(home), "VIVA_STORE_URL": store_url, "VIVA_SANDBOX_PYTHON": str(PYTHON)}
    with (home / "said").open("wb") as log:
        return subprocess.Popen(
            [Path(sys.executable).with_name("viva"), "work", "--only-grading"],
            env=os.environ | own, cwd=home, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip


def test_workers_with_homes_of_their_own_grade_from_the_url_and_the_key(
    store_url: str, tmp_path: Path
) -> None:
    console = handed_in(store_url, tmp_path / "console", SUBMISSIONS)
    homes = [tmp_path / "one", tmp_path / "two"]
    with ExitStack() as stack:
        stack.callback(console.store.close)
        for home in homes:
            running = worker(store_url, home)
            stack.callback(running.wait)
            stack.callback(running.terminate)
        deadline = time.monotonic() + WITHIN_S
        while not pile_of(console).is_over:
            said = [(home / "said").read_text() for home in homes]
            assert time.monotonic() < deadline, said
            time.sleep(0.5)
        assert pile_of(console) == Pile(done=SUBMISSIONS, failed=0)
    with psycopg.connect(store_url) as connection:
        found = connection.execute("SELECT auto_score, max_score FROM execution_results")
        scores = found.fetchall()
    assert [given == most for given, most in scores] == [True] * SUBMISSIONS
