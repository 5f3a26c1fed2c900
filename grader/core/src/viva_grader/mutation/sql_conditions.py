"""Decides which faults are put into a query's expressions: the OR, NL and IR operators.

Names follow Tuya et al., as in ``sql_clauses``; columns are replaced only by columns in reach.
"""

from collections.abc import Iterator
from typing import Any

from sqlglot import exp

from viva_grader.mutation.mutant import Change, arrow
from viva_grader.mutation.sql_text import Schema, change, text

_RELATIONS: tuple[type[exp.Binary], ...] = (
    exp.LT, exp.LTE, exp.GT, exp.GTE, exp.EQ, exp.NEQ,
)  # fmt: skip
_ARITHMETIC: tuple[type[exp.Binary], ...] = (exp.Add, exp.Sub, exp.Mul, exp.Div)


def relations(node: exp.Expr, _: Schema) -> Iterator[Change[Any]]:
    """ROR: a comparison becomes each of the other five."""
    if isinstance(node, _RELATIONS) and not is_assignment(node):
        for other in _RELATIONS:
            if not isinstance(node, other):
                new = other(this=node.this.copy(), expression=node.expression.copy())
                yield change("ROR", node, new)


def is_assignment(node: exp.Expr) -> bool:
    """Whether an equality is the SET of an UPDATE or of an ON CONFLICT."""
    parent = node.parent
    return isinstance(node, exp.EQ) and (
        isinstance(parent, exp.OnConflict)
        or (isinstance(parent, exp.Update) and node.arg_key == "expressions")
    )


def arithmetic(node: exp.Expr, _: Schema) -> Iterator[Change[Any]]:
    """AOR: + - * / become each other; ABS: an amount is added up without its sign."""
    if isinstance(node, _ARITHMETIC):
        for other in _ARITHMETIC:
            if not isinstance(node, other):
                new = other(this=node.this.copy(), expression=node.expression.copy())
                yield change("AOR", node, new)
    elif isinstance(node, exp.Sum | exp.Avg | exp.Min | exp.Max):
        argument = node.this
        if not isinstance(argument, exp.Abs | exp.Distinct):
            yield change("ABS", argument, exp.Abs(this=argument.copy()))


def betweens(node: exp.Expr, _: Schema) -> Iterator[Change[Any]]:
    """BTW: one end of BETWEEN opens."""
    if isinstance(node, exp.Between):
        this, low, high = node.this, node.args["low"], node.args["high"]
        for first, second in ((exp.GT, exp.LTE), (exp.GTE, exp.LT)):
            new = exp.And(
                this=first(this=this.copy(), expression=low.copy()),
                expression=second(this=this.copy(), expression=high.copy()),
            )
            yield change("BTW", node, exp.Paren(this=new))


def nulls(node: exp.Expr, schema: Schema) -> Iterator[Change[Any]]:
    """NLF, NLS: IS NULL is turned round, COALESCE goes, COUNT(*) counts what is not NULL."""
    if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
        negated = bool(node.args.get("negate"))
        new = exp.Is(this=node.this.copy(), expression=exp.Null(), negate=not negated)
        yield change("NLF", node, new)
    elif isinstance(node, exp.NullSafeEQ | exp.NullSafeNEQ):
        other = exp.EQ if isinstance(node, exp.NullSafeEQ) else exp.NEQ
        turned = exp.NullSafeNEQ if isinstance(node, exp.NullSafeEQ) else exp.NullSafeEQ
        for kind in (other, turned):
            new = kind(this=node.this.copy(), expression=node.expression.copy())
            yield change("NLF", node, new)
    elif isinstance(node, exp.Coalesce):
        yield change("NLS", node, node.this)
    elif isinstance(node, exp.Count):
        if isinstance(node.this, exp.Star):
            for column in schema.in_reach(node):
                if not schema.never_null(column, node):
                    yield change("NLS", node, exp.Count(this=column))
        else:
            yield change("NLS", node, exp.Count(this=exp.Star()))


def columns(node: exp.Expr, schema: Schema) -> Iterator[Change[Any]]:
    """IRC: a column becomes each other column in reach that can have its type."""
    if isinstance(node, exp.Column) and not isinstance(node.this, exp.Star):
        for other in schema.in_reach(node):
            if text(other) != text(node) and schema.alike(node, other):
                yield change("IRC", node, other)


def constants(node: exp.Expr, _: Schema) -> Iterator[Change[Any]]:
    """IRT: a number becomes one more and one less, a text another one."""
    if not isinstance(node, exp.Literal) or isinstance(
        node.parent,
        exp.WindowSpec | exp.Limit | exp.Offset | exp.Interval | exp.AtTimeZone | exp.DataTypeParam
        | exp.Group | exp.Ordered,
    ):  # fmt: skip
        return
    if node.is_string:
        yield change("IRT", node, exp.Literal.string(node.name + "_"))
        return
    if node.is_int:
        for other in (int(node.name) - 1, int(node.name) + 1):
            literal = exp.Literal.number(abs(other))
            yield change("IRT", node, exp.Neg(this=literal) if other < 0 else literal)


def casts(node: exp.Expr, _: Schema) -> Iterator[Change[Any]]:
    """CST: a cast goes. CAS: results of a CASE are swapped, its ELSE and each WHEN go."""
    if isinstance(node, exp.Cast) and not isinstance(node.this, exp.Literal):
        yield change("CST", node, node.this)
    elif isinstance(node, exp.Case):
        ifs: list[exp.If] = node.args["ifs"]
        default = node.args.get("default")
        if default is not None:
            yield Change(
                "CAS", arrow(f"else {text(default)}", ""), node,
                lambda copy: copy.set("default", None),
            )  # fmt: skip
            yield Change("CAS", f"{text(node)}: first result and ELSE swapped", node, _swap)
        if len(ifs) > 1:
            for each in ifs:
                said = f"when {text(each.this)} → nothing"
                yield Change("CAS", said, each, lambda copy: copy.pop())


def _swap(case: exp.Case) -> None:
    first, default = case.args["ifs"][0], case.args["default"]
    result = first.args["true"].copy()
    first.set("true", default.copy())
    case.set("default", result)
