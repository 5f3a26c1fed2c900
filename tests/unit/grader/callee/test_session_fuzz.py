"""Whatever a candidate's process answers, a call ends as a value, its exception or no answer."""

import contextlib
import json
import socket
import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from viva_grader.callee.codec import Decoder
from viva_grader.callee.foreign import Proxies
from viva_grader.callee.interruptions import Interruption, NoAnswer
from viva_grader.callee.shared_files import SharedFiles
from viva_runner import frames
from viva_runner.codec import Encoder
from viva_runner.handles import Handles

LEAVES = (
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=False) | st.text(max_size=4)
    | st.sampled_from(["list", "nd", "frame", "<i8", "cls", "fn", "gen", "exc", "AAAA", "C"])
)  # fmt: skip
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=10,
)
KINDS = st.sampled_from([
    "list", "dict", "set", "tuple", "nd", "ndo", "np", "dtype", "rng", "frame", "series", "index",
    "multiindex", "cat", "cls", "obj", "exc", "fn", "method", "gen", "agen", "it", "hint", "mine",
    "property", "nt", "int", "decimal", "datetime", "tz", "zone", "space", "proxy", "chain", "ma",
    "array", "ip", "arrow", "sparse", "catdtype", "pddtype", "offset", "periodarray", "type",
])  # fmt: skip
NODES = st.lists(
    st.tuples(KINDS, st.lists(JSON, max_size=4), st.lists(JSON, max_size=4)).map(list), max_size=4
)


def open_proxies() -> Proxies:
    return Proxies({}, {})


@given(JSON, NODES)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_a_made_up_message_is_a_value_or_refused(root: Any, nodes: Any) -> None:
    with contextlib.suppress(NoAnswer, Interruption):
        Decoder(open_proxies()).decode({"v": root, "n": nodes})


@st.composite
def _mutated(draw: st.DrawFn) -> Any:
    value = draw(st.sampled_from([[1, (2, "a")], {"k": [b"x"]}, {1, 2}, (1.5, None), 2**80]))
    message = json.loads(json.dumps(Encoder(Handles()).encode(value)))
    node = draw(st.integers(0, max(0, len(message["n"]) - 1)))
    if message["n"]:
        message["n"][node][draw(st.integers(0, 2))] = draw(JSON)
    return message


@given(_mutated())
@settings(max_examples=80, deadline=None, derandomize=True)
def test_a_mutated_message_is_a_value_or_refused(message: Any) -> None:
    with contextlib.suppress(NoAnswer, Interruption):
        Decoder(open_proxies()).decode(message)


@given(st.one_of(JSON, st.lists(st.tuples(st.text(max_size=8), st.none() | st.text(max_size=8)).map(list), max_size=3)))  # fmt: skip
@settings(max_examples=40, deadline=None, derandomize=True)
def test_made_up_files_stay_in_the_folder(tmp_path_factory: Any, raw: Any) -> None:
    folder = tmp_path_factory.mktemp("job") / "inner"
    folder.mkdir()
    with contextlib.suppress(NoAnswer):
        SharedFiles(folder, "").take(raw)
    assert [path.name for path in folder.parent.iterdir()] == ["inner"]
    assert not [path for path in folder.rglob("*") if path.suffix == ".py"]


def test_files_with_names_that_lead_elsewhere_or_run_are_left_out(tmp_path: Any) -> None:
    folder = tmp_path / "job"
    folder.mkdir()
    (folder / "data.csv").write_bytes(b"author")
    files = SharedFiles(folder, "")
    names = ["../x.txt", "/tmp/x.txt", "a/../../x.txt", "numpy.py", "m.pkl", ".hidden", "__main__", "data.csv"]  # noqa: S108  # fmt: skip
    files.take([[name, "AAAA"] for name in names])
    files.take([["out/ok.txt", "b2s="]])
    assert (folder / "data.csv").read_bytes() == b"author"
    assert (folder / "out/ok.txt").read_bytes() == b"ok"
    assert sorted(p.name for p in folder.rglob("*") if p.is_file()) == ["data.csv", "ok.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["job"]


def test_only_its_own_files_and_those_it_was_handed_are_the_submissions(tmp_path: Any) -> None:
    (tmp_path / "large.csv").write_bytes(b"x" * (2 << 20))
    files = SharedFiles(tmp_path, "read input.txt")
    for name in ("input.txt", "expected.txt", "named.txt"):
        (tmp_path / name).write_text("test's")
    assert [name for _, name, _, _ in files.give(["named.txt"])] == ["input.txt", "named.txt"]
    files.take([[n, "b2s="] for n in ("large.csv", "input.txt", "expected.txt", "named.txt")])
    files.take([["large.csv", None], ["expected.txt", None]])
    assert (tmp_path / "large.csv").stat().st_size == 2 << 20
    assert (tmp_path / "expected.txt").read_text() == "test's"
    assert (tmp_path / "input.txt").read_text() == (tmp_path / "named.txt").read_text() == "ok"


def test_a_submission_uses_no_more_names_of_files_than_it_may(tmp_path: Any) -> None:
    files = SharedFiles(tmp_path, "")
    for number in range(10):
        names = [f"{number}/{n}.txt" for n in range(100)]
        files.take([[name, "b2s="] for name in names])
        files.take([[name, None] for name in names])
    files.take([["a/b/c/d/e.txt", "b2s="], ["matplotlibrc", "b2s="]])
    assert len(list(tmp_path.iterdir())) == 3


def test_frames_of_any_length_are_told_by_their_header() -> None:
    ours, theirs = socket.socketpair()
    theirs.sendall(struct.pack(">I", 1 << 31))
    theirs.close()
    with ours, pytest.raises(frames.OversizedError):
        frames.receive(ours, 1024)
