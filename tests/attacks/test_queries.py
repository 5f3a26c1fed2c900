"""Every hostile query: it works for a superuser in psql, and earns nothing and harms nobody here."""

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from viva_grader.checks.query import check_query
from viva_grader.databases import cage
from viva_grader.databases.binaries import Postgres, install_postgres
from viva_grader.databases.cage import ServerUser, environment
from viva_grader.databases.pool import InstancePool
from viva_grader.databases.server import connect, run_server
from viva_grader.domain.fixture import Fixture, Variant
from viva_grader.domain.outcome import Outcome
from viva_grader.domain.question import Limits, Part, PartKind, QueryRule

from tests.attacks.corpus import QUERIES, Sql
from tests.attacks.left import Left
from tests.attacks.victim import World

pytestmark = [pytest.mark.postgres, pytest.mark.sandbox]
RIGHT = "%%sql\nselect name, weight from colours"
LIMITS = Limits(call_s=2.0)
PART = Part("q", PartKind.QUERY, 1, "Q", ("q",), QueryRule(solution="q"))
_PATIENCE_S = 2.5
_FILE = Path("/tmp/viva-left-sql")  # noqa: S108 - the attacks name it


def _fixture(world: World) -> Fixture:
    def variant(name: str) -> Variant:
        return Variant(name, 1, frozenset(), "-")

    return Fixture(
        slug="colours",
        title="Colours",
        schema_sql="create table colours (name varchar(80), weight integer);",
        sample=variant("sample"),
        hidden=(variant("first"), variant("second")),
        generate=lambda each: {
            "colours": [("red", 3), ("blue", None), (f"{world.canaries['hidden']}-{each.name}", 7)]
        },
        sha256=world.canaries["hidden"],
    )


@dataclass(slots=True)
class Asked:
    check: Callable[[str], Outcome]
    left: dict[str, list[str]]


@pytest.fixture(scope="module")
def asked(world: World) -> Iterator[Asked]:
    """Check queries in one pool; once it is closed, nothing may be left."""
    fixture, before = _fixture(world), Left.now(world.folder)
    with InstancePool(world.folder) as pool:

        def check(submitted: str) -> Outcome:
            return check_query(
                PART, submitted=f"%%sql\n{submitted}", reference=RIGHT, fixture=fixture,
                databases=pool, limits=LIMITS,
            )  # fmt: skip

        asked = Asked(check, {})
        yield asked
    assert Left.settled(world.folder, before) == {}
    runs = world.folder / "databases" / "run"
    assert not list(runs.iterdir())


@dataclass(frozen=True, slots=True)
class Scratch:
    """A server of stock settings, whose owner asks it by psql."""

    postgres: Postgres
    socket: Path

    def say(self, sql: str) -> str:
        with connect(self.socket, "postgres", "postgres") as connection:
            row = connection.execute(sql.encode()).fetchone()
        return str(row[0]) if row else ""

    def settle(self) -> None:
        _FILE.unlink(missing_ok=True)
        with connect(self.socket, "postgres", "postgres") as connection:
            for statement in (
                "drop table if exists colours, harm", "drop role if exists harm",
                "drop sequence if exists counter", "create sequence counter",
                "select lo_unlink(oid) from pg_largeobject_metadata", "alter system reset all",
                "create table colours (name text, weight integer)",
                "insert into colours values ('red', 3)",
            ):  # fmt: skip
                connection.execute(statement.encode())

    def ask(self, sql: str) -> str | None:
        """Give what psql prints; None if it does not come to an end."""
        command = [
            str(self.postgres.program("psql")), "-XqAt", "-h", str(self.socket), "-U", "postgres",
            "-d", "postgres", "-f", "-",
        ]  # fmt: skip
        try:
            done = subprocess.run(
                command, input=sql.encode(), capture_output=True, check=False,
                timeout=_PATIENCE_S, env=environment(self.postgres),
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return None
        return done.stdout.decode(errors="replace")


@pytest.fixture(scope="module")
def scratch(world: World) -> Iterator[Scratch]:
    postgres = install_postgres(world.folder / "postgres")
    user = ServerUser.default()
    data = world.folder / "scratch" / "data"
    data.mkdir(parents=True)
    data.parent.chmod(0o755)
    first = user.for_initdb()
    first.own(data)
    words = ["-D", str(data), "--username=postgres", "--auth=trust", "--no-sync"]
    subprocess.run(
        [*first.prefix(), str(postgres.program("initdb")), *words],
        check=True, capture_output=True, env=environment(postgres), cwd="/",
    )  # fmt: skip
    with (data / "postgresql.conf").open("a") as settings:
        settings.write("listen_addresses = ''\nfsync = off\n")
    user.own(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cage, "MEMORY_BYTES", 8 << 30)
        with run_server(postgres, data, user) as socket:
            yield Scratch(postgres, socket)
    _FILE.unlink(missing_ok=True)


def _gained(scratch: Scratch, query: Sql) -> bool:
    bystander = connect(scratch.socket, "postgres", "postgres")
    bystander.execute("set application_name = 'bystander'")
    try:
        said = scratch.ask(query.query)
        if query.harm:
            return scratch.say(query.harm) in {"True", "t"}
        # without an end, with an answer, or with a setting of its own: each is more than reading
        return said is None or bool(said.strip()) or query.query.startswith("set ")
    finally:
        bystander.close()


@pytest.mark.parametrize("name", QUERIES)
def test_query_works_for_a_superuser_in_psql(scratch: Scratch, name: str) -> None:
    scratch.settle()
    assert _gained(scratch, QUERIES[name])


@pytest.mark.parametrize("name", QUERIES)
def test_query_earns_nothing_and_the_next_one_its_points(
    asked: Asked, world: World, name: str
) -> None:
    outcome = asked.check(QUERIES[name].query)
    assert outcome.points == 0, outcome
    assert world.secrets_in(outcome.message) == []
    honest = asked.check("select name, weight from colours")
    assert (honest.status.value, honest.points) == ("pass", 1), honest
    assert not _FILE.exists()


@pytest.mark.parametrize(
    "sql",
    [
        "select name, weight from dblink('dbname=second', 'select name, weight from colours') as t (name text, weight int)",
        "select name, weight from second.public.colours",
        "select datname, 1 from pg_database",
        "select name, weight from colours where pg_try_advisory_lock(1)",
        "table pg_shadow",
        "select relname::text, reltuples::int from pg_class where relname = 'colours'",
        "select most_common_vals::text, 1 from pg_stats where tablename = 'colours'",
        "select query_to_xml('select name from colours', true, true, '')::text, 1",
        "select 1 / (weight - 7), name from colours",
        "select name::int, weight from colours",
        "select xmlparse(document name)::text, 1 from colours",
        "select (name || 'x')::date, 1 from colours",
        "select ('{' || name)::json::text, 1 from colours",
    ],
)
def test_nothing_of_a_hidden_row_is_said_to_a_candidate(
    asked: Asked, world: World, sql: str
) -> None:
    outcome = asked.check(sql)
    assert outcome.points == 0, outcome
    assert world.secrets_in(outcome.message) == []
