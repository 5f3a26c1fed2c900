"""Decides how a query is run for somebody who is not trusted: as a cursor, bounded and timed."""

import json
from dataclasses import replace
from typing import Any

from psycopg import pq

from viva_grader.databases.exchange import COPIES, Exchange, Session, conduct
from viva_grader.databases.port import (
    Answer,
    ProblemKind,
    QueryLimits,
    QueryPlan,
    QueryProblem,
    ResultSet,
    Script,
)
from viva_grader.databases.problems import problem_of, refusal, too_big, unsendable

# A cursor can be declared for a query that reads, and for nothing else: PostgreSQL's own grammar
# refuses every other statement, and its extended protocol refuses a second one.
_DECLARE = b"declare viva_answer no scroll cursor for "
_FETCH = b"fetch all from viva_answer"
_BEGIN = b"begin transaction read only"
_EXPLAIN = b"explain (analyze, buffers, format json, timing off, summary off) "
# What the first run of a session reads of the catalogue is no work of the query's.
_PLAN_RUNS = 2
# A query that answered in time is not to fail at being looked at.
_PLAN_FACTOR = 3.0

_COPY = QueryProblem(ProblemKind.REFUSED, "COPY from or to the client is not run")
_LEFT_OPEN = QueryProblem(
    ProblemKind.ERROR, "a transaction is left open: what it changed is lost (COMMIT is missing)"
)


def run_query(session: Session, sql: str, limits: QueryLimits) -> Answer:
    """Run one query in a read-only transaction that is never committed.

    Raises
    ------
    LostConnectionError
        If the server crashed or does not answer any more.
    """
    refused = refusal(sql)
    if refused:
        return refused

    def run(exchange: Exchange) -> Answer:
        for command in (_BEGIN, _DECLARE + sql.encode()):
            exchange.send(command)
            for result in exchange.results():
                if result.status == pq.ExecStatus.FATAL_ERROR:
                    return problem_of(result, limits)
        return exchange.fetch(_FETCH)

    answer = conduct(session, limits, run)
    if isinstance(answer, ResultSet):
        session.uses += 1
    return answer


def run_plan(session: Session, sql: str, limits: QueryLimits) -> QueryPlan | QueryProblem:
    """Run one query for its plan, after a first run that warms the session.

    ``EXPLAIN`` and its options stand before the text in a message that takes one statement:
    whatever the text holds, it cannot change them.

    Raises
    ------
    LostConnectionError
        As for :func:`run_query`.
    """
    refused = refusal(sql)
    if refused:
        return refused

    def run(exchange: Exchange) -> QueryPlan | QueryProblem:
        exchange.send(_BEGIN)
        exchange.results()
        text = b""
        for _ in range(_PLAN_RUNS):
            exchange.send(_EXPLAIN + sql.encode())
            for result in exchange.results():
                if result.status == pq.ExecStatus.FATAL_ERROR:
                    return problem_of(result, limits)
                text = result.get_value(0, 0) or b""
        return _plan(text, limits)

    return conduct(session, replace(limits, seconds=limits.seconds * _PLAN_FACTOR), run)


def run_script(session: Session, script: Script, limits: QueryLimits) -> QueryProblem | None:
    """Run statements that may do whatever their role may, in a database that is thrown away.

    Raises
    ------
    LostConnectionError
        As for :func:`run_query`.
    """
    why = unsendable(script.sql)
    if why:
        return QueryProblem(ProblemKind.REFUSED, why)

    def run(exchange: Exchange) -> QueryProblem | None:
        sql = script.sql.encode()
        if script.several:
            exchange.send_several(sql)
        else:
            exchange.send(sql)
        problem: QueryProblem | None = None
        for result in exchange.stream():
            if result.status in COPIES:
                return _COPY  # the connection is closed with it
            if result.status == pq.ExecStatus.FATAL_ERROR:
                problem = problem or problem_of(result, limits, of_script=True)
        return problem

    problem = conduct(session, limits, run)
    if problem is None and (
        session.connection.pgconn.transaction_status != pq.TransactionStatus.IDLE
    ):
        return _LEFT_OPEN
    return problem


def _plan(text: bytes, limits: QueryLimits) -> QueryPlan | QueryProblem:
    if len(text) > limits.result_bytes:
        return too_big(limits)
    try:
        document: list[dict[str, Any]] = json.loads(text)
    except RecursionError:
        return QueryProblem(ProblemKind.LIMIT, "the plan is nested too deep", limit="stack_depth")
    return QueryPlan(document[0]["Plan"])
