"""The server half on a real Jupyter server: who is told the token, and who is not."""

import time

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


@pytest.mark.postgres
def test_schema_tells_tables_keys_counts_and_samples(shop_room):
    answer = shop_room.get("viva/schema")
    assert answer.headers["Cache-Control"] == "no-store"
    tables = {each["name"]: each for each in answer.json()["tables"]}
    assert list(tables) == ["customers", "deliveries", "item", "orders"]
    assert tables["orders"]["rows"] == 250
    assert tables["orders"]["columns"][1] == {
        "name": "customer_id",
        "type": "integer",
        "nullable": True,
        "primary": False,
        "references": "customers.customer_id",
    }
    assert tables["item"]["sample"]["rows"][1] == ["2", None]


def test_room_that_nobody_has_opened_has_no_schema_and_its_stores_are_open(room):
    assert room.get("viva/schema").status_code == 404
    assert httpx.get(f"{room.url}/viva/schema", timeout=10).status_code == 403
    told = room.get("viva/packages").json()
    assert {"numpy", "pandas"} <= {each["name"] for each in told["packages"]}
    home, end = room.folder.parent / "home", time.monotonic() + 20
    made = {".jupyter_ystore.db", ".local/share/jupyter/nbsignatures.db"}
    while missing := {each for each in made if not (home / each).exists()}:
        assert time.monotonic() < end, missing
        time.sleep(0.1)
    assert "looked at ahead" not in (room.folder.parent / "server.log").read_text()
