"""Decides who may read and write what the launcher makes, whatever the umask it was given."""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pydantic import ValidationError
from viva_console.launch import up
from viva_console.launch.installation import Installation, Ports
from viva_console.launch.processes import Part
from viva_console.settings import ConsoleSettings
from viva_hub.settings import HubSettings

# What the launcher decides itself. To listen elsewhere than here is a matter of deployment.
OUR_OWN = {
    *("home", "bind", "port", "hub_port", "proxy_api_port", "console_port"),
    *("console_token", "ticket_key", "staff_key"),
}


@pytest.fixture(params=[0o000, 0o022, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_logs_are_for_their_owner_only(tmp_path: Path, umask: int) -> None:
    (tmp_path / "logs").mkdir()  # as somebody with another umask left it
    part = Part("echo", [sys.executable, "-c", ""], {}, tmp_path / "logs" / "echo.log")
    part.start()
    assert part.process is not None
    part.process.wait(20)
    assert (mode(part.log.parent), mode(part.log)) == (0o700, 0o600)


def test_parts_make_nothing_that_others_may_write(tmp_path: Path, umask: int) -> None:
    with up._only_we_write():
        (tmp_path / "port").write_text("8000")
        (tmp_path / "folder").mkdir()
    assert not mode(tmp_path / "port") & 0o022
    assert not mode(tmp_path / "folder") & 0o022
    assert os.umask(umask) == umask


def test_console_listens_on_loopback_though_the_proxy_is_public(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIVA_BIND", "0.0.0.0")  # noqa: S104 - the proxy's, not the console's
    assert ConsoleSettings(home=tmp_path).console_bind == "127.0.0.1"


def test_staff_have_a_host_name_that_candidates_servers_have_not(tmp_path: Path) -> None:
    place = Installation(tmp_path, tmp_path, Ports(8000, 2, 3, 4), "k" * 32)
    told = place.console_environment("postgresql://")
    names = [urlsplit(told[name]).hostname for name in ("VIVA_PUBLIC_URL", "VIVA_STAFF_URL")]
    assert len({*names}) == 2
    assert urlsplit(place.staff_link).hostname == names[1]
    with pytest.raises(ValidationError, match="another host name"):
        ConsoleSettings(
            home=tmp_path, public_url="https://viva.test", staff_url="https://viva.test:8443"
        )


def test_hub_learns_neither_the_store_nor_the_models_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIVA_STORE_URL", "postgresql://secret")
    monkeypatch.setenv("VIVA_MODEL_API_KEY", "secret")
    place = Installation(tmp_path, tmp_path, Ports(1, 2, 3, 4), "k" * 32)
    assert "secret" not in "".join(place.hub_environment().values())


@pytest.mark.parametrize("name", sorted(set(HubSettings.model_fields) - OUR_OWN))
def test_hub_learns_what_an_operator_may_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(f"VIVA_{name}".upper(), "set by hand")
    place = Installation(tmp_path, tmp_path, Ports(1, 2, 3, 4), "k" * 32)
    assert place.hub_environment().get(f"VIVA_{name}".upper()) == "set by hand"
