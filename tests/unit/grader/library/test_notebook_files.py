"""A lone notebook's candidates see the files that its cells name, and nothing else beside it."""

from pathlib import Path

import pytest
from viva_grader.domain.errors import BadQuestionError
from viva_grader.library import notebook_files
from viva_grader.library.questions import load_question

from tests.fakes.nbgrader_course import autograded, given, notebook, solution


def lone(folder: Path, *names: str) -> dict[str, bytes]:
    reads = "\n".join(f"open({name!r})" for name in names)
    cells = given(reads), solution("f", "x = 1"), autograded("t", "open('expected.csv')\nassert x")
    (folder / "own.ipynb").write_bytes(notebook(*cells))
    return load_question(folder / "own.ipynb").files


def test_only_files_that_cells_name_are_taken(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for name in ("data/rows.csv", "other.csv", "expected.csv", "answers.ipynb"):
        (tmp_path / name).write_text("v\n1\n")
    found = lone(tmp_path, "data/rows.csv", "missing.csv", "answers.ipynb", "data")
    assert found == {"data/rows.csv": b"v\n1\n"}


def test_links_and_ways_out_lead_nowhere(tmp_path: Path) -> None:
    inside = tmp_path / "course"
    inside.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (inside / "link.txt").symlink_to(tmp_path / "secret.txt")
    (inside / "folder").symlink_to(tmp_path)
    names = ("link.txt", "folder/secret.txt", "../secret.txt", str(tmp_path / "secret.txt"))
    assert lone(inside, *names) == {}


def test_files_beside_a_lone_notebook_are_bounded(tmp_path: Path) -> None:
    (tmp_path / "big.csv").write_bytes(b"x" * (notebook_files.MAX_FILES_BYTES + 1))
    with pytest.raises(BadQuestionError, match="MiB"):
        lone(tmp_path, "big.csv")


def test_an_nbgrader_folder_gives_all_but_notebooks(tmp_path: Path) -> None:
    folder = tmp_path / "source" / "ps1"
    folder.mkdir(parents=True)
    (folder / "rows.csv").write_text("v")
    (folder / "solutions.IPYNB").write_text("{}")
    assert set(lone(folder)) == {"rows.csv"}
