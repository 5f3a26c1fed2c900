"""Decides what is graded in the benchmarks: one course, ten honest answers to it, and a pile.

The course has the size of a common exercise: 12 cells, pandas imported, 4 test cells of 2 points
each, 2 cells that a person grades.
"""

import json
from typing import Any

Cell = dict[str, Any]

ASSIGNMENT = "exercise"
NOTEBOOK = "exercise"
POINTS = 8.0


def _cell(grade_id: str, kind: str, source: str, **marks: Any) -> Cell:
    plain = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    metadata = {"nbgrader": plain | {"grade_id": grade_id} | marks} if marks else {}
    cell: Cell = {"cell_type": kind, "id": grade_id, "metadata": metadata, "source": source}
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def _solution(grade_id: str, source: str) -> Cell:
    body = f"### BEGIN SOLUTION\n{source}\n### END SOLUTION"
    return _cell(grade_id, "code", body, solution=True)


def _tests(grade_id: str, seen: str, hidden: str) -> Cell:
    body = f"{seen}\n### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS"
    return _cell(grade_id, "code", body, grade=True, locked=True, points=2)


def _written(grade_id: str, kind: str, source: str) -> Cell:
    return _cell(grade_id, kind, source, grade=True, solution=True, points=2)


_SALES = (
    "sales = pd.DataFrame({'shop': list('abab'), 'day': [1, 1, 2, 2], 'net': [5.0, 7.0, 9.0, 3.0]})"
)
_RIGHT = {
    "totals": "def totals(sales):\n    return sales.groupby('shop')['net'].sum().to_dict()",
    "best_day": "def best_day(sales):\n    return int(sales.groupby('day')['net'].sum().idxmax())",
    "normalise": "def normalise(x):\n    return (np.array(x) - np.mean(x)) / np.std(x)",
    "runs": (
        "def runs(items):\n    found = []\n    for item in items:\n"
        "        if found and found[-1][0] == item:\n            found[-1][1] += 1\n"
        "        else:\n            found.append([item, 1])\n    return [tuple(f) for f in found]"
    ),
}


def source_notebook() -> bytes:
    """Give the author's notebook: solutions and hidden tests in it."""
    return _notebook(
        _cell("title", "markdown", "# Exercise: shops"),
        _cell("imports", "code", f"import numpy as np\nimport pandas as pd\n{_SALES}", locked=True),
        _solution("totals", _RIGHT["totals"]),
        _tests(
            "test_totals",
            "assert totals(sales) == {'a': 14.0, 'b': 10.0}",
            "assert totals(sales.iloc[:0]) == {}\nassert totals(sales[sales.day == 2])['b'] == 3.0",
        ),
        _solution("best_day", _RIGHT["best_day"]),
        _tests(
            "test_best_day",
            "assert best_day(sales) in (1, 2)",
            "more = pd.concat([sales, sales.assign(day=3)])\nassert best_day(more) == 3",
        ),
        _solution("normalise", _RIGHT["normalise"]),
        _tests(
            "test_normalise",
            "assert abs(normalise([1, 2, 3]).mean()) < 1e-12",
            "np.testing.assert_allclose(normalise([0, 2]), [-1, 1])",
        ),
        _solution("runs", _RIGHT["runs"]),
        _tests(
            "test_runs",
            "assert runs('aab') == [('a', 2), ('b', 1)]",
            "assert runs([]) == []\nassert runs([1] * 500) == [(1, 500)]",
        ),
        _written("reasons", "markdown", "Why did you write it in this way?"),
        _written("sketch", "code", "# Sketch a chart of the totals."),
    )


def honest() -> dict[str, bytes]:
    """Give ten honest submissions by name: right, in another way, and partly wrong."""
    changes: list[dict[str, str]] = [
        {},
        {"totals": "def totals(sales):\n    out = {}\n    for s, n in zip(sales.shop, sales.net):\n"
                   "        out[s] = out.get(s, 0.0) + n\n    return out"},
        {"best_day": "def best_day(sales):\n    return sales.day.iloc[0]"},
        {"normalise": "def normalise(x):\n    return np.asarray(x) - np.mean(x)"},
        {"runs": "import itertools\ndef runs(items):\n"
                 "    return [(k, len(list(g))) for k, g in itertools.groupby(items)]"},
        {"runs": "def runs(items):\n    return [(items[0], len(items))]"},
        {"totals": "def totals(sales):\n    return sales.net.sum()", "runs": "def runs(x): pass"},
        {"normalise": "def normalise(x):\n    x = np.array(x, float)\n    x -= x.mean()\n"
                      "    x /= x.std()\n    return x"},
        {"best_day": "def best_day(sales):\n    raise NotImplementedError"},
        {name: f"def {name}(x):\n    return None" for name in _RIGHT},
    ]  # fmt: skip
    return {f"student_{n:02d}": submission(change) for n, change in enumerate(changes)}


def submission(answers: dict[str, str] | None = None, remark: str = "") -> bytes:
    """Fill a release in; what is not answered otherwise is right."""
    chosen = _RIGHT | (answers or {})
    cells: list[Cell] = []
    for cell in json.loads(source_notebook())["cells"]:
        source: str = chosen.get(cell["id"], cell["source"])
        if "### BEGIN HIDDEN TESTS" in source:
            source = source.split("\n### BEGIN HIDDEN TESTS")[0]
        if cell["id"] == "reasons":
            source = remark or "It is short."
        cells.append(cell | {"source": source})
    return _notebook(*cells)


_KINDS: tuple[dict[str, str] | None, ...] = (
    *[{}] * 11,
    {"runs": "def runs(items):\n    return [(items[0], len(items))]"},
    {"totals": "def totals(sales):\n    return {}", "best_day": "def best_day(s):\n    return 0"},
    {"normalise": "def normalise(x):\n    return [v / 0 for v in x]"},
    {"runs": "raise RuntimeError('not finished')"},
    {"best_day": "def best_day(sales:\n    return 1"},
    {"runs": _RIGHT["runs"].replace("found = []", "found = []\n    sum(range(4_000_000))")},
    {"totals": "import os\nos._exit(3)"},
    {"normalise": "def normalise(x):\n    print('x' * 100_000)\n    return 1"},
    None,
)
"""What every twenty submissions are like: 11 right, 8 wrong, ended, slow or loud, 1 no notebook."""


def pile(count: int) -> list[bytes]:
    """Give as many submissions, the same at each call and no two alike."""
    made: list[bytes] = []
    for number in range(count):
        answers = _KINDS[(number * 7) % len(_KINDS)]
        whole = submission(answers, remark=f"Submission {number}.")
        made.append(whole if answers is not None else whole[: -1 - number % 900])
    return made


def _notebook(*cells: Cell) -> bytes:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    whole = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": list(cells)}
    return json.dumps(whole, indent=1).encode() + b"\n"
