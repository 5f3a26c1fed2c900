"""Decides how a fixture's data gets into the databases of a server, and who may do what there."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import LiteralString, cast

from psycopg import Connection, Cursor, DatabaseError
from psycopg.sql import SQL, Identifier

from viva_grader.databases import recipe
from viva_grader.databases.recipe import Audience
from viva_grader.databases.server import connect
from viva_grader.domain.errors import BadFixtureError
from viva_grader.domain.fixture import Fixture, Variant

SUPERUSER = "postgres"


def fill(
    socket: Path, fixture: Fixture, databases: Mapping[str, Variant], audience: Audience
) -> None:
    """Make one database for each variant, filled, analysed and closed to everybody else.

    Raises
    ------
    BadFixtureError
        If the schema or the generator's rows are refused.
    """
    with connect(socket, SUPERUSER, SUPERUSER) as server:
        is_candidate = audience is Audience.CANDIDATE
        server.execute(recipe.CANDIDATE_ROLE_SQL if is_candidate else recipe.READER_ROLE_SQL)
        owner = Identifier("candidate" if is_candidate else SUPERUSER)
        for name in databases:
            create = SQL("create database {} owner {}").format(Identifier(name), owner)
            server.execute(create)
            server.execute(SQL("revoke all on database {} from public").format(Identifier(name)))
            grant = SQL("grant connect on database {} to {}")
            server.execute(grant.format(Identifier(name), Identifier(audience.role)))
    for name, variant in databases.items():
        with connect(socket, name, SUPERUSER) as database:
            if is_candidate:  # their own tables: to index, alter and drop as they like
                database.execute("set role candidate")
            _load(database, fixture, variant)
            if not is_candidate:
                database.execute(recipe.READER_REFUSALS_SQL)
    with connect(socket, "template1", SUPERUSER) as server:
        for statement in recipe.SHRINK_SQL:
            server.execute(statement)


def _load(database: Connection, fixture: Fixture, variant: Variant) -> None:
    tables = fixture.generate(variant)
    try:
        database.execute(cast("LiteralString", fixture.schema_sql))  # the author's own statements
        with database.cursor() as cursor:
            for table, rows in tables.items():
                _copy(cursor, table, rows)
    except DatabaseError as error:
        reason = str(error).splitlines()[0]
        message = f"fixture {fixture.slug}, variant {variant.name}: {reason}"
        raise BadFixtureError(message) from error
    database.execute("vacuum analyze")


def _copy(cursor: Cursor, table: str, rows: Sequence[Sequence[object]]) -> None:
    with cursor.copy(SQL("copy {} from stdin").format(Identifier(table))) as copy:
        for row in rows:
            copy.write_row(row)
