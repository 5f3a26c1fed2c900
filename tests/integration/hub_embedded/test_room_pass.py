"""Decides what a pass and a join link are worth at the real hub: one room, and nothing else."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import httpx
import pytest
from pydantic import SecretStr
from viva_console.domain.errors import UnavailableError
from viva_console.hub.http import HttpHub

pytestmark = [pytest.mark.sandbox, pytest.mark.postgres, pytest.mark.timeout(180)]


class Thief(BaseHTTPRequestHandler):
    """A candidate's server in the candidate's hands: it keeps what it is shown."""

    seen: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.seen.append(self.headers["Authorization"])
        self.send_response(500)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def console_token(hub) -> str:
    return hub.client.headers["authorization"].removeprefix("token ")


def stolen_pass(hub, room) -> dict[str, str]:
    """What a hostile server reads in the console's requests, the hub being the real one."""
    Thief.seen.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Thief)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    gateway = HttpHub(
        f"http://127.0.0.1:{hub.port}/hub/api",
        f"http://127.0.0.1:{server.server_address[1]}",
        SecretStr(console_token(hub)),
    )
    for ask in (
        lambda: gateway.read_file(room.name, "1_a.ipynb", 100),
        lambda: gateway.place_file(room.name, "1_a.ipynb", b"{}"),
    ):
        with pytest.raises(UnavailableError):
            ask()
    gateway.close()
    server.shutdown()
    server.server_close()
    (shown,) = set(Thief.seen)
    assert console_token(hub) not in shown
    return {"Authorization": shown}


def test_console_places_and_collects_by_a_pass(hub, room):
    site = f"http://127.0.0.1:{hub.port}"
    gateway = HttpHub(f"{site}/hub/api", site, SecretStr(console_token(hub)))
    assert gateway.place_file(room.name, "by_pass.ipynb", b'{"cells": []}\n')
    assert gateway.read_file(room.name, "by_pass.ipynb", 1000).content == b'{"cells": []}\n'
    gateway.close()


def test_consoles_own_token_opens_no_server(hub, room):
    answer = hub.client.get(f"{room.path}/api/contents")
    assert answer.status_code in {401, 403}


def test_join_link_lets_one_browser_into_one_room(hub, room):
    site, status = f"http://127.0.0.1:{hub.port}", f"{room.path}/api/status"
    with httpx.Client(base_url=site, follow_redirects=True) as browser:
        query = {"key": hub.ticket(room), "next": f"{room.path}/lab"}
        assert browser.get("/hub/join", params=query).url.path == f"{room.path}/lab"
        own = [each for each in browser.cookies.jar if each.name.startswith("jupyterhub-user-")]
        assert {each.path for each in own} == {f"{room.path}/"}
        assert browser.get(status).status_code == 200
        # As if only the hub knew them: it is the proxy that shuts the door.
        for cookie in [each for each in browser.cookies.jar if each.name == "viva-room"]:
            browser.cookies.jar.clear(cookie.domain, cookie.path, cookie.name)
        answer = browser.get(status)
    assert answer.status_code == 403
    assert "This door is shut" in answer.text


AHEAD = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "empty"}


def test_browser_that_reads_an_invite_is_logged_in_and_meets_a_shut_door(hub, room):
    lab, enter = f"{room.path}/lab", f"{room.path}/viva/enter"
    with httpx.Client(base_url=f"http://127.0.0.1:{hub.port}") as browser:

        def ways(path: str, **rest: Any) -> list[str]:
            answer = browser.get(path, follow_redirects=True, **rest)
            passed = [each.url.path for each in answer.history]
            return [*passed, f"{answer.url.path} {answer.status_code}"]

        query = {"key": hub.ticket(room, opens=False), "next": enter}
        around = ["/hub/join", enter, "/hub/api/oauth2/authorize", f"{room.path}/oauth_callback"]
        assert ways("/hub/join", params=query, headers=AHEAD) == [*around, f"{enter} 204"]
        for path in (lab, enter, f"{room.path}/api/status"):
            assert ways(path) == [f"{path} 403"]
        # Start: nobody has to be sent around any more.
        query = {"key": hub.ticket(room), "next": lab}
        assert ways("/hub/join", params=query) == ["/hub/join", f"{lab} 200"]


def test_reading_an_invite_leaves_everybody_who_they_are(hub, room):
    other = hub.room()
    with httpx.Client(base_url=f"http://127.0.0.1:{hub.port}") as browser:
        browser.get("/hub/join", params={"key": hub.ticket(room)})
        before = dict(browser.cookies)
        query = {"key": hub.ticket(other, opens=False), "next": f"{other.path}/viva/enter"}
        answer = browser.get("/hub/join", params=query, headers=AHEAD)
        assert (answer.status_code, "location" in answer.headers) == (204, False)
        assert dict(browser.cookies) == before


def test_pass_reaches_its_server_and_nothing_else(hub, room):
    other = hub.room()
    shown = stolen_pass(hub, room)
    with httpx.Client(base_url=f"http://127.0.0.1:{hub.port}", headers=shown) as thief:
        assert thief.get(f"{room.path}/api/contents").status_code == 200
        me = thief.get("/hub/api/user").json()
        assert me["name"] == room.name
        # Whose token it is, the hub lets every token say.
        assert set(me["scopes"]) == {
            f"access:servers!server={room.name}/",
            f"read:users:name!user={room.name}",
            f"read:users:groups!user={room.name}",
        }
        attempts = [
            ("GET", "/hub/api/users"),
            ("GET", f"/hub/api/users/{other.name}"),
            ("POST", "/hub/api/users/c-aaaaaaaaaaaa"),
            ("PATCH", f"/hub/api/users/{room.name}"),
            ("DELETE", f"/hub/api/users/{room.name}"),
            ("POST", f"/hub/api/users/{room.name}/tokens"),
            ("GET", f"/hub/api/users/{room.name}/tokens"),
            ("POST", f"/hub/api/users/{other.name}/tokens"),
            ("DELETE", f"/hub/api/users/{room.name}/server"),
            ("POST", f"/hub/api/users/{other.name}/server"),
            ("PUT", f"/hub/api/users/{room.name}/database"),
            ("GET", "/hub/api/services"),
            ("GET", "/hub/api/groups"),
            ("GET", "/hub/api/proxy"),
            ("GET", "/hub/api/info"),
            ("POST", "/hub/api/shutdown"),
            ("GET", "/hub/metrics"),
        ]
        for method, path in attempts:
            assert thief.request(method, path).status_code in {403, 404}, (method, path)
    hub.remove(other)
