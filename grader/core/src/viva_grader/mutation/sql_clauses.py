"""Decides which faults are put into a query's clauses: the SC operators of Tuya et al.

Names and ideas follow J. Tuya, M. J. Suárez-Cabal, C. de la Riva, "SQLMutation: A tool to generate
mutants of SQL database queries", Mutation 2006, and "Mutating database queries", Information and
Software Technology 49 (2007) 398-417.
"""

from collections.abc import Iterator
from typing import Any

from sqlglot import exp

from viva_grader.mutation.mutant import Change, arrow
from viva_grader.mutation.sql_text import Schema, change, drop, text

_AGGREGATES: tuple[type[exp.AggFunc], ...] = (exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Count)
_SIDES = ("", "LEFT", "RIGHT", "FULL")
_SETS: tuple[type[exp.SetOperation], ...] = (exp.Union, exp.Except, exp.Intersect)


def joins(node: exp.Expr, _: Schema) -> Iterator[Change[Any]]:
    """JOI: every join becomes each other kind of join."""
    if not isinstance(node, exp.Join) or not (node.args.get("on") or node.args.get("using")):
        return
    now = node.side
    for side in _SIDES:
        if side != now:
            said = arrow(f"{now or 'inner'} join {text(node.this)}", f"{side or 'inner'} join")

            def edit(copy: exp.Join, side: str = side) -> None:
                copy.set("side", side or None)
                copy.set("kind", None)

            yield Change("JOI", said, node, edit)


def selects(node: exp.Expr, _: Schema) -> Iterator[Change[Any]]:
    """SEL: DISTINCT is added or taken away, of rows and inside aggregates."""
    if isinstance(node, exp.Select):
        distinct = node.args.get("distinct")
        if distinct is not None and distinct.args.get("on") is None:
            said = "distinct → nothing"
            yield Change("SEL", said, node, lambda copy: copy.set("distinct", None))
        elif distinct is None and not _rows_are_distinct(node):
            said = f"distinct added to select {text(node.expressions[0])}"
            yield Change("SEL", said, node, lambda copy: copy.set("distinct", exp.Distinct()))
    elif isinstance(node, exp.Count | exp.Sum | exp.Avg) and not isinstance(node.this, exp.Star):
        argument = node.this
        if isinstance(argument, exp.Distinct):
            plain = type(node)(this=argument.expressions[0].copy())
            yield change("SEL", node, plain)
        else:
            once = exp.Distinct(expressions=[argument.copy()])
            yield change("SEL", node, type(node)(this=once))


def _rows_are_distinct(select: exp.Select) -> bool:
    """Whether a select cannot give equal rows: its group's keys are shown, or none is."""
    if isinstance(select.parent, exp.Exists | exp.In):
        return True
    group = select.args.get("group")
    if group is None:
        return any(select.find_all(*_AGGREGATES)) and not any(select.find_all(exp.Window))
    shown = {text(each.unalias()) for each in select.expressions}
    names = {each.alias for each in select.expressions}
    return all(
        text(key) in shown or text(key) in names or isinstance(key, exp.Literal)
        for key in group.expressions
    )


def subqueries(node: exp.Expr, _: Schema) -> Iterator[Change[Any]]:
    """SUB: EXISTS and IN are negated, ANY and ALL swapped."""
    if isinstance(node, exp.Exists | exp.In):
        if isinstance(node.parent, exp.Not):
            yield change("SUB", node.parent, node)
        else:
            yield change("SUB", node, exp.Not(this=node.copy()))
    elif isinstance(node, exp.Any | exp.All):
        other = exp.All if isinstance(node, exp.Any) else exp.Any
        yield change("SUB", node, other(this=node.this.copy()))


def groups(node: exp.Expr, _: Schema) -> Iterator[Change[Any]]:
    """GRU: an expression of GROUP BY is dropped."""
    if isinstance(node, exp.Group):
        for key in node.expressions:
            yield drop("GRU", key, f"group by {text(key)}")


def aggregates(node: exp.Expr, _: Schema) -> Iterator[Change[Any]]:
    """AGR: an aggregate becomes another one; COUNT(*) counts what NL says."""
    if isinstance(node, _AGGREGATES) and not isinstance(node.this, exp.Star):
        for other in _AGGREGATES:
            if not isinstance(node, other):
                yield change("AGR", node, other(this=node.this.copy()))


def unions(node: exp.Expr, _: Schema) -> Iterator[Change[Any]]:
    """UNI: UNION, EXCEPT and INTERSECT become each other, with and without ALL."""
    if not isinstance(node, exp.SetOperation):
        return
    kept = bool(node.args.get("distinct"))

    def flip(copy: exp.SetOperation) -> None:
        copy.set("distinct", not kept)

    yield Change("UNI", f"{node.key}: all {'added' if kept else 'removed'}", node, flip)
    for other in _SETS:
        if not isinstance(node, other):

            def edit(copy: exp.SetOperation, other: type[exp.SetOperation] = other) -> None:
                copy.replace(other(**copy.args))

            yield Change("UNI", arrow(node.key, other.key), node, edit)


def orders(node: exp.Expr, schema: Schema) -> Iterator[Change[Any]]:
    """ORD: a key of an order that decides something is turned round, dropped, its NULLs moved."""
    if not isinstance(node, exp.Ordered) or not isinstance(node.parent, exp.Order):
        return
    said = text(node)
    descending = bool(node.args.get("desc"))
    nulls_first = bool(node.args.get("nulls_first"))

    def turn(copy: exp.Ordered) -> None:
        copy.set("desc", not descending)
        copy.set("nulls_first", not descending)

    yield Change("ORD", f"order by {said}: turned round", node, turn)
    yield drop("ORD", node, f"order by {said}")
    if schema.never_null(node.this, node):
        return
    yield Change(
        "ORD",
        f"order by {said}: NULLs {'last' if nulls_first else 'first'}",
        node,
        lambda copy: copy.set("nulls_first", not nulls_first),
    )


def limits(node: exp.Expr, _: Schema) -> Iterator[Change[Any]]:
    """LIM: LIMIT and OFFSET one more, one less, none; a key of DISTINCT ON dropped."""
    if isinstance(node, exp.Limit | exp.Offset) and isinstance(node.expression, exp.Literal):
        number = int(node.expression.name)
        for other in (number - 1, number + 1):
            if other >= 0:
                yield change("LIM", node.expression, exp.Literal.number(other))
        yield Change("LIM", arrow(text(node), ""), node, lambda copy: copy.pop())
    elif isinstance(node, exp.Distinct) and isinstance(on := node.args.get("on"), exp.Tuple):
        keys: list[exp.Expr] = on.expressions
        for key in keys[:] if len(keys) > 1 else ():
            yield drop("LIM", key, f"distinct on {text(key)}")


def conditions(node: exp.Expr, _: Schema) -> Iterator[Change[Any]]:
    """LCR: AND and OR become each other or one of their sides; a lone condition goes."""
    if isinstance(node, exp.And | exp.Or):
        left, right = node.this, node.expression
        other = exp.Or if isinstance(node, exp.And) else exp.And
        swapped = exp.Paren(this=other(this=left.copy(), expression=right.copy()))
        said = arrow(text(node), f"{text(left)} {other.key} {text(right)}")
        yield Change("LCR", said, node, lambda copy: copy.replace(swapped.copy()))
        yield change("LCR", node, left)
        yield change("LCR", node, right)
    elif isinstance(node, exp.Where | exp.Having):
        condition = node.this
        if not isinstance(condition, exp.And | exp.Or):
            yield change("LCR", condition, exp.true())
    elif isinstance(node, exp.Join):
        condition = node.args.get("on")
        if condition is not None and not isinstance(condition, exp.And | exp.Or | exp.Boolean):
            yield change("LCR", condition, exp.true())
