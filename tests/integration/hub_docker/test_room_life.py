"""Decides, on a real engine, what becomes of a candidate's files, database and containers."""

import subprocess
import time

import pytest
import requests

pytestmark = pytest.mark.docker

QUERY = """
import psycopg
with psycopg.connect("host=/pg user=candidate dbname=shop", autocommit=True) as connection:
    print(connection.execute({sql!r}).{fetch})
"""
NOTHING = {"containers": [], "networks": [], "volumes": []}


def query(room, sql: str, fetch: str = "fetchone()[0]") -> str:
    return room.inside(QUERY.format(sql=sql, fetch=fetch))


def opened(room, **changes) -> None:
    answer = room.open(**changes)
    assert answer.status_code in {201, 202}, answer.text


def eventually(check, timeout_s: float = 30) -> bool:
    end = time.monotonic() + timeout_s
    while not check():
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


def test_database_of_each_candidate_is_their_own(rooms):
    first, second = rooms
    assert query(first, "select count(*) from orders") == "100"
    query(first, "delete from orders where id > 90", "rowcount")
    assert query(first, "select count(*) from orders") == "90"
    assert query(second, "select count(*) from orders") == "100"


def test_database_ends_by_force_and_comes_back_with_what_was_committed(rooms):
    _, room = rooms
    query(room, "create table kept as select 7 as seven", "rowcount")
    pid = str(room.inspect(room.names.database)["State"]["Pid"])
    subprocess.run(["kill", "-9", pid], check=True)
    assert eventually(lambda: query(room, "select seven from kept") == "7")


def test_restart_keeps_files_and_database(room):
    opened(room)
    notebook = {"type": "file", "format": "text", "content": "my answer"}
    path = f"/user/{room.user}/api/contents/answer.txt"
    assert room.hub.through_proxy("PUT", path, notebook).status_code == 201
    query(room, "create table mine as select 42 as answer", "rowcount")
    room.stop()
    names = room.names
    kept = [
        *(names.home_volume, names.notes_volume),
        *(names.data_volume, names.socket_volume, names.wal_volume),
    ]
    assert room.on_engine() == {"containers": [], "networks": [], "volumes": sorted(kept)}
    opened(room)
    assert room.hub.through_proxy("GET", path).json()["content"] == "my answer"
    assert query(room, "select answer from mine") == "42"


def test_deleting_the_candidate_leaves_nothing_on_the_engine(room):
    opened(room)
    assert room.on_engine()["containers"] == sorted([room.names.server, room.names.database])
    room.forget()
    assert room.on_engine() == NOTHING


def test_room_without_fixture_has_no_database(room):
    opened(room, fixture=None)
    assert room.on_engine()["containers"] == [room.names.server]
    assert (
        room.inside("import os; print(os.environ['VIVA_HAS_DATABASE'], os.listdir('/pg'))")
        == "0 []"
    )


def test_room_with_unprepared_fixture_says_why_and_leaves_nothing(room):
    answer = room.open(fixture="unprepared")
    assert answer.status_code == 500
    assert "no database is prepared for unprepared" in answer.json()["message"]
    assert room.on_engine() == NOTHING
    opened(room)


def test_malformed_request_for_a_room_is_refused(room):
    for changes in ({"fixture": "../../etc"}, {"console_path": "//evil"}, {"image": "other"}):
        answer = room.open(**changes)
        assert answer.status_code == 400, answer.text
    assert room.on_engine() == NOTHING


def test_server_survives_a_restart_of_the_hub(rooms, docker_hub):
    room, _ = rooms
    before = room.inspect(room.names.server)["Id"]
    docker_hub.restart()
    assert room.inspect(room.names.server)["Id"] == before
    assert room.is_ready()
    status = docker_hub.through_proxy("GET", f"/user/{room.user}/api/status")
    assert status.status_code == 200, status.text
    assert room.reaches(room.gateway(), docker_hub.settings.hub_port)
    # The server's own checks of who asks go through the gateway as well.
    with requests.Session() as browser:
        browser.get(f"{docker_hub.url}/hub/join", params={"key": docker_hub.ticket(room.user)})
        assert browser.get(f"{docker_hub.url}/user/{room.user}/api/status").status_code == 200


def test_candidate_uses_their_server_and_cannot_manage_it(rooms, docker_hub):
    first, second = rooms
    with requests.Session() as browser:
        key = docker_hub.ticket(first.user)
        landed = browser.get(
            f"{docker_hub.url}/hub/join", params={"key": key, "next": f"/user/{first.user}/lab"}
        )
        assert landed.status_code == 200
        assert landed.url.endswith(f"/user/{first.user}/lab")
        assert "frame-ancestors 'none'" in landed.headers["Content-Security-Policy"]
        api = f"{docker_hub.url}/hub/api/users/{first.user}"
        xsrf = {"X-XSRFToken": browser.cookies.get("_xsrf", path="/hub/") or ""}
        for method, address in (
            ("DELETE", f"{api}/server"),
            ("POST", f"{api}/tokens"),
            ("GET", f"{docker_hub.url}/hub/api/users"),
        ):
            assert browser.request(method, address, headers=xsrf).status_code in {403, 404}
        other = browser.get(f"{docker_hub.url}/user/{second.user}/api/contents")
        assert other.status_code in {403, 404}
    assert first.is_ready()
