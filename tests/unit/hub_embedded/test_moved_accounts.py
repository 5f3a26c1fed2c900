from pathlib import Path

from viva_hub.embedded import accounts, record
from viva_hub.embedded.processes import Process


def test_account_moves_with_its_folder_and_is_nobody_elses(tmp_path: Path) -> None:
    registry, spare, root = (tmp_path / name for name in ("uids", "spare", "c-one"))
    spare.mkdir()
    account = accounts.claim(spare, registry)
    accounts.move(spare, root, registry)
    spare.rename(root)
    assert accounts.of(spare, registry) is None
    assert accounts.claim(root, registry) == account
    spare.mkdir()
    assert accounts.claim(spare, registry).server_uid != account.server_uid


def test_record_keeps_the_mark_of_a_room_that_was_renamed(tmp_path: Path) -> None:
    made = record.Record(port=7, server=Process(1, 2), mark="viva-1/.spare-1")
    record.write(tmp_path, made)
    assert record.read(tmp_path) == made


def test_record_of_an_earlier_version_has_no_mark() -> None:
    data = {"port": 0, "server": None, "database": None, "fixture": None}
    assert record.Record.from_json(data).mark == ""
