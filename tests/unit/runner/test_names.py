"""A name is vouched for as long as it means one object that stays as it was described."""

from typing import Any

import pytest
from viva_runner.names import Names

SOURCE = (
    "def f(): return 1\ndef g(x=[]): return x\nn, text, items, made = 10**6, 'a', [1], object()"
)


@pytest.fixture
def namespace() -> dict[str, Any]:
    found: dict[str, Any] = {}
    exec(SOURCE, found)  # noqa: S102 - our own words
    return found


@pytest.mark.parametrize("name", ["f", "n", "text"])
def test_settled_name_is_the_same_until_it_is_bound_again(
    namespace: dict[str, Any], name: str
) -> None:
    names = Names(namespace)
    assert names.note(name) is True
    assert names.same() is True
    namespace[name] = namespace["g"]
    assert names.same() is False


@pytest.mark.parametrize("name", ["g", "items", "made", "missing"])
def test_nobody_vouches_for_what_may_change_inside(namespace: dict[str, Any], name: str) -> None:
    assert Names(namespace).note(name) is False


def test_function_that_was_given_an_attribute_is_not_the_same(namespace: dict[str, Any]) -> None:
    names = Names(namespace)
    names.note("f")
    namespace["f"].calls = 1
    assert names.same() is False


def test_name_that_is_gone_is_not_the_same(namespace: dict[str, Any]) -> None:
    names = Names(namespace)
    names.note("f")
    del namespace["f"]
    assert names.same() is False
