"""Question folders: what is read from them, and the one line for each thing that is wrong."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from viva_grader.domain.errors import BadFixtureError, BadQuestionError
from viva_grader.domain.question import PartKind
from viva_grader.library.questions import load_question
from viva_grader.library.shelf import Shelf

ROOT = Path(__file__).parents[4]

SETTINGS = """
title = "Made up"
kind = "sql"
level = "senior"
skills = ["SQL"]
minutes = 10
fixture = "shop"
brief = "Write a query."

[[parts]]
name = "test_found"
title = "Found"
kind = "query"
[parts.query]
solution = "found"
order_by = ["a"]
tolerance = { b = 0.5 }

[[parts]]
name = "essay"
title = "Said"
kind = "written"
"""


def cell(kind: str, grade_id: str, source: str, **flags: object) -> dict[str, Any]:
    names = {"grade": False, "solution": False, "locked": False, "task": False, **flags}
    return {
        "cell_type": kind,
        "source": source,
        "metadata": {"nbgrader": {"grade_id": grade_id, "schema_version": 3, **names}},
    }


CELLS = [
    {"cell_type": "markdown", "metadata": {}, "source": ["# A heading\n", "and a line"]},
    cell("code", "found", "%%sql found <<\nselect 1 as a, 2 as b", solution=True),
    cell("code", "test_found", "assert True", grade=True, points=3, locked=True),
    cell("markdown", "essay", "Because.", grade=True, solution=True, points=2),
]


def write(folder: Path, settings: str | None = SETTINGS, cells: list[Any] = CELLS) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    (folder / "notebook.ipynb").write_text(json.dumps(notebook))
    if settings is not None:
        (folder / "question.toml").write_text(settings)
    return folder


@pytest.fixture
def fixtures(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "sql_fixtures" / "shop", tmp_path / "fixtures" / "shop")
    return tmp_path / "fixtures"


def test_folder_says_all_of_a_question(tmp_path: Path, fixtures: Path) -> None:
    question = load_question(write(tmp_path / "made_up"), fixtures=fixtures)
    assert (question.slug, question.title, question.minutes) == ("made_up", "Made up", 10)
    assert [(part.name, part.kind, part.max_points) for part in question.parts] == [
        ("test_found", PartKind.QUERY, 3),
        ("essay", PartKind.WRITTEN, 2),
    ]
    rule = question.parts[0].query
    assert rule is not None
    assert (rule.solution, rule.order_by, rule.tolerance) == ("found", ("a",), {"b": 0.5})
    assert question.parts[0].solutions == ("found",)
    assert question.max_score == 3
    assert question.limits.call_s == 10


def test_notebook_beside_its_settings_is_the_folder(tmp_path: Path, fixtures: Path) -> None:
    folder = write(tmp_path / "made_up")
    by_folder = load_question(folder, fixtures=fixtures)
    assert load_question(folder / "notebook.ipynb", fixtures=fixtures) == by_folder


def test_notebook_alone_is_a_question(tmp_path: Path) -> None:
    folder = write(tmp_path / "any", settings=None)
    question = load_question((folder / "notebook.ipynb").rename(folder / "Problem 1.ipynb"))
    assert (question.slug, question.title, question.files) == ("problem_1", "A heading", {})
    assert [(part.name, part.kind) for part in question.parts] == [
        ("test_found", PartKind.TESTS),
        ("essay", PartKind.WRITTEN),
    ]


def test_nbgraders_source_folder_gives_its_files_too(tmp_path: Path) -> None:
    folder = write(tmp_path / "source" / "ps1", settings=None)
    (folder / "data").mkdir()
    (folder / "data" / "rows.csv").write_text("a\n1\n")
    assert load_question(folder / "notebook.ipynb").files == {"data/rows.csv": b"a\n1\n"}


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("minutes = 10", "minutes = 0", "made_up/question.toml: minutes: "),
        ("minutes = 10", "minutes = 10\npoints = 3", "made_up/question.toml: points: "),
        ("minutes = 10", "minutes = ", "made_up/question.toml: Invalid value"),
        ('kind = "query"', 'kind = "guess"', "made_up/question.toml: parts.0.kind: "),
        ('name = "essay"', 'name = "poem"', "no cell with points is named 'poem'"),
        ('"essay"\ntitle = "Said"\nkind = "written"', '"essay"\ntitle = "S"\nkind = "tests"',
         "part essay is tests, but its cell is one of written"),
        ('solution = "found"', 'solution = "lost"', "'lost' is no solution cell"),
        ('fixture = "shop"', "", "a query part needs a fixture"),
        ("b = 0.5", "b = -1", "made_up/question.toml: parts.0.query.tolerance.b: "),
        ('brief = "', 'files = ["../secret"]\nbrief = "', "'../secret' is outside the folder"),
        ('brief = "', 'files = ["gone.csv"]\nbrief = "', "made_up/gone.csv: there is no such file"),
        ("[[parts]]\nname = \"essay\"\ntitle = \"Said\"\nkind = \"written\"\n", "",
         "the cell 'essay' has points but is no part"),
    ],
)  # fmt: skip
def test_mistake_in_the_settings_is_one_line(
    tmp_path: Path, fixtures: Path, old: str, new: str, line: str
) -> None:
    assert old in SETTINGS
    folder = write(tmp_path / "made_up", SETTINGS.replace(old, new))
    with pytest.raises(BadQuestionError, match=re.escape(line)) as caught:
        load_question(folder, fixtures=fixtures)
    assert "\n" not in caught.value.message


def test_signature_that_is_none_is_said(tmp_path: Path, fixtures: Path) -> None:
    settings = SETTINGS.replace('kind = "query"', 'kind = "query"\nsignature = "f(x"')
    with pytest.raises(BadQuestionError, match=r"part test_found: signature: 'f\(x' is no sign"):
        load_question(write(tmp_path / "made_up", settings), fixtures=fixtures)


def test_folder_without_settings_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadQuestionError, match=r"made_up/question\.toml: there is no such file"):
        load_question(write(tmp_path / "made_up", settings=None))


def test_notebook_without_points_is_no_question(tmp_path: Path) -> None:
    folder = write(tmp_path / "plain", settings=None, cells=CELLS[:1])
    with pytest.raises(BadQuestionError, match="no cell carries points"):
        load_question(folder / "notebook.ipynb")


def test_folder_needs_a_name_that_can_be_a_slug(tmp_path: Path) -> None:
    with pytest.raises(BadQuestionError, match="a slug is a-z"):
        load_question(write(tmp_path / "Made Up"))


def test_hash_covers_what_decides_a_grade_and_nothing_else(tmp_path: Path, fixtures: Path) -> None:
    def digest(settings: str = SETTINGS, cells: list[Any] = CELLS) -> str:
        return load_question(write(tmp_path / "made_up", settings, cells), fixtures=fixtures).sha256

    first = digest()
    assert digest() == first
    assert digest(SETTINGS.replace("Made up", "Another title")) == first
    assert digest(SETTINGS.replace("0.5", "0.6")) != first
    assert digest(SETTINGS + "[limits]\ncall_s = 3\n") != first
    assert digest(cells=[*CELLS, {"cell_type": "markdown", "source": "", "metadata": {}}]) != first
    schema = fixtures / "shop" / "schema.sql"
    schema.write_text(schema.read_text() + "-- changed\n")
    assert digest() != first


def test_shelf_finds_by_slug_and_by_path() -> None:
    shelf = Shelf(ROOT)
    assert {"late_orders", "top_customers"} <= set(shelf.slugs())
    assert shelf.fixtures() == ("checkout_test", "shop")
    by_slug = shelf.question("late_orders")
    assert shelf.question(str(ROOT / "notebooks_templates/late_orders")) == by_slug
    with pytest.raises(BadQuestionError, match=r"no question 'nope'; there are: .*late_orders"):
        shelf.question("nope")
    with pytest.raises(BadFixtureError, match="no fixture 'nope'; there are: checkout_test, shop"):
        shelf.fixture("nope")
