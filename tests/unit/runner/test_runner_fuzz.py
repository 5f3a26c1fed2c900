"""Whatever reaches the sandbox's end, it answers or ends: it never hangs, and stays small.

Every example speaks with a process of its own, forked from one that has everything imported.
"""

import json
import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from viva_runner import frames

LIMIT_BYTES = 1 << 20
WAIT_S = 20.0
GROWTH_KIB = 128 * 1024
SERVER = """
import json, os, resource, socket, sys
import numpy, pandas
from viva_runner.serve import serve
control = socket.socket(fileno=int(sys.argv[1]))
control.sendall(b"1")
while True:
    data, handles, _, _ = socket.recv_fds(control, 1, 1)
    if not data:
        break
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = os.fork()
    if child == 0:
        try:
            control.close()
            serve(socket.socket(fileno=handles[0]), int(sys.argv[2]))
        finally:
            os._exit(1)
    os.close(handles[0])
    control.sendall(json.dumps([child, before]).encode())
    _, status, used = os.wait4(child, 0)
    control.sendall(json.dumps([status, used.ru_maxrss]).encode())
"""


@dataclass
class Server:
    control: socket.socket
    folder: Any

    def speak(self, sent: bytes) -> list[dict[str, Any]]:
        """Send bytes and no more; give the answers, once the process has ended of itself."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                socket.send_fds(self.control, [b"1"], [theirs.fileno()])
            child, before = json.loads(self.control.recv(100))
            ours.settimeout(WAIT_S)
            self.control.settimeout(WAIT_S)
            answers: list[dict[str, Any]] = []
            try:
                ours.sendall(sent)
                ours.shutdown(socket.SHUT_WR)
                answers += iter(lambda: frames.receive(ours, 64 * LIMIT_BYTES), None)
            except (frames.ClosedError, ConnectionError):
                pass
            except TimeoutError:
                os.kill(child, signal.SIGKILL)
                pytest.fail(f"no answer and no end: {sent[:2000]!r}")
            status, peak = json.loads(self.control.recv(100))
        assert os.WIFEXITED(status), f"ended by a signal: {sent[:2000]!r}"
        assert peak - before < GROWTH_KIB, f"grew by {peak - before} KiB: {sent[:2000]!r}"
        return answers


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    ours, theirs = socket.socketpair()
    folder = tmp_path_factory.mktemp("submission")
    command = [sys.executable, "-c", SERVER, str(theirs.fileno()), str(LIMIT_BYTES)]
    with subprocess.Popen(command, pass_fds=[theirs.fileno()], cwd=folder) as process, ours:
        theirs.close()
        assert ours.recv(1) == b"1"
        yield Server(ours, folder)
        ours.close()
        process.wait(WAIT_S)


def framed(*messages: Any) -> bytes:
    bodies = [m if type(m) is bytes else json.dumps(m).encode() for m in messages]
    return b"".join(struct.pack(">I", len(body)) + body for body in bodies)


START = {"op": "start", "files": {}, "first": 0, "id": 1}
CELL = {
    "op": "exec", "cell": "s", "lenient": False, "classes": [], "id": 2,
    "source": "import enum\nclass E(enum.Enum):\n    A = 1\ndef f(*a, **k): return a\nx = [1]",
}  # fmt: skip


def asked(value: Any, **more: Any) -> dict[str, Any]:
    return {"op": "apply", "taken": [], "drop": [], "id": 3, "value": value} | more


def applied(nodes: list[Any], root: Any = None, **more: Any) -> dict[str, Any]:
    """A request whose parts are the nodes after the seventh."""
    parts = [
        ["list", [], ["read", "f", [1], [2], [3], [4], [5]]],
        ["list", [], []],
        ["dict", [], []],
    ]
    parts += [["list", [], []] for _ in range(3)]
    return asked({"v": [0] if root is None else root, "n": [*parts, *nodes]}, **more)


LEAVES = (
    st.none() | st.booleans() | st.integers(-3,
    9) | st.floats(allow_nan=False) | st.text(max_size=4)
    | st.sampled_from(["call", "read", "f", "x", "list", "nd", "<i8", "|O", "AAAA", 10**12,
    -(10**12), 2**70])
    | st.integers(0, 9).map(lambda index: [index])
)  # fmt: skip
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=10,
)
KINDS = st.sampled_from([
    "list", "dict", "set", "tuple", "frozenset", "odict", "ddict", "counter", "deque", "keys",
    "items",
    "values", "nd", "ndo", "np", "dtype", "rng", "random", "rec", "mat", "ma", "frame", "series",
    "index",
    "rangeindex", "multiindex", "intervals", "periods", "cat", "dtz", "masked", "strings", "sparse",
    "periodarray", "intervalarray", "arrow", "catdtype", "pddtype", "offset", "nat", "timestamp",
    "pdtimedelta", "interval", "period", "int", "float", "complex", "bytes", "bytearray", "range",
    "slice", "decimal", "fraction", "uuid", "datetime", "date", "time", "timedelta", "tz", "zone",
    "space", "proxy", "chain", "array", "path", "pattern", "ip", "structtime", "h", "kept", "cb",
    "it", "given", "gnt", "nt", "member", "exc", "inst", "type", "none of these",
])  # fmt: skip
NODES = st.lists(
    st.tuples(KINDS, st.lists(JSON, max_size=4), st.lists(LEAVES, max_size=4)).map(list), max_size=5
)
NOISE = st.dictionaries(
    st.sampled_from(["op", "id", "value", "source", "cell", "files", "first", "names", "taken",
    "return"]),
    JSON | st.sampled_from(["start", "exec", "apply", "names", "get", "digests", "raised", "cell"]),
)  # fmt: skip
MESSAGES = (
    st.builds(applied, NODES, st.none() | JSON)
    | st.builds(applied, NODES, keep=JSON, taken=st.just([]) | st.lists(JSON, max_size=3))
    | st.builds(asked, JSON.filter(lambda value: type(value) is dict))
    | NOISE
    | JSON
    | st.binary(max_size=40)
)
DEEP_LISTS = [["list", [], [[n + 1]]] for n in range(6, 20_000)] + [["list", [], []]]
DEEP_TUPLES = [["tuple", [], [[n + 1]]] for n in range(6, 20_000)] + [["tuple", [], []]]
SETTINGS = settings(
    max_examples=80, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip


@pytest.mark.parametrize(
    "nodes",
    [
        [["tuple", [], [[6]]]], [["tuple", [], [[7]]], ["frozenset", [], [[6]]]],
        [["tuple", [], [[7], [7], [7]]], ["tuple", [], [[8], [8]]], ["tuple", [], [[7], [6]]]],
        [["tuple", [], [[99]]]], [["tuple", [], [[-1]]]], [["tuple", [], [["a"]]]], [["tuple",
        [], [[]]]],
        [["tuple", [], [{}]]], [["tuple", [], "ab"]], [["tuple"]], [[["tuple"], [], []]],
        ["tuple"], [5],
        [["unheard", [], []]], [["int", ["zz"], []]], [["int", [], []]], [["h", [99], []]],
        [["kept", [7], []]], [["nd", ["<i8", [10**12], "", "C"], []]], [["deque", [-1], []]],
        [["rangeindex", [0, 10**9, 1], [None]], ["series", [], [5, [6], None]]],
        [["rangeindex", [0, 10**9, 1], [None]], ["frame", [0], [[6], [6], 5]]],
        [["member", ["A"], [5]]], [["given", ["X"], []]], [["inst", ["X", []], []]],
    ],
)  # fmt: skip
def test_a_request_that_cannot_be_read_is_refused_and_the_next_answered(
    server: Server, nodes: list[Any]
) -> None:
    sent = framed(START, CELL, applied(nodes), {"op": "names", "id": 4})
    refused, after = server.speak(sent)[2:]
    assert "cannot" in refused
    assert (refused["id"], after["id"]) == (3, 4)


@pytest.mark.parametrize(
    "sent",
    [
        b"", b"\0", b"\0\0\0\5{}", b"\xff\xff\xff\xff", struct.pack(">I", LIMIT_BYTES + 1) + b"{}",
        framed(b"[" * 100_000), framed(b'{"a":' * 100_000), framed(b"\xff\xfe"), framed(b"{"),
        framed([]), framed(None), framed(5), framed({}), framed({"op": "start"}),
        framed({"op": "apply", "id": 1}),
        framed({"op": ["start"], "id": 1}), framed({"op": "raised", "id": 1}),
        framed(START | {"id": "1"}),
        framed(START | {"first": "0"}), framed(b"[[],[],[]," * 90_000), framed(START)[:-3],
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_request_ends_the_process(server: Server, sent: bytes) -> None:
    assert server.speak(sent) == []


@pytest.mark.parametrize("nodes", [DEEP_LISTS, DEEP_TUPLES], ids=["lists", "tuples"])
def test_a_value_of_any_depth_is_answered(server: Server, nodes: list[Any]) -> None:
    deep = applied([["list", [], [[7]]], *nodes])
    deep["value"]["n"][0] = ["list", [], ["set", "held", [6], [2], [3], [4], [5]]]
    sent = framed(START, CELL, deep, {"op": "names", "id": 4})
    assert [answer["id"] for answer in server.speak(sent)] == [1, 2, 3, 4]


@given(st.lists(MESSAGES, min_size=1, max_size=3), st.integers(0, 12))
@example([applied([["tuple", [], [[6]]]])], 0)
@SETTINGS
def test_whatever_is_sent_is_answered_or_ends_the_process(
    server: Server, messages: list[Any], missing: int
) -> None:
    last = framed(*messages)
    answers = server.speak(framed(START, CELL) + last[: max(0, len(last) - missing)])
    assert [answer["id"] for answer in answers[:2]] == [1, 2]
    assert len(answers) <= len(messages) + 2
    for answer in answers[2:]:
        assert {"ok", "cannot", "refuse", "exc", "absent", "digests", "show"} & answer.keys()


@given(st.binary(max_size=60))
@SETTINGS
def test_bytes_without_sense_end_the_process(server: Server, sent: bytes) -> None:
    assert server.speak(sent) == []
