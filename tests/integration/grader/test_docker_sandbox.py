"""The Docker adapter gives the verdicts that bubblewrap gives, and leaves no container."""

import shutil
import subprocess
from pathlib import Path

import pytest
from viva_grader.bootstrap import GraderSettings, build_grader
from viva_grader.domain.errors import SandboxUnavailableError
from viva_grader.sandbox.interpreter import find_runner

from tests.fakes.nbgrader_course import autograded, course, solution

pytestmark = pytest.mark.docker
COURSE = course(
    solution("f", "def f(x):\n    return x * 2"),
    autograded("value", "assert f(2) == 4"),
    autograded("later", "assert f('a') == 'aa'"),
)


def test_a_container_of_its_own_grades_and_goes(tmp_path: Path) -> None:
    asked = ["docker", "image", "inspect", "viva/sandbox"]
    if subprocess.run(asked, capture_output=True, check=False).returncode:
        pytest.skip("the image viva/sandbox is not built")
    with build_grader(GraderSettings(home=tmp_path, sandbox="docker")) as grader:
        good = grader.grade(COURSE.submission(), COURSE.question)
        dead = grader.grade(COURSE.submission({"f": "import os\nos._exit(0)"}), COURSE.question)
    assert (good.auto_score, dead.auto_score) == (2, 0)
    assert dead.items[0].status.value == "candidate_error"
    left = ["docker", "ps", "--all", "--quiet", "--filter", "label=viva.sandbox"]
    assert subprocess.run(left, capture_output=True, check=True).stdout == b""


def test_an_image_with_another_runner_is_refused_before_it_costs_points(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "viva_runner"
    shutil.copytree(find_runner(), other, ignore=shutil.ignore_patterns("__pycache__"))
    (other / "serve.py").write_text((other / "serve.py").read_text() + "# newer\n")
    monkeypatch.setattr("viva_grader.sandbox.docker.find_runner", lambda: other)
    with (
        build_grader(GraderSettings(home=tmp_path, sandbox="docker")) as grader,
        pytest.raises(SandboxUnavailableError, match="make images"),
    ):
        grader.grade(COURSE.submission(), COURSE.question)
