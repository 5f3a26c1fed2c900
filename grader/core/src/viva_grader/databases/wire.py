"""Decides how a query is run for somebody who is not trusted: as a cursor, bounded and timed."""

import re
import select
import time
from dataclasses import dataclass

import psycopg
from psycopg import Connection, errors, pq

from viva_grader.databases.port import (
    Answer,
    Column,
    ProblemKind,
    QueryLimits,
    QueryProblem,
    ResultSet,
)

# Between the deadline and a server that has not even answered its cancellation.
CANCEL_GRACE_S = 2.0

# A cursor can be declared for a query that reads, and for nothing else: PostgreSQL's own grammar
# refuses every other statement, and its extended protocol refuses a second one.
_DECLARE = b"declare viva_answer no scroll cursor for "
_FETCH = b"fetch all from viva_answer"

_BLANK_OR_COMMENT = re.compile(r"(?:\s|--[^\n]*(?:\n|\Z)|/\*(?s:.*?)\*/)*")
_READS = re.compile(r"(?:select|with|values|table)\b|\(", re.IGNORECASE)
_SYNTAX_OR_ACCESS = "42"
_NOT_A_READING_QUERY = "only one SELECT (or WITH … SELECT) that reads is run"


class LostConnectionError(Exception):
    """The server went away, or did not answer: it is to be replaced."""


def run_query(connection: Connection, sql: str, limits: QueryLimits) -> Answer:
    """Run one query in a read-only transaction that is never committed.

    Parameters
    ----------
    connection : Connection
        Of the limited role; not to be used again afterwards.

    Raises
    ------
    LostConnectionError
        If the server crashed or does not answer any more.
    """
    refusal = _refuse(sql)
    if refusal:
        return QueryProblem(ProblemKind.REFUSED, refusal)
    exchange = _Exchange(connection, time.monotonic() + limits.seconds, limits)
    try:
        for command in (b"begin transaction read only", _DECLARE + sql.encode()):
            exchange.send(command)
            for result in exchange.results():
                if result.status == pq.ExecStatus.FATAL_ERROR:
                    return _problem(result, limits)
        return exchange.fetch()
    except _DeadlineError:
        return exchange.give_up()
    except psycopg.OperationalError as error:
        raise LostConnectionError(str(error).splitlines()[0]) from error


def _refuse(sql: str) -> str | None:
    blank = _BLANK_OR_COMMENT.match(sql)
    rest = sql[blank.end() :] if blank else sql
    if not rest.strip(" \t\r\n;"):
        return "there is no query"
    if "\x00" in sql:
        return "the query holds a NUL character"
    try:
        sql.encode()
    except UnicodeEncodeError:
        return "the query holds a character that is none"
    return None if _READS.match(rest) else _NOT_A_READING_QUERY


class _DeadlineError(Exception):
    """The query's time is over."""


@dataclass(slots=True)
class _Exchange:
    """One conversation with the server, in libpq's own steps: a row at a time, never longer."""

    connection: Connection
    deadline: float
    limits: QueryLimits

    def send(self, command: bytes) -> None:
        # with parameters, even none: the extended protocol, which takes one statement only
        self.connection.pgconn.send_query_params(command, None)

    def results(self) -> "list[pq.abc.PGresult]":
        found: list[pq.abc.PGresult] = []
        while (result := self._next()) is not None:
            found.append(result)
        return found

    def fetch(self) -> Answer:
        self.send(_FETCH)
        self.connection.pgconn.set_single_row_mode()
        columns: tuple[Column, ...] = ()
        rows: list[tuple[str | None, ...]] = []
        size = 0
        while (result := self._next()) is not None:
            if result.status == pq.ExecStatus.FATAL_ERROR:
                return _problem(result, self.limits)
            columns = columns or self._columns(result)
            for number in range(result.ntuples):
                values = [result.get_value(number, place) for place in range(result.nfields)]
                size += sum(len(value) for value in values if value is not None) + len(values)
                if len(rows) == self.limits.rows or size > self.limits.result_bytes:
                    self.connection.cancel_safe(timeout=CANCEL_GRACE_S)
                    return _too_big(self.limits)
                rows.append(tuple(None if v is None else v.decode() for v in values))
        return ResultSet(columns, tuple(rows))

    def give_up(self) -> QueryProblem:
        """Cancel the query and wait for the server to say so."""
        self.connection.cancel_safe(timeout=CANCEL_GRACE_S)
        self.deadline = time.monotonic() + CANCEL_GRACE_S
        try:
            self.results()
        except _DeadlineError as error:
            raise LostConnectionError("the server did not answer a cancellation") from error
        return _timeout(self.limits)

    def _next(self) -> "pq.abc.PGresult | None":
        """Wait for the next result, no longer than the deadline."""
        wire = self.connection.pgconn
        while True:
            left = self.deadline - time.monotonic()
            if left <= 0:
                raise _DeadlineError
            unsent = wire.flush()
            if not wire.is_busy():
                return wire.get_result()
            socket = [wire.socket]
            readable, _, _ = select.select(socket, socket if unsent else [], [], left)
            if readable:
                wire.consume_input()

    def _columns(self, result: "pq.abc.PGresult") -> tuple[Column, ...]:
        types = self.connection.adapters.types
        columns: list[Column] = []
        for place in range(result.nfields):
            oid = result.ftype(place)
            known = types.get(oid)  # finds an array's type by its elements' too
            array = "_" if known and known.oid != oid else ""
            type_name = f"{array}{known.name}" if known else f"oid {oid}"
            columns.append(Column((result.fname(place) or b"").decode(), type_name))
        return tuple(columns)


def _problem(result: "pq.abc.PGresult", limits: QueryLimits) -> QueryProblem:
    """Say what went wrong without any value from a row: those are hidden."""
    state = _field(result, pq.DiagnosticField.SQLSTATE)
    words = _field(result, pq.DiagnosticField.MESSAGE_PRIMARY)
    if not state:
        raise LostConnectionError(words or "no answer")
    if state.startswith("57P"):
        raise LostConnectionError(words)
    if state == errors.QueryCanceled.sqlstate:
        return _timeout(limits)
    if "DECLARE CURSOR" in words or "multiple commands" in words:
        return QueryProblem(ProblemKind.REFUSED, _NOT_A_READING_QUERY, state, words)
    if state.startswith(_SYNTAX_OR_ACCESS):
        # names of the query's own and of the catalogue; no data has been read
        return QueryProblem(ProblemKind.ERROR, f"{words} (SQLSTATE {state})", state, words)
    return QueryProblem(ProblemKind.ERROR, f"{_condition(state)} (SQLSTATE {state})", state, words)


def _field(result: "pq.abc.PGresult", field: pq.DiagnosticField) -> str:
    return (result.error_field(field) or b"").decode(errors="replace")


def _condition(state: str) -> str:
    """PostgreSQL's name of the condition: ``division by zero``."""
    try:
        name = errors.lookup(state).__name__
    except KeyError:
        return "the database raised an error"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def _timeout(limits: QueryLimits) -> QueryProblem:
    return QueryProblem(ProblemKind.TIMEOUT, f"the query takes longer than {limits.seconds:g} s")


def _too_big(limits: QueryLimits) -> QueryProblem:
    mib = limits.result_bytes / (1024 * 1024)
    return QueryProblem(
        ProblemKind.TOO_BIG, f"the result is larger than {limits.rows} rows or {mib:g} MiB"
    )
