import os
import threading
from pathlib import Path

import pytest
from pydantic import ValidationError
from viva_console.domain.errors import NotAllowedError
from viva_console.settings import BadSettingsError, ConsoleSettings, secret_file
from viva_console.signing import INVITE, JOIN, SESSION, Signer

from tests.fakes.console_parts import SetClock


def test_secret_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "home" / "secrets"
    old = os.umask(0)
    try:
        key = secret_file(folder, "store.key")
    finally:
        os.umask(old)
    assert secret_file(folder, "store.key") == key
    assert len(key) == 32
    assert (folder / "store.key").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in folder.iterdir()] == ["store.key"]


def test_secret_made_by_many_at_once_is_one(tmp_path: Path) -> None:
    keys: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: keys.append(secret_file(tmp_path / "s", "key")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1


@pytest.mark.parametrize("text", ["", "abc", "zz" * 32, "ab" * 31])
def test_damaged_secret_is_said_and_not_replaced(tmp_path: Path, text: str) -> None:
    (tmp_path / "store.key").write_text(text)
    with pytest.raises(BadSettingsError, match=r"store\.key"):
        secret_file(tmp_path, "store.key")
    assert (tmp_path / "store.key").read_text() == text


def test_settings_follow_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {
        "VIVA_HOME": str(tmp_path),
        "VIVA_STORE_URL": "postgresql://viva@/viva?host=/s",
        "VIVA_PORT": "8123",
        "VIVA_PUBLIC_URL": "https://viva.test/",
        "JUPYTERHUB_API_TOKEN": "hub-secret",
        "JUPYTERHUB_API_URL": "http://127.0.0.1:8081/hub/api",
        "JUPYTERHUB_SERVICE_PREFIX": "/services/console/",
        "VIVA_TICKET_KEY": "ticket-secret",
    }.items():
        monkeypatch.setenv(name, value)
    settings = ConsoleSettings()
    assert settings.home == tmp_path
    assert settings.public_url == "https://viva.test"
    assert settings.proxy_url == "http://127.0.0.1:8123"
    assert settings.console_path == "/services/console"
    assert settings.hub_token.get_secret_value() == "hub-secret"
    assert "hub-secret" not in repr(settings)
    assert "ticket-secret" not in repr(settings)


def test_setting_out_of_range_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        ConsoleSettings(home=tmp_path, invite_days=0)


def test_signed_value_is_for_one_use_and_ages() -> None:
    clock = SetClock()
    signer = Signer(b"k" * 32, "ticket-key", clock)
    token = signer.sign(INVITE, {"a": 1})
    assert signer.read(INVITE, token) == {"a": 1}
    assert signer.signed_at(INVITE, token) == clock.now()
    clock.forward(seconds=60)
    assert signer.read(INVITE, token, max_age_s=60) == {"a": 1}
    clock.forward(seconds=1)
    with pytest.raises(NotAllowedError):
        signer.read(INVITE, token, max_age_s=60)
    for salt in (SESSION, JOIN):
        with pytest.raises(NotAllowedError):
            signer.read(salt, token)
    with pytest.raises(NotAllowedError):
        Signer(b"other" * 8, "ticket-key", clock).read(INVITE, token)
