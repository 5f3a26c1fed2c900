import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest
from pydantic import SecretStr
from viva_console.domain.errors import UnavailableError
from viva_console.domain.room import Server
from viva_console.hub.http import HttpHub

from tests.fakes.console_hub_suite import HubSuite
from tests.fakes.console_parts import FakeHub
from tests.fakes.hub_server import TOKEN, HubServer, options


@dataclass
class FakeBench:
    gateway: FakeHub

    def set_server(self, user: str, server: Server) -> None:
        self.gateway.rooms[user].server = server

    def take_console_away(self) -> None:
        self.gateway.console_away = True

    def set_saved_at(self, moment: datetime) -> None:
        self.gateway.saved_at = moment

    def shown_database(self, user: str) -> str | None:
        return self.gateway.rooms[user].database

    def starts(self) -> int:
        return self.gateway.starts


@dataclass
class HttpBench:
    gateway: HttpHub
    hub: HubServer

    def set_server(self, user: str, server: Server) -> None:
        self.hub.users[user] = server

    def take_console_away(self) -> None:
        self.hub.console_status = 503

    def set_saved_at(self, moment: datetime) -> None:
        self.hub.last_modified = moment.isoformat().replace("+00:00", "Z")

    def shown_database(self, user: str) -> str | None:
        return self.hub.databases.get(user)

    def starts(self) -> int:
        return self.hub.starts


@pytest.fixture
def http() -> Iterator[HttpBench]:
    hub = HubServer()
    gateway = HttpHub(f"{hub.url}/hub/api", hub.url, SecretStr(TOKEN), "/services/console")
    yield HttpBench(gateway, hub)
    gateway.close()
    hub.close()


class TestFakeHub(HubSuite):
    @pytest.fixture
    def bench(self) -> FakeBench:
        return FakeBench(FakeHub())


class TestHttpHub(HubSuite):
    @pytest.fixture
    def bench(self, http: HttpBench) -> HttpBench:
        return http


def test_spawner_gets_its_options(http: HttpBench) -> None:
    http.gateway.start_server("c-one", options("the-interview"))
    assert http.hub.options["c-one"] == {
        "interview": "the-interview",
        "fixture": "shop",
        "session_token": "session",
        "console_path": "/services/console",
        "begun": False,
    }


def test_slow_start_is_not_waited_for(http: HttpBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viva_console.hub.http._START_WAIT", 0.1)
    http.hub.slow_start_s = 1.0
    http.gateway.start_server("c-one", options())
    assert http.hub.starts == 1


@pytest.mark.parametrize(
    "answer", [(500, b"{}"), (200, b"no json"), (302, b""), (200, b"[" * 2_000_000)]
)
def test_unexpected_answer_is_one_kind_of_error(http: HttpBench, answer: tuple[int, bytes]) -> None:
    http.hub.answer_instead = answer
    for ask in (
        lambda: http.gateway.server("c-one"),
        lambda: http.gateway.start_server("c-one", options()),
        lambda: http.gateway.place_file("c-one", "1_a.ipynb", b"{}"),
        lambda: http.gateway.delete_user("c-one"),
    ):
        with pytest.raises(UnavailableError) as caught:
            ask()
        assert caught.value.code == "console.unavailable"


def test_dripping_answer_is_cut_off(http: HttpBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viva_console.hub.bounded.WHOLE_ANSWER_S", 0.1)
    http.hub.drip_s = 0.03
    began_s = time.monotonic()
    with pytest.raises(UnavailableError, match="in time"):
        http.gateway.start_server("c-one", options())
    assert time.monotonic() - began_s < 5
    http.hub.drip_s = 0.0


def test_wrong_token_and_dead_hub_are_unavailable(http: HttpBench) -> None:
    stranger = HttpHub(f"{http.hub.url}/hub/api", http.hub.url, SecretStr("guess"))
    with pytest.raises(UnavailableError):
        stranger.server("c-one")
    stranger.close()
    nobody = HttpHub("http://127.0.0.1:9/hub/api", "http://127.0.0.1:9", SecretStr(TOKEN))
    with pytest.raises(UnavailableError):
        nobody.server("c-one")
    assert not nobody.console_answers()
    nobody.close()


def test_console_is_asked_as_anybody_asks_without_the_hubs_token(http: HttpBench) -> None:
    http.hub.console_status = 429  # it says so itself: it is there
    assert http.gateway.console_answers()
    assert http.hub.console_asked == [None]


@pytest.mark.parametrize(
    "said", [None, 7, "", "soon", "2026-11-20T09:30:00", "0001-01-01T00:00:00+23:59", "x" * 5000]
)
def test_file_of_a_room_that_tells_no_moment_has_none(http: HttpBench, said: object) -> None:
    http.gateway.start_server("c-one", options())
    http.gateway.place_file("c-one", "1_a.ipynb", b"{}")
    http.hub.last_modified = said
    file = http.gateway.read_file("c-one", "1_a.ipynb", 10)
    assert (file.content, file.saved_at) == (b"{}", None)
