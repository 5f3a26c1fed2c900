"""The server half on a real Jupyter server: who is told the token, and who is not."""

import json
import urllib.error
import urllib.request

import pytest

pytestmark = pytest.mark.timeout(120)


def test_session_is_told_to_the_owner_and_never_stored(room):
    status, body, headers = room.get("viva/session")
    assert status == 200
    assert json.loads(body) == {"console_path": room.console.url, "token": "token-of-this-room"}
    assert headers["Cache-Control"] == "no-store"


def test_session_is_not_told_to_a_stranger(room):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{room.url}/viva/session", timeout=10)
    with refused.value as answer:
        assert answer.code == 403
        assert b"token-of-this-room" not in answer.read()
