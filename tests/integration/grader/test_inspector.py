"""Hostile text hurts only whoever reads it: it ends as a finding, and the next one is read."""

import json
import signal
from collections.abc import Iterator
from dataclasses import asdict
from threading import Thread

import pytest
from viva_grader.checks import inspector_process
from viva_grader.checks.inspection import (
    Cell,
    Inspection,
    Request,
    request_document,
    request_from,
    stages,
)
from viva_grader.checks.inspector import ProcessInspector, linter
from viva_grader.domain.question import Forbidden


@pytest.fixture(scope="module")
def inspector() -> Iterator[ProcessInspector]:
    reader = ProcessInspector()
    reader.start()
    yield reader
    reader.close()


def read(inspector: ProcessInspector, *sources: str, **more: object) -> Inspection:
    cells = tuple(Cell(f"c{n}", source, own=True) for n, source in enumerate(sources))
    return inspector.inspect(Request(cells, **more))  # type: ignore[arg-type]


def found(seen: Inspection) -> set[tuple[str, str, int]]:
    return {(each.rule, each.cell, each.line) for each in seen.findings}


def test_ruff_radon_and_our_own_rules_name_cell_and_line(inspector: ProcessInspector) -> None:
    tangled = "def t(x):\n" + "".join(f"    if x == {n}:\n        x += 1\n" for n in range(12))
    seen = read(inspector, "import os\n\ndef f(a=[]):\n    print(a)\n    return gone", tangled)
    assert found(seen) == {
        ("F401", "c0", 1), ("B006", "c0", 3), ("debug_print", "c0", 4), ("F821", "c0", 5),
        ("complex", "c1", 1),
    }  # fmt: skip
    assert (seen.cells, seen.unreadable) == (("c0", "c1"), ())


def test_no_comment_silences_a_finding(inspector: ProcessInspector) -> None:
    silenced = "# ruff: noqa\n# flake8: noqa\n# ruff: disable[F401]\nimport os  # noqa: F401\n"
    assert ("F401", "c0", 4) in found(read(inspector, silenced))


def test_names_of_other_cells_and_of_queries_are_known(inspector: ProcessInspector) -> None:
    cells = (
        Cell("given", "import pandas as pd\nLIMIT = 3", own=False),
        Cell("rows", "%%sql rows <<\nselect a from t", own=True),
        Cell(
            "answer",
            "%matplotlib inline\nimport json\nx = pd.DataFrame(rows).head(LIMIT)",
            own=True,
        ),
        Cell("tests", "json.dumps(x)", own=False),
    )
    assert inspector.inspect(Request(cells)).findings == ()


def test_importing_again_in_another_cell_is_no_fault(inspector: ProcessInspector) -> None:
    seen = read(inspector, "import os\nx = os.sep", "import os\nx = os.sep")
    assert seen.findings == ()
    assert ("F811", "c0", 3) in found(read(inspector, "def f(): ...\n\ndef f(): ..."))


def test_a_cell_that_is_no_python_is_found_and_the_others_are_read(
    inspector: ProcessInspector,
) -> None:
    seen = read(inspector, "def f(:\n  pass", "import os", "x = 1\0")
    assert seen.unreadable == ("c0", "c2")
    assert found(seen) == {("syntax", "c0", 1), ("F401", "c1", 1), ("syntax", "c2", 1)}


@pytest.mark.parametrize(
    "source",
    [
        "(" * 5_000 + ")" * 5_000,
        "-" * 90_000 + "1",
        "f" + "(1)" * 30_000,
        "not " * 20_000 + "1",
        "lambda: " * 10_000 + "1",
        "x\n" * 100_000,
        "%x\n" * 5_000,
        "\ud800x = 1",
        "x = '\ud800'",
        "a" + ".b" * 400,
    ],
    ids=str.__len__,
)
def test_text_made_to_break_readers_breaks_none(inspector: ProcessInspector, source: str) -> None:
    seen = read(inspector, source, "import os")
    assert seen.cells == ("c0", "c1")
    assert seen.broken or ("F401", "c1", 1) in found(seen)
    assert found(read(inspector, "import os")) == {("F401", "c0", 1)}


def test_text_that_is_too_much_to_be_checked_does_not_hide_what_is_forbidden(
    inspector: ProcessInspector,
) -> None:
    entry = Forbidden(("numpy",), (), 5.0, "Plain Python.")
    padded = "import numpy\n" + "x = 1\n" * 30_000
    (uses,) = read(inspector, padded, forbidden=(entry,)).uses
    assert [use.cell for use in uses] == ["c0"]
    deep = "y" + ".a" * 600 + "\nimport numpy"
    seen = read(inspector, deep, forbidden=(entry,))
    assert [use.line for use in seen.uses[0]] == [2] or seen.unreadable == ("c0",)


def test_several_threads_may_ask_at_once(inspector: ProcessInspector) -> None:
    seen: list[set[tuple[str, str, int]]] = []
    asked = [
        Thread(target=lambda: seen.append(found(read(inspector, "import os")))) for _ in range(6)
    ]
    for each in asked:
        each.start()
    for each in asked:
        each.join()
    assert seen == [{("F401", "c0", 1)}] * 6


def test_an_inspector_that_was_killed_starts_again(inspector: ProcessInspector) -> None:
    assert inspector._process is not None
    inspector._process.kill()
    inspector._process.wait()
    assert found(read(inspector, "import os")) == {("F401", "c0", 1)}


NO_EVAL = {"forbidden": (Forbidden((), ("eval",), 20.0, "no eval"),)}
EVAL = "def f(x):\n    return eval(x)"


def test_a_reader_that_ends_at_quality_has_told_what_is_forbidden() -> None:
    asked = Request((Cell("f", EVAL, own=True),), **NO_EVAL)  # type: ignore[arg-type]
    request = request_from(json.loads(json.dumps(request_document(asked))))
    told = [json.dumps(asdict(each)).encode() for each in stages(request, linter())]
    for lines in (told[:1], []):
        seen = json.loads(inspector_process._whole(request, lines, signal.SIGKILL))
        assert seen["broken"] == "SIGKILL"
        assert len(seen["uses"][0]) == 1


def test_a_text_too_deep_for_the_reader_counts_as_hiding_something(
    inspector: ProcessInspector,
) -> None:
    deep = "x = " + " + ".join(["1"] * 5_000)
    assert read(inspector, deep, **NO_EVAL).uses[0]
    assert not read(inspector, "def f(:\n  eval(x)", **NO_EVAL).uses[0]
