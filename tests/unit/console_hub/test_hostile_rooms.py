"""Decides what a candidate gets out of the console by answering it as they like."""

import gzip
import tracemalloc
from collections.abc import Iterator

import pytest
from pydantic import SecretStr
from viva_console.domain.errors import UnavailableError
from viva_console.hub.http import HttpHub
from viva_console.hub.passes import PASS_S, RENEW_S, Passes
from viva_console.hub.port import FileTooLargeError

from tests.fakes.hub_server import TOKEN, HubServer, options, pass_of

MIB = 2**20


@pytest.fixture
def hub() -> Iterator[HubServer]:
    server = HubServer()
    yield server
    server.close()


@pytest.fixture
def gateway(hub: HubServer) -> Iterator[HttpHub]:
    made = HttpHub(f"{hub.url}/hub/api", hub.url, SecretStr(TOKEN))
    made.start_server("c-one", options())
    made.start_server("c-two", options())
    yield made
    made.close()


def test_rooms_are_shown_a_pass_and_never_the_consoles_token(
    hub: HubServer, gateway: HttpHub
) -> None:
    for user in ("c-one", "c-two"):
        gateway.place_file(user, "1_a.ipynb", b"{}")
        gateway.read_file(user, "1_a.ipynb", 100)
    assert len(hub.seen_by_rooms) == 6
    assert not [seen for seen in hub.seen_by_rooms if TOKEN in "".join(seen.values())]
    shown = {seen["authorization"] for seen in hub.seen_by_rooms}
    assert shown == {f"token {pass_of('c-one')}", f"token {pass_of('c-two')}"}


def test_pass_is_for_one_server_and_some_minutes_and_fetched_once(
    hub: HubServer, gateway: HttpHub
) -> None:
    for path in ("1_a.ipynb", "2_b.ipynb"):
        gateway.place_file("c-one", path, b"{}")
    (fetched,) = hub.passes
    assert fetched[0] == "c-one"
    assert fetched[1]["scopes"] == ["access:servers!server=c-one/"]
    assert fetched[1]["expires_in"] == PASS_S <= 300


@pytest.mark.parametrize("status", [401, 403])
def test_refused_pass_is_fetched_anew(hub: HubServer, gateway: HttpHub, status: int) -> None:
    hub.room_answers = (status, {}, b"{}")
    with pytest.raises(UnavailableError):
        gateway.read_file("c-one", "1_a.ipynb", 100)
    hub.room_answers = None
    assert gateway.place_file("c-one", "1_a.ipynb", b"{}")
    assert len(hub.passes) == 2


def test_passes_are_renewed_long_before_they_end() -> None:
    now_s, fetched = 0.0, list[str]()

    def fetch(user: str) -> SecretStr:
        fetched.append(user)
        return SecretStr(f"{user}-{len(fetched)}")

    passes = Passes(fetch, lambda: now_s)
    assert {passes.of("c-one").get_secret_value() for _ in range(3)} == {"c-one-1"}
    now_s = RENEW_S - 1
    passes.of("c-one")
    now_s = RENEW_S
    assert passes.of("c-one").get_secret_value() == "c-one-2"
    assert fetched == ["c-one", "c-one"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_lead_nowhere(hub: HubServer, gateway: HttpHub, status: int) -> None:
    hub.room_answers = (status, {"location": f"{hub.url}/hub/api/users/c-two"}, b"")
    for ask in (
        lambda: gateway.read_file("c-one", "1_a.ipynb", 100),
        lambda: gateway.place_file("c-one", "1_a.ipynb", b"{}"),
    ):
        with pytest.raises(UnavailableError):
            ask()
    assert len(hub.seen_by_rooms) == 2


def test_cookies_of_a_room_reach_neither_hub_nor_rooms(hub: HubServer, gateway: HttpHub) -> None:
    hub.room_answers = (200, {"set-cookie": "jupyterhub-hub-login=planted; Path=/"}, b"{}")
    with pytest.raises(UnavailableError):
        gateway.read_file("c-one", "1_a.ipynb", 100)
    hub.room_answers = None
    gateway.place_file("c-one", "1_a.ipynb", b"{}")
    gateway.place_file("c-two", "1_a.ipynb", b"{}")
    assert not [seen for seen in hub.seen_by_rooms if "cookie" in seen]


def test_packed_answer_is_not_unpacked(hub: HubServer, gateway: HttpHub) -> None:
    packed = gzip.compress(b" " * (64 * MIB), 1, mtime=0)
    hub.room_answers = (200, {"content-encoding": "gzip"}, packed)
    tracemalloc.start()
    with pytest.raises(UnavailableError):
        gateway.read_file("c-one", "1_a.ipynb", MIB)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 * MIB
    assert hub.seen_by_rooms[-1]["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"content":' * 50_000,
        b'{"content": [' + b"[]," * 300_000 + b"[]]}",
        b'{"content": null}',
        b'{"content": 7}',
        b'{"content": {"a": "b"}}',
        b'{"content": "A"}',
        b'{"content": "\\u00e4"}',
        b'{"a": ' + b"9" * 10_000 + b"}",
        b"[]",
        b'"content"',
        b"null",
        b"\xff\xfe",
        b"",
    ],
)
def test_answer_that_is_no_file_is_one_kind_of_error(
    hub: HubServer, gateway: HttpHub, body: bytes
) -> None:
    hub.room_answers = (200, {}, body)
    with pytest.raises(UnavailableError):
        gateway.read_file("c-one", "1_a.ipynb", MIB)


def test_endless_answer_is_a_file_too_large(hub: HubServer, gateway: HttpHub) -> None:
    hub.room_answers = (200, {}, b'{"content": "' + b"A" * 4 * MIB + b'"}')
    with pytest.raises(FileTooLargeError):
        gateway.read_file("c-one", "1_a.ipynb", MIB)


def test_file_that_the_room_itself_finds_too_large_is_said_to_be(
    hub: HubServer, gateway: HttpHub
) -> None:
    hub.room_answers = (413, {}, b'{"message": "This file has 70 MiB."}')
    with pytest.raises(FileTooLargeError):
        gateway.read_file("c-one", "1_a.ipynb", MIB)
