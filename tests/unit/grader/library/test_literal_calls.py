"""A question's calls are data: anything else is refused in one line, and nothing in it runs."""

import math

import pytest
from viva_grader.library.literal_calls import parse_call, parse_literal, parse_sized_call


def test_arguments_are_literals_made_anew_for_each_call() -> None:
    call = parse_call("f([1, (2, {3})], {'a': b'x'}, k=-1.5, s=set(), z=1+2j, n=nan)")
    args, kwargs = call.arguments()
    assert call.function == "f"
    assert args == [[1, (2, {3})], {"a": b"x"}]
    assert {k: v for k, v in kwargs.items() if k != "n"} == {"k": -1.5, "s": set(), "z": 1 + 2j}
    assert math.isnan(kwargs["n"])
    args[0].append(1)
    assert call.arguments()[0][0] == [1, (2, {3})]


def test_named_floats_and_frozen_sets_are_literals() -> None:
    assert parse_literal("[-inf, inf]") == [-math.inf, math.inf]
    assert parse_literal("frozenset({1, 2})") == frozenset({1, 2})


@pytest.mark.parametrize(
    "text",
    [
        "f", "f(x)", "f(g(1))", "a.f(1)", "f(*[1])", "f(**{})", "f(1 + 1)", "f([x for x in (1,)])",
        "f(", "f(...)", "f({[1]})", "f(__import__('os'))", "f(-'a')", "f(f'{1}')", "x = 1", "",
        "(lambda: 1)()", "f({**{}})",
    ],
)  # fmt: skip
def test_what_is_no_call_of_a_name_with_literals_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        parse_call(text)


def test_a_call_by_size_keeps_its_arguments_as_python() -> None:
    call = parse_sized_call("f(numbers(n), k=n // 2)")
    assert call.function == "f"
    made = eval(call.arguments, {"numbers": range, "n": 6})  # noqa: S307 - a test's own text
    assert made == ([range(6)], {"k": 3})


@pytest.mark.parametrize("text", ["f(3)", "g.f(n)", "n"])
def test_a_call_that_has_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        parse_sized_call(text)
