"""A notebook is cells with roles; what is no notebook is refused in one line."""

import json

import pytest
from viva_grader.domain.errors import BadQuestionError, BadSubmissionError, VivaError
from viva_grader.domain.question import PartKind
from viva_grader.library.notebook import (
    MAX_CELLS,
    MAX_NOTEBOOK_BYTES,
    Role,
    read_author,
    read_submission,
)
from viva_grader.library.notebook_magics import leaves_out_code, plain_python, query_targets
from viva_grader.library.notebook_names import SWALLOWS, cell_names
from viva_grader.library.notebook_parts import parts_of

from tests.fakes.nbgrader_course import autograded, given, notebook, prose, solution, written

CELLS = (
    prose("# Title"),
    given("import math"),
    solution("area", "def area(r):\n    return math.pi * r * r"),
    solution("volume", "def volume(r):\n    return 4 / 3 * math.pi * r ** 3"),
    autograded("area_value", "assert area(0) == 0", 2),
    autograded("nothing_named", "assert True"),
    written("essay", "Write.", 3),
)


def test_roles_and_points_follow_nbgraders_marks() -> None:
    cells = read_author(notebook(*CELLS))
    assert [c.role for c in cells] == [
        Role.TEXT, Role.GIVEN, Role.SOLUTION, Role.SOLUTION, Role.TESTS, Role.TESTS, Role.WRITTEN,
    ]  # fmt: skip
    assert [c.id for c in cells][:3] == ["given-1", "given-2", "area"]
    assert [c.points for c in cells] == [0, 0, 0, 0, 2, 1, 3]


def test_a_part_judges_the_cells_that_it_mentions_or_the_nearest() -> None:
    parts = {p.name: p for p in parts_of(read_author(notebook(*CELLS)))}
    assert parts["area_value"].solutions == ("area",)
    assert parts["nothing_named"].solutions == ("volume",)
    assert parts["essay"].kind is PartKind.WRITTEN


@pytest.mark.parametrize(("points", "read"), [("", 0), (None, 0), (-2, 0), ("1.5", 1.5)])
def test_odd_points_are_read_as_nbgrader_reads_them(points: object, read: float) -> None:
    cell = autograded("t", "assert True")
    cell["metadata"]["nbgrader"]["points"] = points
    assert read_author(notebook(cell))[0].points == read


@pytest.mark.parametrize("points", ["many", float("nan"), float("inf"), [1]])
def test_points_that_are_no_number_spoil_the_question(points: object) -> None:
    cell = autograded("t", "assert True")
    cell["metadata"]["nbgrader"]["points"] = points
    with pytest.raises(BadQuestionError):
        read_author(notebook(cell))


def test_one_grade_id_twice_spoils_the_question() -> None:
    with pytest.raises(BadQuestionError, match="two cells"):
        read_author(notebook(solution("a", "x = 1"), solution("a", "x = 2")))


@pytest.mark.parametrize(
    "data",
    [
        b"", b" \n", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"nbformat": 3}',
        b'{"nbformat": 4}', b'{"nbformat": 4, "cells": {}}', b'{"nbformat": 4, "cells": [1]}',
        b'{"nbformat": 4, "cells": [{"source": 5}]}',
        b'{"nbformat": 4, "cells": [{"source": [5]}]}',
        b'{"nbformat": 4, "cells": [{"source": "' + b"x" * (1 << 21) + b'"}]}',
        json.dumps({"nbformat": 4, "cells": [{}] * (MAX_CELLS + 1)}).encode(),
        b'{"nbformat": ' + b"9" * 5000 + b"}", b'{"nbformat": 5, "cells": []}',
        b'{"nbformat": 3, "worksheets": [{"cells": [7]}]}', b'{"nbformat": 3, "worksheets": [5]}',
        b'{"nbformat": true, "cells": []}', b'{"nbformat": 4.0, "cells": []}',
        b'{"nbformat": NaN, "cells": []}', b'{"nbformat": 4, "cells": [null]}',
        b'{"nbformat": 4, "cells": ["x"]}',
    ],
)  # fmt: skip
def test_what_is_no_notebook_is_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(BadSubmissionError) as refused:
        read_submission(data)
    error: VivaError = refused.value
    assert error.message.startswith("Not graded: ")
    assert "\n" not in error.message


def test_a_notebook_that_is_too_large_is_refused_unread() -> None:
    with pytest.raises(BadSubmissionError, match="limit is 64 MiB"):
        read_submission(b"{" * (MAX_NOTEBOOK_BYTES + 1))


def test_cells_that_are_too_much_together_are_refused() -> None:
    cell = {"cell_type": "code", "metadata": {}, "source": "#" * (1 << 20)}
    assert len(read_submission(json.dumps({"nbformat": 4, "cells": [cell] * 8}).encode())) == 8
    with pytest.raises(BadSubmissionError, match="characters together"):
        read_submission(json.dumps({"nbformat": 4, "cells": [cell] * 9}).encode())


@pytest.mark.parametrize("version", [2, 3])
def test_a_notebook_of_an_older_format_is_read(version: int) -> None:
    code = {"cell_type": "code", "language": "python", "outputs": [], "input": ["x = 1\n", "y"]}
    code["metadata"] = {"nbgrader": {"grade_id": "a"}}
    cells = [code, {"cell_type": "heading", "level": 1, "source": "Title"}]
    data = json.dumps({"nbformat": version, "worksheets": [{"cells": cells}]}).encode()
    first, second = read_submission(data)
    assert (first.grade_id, first.code, first.source) == ("a", True, "x = 1\ny")
    assert (second.code, second.source) == (False, "Title")


def test_cells_of_an_unknown_kind_are_text() -> None:
    cells = [{"cell_type": "widget", "source": ["a", "b"]}, {"source": "x"}, {"cell_type": "raw"}]
    found = read_submission(notebook(*cells))
    assert [(cell.code, cell.source) for cell in found] == [
        (False, "ab"),
        (False, "x"),
        (False, ""),
    ]


def test_constants_that_json_does_not_have_spoil_nothing() -> None:
    data = b'{"nbformat": 4, "x": [NaN, Infinity], "cells": [{"cell_type": "code", "source": "x"}]}'
    assert read_submission(data)[0].source == "x"


def test_metadata_of_any_shape_is_survived() -> None:
    for metadata in (None, [], 5, {"nbgrader": 5}, {"nbgrader": {"grade_id": 7}}):
        cell = {"cell_type": "code", "source": "x", "metadata": metadata}
        assert read_submission(notebook(cell))[0].grade_id is None


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("!ls\ny = !ls", "pass\ny = None"),
        ("%%time\nx = 1", "\nx = 1"),
        ("%%bash\nls", "\n"),
        ("r = %sql SELECT 1", "pass"),
        ("x = 7 % 2", "x = 7 % 2"),
        ("if True:\n    %time f()", "if True:\n    f()"),
    ],
)
def test_ipythons_syntax_leaves_python_line_for_line(source: str, plain: str) -> None:
    assert plain_python(source) == plain


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("%%sql r <<\nSELECT 1", ["r"]),
        ("%%sql r = <<\nSELECT 1", ["r"]),
        ("%%sql\nSELECT 1", []),
        ("x = 1\nr = %sql SELECT 1\n%sql s << SELECT 2", ["r", "s"]),
        ("# about %sql", []),
    ],
)
def test_queries_name_what_they_would_bind(source: str, names: list[str]) -> None:
    assert query_targets(source) == names


def test_a_test_cell_that_is_not_python_alone_is_seen() -> None:
    for source in ("%%bash\nexit 1", "%%sql\nSELECT 1", "x = !ls\nassert x", "r = %sql SELECT 1"):
        assert leaves_out_code(source)
    for source in ("assert 7 % 2 != 0", "%%time\nassert f()", "%timeit f()\nassert f()", ""):
        assert not leaves_out_code(source)


def test_names_and_surfaces_come_from_syntax_alone() -> None:
    names = cell_names(
        "import numpy as np\nfrom a.b import c\nclass V:\n    def __eq__(self, o): ...\n"
        "    def __exit__(self, *a):\n        return True\nx, (y, *z) = 1, (2, 3)\ndef f():\n"
        "    inner = 1"
    )
    assert names.bound == {"V", "x", "y", "z", "f"}
    assert names.imported == {"np", "c"}
    assert names.classes["V"] == {"__eq__", "__exit__", SWALLOWS}


@pytest.mark.parametrize(
    ("body", "swallows"), [("return False", False), ("return", False), ("return k is E", True)]
)
def test_an_exit_that_can_swallow_is_known(body: str, swallows: bool) -> None:
    names = cell_names(f"class T:\n    def __exit__(self, k, e, t):\n        {body}")
    assert (SWALLOWS in names.classes["T"]) is swallows
