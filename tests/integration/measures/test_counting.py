# ruff: noqa: E501, S105 - a submission in one line reads best; the word is no secret; our own program
"""What the counter's defences are good for: without them, each of these tricks lowers a count."""

import json
import socket
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from viva_runner.codec import Encoder
from viva_runner.handles import Handles

WORK = "def work(xs):\n    t = 0\n    for a in xs:\n        for b in xs:\n            t += a * b\n    return t\n"
CALLS = WORK + "def f(xs):\n    {}\n    return work(xs)"

# name: the body, and what of the defences it needs to be without
LOWER = {
    "trace_off": ("import sys\n    sys.settrace(None)", ("ENDS_IT",)),
    "frame": (
        "import sys\n    frame = sys._getframe()\n    frame.f_trace = None\n"
        "    frame.f_trace_opcodes = False\n    sys.settrace(None)",
        ("ENDS_IT", "_no_frame"),
    ),
    "thread": (
        "import threading\n    out = []\n    t = threading.Thread(target=lambda: out.append(work(xs)))\n"
        "    t.start()\n    t.join()\n    return out[0]",
        ("give_up",),
    ),
    "signal": (
        "import signal, sys\n    def handle(s, frame):\n        while frame:\n"
        "            frame.f_trace = None\n            frame = frame.f_back\n        sys.settrace(None)\n"
        "    signal.signal(signal.SIGUSR1, handle)\n    signal.raise_signal(signal.SIGUSR1)",
        ("give_up", "ENDS_IT"),
    ),
    "counter": (
        "import gc, sys\n    each = sys.gettrace().__defaults__[0]\n"
        "    each.__defaults__ = (lambda: 0, 1 << 60, None)",
        ("_touches",),
    ),
}  # fmt: skip


def counted(source: str, without: tuple[str, ...] = (), most: int = 10**9) -> dict[str, Any]:
    """Run a cell and count ``f([0, …, 39])`` in a fresh interpreter, as a sandbox's is."""
    ours, theirs = socket.socketpair()
    program = Path(__file__).with_name("counted_process.py")
    command = [sys.executable, str(program), str(theirs.fileno()), *without]
    with subprocess.Popen(command, pass_fds=[theirs.fileno()]), ours:
        theirs.close()
        first = _ask(ours, {"op": "exec", "source": source, "cell": "c", "lenient": False})
        if "touched" in first:
            return first
        value = Encoder(Handles()).encode([[list(range(40))], {}])
        call = {"op": "count", "name": "f", "text": None, "value": value, "as_text": False}
        return _ask(ours, call | {"most": most})


def _ask(channel: socket.socket, message: dict[str, Any]) -> dict[str, Any]:
    body = json.dumps(message).encode()
    channel.sendall(struct.pack(">I", len(body)) + body)
    whole = channel.makefile("rb")
    (length,) = struct.unpack(">I", whole.read(4))
    answer = json.loads(whole.read(length))
    assert answer["token"] == "word"
    return answer


@pytest.fixture
def honest() -> dict[str, Any]:
    return counted(CALLS.format("pass"))


def test_a_count_is_exact_and_repeats(honest: dict[str, Any]) -> None:
    again = counted(CALLS.format("pass"))
    assert (again["work"], again["whole"]) == (honest["work"], honest["whole"])
    assert honest["work"] > 40 * 40 * 5
    assert honest["lost"] is False


@pytest.mark.parametrize("name", LOWER)
def test_a_trick_lowers_the_count_only_where_its_defence_is_off(
    name: str, honest: dict[str, Any]
) -> None:
    body, without = LOWER[name]
    source = CALLS.format(body)
    undefended = counted(source, without)
    assert undefended["work"] < honest["work"] / 3
    assert undefended["ok"]["v"] == honest["ok"]["v"]
    defended = counted(source)
    assert (
        "touched" in defended or defended["error"] is not None or defended["work"] >= honest["work"]
    )


def test_a_call_is_ended_at_its_budget() -> None:
    assert counted("def f(xs):\n    while True: pass", most=10_000)["over"] is True


@pytest.mark.parametrize(
    "cell",
    [
        "import collections\nT = collections.namedtuple('T', 'a')",
        "import enum\nE = enum.Enum('E', 'A B')",
        "import typing\nN = typing.NamedTuple('N', [('a', int)])",
        "import dataclasses\n@dataclasses.dataclass\nclass D:\n    a: int = 1",
        "import logging\nlogging.warning('x')",
        "import pandas as pd\nd = pd.DataFrame({'a': [1, 2]}).query('a > 1')",
        "import asyncio\nasync def g(): return 1\nasyncio.run(g())",
        "import re, json, datetime, decimal, statistics, heapq, bisect",
    ],
)
def test_honest_code_runs_under_the_seal(cell: str, honest: dict[str, Any]) -> None:
    answer = counted(cell + "\n" + CALLS.format("pass"))
    assert answer.get("work") == honest["work"], answer
