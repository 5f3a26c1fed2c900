"""A watched test does what it did, and what it went through is known place by place."""

import ast
import contextlib
from typing import Any

import numpy as np
import pandas as pd
import pytest
from viva_grader.checks.watch import Counts, Pairs, Watch, found_less, found_other
from viva_grader.checks.watched import NAME, watched

SQUARES = np.array([1, 4])
NOTHING = np.empty((0, 2))
FULL = {"got": SQUARES, "want": SQUARES, "items": [1, 4], "text": "ab", "number": 9.0}
EMPTY = {"got": NOTHING, "want": SQUARES, "items": [], "text": "", "number": float("nan")}
ASYNC = "import asyncio\nasync def slowly(them):\n    for each in them:\n        yield each\n"
GONE_THROUGH = [
    "assert (got == want).all()",
    "assert not (got != want).any()",
    "assert np.all(np.isclose(got, want))",
    "assert np.sum(np.abs(got - want)) == 0",
    "same = got == want\nassert same.all()",
    "for item in items:\n    assert item in (1, 4)",
    "assert all(a == b for a, b in zip(items, want))",
    "assert [a for a in iter(items)] == items",
    "assert all(map(bool, items))",
    "assert set(items) <= {1, 4}",
    "assert set(items).issubset({1, 4})",
    "assert text in 'abc'",
    "assert not abs(number - 9) > 1e-6",
    "assert (pd.Series(items, dtype=int) > 0).all()",
    "assert {a for a in items} <= {1, 4}",
    "assert list(filter(lambda a: a not in (1, 4), items)) == []",
    "number = 0\nwhile number < len(items):\n    assert items[number]\n    number += 1",
    ASYNC
    + "async def look():\n    async for item in slowly(items):\n        assert item\n"
    + "asyncio.run(look())",
    ASYNC
    + "async def look():\n    return [item async for item in slowly(items)]\n"
    + "assert asyncio.run(look()) == items",
    "assert sorted(items) == list(items)",
    "assert 'abc'.startswith(text)",
    "assert {n: 1 for n in items}.items() <= {1: 1, 4: 1}.items()",
    "def check(a, b):\n    assert (a == b).all()\ncheck(got, want)",
]


def run(source: str, names: dict[str, Any]) -> Counts:
    watch = Watch()
    code = compile(watched(ast.parse(source), "t"), "t", "exec")
    exec(code, {"np": np, "pd": pd, NAME: watch} | names)  # noqa: S102 - a test cell of ours
    return watch.counts


@pytest.mark.parametrize("source", GONE_THROUGH)
def test_nothing_is_noted_where_the_author_had_something(source: str) -> None:
    theirs, authors = run(source, EMPTY), run(source, FULL)
    place = found_less(theirs, authors)
    assert place is not None
    assert place.startswith("t:")
    assert found_less(authors, authors) is None
    assert found_less(authors, theirs) is None


@pytest.mark.parametrize("source", GONE_THROUGH)
def test_the_same_emptiness_as_the_authors_is_none_to_speak_of(source: str) -> None:
    assert found_less(run(source, EMPTY), run(source, EMPTY)) is None


@pytest.mark.parametrize("nothing", ["[]", "list()", "[] and text == ''", "[] and not items"])
def test_test_that_demands_nothing_of_everybody_leaves_nothing_to_note(nothing: str) -> None:
    assert run(f"assert items == {nothing}", EMPTY) == {}


@pytest.mark.parametrize(
    "source",
    [
        "if items == []:\n    pass",
        "assert items == [] or items",
        "same = items == []\nassert same or 1",
    ],
)
def test_test_that_only_allows_nothing_notes_it(source: str) -> None:
    assert found_less(run(source, EMPTY), run(source, FULL)) is not None


MISSING = pd.Series([pd.NA, 4], dtype="Int64")


@pytest.mark.parametrize(
    ("source", "less", "more"),
    [
        ("assert (one == two).all()", MISSING, pd.Series([1, 4])),
        ("assert not (one != two).any()", MISSING, pd.Series([1, 4])),
        ("assert (one - two).abs().sum() == 0", pd.Series([1.0], index=[9]), pd.Series([1, 4])),
        ("assert pd.Series([one == 5]).all()", pd.NA, 5),
        ("assert (np.ma.array(two) == one).all()", np.ma.array([9, 4], mask=[1, 0]), SQUARES),
        ("assert all(a == b for a, b in zip(one, two))", [1], [1, 4]),
        ("assert len([a for a, b in zip(one, two)]) < 3", np.array([1]), np.array([1, 4])),
    ],
)
def test_what_is_missing_or_cut_off_is_noted_too(source: str, less: Any, more: Any) -> None:
    full = {"one": more, "two": pd.Series([1, 4])}
    theirs, authors = run(source, full | {"one": less}), run(source, full)
    assert found_less(theirs, authors) is not None
    assert found_less(authors, authors) is None


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("assert got == want", True),
        ("assert (got == want).all()", True),
        ("np.testing.assert_allclose(got, want)", True),
        ("assert np.allclose(want, got)", True),
        ("assert got is not want and got != 5", False),
    ],
)
def test_a_comparison_of_other_values_than_the_authors_is_found(source: str, found: bool) -> None:
    def pairs(got: Any, want: Any) -> Pairs:
        watch = Watch()
        code = compile(watched(ast.parse(source), "t"), "t", "exec")
        with contextlib.suppress(AssertionError):
            exec(code, {"np": np, NAME: watch, "got": got, "want": want})  # noqa: S102 - as above
        return watch.pairs

    authors = pairs(np.int64(4), 4)
    assert bool(found_other(pairs(np.int64(0), 0), authors)) is found
    assert found_other(pairs(np.float64(4 + 1e-12), 4), authors) is None
    assert found_other(authors, {}) is None


def test_values_are_only_kept_once_an_argument_was_changed() -> None:
    changed: list[int] = []
    watch = Watch(lambda: bool(changed))
    source = "assert one == 1\nchanged.append(1)\nassert one == 1"
    code = compile(watched(ast.parse(source), "t"), "t", "exec")
    exec(code, {NAME: watch, "one": 1, "changed": changed})  # noqa: S102 - as above
    assert len(watch.pairs) == 1


def test_an_empty_case_among_others_is_counted_once_each() -> None:
    source = "for case in cases:\n    assert all(a for a in case)"
    counts = run(source, {"cases": [[1], [], [2]]})
    assert found_less(counts, run(source, {"cases": [[1], [], [2]]})) is None
    assert found_less(run(source, {"cases": [[1], [], []]}), counts) is not None


WAYS = """
import itertools
seen = []
def steps():
    for n in range(3):
        seen.append(n)
        yield n
lazy = (n for n in steps())
assert seen == []
assert next(lazy) == 0
assert seen == [0]
both = iter([1, 2, 3, 4])
assert [(a, next(both)) for a in both] == [(1, 2), (3, 4)]
for number, _ in zip(itertools.count(), "abc"):
    last = number
else:
    last += 10
assert last == 12
assert 3 - 1j == complex(3, -1)
match 1 - 2j:
    case 1 - 2j:
        found = True
class Box:
    def __sub__(self, other): return "left"
    def __lt__(self, other): return "less"
    def __getitem__(self, n): return [5][n]
assert (Box() - 1, Box() < 1, [*Box()], [n for n in Box()]) == ("left", "less", [5], [5])
assert sum([1, 2], 3) == 6 and any(*[[0, 1]]) and all(n for n in ())
count = 0
while count < 3:
    count += 1
    if count == 2:
        continue
else:
    count = 10
while True:
    while count:
        count -= 1
    break
assert count == 0
assert 1 < 2 < 3 and not 1 in []
assert [*zip("ab", itertools.count()), *zip([], [1])] == [("a", 0), ("b", 1)]
assert [*zip(*[[1], [2]]), *map(abs, [-1])] == [(1, 2), 1]
assert "ab".startswith("a") and [*filter(None, [0, 1])] == [1] and {1: 2}.items() == {(1, 2)}
"""


def test_watching_changes_nothing_of_what_a_test_does() -> None:
    run(WAYS, {})


def test_an_error_comes_from_the_line_that_it_came_from() -> None:
    with pytest.raises(ValueError, match="no") as raised:
        run("def f():\n    raise ValueError('no')\n\nassert f() == 1 - 2", {})
    lines = [each.lineno for each in raised.traceback if str(each.path).endswith("t")]
    assert [line + 1 for line in lines] == [4, 2]
