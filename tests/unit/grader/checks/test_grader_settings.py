"""Settings come from names of our own, never from the shell's."""

from pathlib import Path

import pytest
from viva_grader.settings import GraderSettings


def test_the_shells_home_is_not_the_runtime_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somewhere/else")
    monkeypatch.delenv("VIVA_HOME", raising=False)
    assert GraderSettings().home != Path("/somewhere/else")
    monkeypatch.setenv("VIVA_HOME", "/runtime")
    assert GraderSettings().home == Path("/runtime")
    assert GraderSettings(home=Path("/given")).home == Path("/given")
