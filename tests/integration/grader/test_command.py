"""The command grades what it can, refuses the rest in one line each, and says so at its end."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.nbgrader_course import autograded, course, notebook, prose, solution
from tests.fakes.odd_files import ODD, make_odd_files

pytestmark = pytest.mark.sandbox

COURSE = course(solution("f", "def f():\n    return 1"), autograded("value", "assert f() == 1"))
LINE = {
    "submission", "status", "items", "auto_score", "max_score", "deterministic_score",
    "rubric_score", "overall", "grade_sha256", "message",
}  # fmt: skip


def viva(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("viva")), "grade", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=folder, timeout=300
    )


@pytest.fixture
def pile(tmp_path: Path) -> Path:
    (tmp_path / "source.ipynb").write_bytes(notebook(*COURSE.cells))
    (tmp_path / "good.ipynb").write_bytes(COURSE.submission())
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "good.ipynb").write_bytes(
        COURSE.submission({"f": "def f():\n    return 2"})
    )
    (tmp_path / "empty.ipynb").write_bytes(b"")
    (tmp_path / "broken.ipynb").write_bytes(b'{"nbformat": 4, "cells": [')
    (tmp_path / "three.ipynb").write_bytes(b'{"nbformat": 3, "worksheets": []}')
    (tmp_path / "latin.ipynb").write_bytes(b"\xff\xfe{}")
    (tmp_path / "deep.ipynb").write_bytes(b"[" * 200_000)
    (tmp_path / "many.ipynb").write_bytes(notebook(*[prose("x")] * 10_001))
    (tmp_path / "wrong.ipynb").write_bytes(notebook(solution("g", "pass")))
    (tmp_path / "folder.ipynb").mkdir()
    make_odd_files(tmp_path, ".ipynb")
    return tmp_path


REFUSED = (
    "empty", "broken", "three", "latin", "deep", "many", "wrong", "folder", "missing", *ODD,
)  # fmt: skip


def test_a_batch_goes_on_past_what_cannot_be_read(pile: Path) -> None:
    bad = [f"{name}.ipynb" for name in REFUSED]
    done = viva(
        pile,
        *bad,
        "good.ipynb",
        "other/good.ipynb",
        "--question",
        "source.ipynb",
        "--json",
        "--out",
        "grades",
    )
    assert done.returncode == 2
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["submission"] for line in lines] == [*bad, "good.ipynb", "other/good.ipynb"]
    assert [line["status"] for line in lines] == ["refused"] * len(bad) + ["graded"] * 2
    assert all(set(line) >= LINE for line in lines)
    assert [line["auto_score"] for line in lines[-2:]] == [1.0, 0.0]
    assert lines[-2]["deterministic_score"] == 100.0
    assert lines[-2]["overall"] is None
    complaints = done.stderr.splitlines()
    assert len(complaints) == len(bad)
    assert all(name in line for name, line in zip(bad, complaints, strict=True))
    assert "submission.wrong_question" in complaints[REFUSED.index("wrong")]
    written = sorted(path.name for path in (pile / "grades").glob("*.grade.json"))
    assert written == ["good-2.grade.json", "good.grade.json"]
    document = json.loads((pile / "grades" / "good.grade.json").read_bytes())
    assert document["grade_sha256"] == lines[-2]["grade_sha256"]


def test_a_name_as_long_as_names_may_be_is_cut(pile: Path) -> None:
    long = [f"{'x' * 244}{letter}.ipynb" for letter in "ab"]
    for name in long:
        (pile / name).write_bytes(COURSE.submission())
    done = viva(pile, *long, "--question", "source.ipynb", "--only-tests", "--out", "grades")
    assert done.returncode == 0, done.stderr
    assert len(list((pile / "grades").glob("x*.grade.json"))) == 2


def test_the_same_submission_gives_the_same_bytes(pile: Path) -> None:
    for name in ("one", "two"):
        done = viva(pile, "good.ipynb", "--question", "source.ipynb", "--out", name, "--no-rubric")
        assert (done.returncode, done.stderr) == (0, "")
        assert "1 of 1" in done.stdout
    first, second = (pile / n / "good.grade.json" for n in ("one", "two"))
    assert first.read_bytes() == second.read_bytes()


def test_an_unknown_question_is_one_line(pile: Path) -> None:
    done = viva(pile, "good.ipynb", "--question", "nowhere")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("viva: question.invalid: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["pipe", "huge"])
def test_a_question_that_is_no_plain_file_is_one_line(pile: Path, name: str) -> None:
    done = viva(pile, "good.ipynb", "--question", f"{name}.ipynb")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("viva: question.invalid: ")
    assert done.stderr.count("\n") == 1
