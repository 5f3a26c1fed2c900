"""Decides which mutants a query has: every operator at every place, in the order of its text."""

from collections.abc import Callable, Iterator
from typing import Any

import sqlglot
from sqlglot import exp

from viva_grader.domain.errors import BadQuestionError
from viva_grader.mutation import sql_clauses, sql_conditions, sql_windows
from viva_grader.mutation.mutant import Change, Mutant, distinct, make_mutant
from viva_grader.mutation.sql_text import DIALECT, Schema

Operator = Callable[[exp.Expr, Schema], Iterator[Change[Any]]]

OPERATORS: tuple[Operator, ...] = (
    sql_clauses.joins,
    sql_clauses.selects,
    sql_clauses.subqueries,
    sql_clauses.groups,
    sql_clauses.aggregates,
    sql_clauses.unions,
    sql_clauses.orders,
    sql_clauses.limits,
    sql_clauses.conditions,
    sql_conditions.relations,
    sql_conditions.arithmetic,
    sql_conditions.betweens,
    sql_conditions.nulls,
    sql_conditions.columns,
    sql_conditions.constants,
    sql_conditions.casts,
    sql_windows.windows,
    sql_windows.times,
    sql_windows.changes,
)


def mutants_of_query(cell: str, sql: str, schema_sql: str, *, ordered: bool) -> list[Mutant]:
    """Make every mutant of the author's query, none twice.

    Parameters
    ----------
    cell : str
        The grade_id of its cell.
    sql : str
        The statement or statements, without the magic.
    schema_sql : str
        The fixture's tables.
    ordered : bool
        Whether the order of the result's rows is part of the answer: where it is not, the
        outermost ORDER BY of a query without LIMIT decides nothing and is left as it is.

    Raises
    ------
    BadQuestionError
        If sqlglot cannot read the query.
    """
    try:
        parsed = sqlglot.parse(sql, dialect=DIALECT)
    except sqlglot.ParseError as error:
        line = str(error).splitlines()[0]
        raise BadQuestionError(f"cell {cell}: no mutants of this SQL: {line}") from error
    # one root above all statements: each of them can be replaced like any other node
    whole = exp.Tuple(expressions=[each for each in parsed if each is not None])
    schema = Schema(schema_sql)
    original = _write(whole)
    nodes = list(whole.walk(bfs=False))
    place = {id(node): index for index, node in enumerate(nodes)}
    made: list[Mutant] = []
    for node in nodes:
        for operator in OPERATORS:
            for change in operator(node, schema):
                if ordered or not _orders_the_answer(change.target, whole):
                    mutated = _applied(whole, place[id(change.target)], change)
                    faulty = (change.operator, change.said)
                    made.append(make_mutant(cell, faulty, original, mutated, f"%%sql\n{mutated}"))
    return distinct(made, f"%%sql\n{original}")


def as_written(sql: str) -> str:
    """Write a query as its mutants are written: it must still give the author's answer."""
    parsed = sqlglot.parse(sql, dialect=DIALECT)
    statements = [each.sql(dialect=DIALECT, pretty=True) for each in parsed if each is not None]
    return "%%sql\n" + ";\n".join(statements)


def _applied(whole: exp.Expr, index: int, change: Change[Any]) -> str:
    copy = whole.copy()
    for at, node in enumerate(copy.walk(bfs=False)):
        if at == index:
            change.edit(node)
            break
    return _write(copy)


def _write(whole: exp.Expr) -> str:
    return ";\n".join(each.sql(dialect=DIALECT, pretty=True) for each in whole.expressions)


def _orders_the_answer(node: exp.Expr, whole: exp.Expr) -> bool:
    """Whether a node belongs to an outermost ORDER BY that no LIMIT looks at."""
    order = node if isinstance(node, exp.Order) else node.find_ancestor(exp.Order)
    if order is None or not isinstance(order.parent, exp.Query):
        return False
    query = order.parent
    distinct_on = query.args.get("distinct") is not None
    return query.parent is whole and query.args.get("limit") is None and not distinct_on
