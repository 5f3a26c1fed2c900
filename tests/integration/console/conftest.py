"""Decides which PostgreSQL the console's tests meet: one instance a run, a database a test."""

import itertools
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
from viva_console.queue.jobs import create_queue
from viva_console.store.embedded import EmbeddedStore
from viva_console.store.migrate import migrate

FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Path]:
    """The folder of a running server's socket; short, and open to the uid it runs as."""
    with tempfile.TemporaryDirectory(prefix="viva-") as name:
        home = Path(name)
        home.chmod(0o755)
        server = EmbeddedStore(home, FAST)
        try:
            server.start()
            with _admin(home / "store" / "s") as connection:
                connection.execute("CREATE DATABASE prepared OWNER viva")
            url = f"postgresql://viva@/prepared?host={home / 'store' / 's'}"
            migrate(url)
            create_queue(url)
            yield home / "store" / "s"
        finally:
            server.stop()


@pytest.fixture
def fresh_url(postgres: Path) -> Iterator[Callable[[], str]]:
    """Makes fresh, migrated databases, each as its owner's role."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(_database(postgres, "TEMPLATE prepared"))


@pytest.fixture
def store_url(fresh_url: Callable[[], str]) -> str:
    """A fresh, migrated database, as its owner's role."""
    return fresh_url()


@pytest.fixture
def empty_url(postgres: Path) -> Iterator[str]:
    """A fresh database without any table."""
    with _database(postgres, "") as url:
        yield url


@contextmanager
def _database(socket: Path, template: str) -> Iterator[str]:
    name = f"t{next(_numbers)}"
    with _admin(socket) as connection:
        connection.execute(f"CREATE DATABASE {name} {template} OWNER viva")
    yield f"postgresql://viva@/{name}?host={socket}"
    with _admin(socket) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _admin(socket: Path) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(host=str(socket), user="postgres", dbname="postgres", autocommit=True)
