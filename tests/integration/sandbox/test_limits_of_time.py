"""A limit of time is met by work or by waiting, never because the machine is busy."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from viva_grader.bootstrap import Grader

from tests.integration.sandbox.conftest import LIMITS, Marked, ask

WORK = """
import time
def f(cpu_s):
    wall, cpu = time.monotonic(), time.process_time()
    while time.process_time() - cpu < cpu_s:
        pass
    return time.monotonic() - wall
"""


@contextmanager
def busy_machine() -> Iterator[None]:
    """Two processes that never rest for each processor, in sessions of their own.

    They end by themselves when this process is gone.
    """
    spin = [sys.executable, "-S", "-c", f"import os\nwhile os.getppid() == {os.getpid()}: pass"]
    count = 2 * len(os.sched_getaffinity(0))
    rivals = [subprocess.Popen(spin, start_new_session=True) for _ in range(count)]
    try:
        yield
    finally:
        for rival in rivals:
            rival.kill()
            rival.wait()


def test_work_of_half_the_limit_passes_on_a_machine_that_has_other_things_to_do(
    marked: Marked,
) -> None:
    # the test says itself that more time than the limit went by on the wall clock
    limits = replace(LIMITS, call_s=1.5)
    with busy_machine():
        results = marked(WORK, "assert f(0.75) > 1.5, 'the machine was not busy'", limits=limits)
    assert results["t0"] == ("pass", "All assertions hold")


def test_work_of_twice_the_limit_is_a_timeout_that_says_so(marked: Marked) -> None:
    limits = replace(LIMITS, call_s=0.75)
    results = marked(WORK, "assert f(1.5) > 0", "assert f(0.1) > 0", limits=limits)
    assert results["t0"][0] == "timeout"
    assert "limit call_s: 0.75 s of work" in results["t0"][1]
    assert results["t1"][0] == "pass"


def test_sleep_beyond_the_limit_is_a_timeout_that_says_so(marked: Marked) -> None:
    sleeper = "import time\ndef f(s):\n    time.sleep(s)\n    return s"
    limits = replace(LIMITS, call_s=0.75)
    results = marked(sleeper, "assert f(30)", "assert f(0.2)", limits=limits)
    assert results["t0"][0] == "timeout"
    assert "limit call_s: 0.75 s of waiting" in results["t0"][1]
    assert results["t1"][0] == "pass"


def test_work_in_children_and_threads_counts(marked: Marked) -> None:
    spread = """
import subprocess, sys, threading
def f(how):
    if how == 'child':
        subprocess.run([sys.executable, '-S', '-c', 'while True: pass'])
    threads = [threading.Thread(target=spin, daemon=True) for _ in range(3)]
    [t.start() for t in threads]
    [t.join() for t in threads]
def spin():
    while True: pass
"""
    limits = replace(LIMITS, call_s=0.75)
    results = marked(spread, "f('child')", "f('thread')", limits=limits)
    for part in ("t0", "t1"):
        assert results[part][0] == "timeout"
        assert "limit call_s: 0.75 s of work" in results[part][1]


def test_many_short_calls_meet_the_limit_of_the_part_and_then_of_the_whole(marked: Marked) -> None:
    limits = replace(LIMITS, call_s=1.0, part_s=1.5, total_s=2.5)
    loop = "for _ in range(1000):\n    f(0.2)"
    results = marked(WORK, loop, loop, "f(0)", limits=limits)
    assert "limit part_s: 1.5 s of work" in results["t0"][1]
    assert "limit total_s: 2.5 s of work" in results["t1"][1]
    assert "limit total_s" in results["t2"][1]
    assert {status for status, _ in results.values()} == {"timeout"}


def test_the_authors_own_slow_test_is_a_timeout_too(marked: Marked) -> None:
    limits = replace(LIMITS, part_s=1.0)
    slow = "import time\ntry:\n    while True: pass\nexcept BaseException: pass\ntime.sleep(30)"
    results = marked("def f(x):\n    return x", slow, "assert f(1) == 1", limits=limits)
    assert results["t0"][0] == "timeout"
    assert "limit part_s: 1 s" in results["t0"][1]
    assert results["t1"][0] == "pass"


def test_signals_and_clocks_of_the_candidates_own_change_nothing(marked: Marked) -> None:
    stubborn = """
import os, signal, time
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
time.process_time = time.monotonic = lambda: 0.0
def f(how):
    if how == 'stop':
        os.kill(os.getpid(), signal.SIGSTOP)
        os.kill(0, signal.SIGSTOP)
    if how == 'vfork':
        os.posix_spawn('/bin/sh', ['sh', '-c', 'sleep 60'], {})
    while True: pass
"""
    limits = replace(LIMITS, call_s=0.75, part_s=1.5)
    results = marked(stubborn, "f('spin')", "f('stop')", "f('vfork')", limits=limits)
    assert {status for status, _ in results.values()} == {"timeout"}


def test_one_answer_has_one_grade_whatever_the_machine_does(grader: Grader) -> None:
    asked = ask("assert f(0.3)", "assert f(9)", limits=replace(LIMITS, call_s=0.7))
    submission = asked.submission({"f": WORK})
    # The other shares are counted, which has tests of its own, and take long on a busy machine.
    calm = grader.grade(submission, asked.question, measured=False)
    with busy_machine():
        loaded = grader.grade(submission, asked.question, measured=False)
    assert calm.document() == loaded.document()
