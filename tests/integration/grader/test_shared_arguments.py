"""A container that a test passed or was given is one object for the rest of its cell."""

from collections.abc import Callable

import pytest

from tests.fakes.nbgrader_course import autograded, course, solution

pytestmark = pytest.mark.sandbox
Mark = Callable[..., dict[str, tuple[str, float | None]]]

ANSWER = """
from contextlib import contextmanager
class Stack:
    def __init__(self, items=()):
        self.items = list(items)
    def __len__(self):
        return len(self.items)
class Shared:
    def __init__(self, items):
        self.items = items
    def add(self, x):
        self.items.append(x)
class Bag:
    def __init__(self):
        self._things = {"k": [1]}
    def things(self):
        return {k: list(v) for k, v in self._things.items()}
    def raw(self):
        return self._things
    def count(self):
        return sum(map(len, self._things.values()))
@contextmanager
def opened(log):
    log.append("open")
    yield log
    log.append("close")
registry = []
def register(x):
    registry.append(x)
    return registry
"""
ALIASING = """
from contextlib import contextmanager
class Stack:
    def __init__(self, items=()):
        self.items = items
    def __len__(self):
        return len(self.items)
class Shared:
    def __init__(self, items):
        self.items = list(items)
    def add(self, x):
        self.items.append(x)
class Bag:
    def __init__(self):
        self._things = {"k": [1]}
    def things(self):
        return self._things
    def raw(self):
        return dict(self._things)
    def count(self):
        return sum(map(len, self._things.values()))
@contextmanager
def opened(log):
    yield log
registry = []
def register(x):
    registry.append(x)
    return list(registry)
"""
TESTS = {
    "copies": "items = [1]\ns = Stack(items)\nitems.append(2)\nassert len(s) == 1",
    "shares": "items = [1]\ns = Shared(items)\nitems.append(2)\ns.add(3)\nassert items == [1, 2, 3] and s.items is items\nitems.clear()\ns.add(4)\nassert items == [4]",
    "later": "log = []\nwith opened(log) as same:\n    assert same is log\n    log.append('in')\nassert log == ['open', 'in', 'close']",
    "hides": "b = Bag()\ngot = b.things()\ngot['k'].append(5)\ngot['z'] = [9]\nassert b.count() == 1",
    "shows": "b = Bag()\ngot = b.raw()\ngot['k'].append(5)\ngot['z'] = [9]\nassert b.count() == 3 and b.raw() is got",
    "returns": "r = register(1)\nassert register(2) is r == registry == [1, 2]\nr.append(3)\nassert len(registry) == 3\nregistry.clear()\nassert register(4) == [4] == r",
}  # fmt: skip
COURSE = course(solution("s", ANSWER), *(autograded(name, test) for name, test in TESTS.items()))


def test_changes_are_seen_on_both_sides(mark: Mark) -> None:
    assert set(mark(COURSE).values()) == {("pass", 1.0)}


def test_no_copy_where_one_is_asked_for_fails_and_the_other_way_round(mark: Mark) -> None:
    assert set(mark(COURSE, {"s": ALIASING}).values()) == {("fail", 0.0)}


def test_containers_beyond_what_is_followed_still_cross_with_each_call(mark: Mark) -> None:
    answer = "def first(rows):\n    rows[0].append(len(rows))\n    return rows[0][-1]"
    test = "rows = [[i] for i in range(200)]\nassert first(rows) == 200\nassert rows[0] == [0, 200]\nrows.append([])\nassert first(rows) == 201\nkept = [[n] for n in range(60)]\nassert [first([k]) for k in kept] == [1] * 60\nassert kept[0] == [0, 1] and kept[59] == [59, 1]"
    asked = course(solution("s", answer), autograded("t", test))
    assert mark(asked) == {"t": ("pass", 1.0)}
