"""Several submissions at a time are graded as one by one, also where something breaks meanwhile."""

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from viva_grader.bootstrap import Grader, GraderSettings, build_grader
from viva_grader.domain.grade import Grade, Status
from viva_grader.domain.question import Limits
from viva_grader.sandbox.bubblewrap import Bubblewrap
from viva_grader.sandbox.port import Room

from tests.fakes.nbgrader_course import Course, autograded, course, given, solution

pytestmark = pytest.mark.sandbox

COURSE = course(
    given("import time"),
    solution("f", "def f():\n    return 1"),
    autograded("one", "assert f() == 1"),
    autograded("two", "assert f() + 1 == 2"),
)
ANSWERS = (
    "def f():\n    return 1",
    "def f():\n    return 2",
    "def f():\n    time.sleep(0.2)\n    return 1",
    "raise RuntimeError('no')",
    "import os\nos._exit(1)",
)
SLOW = {"f": "def f():\n    time.sleep(1)\n    return 1"}


@pytest.fixture
def parallel(tmp_path: Path) -> Iterator[Grader]:
    """A grader of its own, for tests that break it."""
    with build_grader(GraderSettings(home=tmp_path, jobs=4)) as built:
        yield built


def grade_all(grader: Grader, submissions: list[bytes], within: Course = COURSE) -> list[Grade]:
    question = within.question
    with ThreadPoolExecutor(len(submissions)) as pool:
        return list(pool.map(lambda one: grader.grade(one, question, measured=False), submissions))


def statuses(grade: Grade) -> list[Status]:
    return [item.status for item in grade.items]


def processes_named(word: str) -> list[int]:
    """Processes below this one with a word in their command."""
    found: list[int] = []
    waiting = [os.getpid()]
    while waiting:
        pid = waiting.pop()
        with contextlib.suppress(OSError):  # it has just ended
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                waiting += [int(child) for child in task.read_text().split()]
            if word.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append(pid)
    return found


def test_grades_are_the_same_alone_and_in_parallel(grader: Grader, parallel: Grader) -> None:
    submissions = [COURSE.submission({"f": answer}) for answer in ANSWERS] * 3
    alone = [grader.grade(one, COURSE.question, measured=False) for one in submissions]
    together = grade_all(parallel, submissions)
    assert [one.sha256 for one in together] == [one.sha256 for one in alone]
    assert [one.auto_score for one in alone[:5]] == [2.0, 0.0, 2.0, 0.0, 0.0]


def test_submissions_really_run_at_the_same_time(parallel: Grader) -> None:
    meeting = course(
        solution("f", "def f():\n    return 1"),
        autograded("met", "assert f() == 1"),
    )
    seen: set[int] = set()
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.02):
            seen.add(len(processes_named("bench_process")))

    watcher = threading.Thread(target=watch)
    watcher.start()
    slow = meeting.submission({"f": "import time\ndef f():\n    time.sleep(1)\n    return 1"})
    grades = grade_all(parallel, [slow] * 3, meeting)
    over.set()
    watcher.join()
    assert [one.auto_score for one in grades] == [1.0] * 3
    assert max(seen) >= 4  # the warm one, and a fork of it for each


@pytest.mark.parametrize("word", ["bench_process", "viva_runner"])
def test_batch_survives_the_death_of_what_it_is_forked_from(parallel: Grader, word: str) -> None:
    """Those that are hit are judged again."""
    parallel.grade(COURSE.submission(), COURSE.question, measured=False)
    victims = [os.pidfd_open(pid) for pid in processes_named(word)]
    assert victims

    def kill() -> None:
        time.sleep(0.5)
        for victim in victims:  # one after the other, or what is forked may be seen to end first
            with contextlib.suppress(ProcessLookupError):  # it ends with the one before
                signal.pidfd_send_signal(victim, signal.SIGKILL)
            select.select([victim], [], [])
            os.close(victim)

    killer = threading.Thread(target=kill)
    killer.start()
    grades = grade_all(parallel, [COURSE.submission(SLOW)] * 3 + [COURSE.submission()] * 5)
    killer.join()
    assert [one.auto_score for one in grades] == [2.0] * 8


def test_rooms_that_end_with_a_sandbox_slow_to_end_are_judged_again(parallel: Grader) -> None:
    """On a busy machine bubblewrap may be seen to end long after what it held."""
    parallel.grade(COURSE.submission(), COURSE.question, measured=False)
    outermost, first_of_its_namespace = processes_named("viva_runner")[:2]
    os.kill(outermost, signal.SIGSTOP)
    killer = threading.Timer(0.5, os.kill, (first_of_its_namespace, signal.SIGKILL))
    killer.start()
    grades = grade_all(parallel, [COURSE.submission(SLOW)] * 3)
    killer.join()
    assert [one.auto_score for one in grades] == [2.0] * 3


def test_judging_process_that_dies_before_it_has_its_room_is_started_again(
    parallel: Grader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The moment between a room and its handing over is short, and a busy machine finds it."""
    make_room, deaths = Bubblewrap.open, [1]

    def make_room_and_kill(sandbox: Bubblewrap, limits: Limits) -> Room:
        room = make_room(sandbox, limits)
        if deaths:
            deaths.pop()
            for handle in [os.pidfd_open(pid) for pid in processes_named("bench_process")]:
                signal.pidfd_send_signal(handle, signal.SIGKILL)
                select.select([handle], [], [])
                os.close(handle)
        return room

    monkeypatch.setattr(Bubblewrap, "open", make_room_and_kill)
    grade = parallel.grade(COURSE.submission(), COURSE.question, measured=False)
    assert (grade.auto_score, deaths) == (2.0, [])


def test_sandbox_that_breaks_for_good_is_said_and_stops_nobody(
    parallel: Grader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    parallel.grade(COURSE.submission(), COURSE.question, measured=False)
    monkeypatch.setenv("PATH", str(tmp_path))  # bubblewrap is gone
    for pid in processes_named("viva_runner"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    grades = grade_all(parallel, [COURSE.submission()] * 3)
    assert [statuses(one) for one in grades] == [[Status.INFRA_ERROR] * 2] * 3
    assert all(one.auto_score is None for one in grades)


def test_nothing_is_left_after_a_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    before = processes_named("viva_runner") + processes_named("bench_process")
    with build_grader(GraderSettings(home=tmp_path, jobs=3)) as grader:
        grade_all(grader, [COURSE.submission({"f": answer}) for answer in ANSWERS])
        assert list(temporary.iterdir())
    assert processes_named("viva_runner") + processes_named("bench_process") == before
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("after_s", [0.0, 0.3, 3.0])
def test_killed_grader_leaves_nothing_whenever_it_dies(tmp_path: Path, after_s: float) -> None:
    """Also one that dies while its processes are starting."""
    program = (
        "import time\nfrom viva_grader.bootstrap import build_grader\n"
        "grader = build_grader()\ngrader.start()\nprint('started', flush=True)\ntime.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
    ) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == b"started\n"
        time.sleep(after_s)
        killed.kill()
    deadline = time.monotonic() + 60
    while any(tmp_path.iterdir()):
        assert time.monotonic() < deadline, list(tmp_path.iterdir())
        time.sleep(0.1)
