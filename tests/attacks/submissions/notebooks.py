"""Submissions that change the notebook around the answers: metadata, copies, order, bombs."""

import gzip
import json
import math
from collections.abc import Callable
from typing import Any

from tests.attacks.corpus import Against, Attack, Gain, Notebook

WRONG = {"square": "def square(x):\n    return 5\n"}
LUCK = {"kinds": 1}
TESTS = ("value", "kinds", "variable", "arrays")
Cell = dict[str, Any]


def _marks(cell: Cell) -> dict[str, Any]:
    return cell["metadata"].get("nbgrader", {})


def _of(document: Notebook, *grade_ids: str) -> list[Cell]:
    return [cell for cell in document["cells"] if _marks(cell).get("grade_id") in grade_ids]


def _each_test(**marks: Any) -> Callable[[Notebook], None]:
    """Change fields of nbgrader's in every test cell."""

    def change(document: Notebook) -> None:
        for cell in _of(document, *TESTS):
            _marks(cell).update(marks)

    return change


def _tags(document: Notebook) -> None:
    for cell in _of(document, *TESTS):
        cell["metadata"]["tags"] = ["skip-execution", "remove-cell", "raises-exception"]


def _all_fields(document: Notebook) -> None:
    document["metadata"] = {
        "kernelspec": {"name": "bash", "language": "bash", "display_name": "x"},
        "nbgrader": {"points": 100}, "celltoolbar": "x", "points": 100,
    }  # fmt: skip
    for cell in _of(document, *TESTS):
        _marks(cell).update(
            points=100, grade=True, solution=False, locked=False, task=False, schema_version=3,
            checksum="0" * 32, cell_type="code", remove=True, auto_score=100, manual_score=100,
            max_score=100, extra_credit=100, comment="x",
        )  # fmt: skip
        cell["outputs"] = [
            {"output_type": "execute_result", "data": {"text/plain": "100"}, "metadata": {}, "execution_count": 1}
        ]  # fmt: skip
        cell["execution_count"] = 1


def _renamed(suffix: str) -> Callable[[Notebook], None]:
    """Give tests names that look the same, so that their own text is kept."""

    def change(document: Notebook) -> None:
        for cell in _of(document, *TESTS):
            _marks(cell)["grade_id"] += suffix
            cell["source"] = "pass"

    return change


def _own_tests(document: Notebook) -> None:
    marks = {"grade": True, "solution": False, "locked": True, "points": 50, "schema_version": 3}
    document["cells"] += [
        {"cell_type": "code", "source": "1", "outputs": [], "execution_count": None,
         "metadata": {"nbgrader": marks | {"grade_id": name}}}
        for name in ("bonus", "value ", "Value", "total_tests")
    ]  # fmt: skip


def _manual_as_test(document: Notebook) -> None:
    for cell in _of(document, "plan"):
        _marks(cell).update(solution=False, grade=True, locked=True)


def _written_as_test(document: Notebook) -> None:
    for cell in _of(document, "essay"):
        cell.update(cell_type="code", source="pass", outputs=[], execution_count=None)
        _marks(cell).update(solution=False, grade=True)


def _given_changed(document: Notebook) -> None:
    document["cells"][0]["source"] = (
        "import numpy as np\ndef assert_allclose(*a, **k): pass\nimport builtins\nbuiltins.x = 1"
    )


def _given_deleted(document: Notebook) -> None:
    document["cells"][0]["source"] = "assert_allclose = lambda *a: None\nclass np: arange = array = staticmethod(lambda *a: 0)"  # fmt: skip
    document["cells"].reverse()
    document["cells"].sort(key=lambda cell: _marks(cell).get("grade_id") in TESTS)


def _copied_tests(document: Notebook) -> None:
    document["cells"] += [dict(cell) for cell in _of(document, *TESTS)]


def _copies_that_pass(document: Notebook) -> None:
    """Put before each test a copy that is worth its points and asks nothing."""
    for cell in _of(document, *TESTS):
        copy = json.loads(json.dumps(cell)) | {"source": "pass"}
        _marks(copy)["grade_id"] += "-copy"
        document["cells"].insert(document["cells"].index(cell), copy)


def _right_in_between(document: Notebook) -> None:
    """Answer wrongly, and add cells that answer single tests rightly just before they run."""
    for part, source in (("value", "_x = 'square = lambda x: {7: 49, -3: 9}.get(x)'"), ("arrays", "def assert_allclose(*a): pass")):  # fmt: skip
        place = document["cells"].index(_of(document, part)[0])
        document["cells"].insert(place, {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None})  # fmt: skip


def _many_cells(document: Notebook) -> None:
    plain = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    document["cells"][2:2] = [plain | {"source": f"x{i} = {i}"} for i in range(20_000)]


def _deep_metadata(document: Notebook) -> bytes:
    whole = json.dumps(document)
    return whole.replace('"metadata": {}', '"metadata": ' + '{"a": ' * 100_000 + "1" + "}" * 100_000, 1).encode()  # fmt: skip


def _of_wrong_types(document: Notebook) -> None:
    for cell in _of(document, *TESTS):
        cell["metadata"]["nbgrader"] = [1]


def _numbers_for_text(document: Notebook) -> None:
    _of(document, "value")[0]["source"] = 5
    document["cells"].append(None)


def _cells_of_a_dict(document: Notebook) -> None:
    document["cells"] = {"0": document["cells"]}


def _source(text: str) -> Callable[[Notebook], None]:
    def change(document: Notebook) -> None:
        _of(document, "square")[0]["source"] = text + "\ndef square(x):\n    return 5"

    return change


def _bytes(head: bytes, tail: bytes = b"") -> Callable[[Notebook], bytes]:
    return lambda document: head + json.dumps(document).encode() + tail


def _twice_the_cells(document: Notebook) -> bytes:
    """Say "cells" twice: readers differ in which they take."""
    whole = json.dumps(document)
    return (whole[:-1] + ', "cells": 5}').encode()


def _attachments(document: Notebook) -> bytes:
    document["cells"][0]["attachments"] = {"x": {"image/png": "A" * (60 << 20)}}
    return json.dumps(document).encode() + b" {"


def _format_three(document: Notebook) -> None:
    document["nbformat"] = 3
    document["worksheets"] = [{"cells": document["cells"]}]
    document["cells"] = []
    del document["cells"]


def _reads(name: str, tries: str, change: Callable[[Notebook], Any]) -> Attack:
    return Attack(name, tries, WRONG, change=change, gain=Gain.DEATH, against=Against.READER, earns=LUCK)  # fmt: skip


def _believed(name: str, tries: str, change: Callable[[Notebook], Any], against: Against = Against.ONE_PROCESS) -> Attack:  # fmt: skip
    return Attack(name, tries, WRONG, change=change, against=against, earns=LUCK)


ATTACKS = (
    _believed("points", "makes its tests worth 100 points", _each_test(points=100)),
    _believed("every_field", "changes every field that nbgrader knows, and some that it does not", _all_fields),
    _believed("skip_execution", "tags test cells skip-execution", _tags),
    _believed("skip_execution_in_stock", "tags test cells skip-execution, in nbgrader", _tags, Against.STOCK),
    _believed("manual_cell_as_test", "says that a hand-graded code cell is a test that passes", _manual_as_test),
    _believed("manual_cell_as_test_in_stock", "says so to nbgrader, which gives full marks", _manual_as_test, Against.STOCK),
    _believed("written_cell_as_test", "turns the essay into a code cell that is a test", _written_as_test),
    _believed("tests_of_its_own", "adds test cells of its own, worth 50 points each", _own_tests),
    _believed("given_cell_changed", "changes the author's import cell", _given_changed),
    _believed("cells_turned_around", "turns the order of the cells around and deletes the imports", _given_deleted),
    _believed("copies_that_pass", "puts a copy that asks nothing before each test", _copies_that_pass),
    Attack("copied_tests", "copies the test cells, which ends nbgrader's batch", WRONG, change=_copied_tests,
        gain=Gain.DEATH, against=Against.STOCK, earns=LUCK),
    _believed("cells_in_between", "adds cells just before tests that make them pass", _right_in_between),
    _believed("zero_width_grade_id", "renames tests by a zero-width space", _renamed("\u200b")),
    _believed("bidi_grade_id", "renames tests by a right-to-left override", _renamed("\u202e")),
    _believed("combining_grade_id", "renames tests by a combining mark, which normal forms take away", _renamed("\u034f")),
    _believed("trailing_space_grade_id", "renames tests by a space and a NUL", _renamed(" \0")),
    Attack("twenty_thousand_cells", "adds 20,000 cells", WRONG, change=_many_cells, gain=Gain.STALL, earns=LUCK),
    _reads("deep_metadata", "nests metadata 100,000 deep", _deep_metadata),
    _reads("metadata_of_a_list", "makes nbgrader's metadata a list", _of_wrong_types),
    _reads("numbers_for_text", "has numbers and null where text and cells belong", _numbers_for_text),
    _reads("cells_of_a_dict", "has a dict where the list of cells belongs", _cells_of_a_dict),
    _reads("invalid_utf_8", "is no UTF-8", _bytes(b"\xff\xfe")),
    _reads("byte_order_mark", "begins with a byte order mark", _bytes(b"\xef\xbb\xbf")),
    _reads("two_documents", "has a second document behind the first", _bytes(b"", b"{}")),
    _reads("cells_twice", "names its cells twice", _twice_the_cells),
    _reads("attachment_bomb", "attaches 60 MiB, and is cut off", _attachments),
    _reads("format_three", "is a notebook of format 3", _format_three),
    _reads("lone_surrogates", "writes half a character into its source", _source("x = '\ud800'")),
    _reads("nul_in_source", "writes a NUL character into its source", _source("x = 1\0")),
    _reads("deep_source", "gives the parser 5,000 brackets", _source("x = " + "(" * 5000 + ")" * 5000)),
    _reads("deep_operators", "gives whoever walks its tree 5,000 minus signs", _source("x = " + "-" * 5000 + "1")),
    _reads("long_chain", "gives whoever walks its tree 20,000 attributes in a row", _source("if 0:\n    x = a" + ".b" * 20000)),
    _reads("deep_calls", "gives whoever walks its tree 20,000 calls in a row", _source("if 0:\n    x = f" + "()" * 20000)),
    _reads("long_sum", "gives whoever walks its tree 60,000 sums in a row", _source("if 0:\n    x = 1" + "+1" * 60000)),
    _reads("long_else", "gives the parser 9,000 branches in a row", _source("if 0: pass\n" + "elif 0: pass\n" * 9000)),
    _reads("line_of_spaces", "has 300,000 spaces read again and again for a magic", _source("a" + " " * 300_000 + "b")),
    _reads("huge_literal", "writes a number of 100,000 digits", _source("x = " + "9" * 100_000)),
    _reads("deep_blocks", "indents 120 levels", _source("".join(" " * i + "if 1:\n" for i in range(120)) + " " * 120 + "pass")),
    _reads("false_encoding", "says that its source is in an encoding that there is not", lambda d: _source("# -*- coding: no-such -*-\nx = '\udcff'")(d)),
    _reads("utf_16", "is encoded as UTF-16", lambda d: json.dumps(d).encode("utf-16")),
    _reads("compressed", "is compressed", lambda d: gzip.compress(json.dumps(d).encode())),
    _reads("format_that_is_no_number", "is of the format NaN", lambda d: json.dumps(d | {"nbformat": math.nan}).encode()),
    _reads("format_that_is_true", "is of the format true", lambda d: json.dumps(d | {"nbformat": True}).encode()),
    _reads("number_too_long_for_json", "counts its runs by a number of 5,000 digits", lambda d: json.dumps(d).replace("null", "9" * 5000, 1).encode()),
    _reads("nested_lambdas", "gives the parser 5,000 lambdas in each other", _source("x = " + "lambda: " * 5000 + "1")),
    _reads("nested_conditions", "gives whoever walks its tree 20,000 conditions in each other", _source("if 0:\n    x = " + "1 if 1 else " * 20000 + "1")),
    _reads("nested_subscripts", "gives the parser 5,000 subscripts in each other", _source("x = " + "a[" * 5000 + "0" + "]" * 5000)),
    _reads("nested_comprehensions", "gives the compiler 300 comprehensions in each other", _source("x = " + "[0 for a in " * 300 + "b" + "]" * 300)),
    _reads("chain_of_powers", "gives whoever walks its tree 20,000 powers in a row", _source("if 0:\n    x = 2" + "**2" * 20000)),
    _reads("nested_awaits", "gives the parser 5,000 times await", _source("async def f():\n    " + "await (" * 5000 + "a" + ")" * 5000)),
)  # fmt: skip
