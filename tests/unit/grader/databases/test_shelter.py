"""Where copies live that are thrown away at once."""

from pathlib import Path

import pytest
from viva_grader.databases.shelter import Shelter


@pytest.fixture
def shelter(tmp_path: Path) -> Shelter:
    memory = tmp_path / "memory"
    memory.mkdir()
    return Shelter(tmp_path / "home" / "run", memory)


def test_copy_lives_in_memory_where_there_is_room(shelter: Shelter) -> None:
    chosen = shelter.for_bytes(1)
    assert chosen == shelter.memory
    assert chosen.is_dir()
    assert shelter.for_bytes(1) == chosen


def test_copy_lives_on_disk_without_room_or_memory(shelter: Shelter, tmp_path: Path) -> None:
    assert shelter.for_bytes(1 << 62) == shelter.disk
    assert Shelter(tmp_path, tmp_path / "none").for_bytes(1) == tmp_path


@pytest.mark.parametrize("kind", ["link", "file", "open"])
def test_folder_that_somebody_else_put_there_is_not_used(
    shelter: Shelter, tmp_path: Path, kind: str
) -> None:
    if kind == "link":
        shelter.memory.symlink_to(tmp_path)
    elif kind == "file":
        shelter.memory.write_text("")
    else:
        shelter.memory.mkdir()
        shelter.memory.chmod(0o777)
    assert shelter.for_bytes(1) == shelter.disk
    assert list(shelter.abandoned()) == [shelter.disk]


def test_folders_of_other_homes_are_named_for_sweeping(shelter: Shelter, tmp_path: Path) -> None:
    other = Shelter(tmp_path / "other", shelter.memory.parent)
    other.for_bytes(1)
    (shelter.memory.parent / "unrelated").mkdir()
    assert list(shelter.abandoned()) == [shelter.disk, other.memory]


def test_empty_folder_is_removed_and_a_full_one_left(shelter: Shelter) -> None:
    kept = shelter.for_bytes(1) / "kept"
    kept.mkdir()
    shelter.leave()
    assert kept.is_dir()
    kept.rmdir()
    shelter.leave()
    assert not shelter.memory.exists()
