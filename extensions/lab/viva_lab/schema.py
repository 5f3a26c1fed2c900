"""Decides what is read of the candidate's own database: its tables now, counts and samples."""

from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from viva_lab.wire import DatabaseSchema, Grid, GridColumn, SchemaColumn, SchemaTable

CONNECT_TIMEOUT_S = 3
# Counting a table must not hold up the panel; a count that takes longer is left out.
COUNT_TIMEOUT_MS = 1500
MAX_TABLES = 40
SAMPLE_ROWS = 5
MAX_TEXT = 60
NUMERIC_OIDS = {20, 21, 23, 26, 700, 701, 1700}  # int8, int2, int4, oid, float4, float8, numeric

TABLES = """
select c.oid, n.nspname, c.relname, c.relkind in ('v', 'm')
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
order by n.nspname <> 'public', c.relkind in ('v', 'm'), c.relname
"""
COLUMNS = """
select a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod), not a.attnotnull,
  exists (select from pg_constraint p
          where p.conrelid = a.attrelid and p.contype = 'p' and a.attnum = any (p.conkey)),
  (select f.confrelid::regclass::text || '.' || t.attname
   from pg_constraint f
   join pg_attribute t on t.attrelid = f.confrelid
     and t.attnum = f.confkey[array_position(f.conkey, a.attnum)]
   where f.conrelid = a.attrelid and f.contype = 'f' and a.attnum = any (f.conkey)
   order by f.conname limit 1)
from pg_attribute a
where a.attrelid = any (%s) and a.attnum > 0 and not a.attisdropped
order by a.attrelid, a.attnum
"""
NAMES = """
select c.relname, array_agg(a.attname::text order by a.attnum)
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relkind in ('r', 'p', 'v', 'm', 'f')
  and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
group by c.oid, c.relname
order by c.relname
"""

Connection = psycopg.Connection[tuple[Any, ...]]


def open_database(url: str) -> Connection:
    """Connect to the candidate's own database, to read.

    Parameters
    ----------
    url
        SQLAlchemy's or libpq's URL.

    Raises
    ------
    psycopg.OperationalError
        If it does not answer within seconds.
    """
    address = url.replace("postgresql+psycopg://", "postgresql://", 1)
    connection = psycopg.connect(address, connect_timeout=CONNECT_TIMEOUT_S, autocommit=True)
    connection.read_only = True
    connection.execute("select set_config('statement_timeout', %s, false)", [str(COUNT_TIMEOUT_MS)])
    return connection


def read_names(url: str) -> dict[str, list[str]]:
    """Return the columns of every table, by the table's name."""
    with open_database(url) as connection:
        return {str(table): list(columns) for table, columns in connection.execute(NAMES)}


def read_schema(url: str) -> DatabaseSchema:
    """Return what the database holds now; the candidate's own tables are among it.

    Raises
    ------
    psycopg.Error
        If it does not answer, or ends while it is being read.
    """
    with open_database(url) as connection:
        found = connection.execute(TABLES).fetchall()
        shown = found[:MAX_TABLES]
        columns = _columns(connection, [oid for oid, *_ in shown])
        tables = tuple(
            SchemaTable(
                name=name if schema == "public" else f"{schema}.{name}",
                view=view,
                rows=_count(connection, schema, name),
                columns=tuple(columns.get(oid, ())),
                sample=_sample(connection, schema, name),
            )
            for oid, schema, name, view in shown
        )
    return DatabaseSchema(tables=tables, left_out=len(found) - len(shown))


def text_of(value: Any) -> str | None:
    """Return a value as it is shown: None stays None, long text is cut."""
    if value is None:
        return None
    text = str(value)
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"


def _columns(connection: Connection, oids: list[int]) -> dict[int, list[SchemaColumn]]:
    columns: dict[int, list[SchemaColumn]] = {}
    for oid, *facts in connection.execute(COLUMNS, [oids]):
        columns.setdefault(oid, []).append(SchemaColumn(*facts))
    return columns


def _count(connection: Connection, schema: str, name: str) -> int | None:
    query = SQL("select count(*) from {}").format(Identifier(schema, name))
    try:
        row = connection.execute(query).fetchone()
    except psycopg.OperationalError:
        raise
    except psycopg.Error:
        return None
    return row[0] if row else None


def _sample(connection: Connection, schema: str, name: str) -> Grid:
    query = SQL("select * from {} limit {}").format(Identifier(schema, name), SAMPLE_ROWS)
    try:
        cursor = connection.execute(query)
    except psycopg.OperationalError:
        raise
    except psycopg.Error:
        return Grid(columns=(), rows=(), total=0)
    heads = tuple(
        GridColumn(each.name, each.type_code in NUMERIC_OIDS) for each in cursor.description or ()
    )
    rows = tuple(_cells(row) for row in cursor)
    return Grid(columns=heads, rows=rows, total=len(rows))


def _cells(row: Iterable[Any]) -> tuple[str | None, ...]:
    return tuple(text_of(value) for value in row)
