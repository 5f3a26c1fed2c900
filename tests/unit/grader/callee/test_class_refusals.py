"""What is told of a candidate's class makes a class of data here, or is refused within bounds."""

import enum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from viva_grader.callee.codec import Decoder
from viva_grader.callee.enums import MAX_BITS, MAX_MEMBERS
from viva_grader.callee.foreign import Proxies
from viva_grader.callee.interruptions import Interruption, NoAnswer
from viva_runner.codec import Encoder
from viva_runner.handles import Handles

INT_ENUM = ["cls", [1, {"name": "IntEnum", "qualname": "IntEnum", "library": "enum", "dunders": [], "bases": 0}], []]  # fmt: skip
FLAG = ["cls", [2, {"name": "Flag", "qualname": "Flag", "library": "enum", "dunders": [], "bases": 0}], []]  # fmt: skip


def decode(*nodes: Any) -> Any:
    return Decoder(Proxies({}, {})).decode({"v": [0], "n": list(nodes)})


def kind(base: list[Any] = INT_ENUM, items: list[Any] | None = None, **facts: Any) -> list[Any]:
    """A class with the base that is node 1, and more facts; it is node 0."""
    told = {"name": "E", "qualname": "E", "library": None, "dunders": [], "bases": 1, "mro": 0}
    return [["cls", [0, told | facts], [[1], *(items or [])]], base]


def test_an_enum_is_made_of_its_data() -> None:
    made = decode(*kind(items=[5, 6], members=[["A", "A"], ["B", "B"]]))
    assert issubclass(made, enum.IntEnum)
    assert list(made) == [5, 6]
    assert made.A < made.B
    assert made.A + 1 == made.B


@pytest.mark.parametrize(
    "facts",
    [
        {"members": [["A", "A"]], "items": ["x", "y"]}, {"members": [["A", "A"]], "items": [[1]]},
        {"members": [["mro", "mro"]], "items": [1]}, {"members": [["__class__", "a"]], "items": [1]},
        {"members": [["_value_", "a"]], "items": [1]}, {"members": [["_viva_owner", "a"]], "items": [1]},
        {"members": [["A", "A"], ["A", "A"]], "items": [1, 2]}, {"members": [["", ""]], "items": [1]},
        {"members": [["A"]], "items": [1]}, {"members": [[1, 2]], "items": [1]}, {"members": "AB"},
        {"members": {"A": 1}}, {"members": [["A" * 300, "A"]], "items": [1]},
        {"members": [[f"m{n}", "a"] for n in range(MAX_MEMBERS + 1)], "items": list(range(MAX_MEMBERS + 1))},
        {"base": FLAG, "members": [["A", "A"]], "items": ["x"], "boundary": "STRICT"},
        {"base": FLAG, "members": [["A", "A"]], "items": [1], "boundary": "NONE"},
        {"base": FLAG, "members": [["A", "A"]], "items": [1], "boundary": [1]},
        {"bases": -1}, {"bases": "1"}, {"mro": -1}, {"mro": None}, {"hints": ["a"]}, {"hints": [1]},
        {"own": "ab"}, {"own": [1]}, {"own": ["a"] * 501}, {"mro": 1, "items": [5]}, {"bases": 2, "items": [5]},
        {"data": [["x"]], "made": {}}, {"data": "x", "made": {}}, {"data": [], "made": []},
        {"data": [["x; import os", 0, True, True, None, True, False, 0]], "made": {}, "items": [None, [1]]},
        {"data": [["x", 7, True, True, None, True, False, 0]], "made": {}, "items": [None, None]},
        {"data": [["x", 0, True, True, "h", True, False, 0]], "made": {}, "items": [None, None]},
        {"data": [["x", 0, True, True, None, True, False, 1]], "made": {}, "items": [None]},
        {"dunders": "__eq__"}, {"dunders": None},
    ],
)  # fmt: skip
def test_a_class_that_is_told_wrongly_is_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(NoAnswer):
        decode(*kind(**facts))


@pytest.mark.parametrize(
    "member",
    [
        ["member", ["B"], [[1]]], ["member", [None], [[1], 5]], ["member", [None], [[1]]],
        ["member", [], [[1]]], ["member", ["A"], []], ["member", ["A"], [7]], ["member", [["A"]], [[1]]],
        ["obj", [9], [[1]]], ["nt", [], [[1], 1]], ["inst", ["E", []], []],
    ],
)  # fmt: skip
def test_no_member_but_those_of_the_class_arrives(member: list[Any]) -> None:
    told = kind(items=[5], members=[["A", "A"]])
    told[0][2][0] = [2]
    with pytest.raises(NoAnswer):
        decode(member, *told)


@pytest.mark.parametrize("value", [-(1 << MAX_BITS), 1 << MAX_BITS, 4, -9])
def test_flags_beyond_the_limit_or_unknown_are_refused(value: int) -> None:
    told = kind(FLAG, items=[1, 2], members=[["A", "A"], ["B", "B"]], boundary="STRICT")
    told[0][2][0] = [2]
    number = ["int", [hex(value)], []]
    with pytest.raises(NoAnswer):
        decode(["member", [None], [[1], [3]]], *told, number)


def test_no_class_of_a_library_arrives_by_name_but_the_known() -> None:
    for library, name in (("os", "_Environ"), ("subprocess", "Popen"), ("io", "TextIOWrapper")):
        found = decode(["cls", [0, {"name": name, "qualname": name, "library": library, "dunders": [], "bases": 0}], []])  # fmt: skip
        assert found.__module__ == "__main__"


class Colour(enum.Enum):
    RED = 1


FACTS = st.dictionaries(
    st.sampled_from([
        "members", "boundary", "missing", "valued", "bases", "mro", "hints", "own", "sorts", "doc",
        "qualname", "parameters", "noted", "data", "made", "abstract", "fields", "__slots__",
        "__match_args__", "generic", "container", "unhashable", "library", "dunders", "name",
    ]),
    st.recursive(
        st.none() | st.booleans() | st.integers(-2, 3) | st.sampled_from(["A", "a", "__eq__", "_x_", "mro"]),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "A"]), inner, max_size=2),
        max_leaves=8,
    ),
    max_size=6,
)  # fmt: skip


@given(FACTS, st.lists(st.integers(0, 3) | st.just("a") | st.just([1]), max_size=5), st.booleans())
@settings(max_examples=150, deadline=None, derandomize=True)
def test_whatever_is_told_of_a_class_it_is_one_or_refused(
    facts: dict[str, Any], items: list[Any], flags: bool
) -> None:
    told = kind(FLAG if flags else INT_ENUM, items=items, **facts)
    try:
        made = decode(*told)
    except (NoAnswer, Interruption):
        return
    assert isinstance(made, type)
    assert type(made.__mro__) is tuple
    assert repr(made)


def test_a_members_class_of_the_runner_arrives_with_all_that_is_told() -> None:
    message = Encoder(Handles()).encode([Colour, Colour.RED])
    message["n"] = [n for n in message["n"] if n]
    found = Decoder(Proxies({}, {})).decode(message)
    assert found[1] is found[0].RED
