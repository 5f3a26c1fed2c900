"""Decides which grader the questions are tried with: the real one, once for all of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from viva_grader.bootstrap import Grader, GraderSettings, build_grader
from viva_grader.library.shelf import Shelf

from tests.fakes.short_home import short_home

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def shelf() -> Shelf:
    return Shelf(ROOT)


@pytest.fixture(scope="session")
def grader() -> Iterator[Grader]:
    with short_home() as home:
        settings = GraderSettings(library_root=ROOT, home=home)
        with build_grader(settings) as grader:
            yield grader
