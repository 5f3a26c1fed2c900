"""Decides which faults are put into windows, times and changes of rows: operators of our own.

Tuya et al. wrote theirs for SQL-92; these follow the same idea for what PostgreSQL has since.
"""

from collections.abc import Iterator
from typing import Any

from sqlglot import exp

from viva_grader.mutation.mutant import Change, arrow
from viva_grader.mutation.sql_conditions import is_assignment
from viva_grader.mutation.sql_text import Schema, change, drop, text

_RANKS: tuple[type[exp.Func], ...] = (exp.RowNumber, exp.Rank, exp.DenseRank)
_PAIRS: tuple[tuple[type[exp.Func], type[exp.Func]], ...] = (
    (exp.Lag, exp.Lead), (exp.FirstValue, exp.LastValue),
)  # fmt: skip
_UNITS = ("HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR")
_ZONES = ("UTC", "Etc/GMT-1", "Etc/GMT-2")


def windows(node: exp.Expr, _: Schema) -> Iterator[Change[Any]]:
    """WIN: partitions, frames and ranking functions."""
    if isinstance(node, exp.Window):
        for key in node.args.get("partition_by") or ():
            yield drop("WIN", key, f"partition by {text(key)}")
        spec = node.args.get("spec")
        if spec is not None:
            yield from _frames(spec)
    elif isinstance(node, _RANKS):
        for other in _RANKS:
            if not isinstance(node, other):
                yield change("WIN", node, other())
    for one, two in _PAIRS:
        if isinstance(node, one | two):
            other = two if isinstance(node, one) else one
            yield change("WIN", node, other(**node.args))


def _frames(spec: exp.WindowSpec) -> Iterator[Change[Any]]:
    said = text(spec)
    yield Change("WIN", arrow(said, ""), spec, lambda copy: copy.pop())
    for end in ("start", "end"):
        bound = spec.args.get(end)
        if isinstance(bound, exp.Literal) and bound.is_int:
            for other in (int(bound.name) - 1, int(bound.name) + 1):
                yield change("WIN", bound, exp.Literal.number(max(other, 0)))
        elif str(bound).upper() == "CURRENT ROW":

            def edit(copy: exp.WindowSpec, end: str = end) -> None:
                copy.set(end, "UNBOUNDED")
                copy.set(f"{end}_side", "PRECEDING" if end == "start" else "FOLLOWING")

            yield Change("WIN", f"{said}: {end} unbounded", spec, edit)
        elif str(bound).upper() == "UNBOUNDED":

            def close(copy: exp.WindowSpec, end: str = end) -> None:
                copy.set(end, "CURRENT ROW")
                copy.set(f"{end}_side", None)

            yield Change("WIN", f"{said}: {end} at the current row", spec, close)


def times(node: exp.Expr, _: Schema) -> Iterator[Change[Any]]:
    """TIM: zones go or are fixed offsets, units and lengths of time change."""
    if isinstance(node, exp.AtTimeZone):
        yield change("TIM", node, node.this)
        for zone in _ZONES:
            if node.args["zone"].name != zone:
                yield change("TIM", node.args["zone"], exp.Literal.string(zone))
    elif isinstance(node, exp.TimestampTrunc | exp.DateTrunc | exp.Interval):
        unit = node.args.get("unit")
        if isinstance(unit, exp.Var):
            for other in _UNITS:
                if unit.name.upper() != other:
                    yield change("TIM", unit, exp.Var(this=other))
        if isinstance(node, exp.Interval) and node.name.isdigit():
            yield change("TIM", node.this, exp.Literal.string(str(int(node.name) + 1)))


def changes(node: exp.Expr, _: Schema) -> Iterator[Change[Any]]:
    """UPS: an assignment of SET goes, ON CONFLICT does nothing, goes, or updates everywhere."""
    if is_assignment(node) and node.parent is not None and len(node.parent.expressions) > 1:
        yield drop("UPS", node, f"set {text(node)}")
    elif isinstance(node, exp.OnConflict):
        yield Change("UPS", arrow(text(node), ""), node, lambda copy: copy.pop())
        if node.expressions:
            yield Change("UPS", f"{text(node)}: do nothing", node, _do_nothing)
    elif isinstance(node, exp.Constraint | exp.UniqueColumnConstraint):
        yield Change("UPS", arrow(text(node), ""), node, lambda copy: copy.pop())


def _do_nothing(copy: exp.OnConflict) -> None:
    copy.set("expressions", None)
    copy.set("where", None)
    copy.set("action", exp.Var(this="DO NOTHING"))
