"""Decides whether accounts, records, groups and processes of rooms are kept straight."""

import json
import os
import signal
from pathlib import Path

import pytest
from traitlets.config import Config
from viva_hub.embedded import accounts, limits, record
from viva_hub.embedded.configure import configure
from viva_hub.embedded.ending import mark_of
from viva_hub.embedded.limits import Limits
from viva_hub.embedded.processes import Process, of_uid
from viva_hub.settings import HubSettings


@pytest.fixture
def candidates(tmp_path):
    folders = [tmp_path / f"c-{number}" for number in range(3)]
    for folder in folders:
        folder.mkdir()
    return folders


@pytest.fixture
def registry(tmp_path):
    return tmp_path / "uids"


def test_accounts_of_two_candidates_differ_in_every_uid(candidates, registry):
    first, second = (accounts.claim(folder, registry) for folder in candidates[:2])
    assert len({*first.uids, *second.uids}) == 4


def test_account_stays_the_same_until_it_is_released(candidates, registry):
    first = accounts.claim(candidates[0], registry)
    accounts.claim(candidates[1], registry)
    assert accounts.claim(candidates[0], registry) == first
    assert accounts.of(candidates[0], registry) == first
    accounts.release(candidates[0], registry)
    assert accounts.of(candidates[0], registry) is None
    assert accounts.claim(candidates[2], registry) == first


def test_account_of_a_vanished_folder_is_given_to_another(candidates, registry):
    first = accounts.claim(candidates[0], registry)
    candidates[0].rmdir()
    assert accounts.claim(candidates[1], registry) == first


@pytest.mark.parametrize(
    ("uid_map", "first"),
    [
        ("         0          0 4294967295\n", accounts.FIRST_UID),
        ("         0     100000      65536\n", accounts.FIRST_UID_IN_A_SHORT_RANGE),
        ("0 1000 1\n1 100000 65536\n", accounts.FIRST_UID_IN_A_SHORT_RANGE),
    ],
)
def test_uids_are_claimed_among_those_that_exist(uid_map, first):
    assert accounts.first_uid(uid_map) == first


def test_record_is_read_as_it_was_written(tmp_path):
    practice = Process(13, 346)
    written = record.Record(8888, Process(12, 345), None, "shop", practice=practice, begun=True)
    record.write(tmp_path, written)
    assert record.read(tmp_path) == written
    record.forget(tmp_path)
    assert record.read(tmp_path) == record.Record()


def test_room_of_a_hub_that_knew_no_practice_has_begun(tmp_path):
    record.write(tmp_path, record.Record(8888, Process(12, 345), None, "shop"))
    note = tmp_path / record.NAME
    older = {
        n: v for n, v in json.loads(note.read_text()).items() if n not in {"practice", "begun"}
    }
    note.write_text(json.dumps(older))
    assert record.read(tmp_path).begun


def test_rooms_are_those_with_a_record(tmp_path):
    for name in ("c-1", "c-2"):
        (tmp_path / "candidates" / name).mkdir(parents=True)
    record.write(tmp_path / "candidates" / "c-2", record.Record())
    assert record.rooms(tmp_path) == [tmp_path / "candidates" / "c-2"]


def test_mark_differs_between_runtime_folders(tmp_path):
    one, other = (tmp_path / home / "candidates" / "c-1" for home in ("a", "b"))
    assert mark_of(one) != mark_of(other)
    assert mark_of(one).endswith("/c-1")


def test_process_is_itself_and_not_a_later_one_of_its_pid():
    this = Process.named(os.getpid())
    assert this is not None
    assert this.alive()
    later = Process(this.pid, this.start_ticks + 1)
    assert not later.alive()
    later.send(signal.SIGKILL)  # reaches nobody, or this test would not go on


def test_no_process_has_a_pid_beyond_the_limit():
    assert Process.named(2**22 + 1) is None


def test_processes_of_a_uid_include_this_one():
    assert os.getpid() in {process.pid for process in of_uid(os.getuid())}


def test_group_of_version_two_is_one_folder(tmp_path):
    (tmp_path / "cgroup.controllers").touch()
    assert limits.group("a/b", tmp_path).folders == (tmp_path / "a/b",)


def test_group_of_version_one_is_a_folder_per_controller(tmp_path):
    for controller in ("memory", "pids", "cpu"):
        (tmp_path / controller).mkdir()
        (tmp_path / controller / "cgroup.procs").touch()
    folders = limits.group("a/b", tmp_path).folders
    assert [folder.relative_to(tmp_path).parts[0] for folder in folders] == [
        "memory",
        "pids",
        "cpu",
    ]


def test_group_is_empty_where_none_can_be_made(tmp_path):
    none = limits.make("a/b", Limits(1, 2, 1.0, 3), tmp_path)
    assert none.folders == ()
    assert none.joined(["program"]) == ["program"]


async def test_last_group_takes_its_parent_along(tmp_path):
    (tmp_path / "cgroup.controllers").touch()
    for name in ("a/b", "a/c"):
        (tmp_path / name).mkdir(parents=True)
    await limits.group("a/b", tmp_path).remove()
    assert (tmp_path / "a" / "c").exists()
    await limits.group("a/c", tmp_path).remove()
    assert not (tmp_path / "a").exists()


def test_group_takes_its_limits(tmp_path):
    (tmp_path / "cgroup.controllers").touch()
    (tmp_path / "a").mkdir()
    made = tmp_path / "a" / "b"
    made.mkdir()
    for file in ("memory.max", "pids.max", "cpu.max"):
        (made / file).touch()
    limits.make("a/b", Limits(2, 3, 0.5, 4), tmp_path)
    assert (made / "memory.max").read_text() == "2097152"
    assert (made / "pids.max").read_text() == "3"
    assert (made / "cpu.max").read_text() == "50000 100000"


def test_settings_become_the_spawners_traits():
    c = Config()
    settings = HubSettings(
        home=Path("/runtime"),
        console_token="x" * 16,
        ticket_key="x" * 16,
        staff_key="x" * 16,
        candidate_memory_mib=777,
    )
    configure(c, settings)
    assert c.JupyterHub.spawner_class == "viva_hub.embedded.spawner.EmbeddedSpawner"
    assert c.EmbeddedSpawner.home == "/runtime"
    assert c.EmbeddedSpawner.environment_folder == "/runtime/env/candidate"
    assert c.EmbeddedSpawner.memory_mib == 777
