"""Settings come from names of our own, never from the shell's."""

import sys
from pathlib import Path

import pytest
from viva_grader.cli import main
from viva_grader.settings import GraderSettings


def test_the_shells_home_is_not_the_runtime_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somewhere/else")
    monkeypatch.delenv("VIVA_HOME", raising=False)
    assert GraderSettings().home != Path("/somewhere/else")
    monkeypatch.setenv("VIVA_HOME", "/runtime")
    assert GraderSettings().home == Path("/runtime")
    assert GraderSettings(home=Path("/given")).home == Path("/given")


def test_endpoint_without_a_model_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIVA_MODEL_BASE_URL", "http://127.0.0.1:9")
    with pytest.raises(ValueError, match="VIVA_MODEL_NAME is missing"):
        GraderSettings()


def test_bad_setting_ends_a_command_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("VIVA_SANDBOX", "chroot")
    monkeypatch.setattr(
        sys, "argv", ["viva", "grade", str(tmp_path / "a.ipynb"), "--question", "top_customers"]
    )
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("viva: settings.invalid: VIVA_SANDBOX ")
    assert said.count("\n") == 1
