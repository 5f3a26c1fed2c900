"""What a candidate receives holds nothing that they must not see, and opens in Jupyter."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from viva_grader.domain.errors import BadQuestionError
from viva_grader.domain.question import Question
from viva_grader.library.notebook import Role, read_author
from viva_grader.library.questions import load_question
from viva_grader.library.release import release
from viva_grader.library.shelf import Shelf
from viva_grader.library.solutions import author_cells

SHELF = Shelf(Path(__file__).parents[2])


def nbgrader(kind: str, **changes: object) -> dict[str, Any]:
    names = {"grade": kind in {"test", "manual"}, "solution": kind in {"answer", "manual"}}
    meta = {"grade_id": kind, "locked": kind == "test", "schema_version": 3, "task": False}
    return {"nbgrader": {**names, **meta, **({"points": 1} if names["grade"] else {}), **changes}}


def code(source: str, metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "cell_type": "code", "metadata": metadata or {}, "source": source, "execution_count": 7,
        "outputs": [{"output_type": "stream", "name": "stdout", "text": "canary-output"}],
    }  # fmt: skip


def question(*cells: dict[str, Any]) -> Question:
    base = SHELF.question("top_customers")
    notebook = {"nbformat": 4, "nbformat_minor": 4, "metadata": {"author": "canary-metadata"}}
    return replace(base, slug="made_up", source=json.dumps({**notebook, "cells": cells}).encode())


def sources(released: bytes) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(released)["cells"]]


def test_regions_and_outputs_are_gone() -> None:
    released = release(
        question(
            code("def f():\n    ### BEGIN SOLUTION\n    return 'canary-solution'\n"
                 "    ### END SOLUTION\n    # kept", nbgrader("answer")),
            code("f()\n### BEGIN HIDDEN TESTS\nassert f() == 'canary-test'\n### END HIDDEN TESTS",
                 nbgrader("test")),
            {"cell_type": "markdown", "source": "canary-prose", "metadata": nbgrader("manual")},
        )
    )  # fmt: skip
    assert b"canary" not in released
    assert b"HIDDEN" not in released
    assert sources(released) == [
        "def f():\n    # YOUR CODE HERE\n    raise NotImplementedError()\n    # kept",
        "f()",
        "YOUR ANSWER HERE",
    ]


def test_sql_cells_get_a_stub_of_their_language() -> None:
    region = "%%sql found <<\n-- ### BEGIN SOLUTION\nselect 'canary'\n-- ### END SOLUTION"
    whole = "%%sql other <<\nselect 'canary'"
    python = "found = 'canary'"
    released = release(
        question(
            code(region, nbgrader("answer", grade_id="region")),
            code(whole, nbgrader("answer", grade_id="whole")),
            code(python, nbgrader("answer", grade_id="python")),
        )
    )
    assert b"canary" not in released
    assert sources(released) == [
        "%%sql found <<\n-- YOUR QUERY HERE",
        "%%sql other <<\n-- YOUR QUERY HERE",
        "# YOUR CODE HERE\nraise NotImplementedError()",
    ]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ([code("### BEGIN SOLUTION\n1", nbgrader("answer"))], "no end solution statement"),
        ([code("### BEGIN SOLUTION\n1\n### END SOLUTION")], "non-solution cell"),
        ([code("1", nbgrader("answer")), code("2", nbgrader("answer"))], "Duplicate grade id"),
        ([code("### BEGIN HIDDEN TESTS\n1", nbgrader("test"))], "No end hidden tests"),
        ([code("### AUTOTEST f(1)", nbgrader("test"))], "AUTOTEST"),
    ],
)
def test_notebook_that_would_leak_is_refused(cells: list[dict[str, Any]], reason: str) -> None:
    with pytest.raises(BadQuestionError, match=reason):
        release(question(*cells))


@pytest.mark.parametrize("slug", SHELF.slugs())
class TestEveryRelease:
    def test_it_is_the_same_bytes_every_time(self, slug: str) -> None:
        path = SHELF.question_path(slug)
        first, again = (
            release(load_question(path, fixtures=SHELF.fixtures_folder)) for _ in range(2)
        )
        assert first == again

    def test_no_line_of_a_solution_or_a_hidden_test_is_in_it(self, slug: str) -> None:
        asked = SHELF.question(slug)
        released = "\n".join(sources(release(asked)))
        kept = set(map(str.strip, released.splitlines()))
        secret: set[str] = set()
        given: set[str] = set()
        for cell in read_author(asked.source):
            inside = cell.role is Role.WRITTEN
            for line in cell.source.splitlines():
                inside = inside or "BEGIN SOLUTION" in line or "BEGIN HIDDEN" in line
                if len(line.strip()) > 12:
                    (secret if inside else given).add(line.strip())
                inside = inside and not ("END SOLUTION" in line or "END HIDDEN" in line)
        assert len(secret - given) > 20
        assert (secret - given) & kept == set()
        assert not any(answer and answer in released for answer in author_cells(asked).values())

    def test_jupyter_can_open_it(self, slug: str) -> None:
        notebook = json.loads(release(SHELF.question(slug)))
        nbformat.validate(nbformat.from_dict(notebook))
        assert notebook["metadata"]["kernelspec"]["name"] == "python3"
        ids = [cell["id"] for cell in notebook["cells"]]
        assert len(ids) == len(set(ids))
        assert not any(cell.get("outputs") for cell in notebook["cells"])

    def test_only_answers_can_be_edited(self, slug: str) -> None:
        for cell in json.loads(release(SHELF.question(slug)))["cells"]:
            editable = cell["metadata"].get("editable", True)
            assert editable is bool(cell["metadata"]["nbgrader"]["solution"])
            assert cell["metadata"]["deletable"] is False
