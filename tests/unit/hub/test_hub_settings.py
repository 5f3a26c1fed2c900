"""Decides that the hub's settings refuse what would leave it open or shut to everybody."""

import pytest
from pydantic import ValidationError
from viva_hub.settings import HubSettings

KEYS = {"console_token": "c" * 16, "ticket_key": "t" * 16, "staff_key": "s" * 16}


def settings(tmp_path, **changes) -> HubSettings:
    return HubSettings(home=tmp_path, **{**KEYS, **changes})


def test_settings_are_read_from_viva_variables(monkeypatch, tmp_path):
    for name, value in {"HOME": str(tmp_path), "PORT": "8123", "SPAWNER": "docker"}.items():
        monkeypatch.setenv(f"VIVA_{name}", value)
    for name, value in KEYS.items():
        monkeypatch.setenv(f"VIVA_{name.upper()}", value)
    made = HubSettings()
    assert (made.home, made.port, made.spawner) == (tmp_path, 8123, "docker")


@pytest.mark.parametrize("name", ["console_token", "ticket_key", "staff_key"])
def test_short_key_is_refused(tmp_path, name):
    with pytest.raises(ValidationError, match=name):
        settings(tmp_path, **{name: "short"})


def test_hub_that_no_staff_could_enter_is_refused(tmp_path):
    with pytest.raises(ValidationError, match="VIVA_STAFF_AUTHENTICATOR"):
        settings(tmp_path, staff_key=None)
    assert settings(tmp_path, staff_key=None, staff_authenticator="some.Class")


@pytest.mark.parametrize(
    ("spawner", "keep", "outlive"),
    [
        ("docker", None, True),
        ("embedded", None, False),
        ("docker", False, False),
        ("embedded", True, True),
    ],
)
def test_servers_outlive_the_hub_where_set_or_in_containers(tmp_path, spawner, keep, outlive):
    assert settings(tmp_path, spawner=spawner, keep_servers=keep).servers_outlive_hub is outlive


def test_keys_are_not_shown(tmp_path):
    assert "cccc" not in repr(settings(tmp_path))
