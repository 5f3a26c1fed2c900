"""Decides when a room's disks are made, left alone or insisted on, where none can be mounted."""

import logging
from pathlib import Path

import pytest
from viva_hub import disks
from viva_hub.disks import Disk
from viva_hub.errors import DiskError


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    """A disk on a machine that has no program to make one with."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return Disk(tmp_path / "home.disk", tmp_path / "home", 64, 65534)


def test_machine_without_disks_goes_on_and_says_so_once(
    disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    disks._warn_once.cache_clear()
    with caplog.at_level(logging.WARNING, logger="JupyterHub"):
        assert not disks.ensure([disk], policy="auto")
        assert not disks.ensure([disk], policy="auto")
    (said,) = caplog.messages
    assert "VIVA_ROOM_DISKS" in said
    assert "cannot be made" in said


def test_machine_without_disks_starts_no_room_where_they_are_required(disk: Disk) -> None:
    with pytest.raises(DiskError, match="cannot be made"):
        disks.ensure([disk], policy="required")


def test_no_disk_is_made_where_they_are_off(disk: Disk) -> None:
    assert not disks.ensure([disk], policy="off")
    assert not disk.image.exists()


@pytest.mark.parametrize("policy", ["auto", "required", "off"])
def test_disk_that_holds_work_is_never_done_without(disk: Disk, policy: str) -> None:
    disk.image.write_bytes(b"")
    with pytest.raises((DiskError, OSError)):
        disks.ensure([disk], policy=policy)


def test_folder_with_work_from_before_is_left_as_it_is(disk: Disk) -> None:
    disk.place.mkdir()
    (disk.place / "answer.ipynb").write_text("{}")
    assert not disks.ensure([disk], policy="required")
    assert (disk.place / "answer.ipynb").exists()
