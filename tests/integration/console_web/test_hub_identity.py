"""JupyterHub's client, driven over HTTP against a scripted hub."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from viva_console.api.identity import HubIdentity
from viva_console.api.problems import NotStaffError
from viva_console.domain.errors import UnavailableError
from viva_console.settings import ConsoleSettings

STAFF = {"name": "reviewer", "scopes": ["access:services!service=console"], "groups": ["staff"]}
CANDIDATE = {
    "name": "c-aaaaaaaaaaaa",
    "scopes": ["access:servers!user=c-aaaaaaaaaaaa"],
    "groups": [],
}


class ScriptedHub(BaseHTTPRequestHandler):
    """Two tokens, one code, and what it was asked."""

    asked: list[tuple[str, str, str]]
    broken: bool

    def log_message(self, *words: object) -> None:
        return None

    def answer(self, status: int, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        auth = self.headers["Authorization"]
        type(self).asked.append(("GET", self.path, auth))
        users = {"token good": STAFF, "token theirs": CANDIDATE}
        if type(self).broken:
            self.answer(503, {"message": "down"})
        elif auth in users:
            self.answer(200, users[auth])
        else:
            self.answer(403, {"message": "no"})

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        type(self).asked.append(("POST", self.path, sent))
        if parse_qs(sent)["code"] == ["right"]:
            self.answer(200, {"access_token": "good"})
        else:
            self.answer(400, {"error": "invalid_grant"})


@pytest.fixture
def hub() -> Iterator[type[ScriptedHub]]:
    handler = type("Hub", (ScriptedHub,), {"asked": [], "broken": False})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    handler.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield handler
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def identity(hub, tmp_path: Path) -> HubIdentity:
    settings = ConsoleSettings(home=tmp_path, hub_token="service-token")  # noqa: S106 - scripted
    settings.hub_api_url = f"http://127.0.0.1:{hub.port}/hub/api"
    return HubIdentity(settings)


def test_login_begins_at_the_hub_with_a_challenge(identity):
    address, verifier = identity.begin("the-state")
    query = parse_qs(urlsplit(address).query)
    assert urlsplit(address).path == "/hub/api/oauth2/authorize"
    assert query["client_id"] == ["service-console"]
    assert query["redirect_uri"] == ["/services/console/oauth_callback"]
    assert query["state"] == ["the-state"]
    assert query["code_challenge_method"] == ["S256"]
    assert verifier not in address
    assert len(verifier) >= 43


async def test_code_becomes_a_token_by_the_services_secret_and_the_verifier(identity, hub):
    _, verifier = identity.begin("s")
    assert await identity.finish("right", verifier) == "good"
    sent = parse_qs(hub.asked[-1][2])
    assert sent["code_verifier"] == [verifier]
    assert sent["client_secret"] == ["service-token"]


async def test_code_that_the_hub_refuses_is_no_login(identity):
    with pytest.raises(NotStaffError):
        await identity.finish("wrong", "v")


async def test_token_of_staff_gives_a_name_and_is_asked_once_for_a_while(identity, hub):
    assert await identity.staff_name("good", "session-1") == "reviewer"
    assert await identity.staff_name("good", "session-1") == "reviewer"
    assert len(hub.asked) == 1
    await identity.staff_name("good", "session-2")
    assert len(hub.asked) == 2


async def test_token_of_a_candidate_is_not_staff(identity):
    with pytest.raises(NotStaffError):
        await identity.staff_name("theirs", "")


async def test_token_that_the_hub_does_not_know_is_nobody(identity):
    assert await identity.staff_name("made-up", "") is None


async def test_hub_in_trouble_is_unavailable_and_nobody_is_let_in(identity, hub):
    hub.broken = True
    with pytest.raises(UnavailableError):
        await identity.staff_name("good", "")
