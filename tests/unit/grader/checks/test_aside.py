"""What is tried aside gives its answer and leaves nothing behind, however it ends."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from viva_grader.checks.aside import tried


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "job"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


def test_an_answer_comes_from_a_copy_in_an_empty_folder(folder: Path) -> None:
    Path("theirs.txt").write_text("of a submission")
    kept: list[int] = []

    def look() -> Any:
        kept.append(1)
        Path("mine.txt").touch()
        return [os.getpid() != own, [path.name for path in Path.cwd().iterdir()]]

    own = os.getpid()
    assert tried(look, 5, 20) == [True, ["mine.txt"]]
    assert kept == []
    assert [path.name for path in folder.iterdir()] == ["theirs.txt"]
    assert [path.name for path in folder.parent.iterdir()] == ["job"]


def test_no_open_file_of_ours_is_there(folder: Path) -> None:
    reader, writer = os.pipe()
    assert tried(lambda: [os.write(writer, b"x")], 5, 20) is None
    assert tried(lambda: [1], 5, 20) == [1]
    os.close(writer)
    assert os.read(reader, 1) == b""
    os.close(reader)


@pytest.mark.parametrize("what", [lambda: 1 / 0, lambda: object(), lambda: os._exit(0)])
def test_what_raises_or_is_no_data_gives_nothing(folder: Path, what: Any) -> None:
    assert tried(what, 5, 20) is None


def test_what_comes_to_no_end_is_ended(folder: Path) -> None:
    began_s = time.monotonic()
    assert tried(lambda: time.sleep(60), 5, 0.2) is None
    assert time.monotonic() - began_s < 10
