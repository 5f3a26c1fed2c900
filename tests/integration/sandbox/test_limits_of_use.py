"""Each limit ends in a verdict that names it; under a higher one the same answer passes."""

from dataclasses import replace

import pytest
from viva_grader.domain.question import Limits

from tests.integration.sandbox.conftest import LIMITS, Marked

ROOMY = Limits(
    call_s=15.0, part_s=30.0, total_s=60.0, memory_mib=1024, pids=256, disk_mib=256, message_mib=16
)
HOGS = {
    "memory_mib": """
def f(x):
    return len(bytearray(600 << 20)) and 1
""",
    "memory_mib of numpy": """
import numpy
def f(x):
    return numpy.ones(75 << 20, 'f8').size and 1
""",
    "memory_mib of children": """
import os, time
def f(x):
    children = []
    for _ in range(3):
        children.append(os.fork())
        if not children[-1]:
            block = bytearray(b'x') * (250 << 20)
            time.sleep(1)
            os._exit(0)
    for child in children:
        if os.waitpid(child, 0)[1]:
            raise MemoryError('a child was ended')
    return 1
""",
    "pids of threads": """
import threading
def f(x):
    done = threading.Event()
    threads = [threading.Thread(target=done.wait, daemon=True) for _ in range(100)]
    try:
        [t.start() for t in threads]
    finally:
        done.set()
    return 1
""",
    "pids of processes": """
import os, signal
def f(x):
    children = []
    try:
        for _ in range(60):
            child = os.fork()
            if not child:
                signal.pause()
            children.append(child)
    finally:
        [os.kill(child, 9) for child in children]
        [os.waitpid(child, 0) for child in children]
    return 1
""",
    "disk_mib of one file": """
def f(x):
    with open('big', 'wb') as file:
        file.write(bytes(40 << 20))
    return 1
""",
    "disk_mib of many files": """
def f(x):
    for number in range(40):
        with open(f'/tmp/{number}', 'wb') as file:
            file.write(bytes(1 << 20))
    return 1
""",
    "message_mib": """
def f(x):
    return 'x' * (6 << 20)
""",
    "call_s": """
import time
def f(x):
    time.sleep(3)
    return 1
""",
}


@pytest.mark.parametrize("what", HOGS)
def test_a_limit_that_is_hit_is_named_and_a_higher_one_is_not(marked: Marked, what: str) -> None:
    name = what.split()[0]
    status, message = marked(HOGS[what], "assert f(0)")["t0"]
    assert f"limit {name}" in message, message
    assert status == ("timeout" if name == "call_s" else "candidate_error")
    assert marked(HOGS[what], "assert f(0)", limits=ROOMY)["t0"] == ("pass", "All assertions hold")


def test_the_limit_of_open_files_is_named(marked: Marked) -> None:
    hog = "import os\ndef f(n):\n    return [os.open('/dev/null', 0) for _ in range(n)] and 1"
    results = marked(hog, "assert f(300)", "assert f(100)")
    assert results["t0"][0] == "candidate_error"
    assert "limit 256 open files" in results["t0"][1]


def test_a_process_that_the_kernel_ends_for_its_memory_says_so(marked: Marked) -> None:
    # many processes share the limit, none is over it alone: the kernel ends them, Python is silent
    hog = """
import os, time
def f(x):
    block = bytearray(b'x') * (350 << 20)
    for _ in range(8):
        if not os.fork():
            block[:] = b'y' * len(block)
            time.sleep(5)
    time.sleep(1)
    block[:] = b'z' * len(block)
    return 1
"""
    status, message = marked(hog, "assert f(0)", limits=replace(LIMITS, call_s=10, part_s=20))["t0"]
    assert status == "candidate_error"
    assert "limit memory_mib" in message, message


def test_a_cell_that_hits_a_limit_is_named_where_its_names_are_missed(marked: Marked) -> None:
    hog = "block = bytearray(600 << 20)\ndef f(x):\n    return 1"
    assert "limit memory_mib" in marked(hog, "assert f(0)")["t0"][1]
