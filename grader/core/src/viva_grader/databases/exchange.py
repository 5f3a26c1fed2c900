"""Decides how one talks with a server that may not answer: by libpq's own steps, row by row."""

import select
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import psycopg
from psycopg import Connection, pq

from viva_grader.databases.patience import Backend, LateError, Patience, UndecidedError
from viva_grader.databases.port import Answer, Column, QueryLimits, QueryProblem, ResultSet
from viva_grader.databases.problems import (
    LostConnectionError,
    problem_of,
    timeout,
    too_big,
    undecided,
)

# Between the deadline and a server that has not even answered its cancellation.
CANCEL_GRACE_S = 2.0

COPIES = {pq.ExecStatus.COPY_IN, pq.ExecStatus.COPY_OUT, pq.ExecStatus.COPY_BOTH}

Said = TypeVar("Said")


@dataclass(slots=True)
class Session:
    """A connection of a limited role, and the process that serves it."""

    connection: Connection
    backend: Backend | None = None
    guard: Callable[[], None] | None = None
    uses: int = field(default=0)

    def clean(self) -> bool:
        """Undo what the last query began; whether the session can be used again."""
        wire = self.connection.pgconn
        wire.exec_(b"rollback")
        return wire.transaction_status == pq.TransactionStatus.IDLE

    def close(self) -> None:
        """Leave the server."""
        self.connection.close()


def conduct(
    session: Session, limits: QueryLimits, run: "Callable[[Exchange], Said]"
) -> Said | QueryProblem:
    """Hold a conversation until it is over or late.

    Raises
    ------
    LostConnectionError
        If the server crashed or does not answer any more.
    """
    exchange = Exchange(session, limits)
    try:
        return run(exchange)
    except LateError:
        return exchange.give_up(timeout(limits))
    except UndecidedError:
        return exchange.give_up(undecided())
    except psycopg.OperationalError as error:
        raise LostConnectionError(str(error).splitlines()[0]) from error


class Exchange:
    """One conversation with the server, never longer than its session's patience."""

    def __init__(self, session: Session, limits: QueryLimits) -> None:
        self._connection = session.connection
        self._limits = limits
        self._patience = Patience(limits.seconds, session.backend, session.guard)

    def send(self, command: bytes) -> None:
        """Send one statement: with parameters, even none, the protocol takes no second one."""
        self._connection.pgconn.send_query_params(command, None)

    def send_several(self, command: bytes) -> None:
        """Send a text that may hold several statements."""
        self._connection.pgconn.send_query(command)
        self._connection.pgconn.set_single_row_mode()

    def results(self) -> "list[pq.abc.PGresult]":
        """Wait for all results of what was sent."""
        return list(self.stream())

    def stream(self) -> "Iterator[pq.abc.PGresult]":
        """Wait for one result after the other."""
        while (result := self._next()) is not None:
            yield result
            if result.status in COPIES:
                return  # it would go on for ever

    def fetch(self, command: bytes) -> Answer:
        """Send a statement and read its rows, not more than the limits allow."""
        self.send(command)
        self._connection.pgconn.set_single_row_mode()
        columns: tuple[Column, ...] = ()
        rows: list[tuple[str | None, ...]] = []
        size = 0
        for result in self.stream():
            if result.status == pq.ExecStatus.FATAL_ERROR:
                return problem_of(result, self._limits)
            columns = columns or self._columns(result)
            for number in range(result.ntuples):
                values = [result.get_value(number, place) for place in range(result.nfields)]
                size += sum(len(value) for value in values if value is not None) + len(values)
                if len(rows) == self._limits.rows or size > self._limits.result_bytes:
                    self._connection.cancel_safe(timeout=CANCEL_GRACE_S)
                    return too_big(self._limits)
                rows.append(tuple(None if v is None else v.decode() for v in values))
        return ResultSet(self._named(columns), tuple(rows))

    def give_up(self, problem: QueryProblem) -> QueryProblem:
        """Cancel what runs and wait for the server to say so."""
        self._connection.cancel_safe(timeout=CANCEL_GRACE_S)
        self._patience = Patience(CANCEL_GRACE_S, None)
        try:
            self.results()
        except LateError as error:
            raise LostConnectionError("the server did not answer a cancellation") from error
        return problem

    def _next(self) -> "pq.abc.PGresult | None":
        wire = self._connection.pgconn
        began = time.monotonic()
        while True:
            left = self._patience.left_s()
            unsent = wire.flush()
            if not wire.is_busy():
                return wire.get_result()
            socket = [wire.socket]
            self._patience.took_ours(time.monotonic() - began)
            readable, _, _ = select.select(socket, socket if unsent else [], [], left)
            began = time.monotonic()
            if readable:
                wire.consume_input()
                while wire.notifies() is not None:
                    pass

    def _columns(self, result: "pq.abc.PGresult") -> tuple[Column, ...]:
        types = self._connection.adapters.types
        columns: list[Column] = []
        for place in range(result.nfields):
            oid = result.ftype(place)
            known = types.get(oid)  # finds an array's type by its elements' too
            array = "_" if known and known.oid != oid else ""
            type_name = f"{array}{known.name}" if known else f"oid {oid}"
            columns.append(Column((result.fname(place) or b"").decode(), type_name))
        return tuple(columns)

    def _named(self, columns: tuple[Column, ...]) -> tuple[Column, ...]:
        """Ask for the names of types that the fixture or the answer made itself."""
        oids = {c.type.removeprefix("oid ") for c in columns if c.type.startswith("oid ")}
        if not oids:
            return columns
        found = ",".join(sorted(oids))
        ask = f"select oid, typname, typtype from pg_catalog.pg_type where oid in ({found})"  # noqa: S608 - numbers
        self.send(ask.encode())
        names: dict[str, str] = {}
        for result in self.results():
            for row in range(result.ntuples):
                oid, name, sort = (result.get_value(row, n) or b"" for n in range(3))
                # an enumeration's value is a word
                names[f"oid {oid.decode()}"] = "text" if sort == b"e" else name.decode()
        return tuple(Column(c.name, names.get(c.type, c.type)) for c in columns)
