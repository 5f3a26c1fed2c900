"""Decides which grader the integration tests share: one warm sandbox for all of them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from viva_grader.bootstrap import Grader, GraderSettings, build_grader
from viva_grader.domain.grade import Grade

from tests.fakes.nbgrader_course import Course

Mark = Callable[..., dict[str, tuple[str, float | None]]]


@pytest.fixture(scope="session")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grader]:
    home: Path = tmp_path_factory.mktemp("home")
    with build_grader(GraderSettings(home=home)) as built:
        yield built


@pytest.fixture
def grade(grader: Grader) -> Callable[..., Grade]:
    def run(course: Course, answers: dict[str, str] | None = None) -> Grade:
        return grader.grade(course.submission(answers), course.question)

    return run


@pytest.fixture
def mark(grade: Callable[..., Grade]) -> Mark:
    """Grade, and give status and points of each part."""

    def run(
        course: Course, answers: dict[str, str] | None = None
    ) -> dict[str, tuple[str, float | None]]:
        items = grade(course, answers).items
        return {item.part: (item.status.value, item.points) for item in items}

    return run
