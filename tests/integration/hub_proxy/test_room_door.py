"""Decides to whom the real proxy shows a room, and what a hostile room may tell a browser.

The control of each is the same proxy without the door: there the room is shown to anybody, and
all that it says arrives.
"""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from traitlets.config import Config
from viva_hub.apply import apply
from viva_hub.room_key import COOKIE, room_key
from viva_hub.settings import HubSettings

ROOT = Path(__file__).resolve().parents[3]
KEY = "a-ticket-key-for-tests"
HOST, GUEST = "c-aaaaaaaaaaaa", "c-bbbbbbbbbbbb"
KEYS = {name: f"{COOKIE}={room_key(KEY, name)}" for name in (HOST, GUEST)}
WHOLE_SITE = {
    "Service-Worker-Allowed": "/",
    "Clear-Site-Data": '"*"',
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "NEL": '{"report_to":"x","max_age":31536000}',
    "Report-To": '{"group":"x","max_age":31536000,"endpoints":[{"url":"https://192.0.2.1/"}]}',
    "Reporting-Endpoints": 'x="https://192.0.2.1/"',
    "Alt-Svc": 'h2="192.0.2.1:443"; ma=31536000',
}
OWN_COOKIES = [f"own=1; Path=/user/{HOST}/; HttpOnly", "plain=1", f"whole=1; path=/user/{HOST}"]
WIDE_COOKIES = [
    "viva-staff=tossed; Path=/",
    "viva-candidate=tossed; Path=/services/console/i/",
    "jupyterhub-hub-login=tossed; pAtH = /hub/",
    f"near=1; Path=/user/{HOST}x/",
    f"twice=1; Path=/user/{HOST}/; Path=/",
    f"domain=1; Path=/user/{HOST}/; Domain=example.org",
]


class HostileRoom(BaseHTTPRequestHandler):
    """Answers whoever asks with all that could bind a browser."""

    def do_GET(self) -> None:
        self.send_response(200)
        for name, value in WHOLE_SITE.items():
            self.send_header(name, value)
        for cookie in OWN_COOKIES + WIDE_COOKIES:
            self.send_header("Set-Cookie", cookie)
        self.send_header("X-Other", "kept")
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"room")

    def log_message(self, *args: object) -> None:
        """Keep quiet."""


def proxy_command(home: Path) -> list[str]:
    """The hub's own, with the runtime folder's proxy in it."""
    c = Config()
    settings = HubSettings(
        home=home, spawner="docker", console_token="c" * 16, ticket_key=KEY, staff_key="s" * 16
    )
    apply(c, settings)
    return list(c.ConfigurableHTTPProxy.command)


@contextmanager
def running(command: list[str], room: str) -> Iterator[httpx.Client]:
    """Run a proxy that leads both candidates' addresses to one server."""
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    ports = [each.getsockname()[1] for each in taken]
    for each in taken:
        each.close()
    words = ["--ip", "127.0.0.1", "--port", str(ports[0]), "--api-ip", "127.0.0.1"]
    environment = {"PATH": os.environ["PATH"], "VIVA_TICKET_KEY": KEY}
    process = subprocess.Popen(
        [*command, *words, "--api-port", str(ports[1])], env=environment, stdout=subprocess.DEVNULL
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{ports[0]}", trust_env=False) as client:
            end = time.monotonic() + 20
            for path in ("/", f"/user/{HOST}", f"/user/{GUEST}"):
                while True:
                    try:
                        url = f"http://127.0.0.1:{ports[1]}/api/routes{path}"
                        answer = client.post(url, content=json.dumps({"target": room}))
                        break
                    except httpx.ConnectError:
                        assert time.monotonic() < end
                        time.sleep(0.05)
                assert answer.status_code == 201
            yield client
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def command(tmp_path_factory) -> list[str]:
    """What the hub starts the proxy by."""
    setup = [sys.executable, ROOT / ".ci/setup.py", "--home"]
    runtime = subprocess.run(setup, capture_output=True, text=True, check=True).stdout.strip()
    home = tmp_path_factory.mktemp("home")
    (home / "node").symlink_to(Path(runtime) / "node")
    return proxy_command(home)


@pytest.fixture(scope="module")
def proxies(command) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """The proxy as the hub starts it, and the same without the door."""
    *_, node, option, door, script = command
    server = ThreadingHTTPServer(("127.0.0.1", 0), HostileRoom)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    room = f"http://127.0.0.1:{server.server_port}"
    with (
        running([node, option, door, script], room) as guarded,
        running([node, script], room) as plain,
    ):
        yield guarded, plain
    server.shutdown()
    server.server_close()


ADDRESSES = [
    f"/user/{HOST}/lab",
    f"/user/{HOST}",
    f"/%75ser/{HOST}/lab",
    f"/user/%63{HOST[1:]}/lab",
    f"/hub/../user/{HOST}/lab",
    f"//elsewhere/user/{HOST}/lab",
    f"/user/{HOST}/lab?token=t",
]


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize(
    "cookie",
    ["", KEYS[GUEST], f"{COOKIE}=", f"x{KEYS[HOST]}", f"{KEYS[HOST]}0", "jupyterhub-session-id=1"],
)
def test_browser_that_did_not_come_in_by_the_door_is_shown_nothing(proxies, path, cookie):
    guarded, plain = proxies
    headers = {"Cookie": cookie} if cookie else {}
    # As bytes: a client would tidy the address up before it asks.
    for client, status in ((guarded, 403), (plain, 200)):
        url = client.base_url.copy_with(raw_path=path.encode())
        answer = client.get(url, headers=headers)
        assert answer.status_code == status
        assert (answer.text == "room") is (status == 200)


@pytest.mark.parametrize("path", ADDRESSES)
def test_candidates_browser_and_whoever_carries_a_token_are_let_in(proxies, path):
    guarded, _ = proxies
    url = guarded.base_url.copy_with(raw_path=path.encode())
    tossed = f"{COOKIE}=tossed; {KEYS[HOST]}; {COOKIE}=tossed"
    for headers in ({"Cookie": tossed}, {"Authorization": "token pass"}):
        assert guarded.get(url, headers=headers).text == "room"
    assert guarded.get(url, headers={"Authorization": "Basic eDp4"}).status_code == 403


FETCH = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}


@pytest.mark.parametrize("path", ["static/lab/a.js?v=1", "lab/extensions/a/b.js", "viva/scripts"])
def test_script_that_is_fetched_ahead_arrives_as_no_page_and_sets_nothing(proxies, path):
    guarded, plain = (client.get(f"/user/{HOST}/{path}", headers=FETCH) for client in proxies)
    assert guarded.text == plain.text == "room"
    assert plain.headers["Content-Type"] == "text/html"
    assert guarded.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert guarded.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in guarded.headers
    assert not WHOLE_SITE.keys() & guarded.headers.keys()


@pytest.mark.parametrize("path", ["viva/enter", "oauth_callback?code=a&state=b"])
def test_browser_that_logs_in_ahead_is_shown_no_page(proxies, path):
    login = {**FETCH, "Sec-Fetch-Mode": "no-cors"}
    guarded, plain = (client.get(f"/user/{HOST}/{path}", headers=login) for client in proxies)
    assert guarded.text == plain.text == "room"
    assert guarded.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert guarded.headers["X-Content-Type-Options"] == "nosniff"
    assert guarded.headers.get_list("Set-Cookie") == OWN_COOKIES
    assert not WHOLE_SITE.keys() & guarded.headers.keys()


@pytest.mark.parametrize(
    ("path", "changed"),
    [
        ("viva/enter", {}),
        ("viva/enter", {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}),
        ("viva/enter", {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}),
        ("viva/enter", {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Site": "cross-site"}),
        ("viva/enter/more", {"Sec-Fetch-Mode": "no-cors"}),
        ("oauth_callback", {"Sec-Fetch-Mode": "no-cors"}),
        ("api/contents", {"Sec-Fetch-Mode": "no-cors"}),
        ("static/lab/a.js", {"Sec-Fetch-Mode": "no-cors"}),
        ("static/lab/a.js", {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}),
        ("static/lab/a.js", {"Sec-Fetch-Dest": "serviceworker"}),
        ("static/lab/a.js", {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}),
        ("static/lab/a.js", {"Sec-Fetch-Site": "same-site"}),
        ("static/lab/a.js", {"Sec-Fetch-Site": "cross-site"}),
        ("viva/scripts/more", {}),
        ("viva/session", {}),
        ("lab/tree/a.ipynb", {}),
    ],
)
def test_anything_else_before_somebody_came_in_is_refused(proxies, path, changed):
    guarded, plain = (
        client.get(f"/user/{HOST}/{path}", headers=FETCH | changed) for client in proxies
    )
    assert (guarded.status_code, plain.status_code) == (403, 200)


def test_nothing_is_sent_to_a_room_before_somebody_came_in(proxies):
    path = f"/user/{HOST}/static/lab/a.js"
    assert proxies[0].post(path, headers=FETCH).status_code == 403


def test_websocket_of_another_page_is_refused_before_the_room_hears_of_it(proxies):
    wanted = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
              "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}  # fmt: skip
    guarded, plain = proxies
    refused = guarded.get(f"/user/{HOST}/ws", headers={**wanted, "Cookie": KEYS[GUEST]})
    assert refused.status_code == 403
    heard = guarded.get(f"/user/{HOST}/ws", headers={**wanted, "Cookie": KEYS[HOST]})
    assert heard.text == plain.get(f"/user/{HOST}/ws", headers=wanted).text == "room"


def test_proxy_without_the_key_does_not_start(command):
    environment = {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        [*command, "--help"], env=environment, capture_output=True, text=True, timeout=20
    )
    assert done.returncode != 0
    assert "VIVA_TICKET_KEY is not set" in done.stderr
    with_key = {**environment, "VIVA_TICKET_KEY": KEY}
    control = subprocess.run([*command, "--help"], env=with_key, capture_output=True, timeout=20)
    assert control.returncode == 0


def test_hub_and_console_are_shown_to_anybody(proxies):
    for path in ("/hub/login", "/services/console/", "/users/x/", f"/services/user/{HOST}/"):
        assert proxies[0].get(path).text == "room"


def test_room_binds_no_browser_beyond_its_own_address(proxies):
    headers = {"Cookie": KEYS[HOST]}
    tame, wild = (client.get(f"/user/{HOST}/lab", headers=headers) for client in proxies)
    assert {name for name in WHOLE_SITE if name in wild.headers} == set(WHOLE_SITE)
    assert {name for name in WHOLE_SITE if name in tame.headers} == set()
    assert wild.headers.get_list("set-cookie") == OWN_COOKIES + WIDE_COOKIES
    assert tame.headers.get_list("set-cookie") == OWN_COOKIES
    assert tame.headers["x-other"] == "kept"
    hub = proxies[0].get("/hub/login")
    assert hub.headers.get_list("set-cookie") == OWN_COOKIES + WIDE_COOKIES, "the hub is trusted"
