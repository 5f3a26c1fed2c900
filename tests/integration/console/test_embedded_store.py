import os
import signal
import time
from pathlib import Path

import psycopg
import pytest
from viva_console.store.embedded import STORE_UID, EmbeddedStore, StoreFailedError

from tests.integration.console.conftest import FAST

pytestmark = pytest.mark.postgres


@pytest.fixture
def home(postgres: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short folder that shares the session's copy of the binaries."""
    home = postgres.parents[1] / f"h{time.monotonic_ns() % 10**9}"
    home.mkdir()
    home.chmod(0o755)
    (home / "postgres").symlink_to(postgres.parents[1] / "postgres")
    return home


def value(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def test_store_keeps_what_was_written_over_stops_and_crashes(home: Path) -> None:
    store = EmbeddedStore(home, FAST)
    url = store.start()
    assert value(url, "SELECT current_user") == "viva"
    assert value(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    assert value(url, "SHOW listen_addresses") == ""
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    store.stop()
    store.stop()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    store.start()
    pid = int((home / "store" / "data" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)
    again = EmbeddedStore(home, FAST)
    assert store._process is not None
    store._process.wait(10)
    deadline = time.monotonic() + 20
    while True:
        try:
            again.start()
            break
        except StoreFailedError:
            assert time.monotonic() < deadline
            time.sleep(0.2)
    assert value(url, "SELECT one FROM kept") == 1
    again.stop()


def test_running_store_is_used_and_ended_by_whoever_stops_it(home: Path) -> None:
    first, second = EmbeddedStore(home, FAST), EmbeddedStore(home, FAST)
    url = first.start()
    assert second.start() == url
    second.stop()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    first.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another uid")
def test_store_of_root_runs_as_a_uid_of_its_own_behind_a_closed_socket(home: Path) -> None:
    old = os.umask(0o077)
    store = EmbeddedStore(home, FAST)
    try:
        store.start()
        pid = int((home / "store" / "data" / "postmaster.pid").read_text().splitlines()[0])
        assert Path(f"/proc/{pid}").stat().st_uid == STORE_UID
        socket = home / "store" / "s"
        assert (socket.stat().st_uid, socket.stat().st_mode & 0o777) == (STORE_UID, 0o700)
        environment = Path(f"/proc/{pid}/environ").read_bytes()
        assert b"HOME=" not in environment
    finally:
        os.umask(old)
        store.stop()


def test_path_too_long_for_a_socket_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreFailedError, match="too long"):
        EmbeddedStore(tmp_path / ("x" * 100)).start()
