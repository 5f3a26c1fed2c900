"""Decides which sandboxes these tests run: both, where the machine has them, with one course."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from viva_grader.bootstrap import Grader, GraderSettings, build_grader
from viva_grader.domain.grade import Grade
from viva_grader.domain.question import Limits

from tests.fakes.nbgrader_course import autograded, course, solution

LIMITS = Limits(
    call_s=2.0, part_s=4.0, total_s=20.0, memory_mib=512, pids=32, disk_mib=16, message_mib=4
)
Marked = Callable[..., dict[str, tuple[str, str]]]


def ask(*tests: str, answer: str = "def f(x):\n    return x", limits: Limits = LIMITS):
    """A course with one answer, and a test of one point for each line given."""
    parts = [autograded(f"t{number}", test) for number, test in enumerate(tests)]
    return course(solution("f", answer), *parts, limits=limits)


def has_image() -> bool:
    asked = ["docker", "image", "inspect", "viva/sandbox"]
    try:
        return subprocess.run(asked, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@pytest.fixture(
    scope="session",
    params=[
        pytest.param("bubblewrap", marks=pytest.mark.sandbox),
        pytest.param("docker", marks=pytest.mark.docker),
    ],
)
def grader(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Grader]:
    if request.param == "docker" and not has_image():
        pytest.skip("the image viva/sandbox is not built: make images")
    home: Path = tmp_path_factory.mktemp("home")
    with build_grader(GraderSettings(home=home, sandbox=request.param)) as built:
        yield built


@pytest.fixture
def marked(grader: Grader) -> Marked:
    """Grade one answer; give status and message of each part."""

    def run(answer: str, *tests: str, limits: Limits = LIMITS) -> dict[str, tuple[str, str]]:
        asked = ask(*tests, limits=limits)
        grade: Grade = grader.grade(asked.submission({"f": answer}), asked.question)
        return {item.part: (item.status.value, item.message) for item in grade.items}

    return run
