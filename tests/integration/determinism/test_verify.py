"""``viva verify`` grades again from what is stored: identical, or which place differs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.nbgrader_course import autograded, course, notebook, solution
from tests.fakes.odd_files import ODD, make_odd_files

pytestmark = pytest.mark.sandbox

COURSE = course(solution("f", "def f():\n    return 1"), autograded("value", "assert f() == 1"))


def viva(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("viva")), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=folder, timeout=300
    )


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a question and two stored grades in ``out``."""
    folder = tmp_path_factory.mktemp("verify")
    (folder / "source.ipynb").write_bytes(notebook(*COURSE.cells))
    (folder / "good.ipynb").write_bytes(COURSE.submission())
    (folder / "bad.ipynb").write_bytes(COURSE.submission({"f": "def f():\n    return 2"}))
    done = viva(
        folder, "grade", "good.ipynb", "bad.ipynb", "--question", "source.ipynb", "--out", "out"
    )
    assert done.returncode == 0, done.stderr
    return folder


def verify(folder: Path, *names: str) -> subprocess.CompletedProcess[str]:
    return viva(folder, "verify", *names, "--question", "source.ipynb")


def changed(folder: Path, name: str, **keys: object) -> str:
    document = json.loads((folder / "out" / "good.grade.json").read_bytes()) | keys
    (folder / "out" / name).write_text(json.dumps(document))
    return f"out/{name}"


def test_what_was_graded_here_is_identical(graded: Path) -> None:
    done = verify(graded, "out/good.grade.json", "out/bad.grade.json")
    assert done.stdout.splitlines() == [
        "out/good.grade.json: identical", "out/bad.grade.json: identical",
    ]  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_times_lie_beside_the_grade_and_the_submission_too(graded: Path) -> None:
    document = json.loads((graded / "out" / "good.grade.json").read_bytes())
    stored = graded / "out" / f"{document['submission_sha256']}.ipynb"
    assert stored.read_bytes() == (graded / "good.ipynb").read_bytes()
    aside = json.loads((graded / "out" / "good.aside.json").read_bytes())
    assert aside["total_s"] > 0
    assert aside["parts_s"].keys() == {"value"}


def test_tampering_is_said_first_and_each_difference_by_its_place(graded: Path) -> None:
    name = changed(graded, "tampered.grade.json", auto_score=0.5)
    done = verify(graded, name, "out/good.grade.json")
    assert done.stdout.splitlines() == [
        f"{name}: tampered: the document does not have the hash that it names",
        f"{name}: auto_score: 0.5 → 1.0",
        "out/good.grade.json: identical",
    ]
    assert done.returncode == 1


def test_another_environment_is_said_before_what_it_changed(graded: Path) -> None:
    environment = json.loads((graded / "out" / "good.grade.json").read_bytes())["environment"]
    name = changed(
        graded, "older.grade.json", auto_score=0.5, environment=environment | {"python": "3.11.0"}
    )
    lines = verify(graded, name).stdout.splitlines()
    assert [line.partition(": ")[2] for line in lines[1:]] == [
        f'environment.python: "3.11.0" → "{environment["python"]}"', "auto_score: 0.5 → 1.0",
    ]  # fmt: skip


def test_what_cannot_be_verified_is_one_line_each(graded: Path) -> None:
    (graded / "lone").mkdir(exist_ok=True)
    (graded / "lone" / "good.grade.json").write_bytes(
        (graded / "out" / "good.grade.json").read_bytes()
    )
    (graded / "list.json").write_text("[]")
    done = verify(
        graded, "good.ipynb", "list.json", "none.json", "lone/good.grade.json", "out/bad.grade.json"
    )
    lines = done.stderr.splitlines()
    assert len(lines) == 4
    assert all(line.startswith("viva: grade.unusable: ") for line in lines)
    assert "--submission" in lines[3]
    assert done.stdout.splitlines() == ["out/bad.grade.json: identical"]
    assert done.returncode == 2
    given = viva(
        graded, "verify", "lone/good.grade.json", "--question", "source.ipynb",
        "--submission", "good.ipynb",
    )  # fmt: skip
    assert (given.returncode, given.stdout) == (0, "lone/good.grade.json: identical\n")
    other = verify(graded, "lone/good.grade.json", "--submission", "bad.ipynb")
    assert (other.returncode, "not the one that was graded" in other.stderr) == (2, True)


def test_what_is_no_plain_file_is_one_line_and_the_next_is_verified(graded: Path) -> None:
    """None of these is waited for, nor read without end."""
    make_odd_files(graded, ".grade.json")
    (graded / "folder.grade.json").mkdir()
    odd = [f"{name}.grade.json" for name in (*ODD, "folder", "missing")]
    done = verify(graded, *odd, "out/good.grade.json")
    assert (done.returncode, done.stdout) == (2, "out/good.grade.json: identical\n")
    complaints = done.stderr.splitlines()
    assert len(complaints) == len(odd)
    for name, line in zip(odd, complaints, strict=True):
        assert line.startswith(f"viva: grade.unusable: {name}: It cannot be read: ")


@pytest.mark.parametrize("name", ["pipe", "huge"])
def test_a_submission_that_is_no_plain_file_is_one_line(
    graded: Path, tmp_path: Path, name: str
) -> None:
    make_odd_files(tmp_path, ".ipynb")
    named = verify(graded, "out/good.grade.json", "--submission", str(tmp_path / f"{name}.ipynb"))
    assert (named.returncode, named.stdout) == (2, "")
    assert "grade.unusable: out/good.grade.json: The submission cannot be read: " in named.stderr
    assert named.stderr.count("\n") == 1
