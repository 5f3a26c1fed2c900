"""Decides what every attack is made against: one grader, one course, honest neighbours."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from viva_grader.bootstrap import Grader, GraderSettings, build_grader
from viva_grader.domain.grade import Grade
from viva_grader.domain.question import Limits

from tests.fakes.nbgrader_course import Course, autograded, course, given, solution, written

CANARY = "canary-7f3a"
HONEST = "def square(x):\n    return x * x"


def victim_course() -> Course:
    """Four points: one value, one exception, one variable, one numpy comparison."""
    return course(
        given("import numpy as np\nfrom numpy.testing import assert_allclose"),
        solution("square", HONEST),
        solution("total", "total = sum(square(i) for i in range(4))"),
        written("essay", "Write."),
        autograded("value", f"secret = '{CANARY}'\nassert square(7) == 49, 'wrong'\nassert square(-3) == 9"),
        autograded("kinds", "assert type(square(2)) is int"),
        autograded("variable", "assert total == 14"),
        autograded("arrays", "assert_allclose(square(np.arange(4)), np.array([0, 1, 4, 9]))"),
        limits=Limits(call_s=2.0, part_s=3.0, total_s=12.0, memory_mib=512, pids=32, disk_mib=16),
    )  # fmt: skip


@pytest.fixture(scope="session")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grader]:
    home: Path = tmp_path_factory.mktemp("home")
    with build_grader(GraderSettings(home=home)) as built:
        yield built


@pytest.fixture
def attack(grader: Grader) -> Callable[..., Grade]:
    """Grade hostile answers between two honest ones, which must both get full marks."""

    def run(**answers: str) -> Grade:
        victim = victim_course()
        question = victim.question
        hostile = grader.grade(victim.submission(answers), question)
        honest = grader.grade(victim.submission(), question)
        assert honest.auto_score == honest.max_score == 4, honest.items
        return hostile

    return run


def processes_of_submissions() -> list[str]:
    """Processes that run as a submission's uid, or inside a sandbox's namespace of ours."""
    found: list[str] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                owner = entry.stat().st_uid
                command = (
                    (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                )
            except OSError:
                continue
            if 300_000 <= owner < 360_000 or (os.geteuid() and "viva-orphan" in command):
                found.append(command)
    return found
