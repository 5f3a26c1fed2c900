"""Decides what the flows' tests run on: fakes."""

from pathlib import Path

import pytest

from tests.fakes.console_parts import Parts, console_on_fakes


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return console_on_fakes(tmp_path)
