"""Decides how a grader's databases behave where there are none: SQLite in memory, same promises."""

import sqlite3
from contextlib import closing

from viva_grader.databases.port import (
    Answer,
    Column,
    ProblemKind,
    QueryLimits,
    QueryPlan,
    QueryProblem,
    ResultSet,
    Script,
)
from viva_grader.domain.fixture import Fixture

_TYPES = {int: "int8", float: "float8", str: "text", type(None): "text"}


class SqliteDatabases:
    """Data sets in memory, filled anew for each query from the fixture's own generator."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def query(self, fixture: Fixture, variant: str, sql: str, limits: QueryLimits) -> Answer:
        """Run one read-only query on one data set."""
        self.asked.append((variant, sql))
        if not sql.strip():
            return QueryProblem(ProblemKind.REFUSED, "there is no query")
        with closing(_filled(fixture, variant)) as database:
            try:
                cursor = database.execute(sql)
                rows = cursor.fetchmany(limits.rows + 1)
            except (sqlite3.ProgrammingError, sqlite3.Warning) as error:
                return QueryProblem(ProblemKind.REFUSED, str(error))
            except sqlite3.OperationalError as error:
                refused = "readonly" in str(error)
                kind = ProblemKind.REFUSED if refused else ProblemKind.ERROR
                return QueryProblem(kind, "the database raised an error", None, str(error))
            if len(rows) > limits.rows:
                return QueryProblem(ProblemKind.TOO_BIG, f"more than {limits.rows} rows")
            return _result(cursor, rows)

    def remembered(self, fixture: Fixture, variant: str, sql: str, limits: QueryLimits) -> Answer:
        """Run an author's query; nothing is worth keeping here."""
        return self.query(fixture, variant, sql, limits)

    def plan(
        self, fixture: Fixture, variant: str, sql: str, limits: QueryLimits, *, remember: bool
    ) -> QueryPlan | QueryProblem:
        """Make up a plan: as many rows as the query gives, as many pages as its text is long."""
        answer = self.query(fixture, variant, sql, limits)
        if isinstance(answer, QueryProblem):
            return answer
        top = {"Node Type": "Scan", "Actual Rows": len(answer.rows), "Actual Loops": 1}
        return QueryPlan(top | {"Shared Hit Blocks": len(sql)})

    def change(
        self, fixture: Fixture, script: Script, limits: QueryLimits, *, remember: bool
    ) -> dict[str, tuple[Answer, ...] | QueryProblem]:
        """Run statements on data sets in memory, and look."""
        said: dict[str, tuple[Answer, ...] | QueryProblem] = {}
        for variant in fixture.hidden:
            with closing(_filled(fixture, variant.name)) as database:
                database.execute("pragma query_only = off")
                try:
                    if script.several:
                        database.executescript(script.sql)
                    else:
                        database.execute(script.sql)
                except sqlite3.ProgrammingError as error:
                    said[variant.name] = QueryProblem(ProblemKind.REFUSED, str(error))
                except sqlite3.Error as error:
                    said[variant.name] = QueryProblem(ProblemKind.ERROR, str(error))
                else:
                    said[variant.name] = tuple(
                        _looked(database, sql, limits) for sql in script.look
                    )
        return said


def _looked(database: sqlite3.Connection, sql: str, limits: QueryLimits) -> Answer:
    try:
        cursor = database.execute(sql)
        return _result(cursor, cursor.fetchmany(limits.rows))
    except sqlite3.Error as error:
        return QueryProblem(ProblemKind.ERROR, "the database raised an error", None, str(error))


def _filled(fixture: Fixture, variant: str) -> sqlite3.Connection:
    database = sqlite3.connect(":memory:")
    database.executescript(fixture.schema_sql)
    chosen = next(v for v in (*fixture.hidden, fixture.sample) if v.name == variant)
    for table, rows in fixture.generate(chosen).items():
        for row in rows:
            places = ", ".join("?" * len(row))
            insert = f"insert into {table} values ({places})"  # noqa: S608 - a test's own words
            database.execute(insert, list(row))
    database.commit()
    database.execute("pragma query_only = on")
    return database


def _result(cursor: sqlite3.Cursor, rows: list[tuple[object, ...]]) -> ResultSet:
    names = [column[0] for column in cursor.description]
    columns = []
    for place, name in enumerate(names):
        first = next((row[place] for row in rows if row[place] is not None), None)
        columns.append(Column(name, _TYPES[type(first)]))
    text = tuple(tuple(None if v is None else str(v) for v in row) for row in rows)
    return ResultSet(tuple(columns), text)
