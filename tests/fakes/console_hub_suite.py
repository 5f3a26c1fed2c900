"""Decides what every hub gateway must do: the suite that the fake and the adapter both pass."""

from datetime import UTC, datetime
from typing import Protocol

import pytest
from viva_console.domain.errors import UnavailableError
from viva_console.domain.room import Server
from viva_console.hub.port import Database, FileMissingError, FileTooLargeError, HubGateway

from tests.fakes.hub_server import options

SAVED = datetime(2026, 11, 20, 9, 30, 0, 125000, UTC)


class HubBench(Protocol):
    """A gateway, and a hand behind it."""

    gateway: HubGateway

    def set_server(self, user: str, server: Server) -> None:
        """Make the hub say so."""
        ...

    def take_console_away(self) -> None:
        """End the console, or the proxy in front of it."""
        ...

    def set_saved_at(self, moment: datetime) -> None:
        """Make rooms say that their files were saved then."""
        ...

    def shown_database(self, user: str) -> str | None:
        """Say which database the candidate may enter."""
        ...

    def starts(self) -> int:
        """Count servers that were really started."""
        ...


class HubSuite:
    """Subclass it with a fixture ``bench``."""

    def test_unknown_user_has_no_server(self, bench: HubBench) -> None:
        assert bench.gateway.server("c-nobody") is Server.ABSENT

    def test_started_server_is_ready_and_started_once(self, bench: HubBench) -> None:
        for _ in range(3):
            bench.gateway.start_server("c-one", options())
        assert bench.gateway.server("c-one") is Server.READY
        assert bench.starts() == 1

    def test_running_servers_are_named_with_their_beginning(self, bench: HubBench) -> None:
        assert bench.gateway.running() == {}
        bench.gateway.start_server("c-one", options())
        bench.gateway.start_server("c-two", options())
        bench.gateway.stop_server("c-two")
        assert list(bench.gateway.running()) == ["c-one"]
        assert bench.gateway.running()["c-one"].tzinfo is not None

    def test_console_answers_or_does_not(self, bench: HubBench) -> None:
        assert bench.gateway.console_answers()
        bench.take_console_away()
        assert not bench.gateway.console_answers()

    def test_file_says_when_it_was_saved(self, bench: HubBench) -> None:
        bench.gateway.start_server("c-one", options())
        bench.gateway.place_file("c-one", "1_a.ipynb", b"{}")
        bench.set_saved_at(SAVED)
        assert bench.gateway.read_file("c-one", "1_a.ipynb", 10).saved_at == SAVED

    @pytest.mark.parametrize("server", list(Server))
    def test_hubs_word_is_understood(self, bench: HubBench, server: Server) -> None:
        bench.gateway.start_server("c-one", options())
        bench.set_server("c-one", server)
        assert bench.gateway.server("c-one") is server

    def test_notebook_is_placed_once_and_read_back_unaltered(self, bench: HubBench) -> None:
        bench.gateway.start_server("c-one", options())
        notebook = '{"cells": [], "ä": "é\\n"}\n'.encode() * 50
        assert not bench.gateway.has_file("c-one", "1_a.ipynb")
        assert bench.gateway.place_file("c-one", "1_a.ipynb", notebook)
        assert bench.gateway.has_file("c-one", "1_a.ipynb")
        assert not bench.gateway.place_file("c-one", "1_a.ipynb", b"{}")
        assert bench.gateway.read_file("c-one", "1_a.ipynb", 10_000).content == notebook

    def test_database_is_shown_in_a_room_that_runs_and_in_no_other(self, bench: HubBench) -> None:
        bench.gateway.start_server("c-one", options())
        for which in (*Database, Database.INTERVIEW):
            bench.gateway.show_database("c-one", which)
            assert bench.shown_database("c-one") == which
        for server in (Server.STARTING, Server.ABSENT):
            bench.set_server("c-one", server)
            with pytest.raises(UnavailableError):
                bench.gateway.show_database("c-one", Database.INTERVIEW)

    def test_missing_file_is_told_from_a_missing_room(self, bench: HubBench) -> None:
        bench.gateway.start_server("c-one", options())
        with pytest.raises(FileMissingError):
            bench.gateway.read_file("c-one", "9_none.ipynb", 100)
        bench.set_server("c-one", Server.ABSENT)
        with pytest.raises(UnavailableError):
            bench.gateway.read_file("c-one", "9_none.ipynb", 100)
        with pytest.raises(UnavailableError):
            bench.gateway.place_file("c-one", "1_a.ipynb", b"{}")
        with pytest.raises(UnavailableError):
            bench.gateway.has_file("c-one", "1_a.ipynb")

    @pytest.mark.parametrize("size", [1, 56, 57, 58, 1000, 100_000])
    def test_file_may_be_as_large_as_said_and_no_larger(self, bench: HubBench, size: int) -> None:
        bench.gateway.start_server("c-one", options())
        bench.gateway.place_file("c-one", "1_a.ipynb", b"x" * size)
        assert len(bench.gateway.read_file("c-one", "1_a.ipynb", size).content) == size
        with pytest.raises(FileTooLargeError):
            bench.gateway.read_file("c-one", "1_a.ipynb", size - 1)

    def test_stopped_and_deleted_user_is_gone_and_again_is_no_error(self, bench: HubBench) -> None:
        bench.gateway.start_server("c-one", options())
        for _ in range(2):
            bench.gateway.stop_server("c-one")
        assert bench.gateway.server("c-one") is Server.ABSENT
        for _ in range(2):
            bench.gateway.delete_user("c-one")
