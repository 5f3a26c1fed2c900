"""Decides when a real worker dies: a program for tests, at the stage that its command line names.

``python -m tests.fakes.console_worker URL HOME MOMENT``: MOMENT is the state of a run, ``grading``
(amid the tests), ``slow`` (the tests block for 9 s) or ``never``; ``standby`` works from when
``HOME/go`` exists; ``pile`` takes a while for each and works on two at a time. Each call of the
grader is one line on stdout.
"""

import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from viva_console.domain.run import RunState
from viva_console.flow.work import work_of
from viva_console.queue.jobs import JobQueue
from viva_console.queue.worker import run_worker
from viva_console.store.engine import PostgresStore
from viva_grader.domain.evaluation import Evaluation, Spent
from viva_grader.domain.grade import Grade
from viva_grader.domain.question import Question

from tests.fakes.console_parts import FakeGrader, console_on_fakes

KEY = b"\x07" * 32
SLOW_S = 9.0
"""Longer than a silent worker is believed: heartbeats must go on meanwhile."""


PILE_S = 0.25


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def say(word: str) -> None:
    os.write(1, f"{word}\n".encode())


def wait_for(path: Path) -> None:
    while not path.exists():
        time.sleep(0.05)


class DyingGrader(FakeGrader):
    def __init__(self, moment: str) -> None:
        super().__init__()
        self._moment = moment

    def grade(self, submission: bytes, question: Question) -> Grade:
        say("grade")
        if self._moment == "grading":
            die()
        if self._moment == "slow":
            time.sleep(SLOW_S)
        if self._moment == "pile":
            time.sleep(PILE_S)
        return super().grade(submission, question)

    def evaluate(
        self,
        submission: bytes,
        question: Question,
        grade: Grade,
        known_names: Sequence[str] = (),
        already: Spent | None = None,
    ) -> Evaluation:
        say("evaluate")
        return super().evaluate(submission, question, grade, known_names, already)


def main(url: str, home: str, moment: str) -> None:
    def on_stage(run_id: str, state: RunState) -> None:
        say(f"stage {state.value}")
        if state.value == moment:
            die()

    fakes = console_on_fakes(Path(home), PostgresStore(url, KEY))
    console = replace(
        fakes.console, queue=JobQueue(url), grader=DyingGrader(moment), on_stage=on_stage
    )
    if moment == "standby":
        wait_for(Path(home) / "go")
    say("ready")
    at_a_time = 2 if moment == "pile" else 1
    run_worker(url, work_of(console), concurrency=at_a_time, name=f"{moment}-{os.getpid()}")
    console.close()
    say("stopped")


if __name__ == "__main__":
    main(*sys.argv[1:])
