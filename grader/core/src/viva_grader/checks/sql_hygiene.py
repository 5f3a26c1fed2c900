"""Decides what a tidy query is without: traps and leftovers that its syntax shows.

Only what can be read counts: a query that sqlglot cannot parse is no worse for it, because the
database alone decides what is SQL.
"""

from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from viva_grader.checks.findings import Finding, finding

MAX_CHARACTERS = 20_000
"""Of one cell's SQL; a longer one is not looked at."""


def check_sql(cell: str, sql: str, first_line: int) -> list[Finding]:
    """Look at the statements of one cell.

    Parameters
    ----------
    first_line : int
        The line of the cell on which the statement's text begins, from 1.
    """
    if len(sql) > MAX_CHARACTERS:
        return []
    try:
        statements = [each for each in sqlglot.parse(sql, read="postgres") if each is not None]
    except (SqlglotError, RecursionError, ValueError):
        return []
    found: list[Finding] = []
    for statement in statements:
        for node, rule in _wrong(statement):
            found.append(finding(cell, first_line + _line(node) - 1, rule))
    return sorted(set(found))


def _wrong(statement: exp.Expr) -> Iterator[tuple[exp.Expr, str]]:
    own = {cte.alias_or_name for cte in statement.find_all(exp.CTE)}
    for select in statement.find_all(exp.Select):
        if _star(select, own):
            yield select, "sql_star"
        if select.args.get("distinct") and select.args.get("group"):
            yield select, "sql_distinct_group"
    yield from _conditions(statement)
    yield from _joins(statement)
    yield from _unused(statement)
    for node in statement.find_all(exp.Group, exp.Order):
        # Inside a function or window a number is a value, not a column's place.
        if isinstance(node.parent, exp.Query) and any(map(_position, node.expressions)):
            yield node, "sql_position"


def _conditions(statement: exp.Expr) -> Iterator[tuple[exp.Expr, str]]:
    for node in statement.find_all(exp.EQ, exp.NEQ):
        if isinstance(node.left, exp.Null) or isinstance(node.right, exp.Null):
            yield node, "sql_null"
    for node in statement.find_all(exp.Not):
        if isinstance(node.this, exp.In) and node.this.args.get("query") is not None:
            yield node, "sql_not_in"


def _star(select: exp.Select, own: set[str]) -> bool:
    """Whether it takes all columns of a table; of a query of its own they stand written there."""
    if isinstance(select.parent, exp.Exists) or not any(e.is_star for e in select.expressions):
        return False
    if all(isinstance(e, exp.Count) for e in select.expressions):
        return False
    joined: list[exp.Expr] = select.args.get("joins") or []
    sources: list[exp.Expr | None] = [select.args.get("from_"), *joined]
    tables: list[object] = [each.this for each in sources if each is not None]
    return any(isinstance(each, exp.Table) and each.name not in own for each in tables)


def _joins(statement: exp.Expr) -> Iterator[tuple[exp.Expr, str]]:
    for join in statement.find_all(exp.Join):
        conditions = [join.args.get(name) for name in ("on", "using", "method")]
        lateral = isinstance(join.this, exp.Lateral | exp.Unnest) or bool(
            join.this.find(exp.Lateral, exp.Unnest)
        )
        if any(conditions) or lateral or join.kind == "CROSS":
            continue
        select = join.parent
        filtered = isinstance(select, exp.Select) and select.args.get("where") is not None
        yield join, "sql_comma_join" if filtered else "sql_join_without_condition"


def _unused(statement: exp.Expr) -> Iterator[tuple[exp.Expr, str]]:
    read = {table.name for table in statement.find_all(exp.Table)}
    for cte in statement.find_all(exp.CTE):
        if cte.alias_or_name not in read and isinstance(cte.this, exp.Select):
            yield cte, "sql_unused"


def _position(node: exp.Expr) -> bool:
    column: object = node.this if isinstance(node, exp.Ordered) else node
    return isinstance(column, exp.Literal) and column.is_int


def _line(node: exp.Expr) -> int:
    """Give the first line that anything in a node says that it stands on."""
    lines = [int(n.meta["line"]) for n in node.walk() if "line" in n.meta]
    return min(lines, default=1)
