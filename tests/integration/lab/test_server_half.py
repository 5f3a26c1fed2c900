"""The server half on a real Jupyter server: who is told the token, and who is not."""

import httpx
import pytest

pytestmark = pytest.mark.timeout(120)


def test_session_is_told_to_the_owner_and_never_stored(room):
    answer = room.get("viva/session")
    assert answer.json() == {"console_path": room.console.url, "token": "token-of-this-room"}
    assert answer.headers["Cache-Control"] == "no-store"


def test_session_is_not_told_to_a_stranger(room):
    answer = httpx.get(f"{room.url}/viva/session", timeout=10)
    assert answer.status_code == 403
    assert "token-of-this-room" not in answer.text
