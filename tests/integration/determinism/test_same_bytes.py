"""One submission gives one grade document, byte for byte, whatever surrounds its grading."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.determinism import (
    DOCKER,
    OTHERS,
    PLAIN,
    Circumstances,
    grade_round,
    write_solutions,
)
from tests.fakes.nbgrader_course import Course, autograded, course, notebook, solution

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(600)]

# What tends to differ from run to run: order of sets, addresses, hashes, floats, times in errors.
COURSE = course(
    solution("f", "def f():\n    return {'a', 'b', 'c'}"),
    autograded("sets", "assert f() == {'a', 'b', 'c'}"),
    autograded("shown", "assert str(f()) == ''"),
    solution("g", "def g(x):\n    raise ValueError(f'{g} {sorted(x)} {object()}')"),
    autograded("raised", "g({'x', 'y', 'z'})"),
    solution("h", "class H:\n    def __init__(self): self.x = 0.1 + 0.2\ndef h(): return H()"),
    autograded("held", "assert h().x == 0.3, h()"),
    autograded("looped", "import time\nassert hash('a') == 0, time.time() < 0"),
)
UNTIDY = {
    "f": "import os, sys\ndef f(a=[], b={}):\n    try:\n        unused = 1\n    except:\n"
    "        pass\n    return {'a', 'b', 'c'}",
    "g": "import os, random, tempfile, time, uuid\ndef g(x):\n"
    "    folder = tempfile.mkdtemp()\n"
    "    raise OSError(f'{time.time()} {os.getuid()} {uuid.uuid4()} {random.random()} {folder}')",
    "h": "def h(: pass",
}


def hashes(documents: dict[str, bytes]) -> dict[str, str]:
    return {name: json.loads(document)["grade_sha256"] for name, document in documents.items()}


def submissions(folder: Path, made: Course) -> list[Path]:
    (folder / "source.ipynb").write_bytes(notebook(*made.cells))
    for name, answers in (("own", {}), ("untidy", UNTIDY), ("empty", dict.fromkeys("fgh", ""))):
        (folder / f"{name}.ipynb").write_bytes(made.submission(answers))
    return [folder / f"{name}.ipynb" for name in ("own", "untidy", "empty")]


@dataclass(frozen=True)
class Made:
    """The course's grades as they come in plain circumstances."""

    source: str
    paths: list[Path]
    documents: dict[str, bytes]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("plain")
    paths = submissions(folder, COURSE)
    source = str(folder / "source.ipynb")
    return Made(source, paths, grade_round(source, paths, PLAIN, folder / "out", 0))


@pytest.mark.parametrize("around", OTHERS, ids=lambda each: each.name)
def test_surroundings_change_no_byte(tmp_path: Path, plain: Made, around: Circumstances) -> None:
    assert grade_round(plain.source, plain.paths, around, tmp_path, 1) == plain.documents


@pytest.mark.postgres
def test_solutions_of_every_question_get_the_same_bytes_again(tmp_path: Path) -> None:
    for slug, paths in write_solutions(tmp_path).items():
        # The author's own answers and a wrong one; the benchmark takes all, for many rounds.
        some = [path for path in paths if not path.stem.endswith(("slow", "malicious", "stub"))][:2]
        first = grade_round(slug, some, OTHERS[0], tmp_path / f"{slug}.first", 0)
        other = grade_round(slug, some, OTHERS[4], tmp_path / f"{slug}.other", 1)
        assert hashes(other) == hashes(first)
        assert other == first


@pytest.mark.docker
def test_both_sandboxes_give_the_same_bytes(tmp_path: Path, plain: Made) -> None:
    asked = ["docker", "image", "inspect", "viva/sandbox"]
    if subprocess.run(asked, capture_output=True, check=False).returncode:
        pytest.skip("the image viva/sandbox is not built")
    assert grade_round(plain.source, plain.paths, DOCKER, tmp_path, 1) == plain.documents
