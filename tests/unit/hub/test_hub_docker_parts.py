"""Decides names, addresses, rules and limits of a candidate's room on a Docker engine."""

import io
import tarfile
from ipaddress import IPv4Network
from pathlib import Path

import pytest
from pydantic import ValidationError
from viva_hub.docker_spawner import packs
from viva_hub.docker_spawner.addresses import free_subnets, gateway_of
from viva_hub.docker_spawner.firewall import Firewall
from viva_hub.docker_spawner.limits import database_host_config, server_host_config
from viva_hub.docker_spawner.names import RoomNames, bridge_name, bridge_prefix, hub_tag
from viva_hub.docker_spawner.packs import pack_data, pack_log, pack_rules, pack_whole
from viva_hub.errors import BadRoomError
from viva_hub.room_options import RoomOptions, check_user_options
from viva_hub.settings import HubSettings

POOL = IPv4Network("10.240.0.0/16")
WALL = Firewall("ab12", POOL, 8081)
OPTIONS = {
    "interview": "i-1",
    "fixture": "shop",
    "session_token": "a secret token",
    "console_path": "/services/console",
}


def settings(**changes) -> HubSettings:
    keys = {"console_token": "c" * 16, "ticket_key": "t" * 16, "staff_key": "s" * 16}
    return HubSettings(home=Path("/nowhere"), **keys, **changes)


def test_hubs_of_different_homes_have_different_tags():
    assert hub_tag(Path("/a")) != hub_tag(Path("/b"))
    assert hub_tag(Path("/a")) == hub_tag(Path("/a"))


def test_bridge_names_fit_and_differ():
    subnets = list(POOL.subnets(new_prefix=28))
    names = {bridge_name("ab12", POOL, subnet) for subnet in (subnets[0], subnets[-1])}
    assert names == {"vivaab12-0", "vivaab12-4095"}
    assert max(map(len, names)) <= 15


def test_room_names_are_distinct_and_labelled():
    names = RoomNames("ab12", "c-abcdefgh2345")
    volumes = {names.home_volume, names.notes_volume, names.data_volume, names.wal_volume}
    assert len({names.server, names.database, *volumes}) == 6
    assert names.label_filters == ["viva.hub=ab12", "viva.user=c-abcdefgh2345"]


def test_first_free_subnet_is_taken_from_the_start_and_around_the_end():
    pool = IPv4Network("10.9.0.0/26")
    assert [str(subnet) for subnet in free_subnets(pool, [], 2)] == [
        "10.9.0.32/28",
        "10.9.0.48/28",
        "10.9.0.0/28",
        "10.9.0.16/28",
    ]


def test_subnets_in_use_are_passed_over():
    pool = IPv4Network("10.9.0.0/26")
    taken = ["10.9.0.0/28", "10.9.0.40/30", "fd00::/64", "172.17.0.0/16"]
    assert [str(subnet) for subnet in free_subnets(pool, taken, 0)] == [
        "10.9.0.16/28",
        "10.9.0.48/28",
    ]
    assert list(free_subnets(pool, ["10.0.0.0/8"], 0)) == []


def test_gateway_is_the_first_host_of_a_subnet():
    assert str(gateway_of(IPv4Network("10.9.0.16/28"))) == "10.9.0.17"


def test_inbound_chain_lets_replies_and_the_hubs_port_pass_and_drops_the_rest():
    assert WALL.chain(4).splitlines() == [
        "*filter",
        ":VIVA-ab12-IN - [0:0]",
        "-A VIVA-ab12-IN -m conntrack --ctstate ESTABLISHED -j ACCEPT",
        "-A VIVA-ab12-IN -p tcp -d 10.240.0.0/16 --dport 8081 -j ACCEPT",
        "-A VIVA-ab12-IN -j DROP",
        "COMMIT",
    ]


def test_nothing_passes_over_ipv6():
    assert [line for line in WALL.chain(6).splitlines() if line.startswith("-A")] == [
        "-A VIVA-ab12-IN -j DROP"
    ]


@pytest.mark.parametrize("family", [4, 6])
def test_rules_match_this_hubs_bridges_and_no_others(family):
    assert WALL.bridges == bridge_prefix("ab12") + "+"
    jumps = WALL.jumps(family)
    assert jumps[0][0] == "INPUT"
    assert all(WALL.bridges in jump for jump in jumps)
    assert [jump[-1] for jump in jumps] == [WALL.inbound, "DROP", "DROP"]


def test_server_has_walls_and_limits():
    config = server_host_config(settings(candidate_memory_mib=512, candidate_pids=99))
    assert config["read_only"] is True
    assert config["cap_drop"] == ["ALL"]
    assert config["mem_limit"] == config["memswap_limit"] == 512 * 1024 * 1024
    assert config["pids_limit"] == 99
    assert "privileged" not in config


def test_database_has_no_network_and_comes_back():
    config = database_host_config(settings(), {"v": "/data"})
    assert config["network_mode"] == "none"
    assert config["binds"] == {"v": {"bind": "/data", "mode": "rw"}}
    assert config["restart_policy"] == {"Name": "always"}


def test_room_with_a_database_tells_its_address():
    told = RoomOptions.parse(OPTIONS).environment()
    assert told == {
        "VIVA_SESSION_TOKEN": "a secret token",
        "VIVA_CONSOLE_PATH": "/services/console",
        "VIVA_HAS_DATABASE": "1",
        "DATABASE_URL": "postgresql+psycopg://candidate@/shop?host=/pg,/pg&port=5433,5432",
    }


def test_room_without_a_database_tells_so():
    told = RoomOptions.parse({**OPTIONS, "fixture": None}).environment()
    assert told["VIVA_HAS_DATABASE"] == "0"
    assert "DATABASE_URL" not in told


@pytest.mark.parametrize(
    "change",
    [
        {"fixture": "../etc"},
        {"fixture": "Shop"},
        {"fixture": "shop\n"},
        {"console_path": "https://evil.example"},
        {"console_path": "//evil.example"},
        {"session_token": ""},
        {"interview": "i 1"},
        {"image": "another"},
        {"session_token": None},
    ],
)
def test_malformed_options_are_refused_without_their_values(change):
    with pytest.raises(BadRoomError) as caught:
        check_user_options(None, {**OPTIONS, **change})
    (field,) = change
    assert field in caught.value.jupyterhub_message
    assert "a secret token" not in caught.value.jupyterhub_message


def test_limits_below_what_a_server_needs_are_refused():
    with pytest.raises(ValidationError, match="candidate_memory_mib"):
        settings(candidate_memory_mib=16)


@pytest.fixture
def prepared(tmp_path):
    folder = tmp_path / "shop"
    (folder / "pg_wal").mkdir(parents=True)
    (folder / "pg_wal" / "000000010000000000000001").write_text("log")
    for name in ("PG_VERSION", "pg_hba.conf", "postmaster.pid", "zone"):
        (folder / name).write_text(name)
    return folder


def packed(pack, *given) -> dict[str, tarfile.TarInfo]:
    archive = io.BytesIO()
    pack(*given[:1], archive, *given[1:])
    archive.seek(0)
    with tarfile.open(fileobj=archive) as tar:
        entries = {entry.name: entry for entry in tar}
    assert {(entry.uid, entry.gid) for entry in entries.values()} == {(70, 70)}
    return entries


def test_data_ends_with_the_file_that_says_so_and_leads_to_its_log(prepared):
    entries = packed(pack_data, prepared, "/wal/pg_wal")
    assert list(entries) == ["pg_wal", "pg_hba.conf", "zone", "PG_VERSION"]
    assert entries["pg_wal"].linkname == "/wal/pg_wal"
    assert set(packed(pack_log, prepared)) == {"pg_wal", "pg_wal/000000010000000000000001"}


def test_practice_has_its_log_with_its_data(prepared):
    entries = list(packed(pack_whole, prepared))
    assert "pg_wal/000000010000000000000001" in entries
    assert entries[-1] == "PG_VERSION"
    assert "postmaster.pid" not in entries


def test_archive_is_packed_once_for_all_readers_and_anew_for_new_data(prepared):
    times: list[Path] = []

    def pack(folder: Path, archive) -> None:
        times.append(folder)
        archive.write((folder / "PG_VERSION").read_bytes())

    with packs.packed(pack, prepared) as first, packs.packed(pack, prepared) as second:
        assert first.read(3) == second.read(3) == b"PG_"
    assert len(times) == 1
    prepared.rename(prepared.with_name("old"))
    prepared.mkdir()
    (prepared / "PG_VERSION").write_text("newer")
    with packs.packed(pack, prepared) as third:
        assert third.read() == b"newer"


@pytest.mark.parametrize("begun", [True, False])
def test_database_admits_nobody_before_the_interview_has_begun(prepared, begun):
    archive = io.BytesIO()
    pack_rules(prepared if begun else None, archive)
    archive.seek(0)
    with tarfile.open(fileobj=archive) as tar:
        rules = tar.extractfile("pg_hba.conf")
        assert rules
        assert rules.read() == (b"pg_hba.conf" if begun else b"local all all reject\n")
