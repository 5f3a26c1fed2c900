"""What a candidate's process sends becomes a value of an exact type, or nothing at all."""

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from viva_grader.callee.codec import MAX_DEPTH, Decoder
from viva_grader.callee.codec import Encoder as TrustedEncoder
from viva_grader.callee.foreign import Proxies
from viva_grader.callee.interruptions import NoAnswer, Unsupported
from viva_runner.codec import Encoder
from viva_runner.handles import Handles

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
    | st.binary() | st.complex_numbers(allow_nan=False) | st.decimals(allow_nan=False, places=3)
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=20,
)


def decode(message: Any) -> Any:
    return Decoder(Proxies({}, {})).decode(message)


@given(VALUES)
@settings(max_examples=100, deadline=None)
def test_data_arrives_as_it_was_sent(value: Any) -> None:
    arrived = decode(Encoder(Handles()).encode(value))
    assert arrived == value
    assert repr(arrived) == repr(value)


def nested(depth: int) -> list[Any]:
    deep: list[Any] = []
    for _ in range(depth - 1):
        deep = [deep]
    return deep


def test_cycles_and_depth_up_to_the_limit_arrive() -> None:
    ring: list[Any] = []
    ring.append(ring)
    assert decode(Encoder(Handles()).encode(ring))[0][0] is not None
    assert len(decode(Encoder(Handles()).encode(nested(MAX_DEPTH)))) == 1
    wide = [nested(3) for _ in range(MAX_DEPTH)]
    assert len(decode(Encoder(Handles()).encode(wide))) == MAX_DEPTH


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 20_000])
def test_greater_depth_is_refused_on_both_ends(depth: int) -> None:
    with pytest.raises(NoAnswer, match="nested more than 5000 deep"):
        decode(Encoder(Handles()).encode(nested(depth)))
    with pytest.raises(Unsupported, match="nested more than 5000 deep"):
        TrustedEncoder(Proxies({}, {})).encode(nested(depth))


@pytest.mark.parametrize(
    "message",
    [
        None, [], {}, {"v": [0], "n": []}, {"v": [5], "n": [["list", [], []]]},
        {"v": [0], "n": [["tuple", [], [[0]]]]},
        {"v": [0], "n": [["tuple", [], [[1]]], ["tuple", [], [[0]]]]},
        {"v": [0], "n": [["unheard", [], []]]}, {"v": [0], "n": [["list", [], [[-1]]]]},
        {"v": [0], "n": [["set", [], [[1]]], ["list", [], []]]},
        {"v": [0], "n": [["dict", [], [1]]]}, {"v": {"a": 1}, "n": []},
        {"v": [0], "n": [["nd", ["|O", [1], ""], []]]}, {"v": [0], "n": [["nd", ["<i8", [10**12], ""], []]]},
        {"v": [0], "n": [["nd", ["<i8", [-1], ""], []]]}, {"v": [0], "n": [["np", ["|O8", "AAAAAAAAAAA="], []]]},
        {"v": [0], "n": [["int", ["f" * 2_000_000], []]]}, {"v": [0], "n": [["decimal", ["1E+999999999"], []]]},
        {"v": [0], "n": [["type", ["os", "system"], []]]}, {"v": [0], "n": [["type", ["builtins", "eval"], []]]},
        {"v": [0], "n": [["h", [0], []]]}, {"v": [0], "n": [["ref", ["os", "system"], []]]},
        {"v": [0], "n": [["nt", ["X", ["__class__"]], [1]]]}, {"v": [0], "n": [["nt", ["X; import os", ["a"]], [1]]]},
        {"v": [0], "n": [["inst", ["Missing", []], []]]}, {"v": [0], "n": [["exc", [0, ""], [[1], [2]]], ["type", ["builtins", "int"], []], ["tuple", [], []]]},
        {"v": [0], "n": [["obj", [1], [True]]]}, {"v": [0], "n": [["float", ["1e5"], []]]}, {"v": [0], "n": [["bytes", ["%%%"], []]]},
    ],
)  # fmt: skip
def test_a_malformed_message_is_refused(message: Any) -> None:
    with pytest.raises(NoAnswer):
        decode(message)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from(["list", "nd", "<i8", "cls", "fn"]),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=12,
)


@given(JSON, st.lists(st.tuples(st.sampled_from(["list", "dict", "nd", "frame", "index", "cls", "obj", "exc", "gen"]), st.lists(JSON, max_size=3), st.lists(JSON, max_size=3)).map(list), max_size=4))  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_noise_is_refused_or_plain_and_never_hurts(root: Any, nodes: Any) -> None:
    with contextlib.suppress(NoAnswer, RuntimeError):
        decode({"v": root, "n": nodes})  # anything else, or a crash, is the failure
