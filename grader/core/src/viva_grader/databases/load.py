"""Decides how a fixture's data gets into the databases of a server, and who may do what there."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import LiteralString, cast

from psycopg import Connection, Cursor, DatabaseError
from psycopg.sql import SQL, Identifier, Literal

from viva_grader.databases import recipe
from viva_grader.databases.recipe import Audience
from viva_grader.databases.server import connect
from viva_grader.domain.errors import BadFixtureError
from viva_grader.domain.fixture import Fixture, Tables, Variant

SUPERUSER = "postgres"

_USUAL_TARGET, _HIGHEST_TARGET = 100, 10_000


def fill(
    socket: Path, fixture: Fixture, databases: Mapping[str, Variant], audience: Audience
) -> None:
    """Make one database for each variant, filled, analysed and closed to everybody else.

    Raises
    ------
    BadFixtureError
        If the schema or the generator's rows are refused.
    """
    with connect(socket, "template1", SUPERUSER) as template:
        template.execute(recipe.ROLE_SQL[audience])
        _refuse(template, audience)
    with connect(socket, SUPERUSER, SUPERUSER) as server:
        owner = Identifier("candidate" if audience is Audience.CANDIDATE else SUPERUSER)
        for name in databases:
            create = SQL("create database {} owner {}").format(Identifier(name), owner)
            server.execute(create)
            server.execute(SQL("revoke all on database {} from public").format(Identifier(name)))
            for role in audience.roles:
                grant = SQL("grant connect on database {} to {}")
                server.execute(grant.format(Identifier(name), Identifier(role)))
    for name, variant in databases.items():
        with connect(socket, name, SUPERUSER) as database:
            _fill(database, fixture, variant, audience)
    with connect(socket, "template1", SUPERUSER) as server:
        for statement in recipe.SHRINK_SQL:
            server.execute(statement)


def _fill(database: Connection, fixture: Fixture, variant: Variant, audience: Audience) -> None:
    if audience is Audience.WRITER:
        grant = SQL("grant create, temporary on database {} to writer")
        database.execute(grant.format(Identifier(database.info.dbname)))
        database.execute(recipe.WRITER_SQL)
    if audience is not Audience.GRADER:  # their own tables: to index, alter and drop as they like
        database.execute(SQL("set role {}").format(Identifier(audience.role)))
    _load(database, fixture, variant)
    database.execute("reset role")
    if audience is Audience.GRADER:
        database.execute(recipe.READER_SQL)


def _refuse(template: Connection, audience: Audience) -> None:
    """Refuse in the template what every database made from it is to refuse."""
    if audience is not Audience.CANDIDATE:
        template.execute(recipe.REFUSALS_SQL)
    if audience is Audience.GRADER:
        template.execute(recipe.READER_REFUSALS_SQL)
    template.execute("vacuum (freeze, analyze)")


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
    _analyse(database, tables)


def _analyse(database: Connection, tables: Tables) -> None:
    for table, rows in tables.items():
        # ANALYZE reads 300 rows for each unit of the target: all of them, none by chance
        target = min(_HIGHEST_TARGET, max(_USUAL_TARGET, len(rows) // 300 + 1))
        set_target = SQL("set default_statistics_target = {}")
        database.execute(set_target.format(Literal(target)))
        database.execute(SQL("vacuum (freeze, analyze) {}").format(Identifier(table)))
    database.execute("reset default_statistics_target")


def _copy(cursor: Cursor, table: str, rows: Sequence[Sequence[object]]) -> None:
    with cursor.copy(SQL("copy {} from stdin").format(Identifier(table))) as copy:
        for row in rows:
            copy.write_row(row)
