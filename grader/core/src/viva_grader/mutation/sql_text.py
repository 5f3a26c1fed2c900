"""Decides how a piece of a query is written and replaced while mutants are made."""

from typing import Any

import sqlglot
from sqlglot import exp

from viva_grader.mutation.mutant import Change, arrow

DIALECT = "postgres"
_CLAUSES = (exp.Group, exp.Order)
_FILLED = (exp.NotNullColumnConstraint, exp.PrimaryKeyColumnConstraint)


def text(node: exp.Expr) -> str:
    """Write a node as PostgreSQL would read it, on one line."""
    return node.sql(dialect=DIALECT)


def change(operator: str, old: exp.Expr, new: exp.Expr) -> Change[Any]:
    """Replace a node by another."""
    template = new.copy()
    # an operator binds as tightly as its place demands only in parentheses
    if isinstance(template, exp.Binary) and isinstance(old.parent, exp.Binary | exp.Cast):
        template = exp.Paren(this=template)
    said = arrow(text(old), text(new))
    return Change(operator, said, old, lambda copy: copy.replace(template.copy()))


def drop(operator: str, old: exp.Expr, said: str) -> Change[Any]:
    """Take one of a list away; with the last one its clause goes."""

    def edit(copy: exp.Expr) -> None:
        clause = copy.parent
        copy.pop()
        if clause is not None and not clause.expressions and isinstance(clause, _CLAUSES):
            clause.pop()

    return Change(operator, f"{said} → nothing", old, edit)


class Schema:
    """Which columns there are, and of which type: what a column may be mistaken for.

    Parameters
    ----------
    schema_sql : str
        The fixture's ``CREATE TABLE`` statements; others are passed over.
    """

    def __init__(self, schema_sql: str) -> None:
        self._tables: dict[str, dict[str, str]] = {}
        self._filled: dict[str, set[str]] = {}
        for statement in sqlglot.parse(schema_sql, dialect=DIALECT):
            if isinstance(statement, exp.Create) and isinstance(statement.this, exp.Schema):
                columns = [c for c in statement.this.expressions if isinstance(c, exp.ColumnDef)]
                name = statement.this.this.name
                self._tables[name] = {c.name: _family(c.args.get("kind")) for c in columns}
                self._filled[name] = {
                    column.name
                    for column in columns
                    for constraint in column.constraints
                    if isinstance(constraint.kind, _FILLED)
                }

    def in_reach(self, node: exp.Expr) -> list[exp.Expr]:
        """Name the columns of the tables in the node's select, and those that it uses anyway."""
        select = enclosing_select(node)
        if select is None:
            return []
        found: dict[str, exp.Column] = {
            text(column): column.copy()
            for column in select.find_all(exp.Column)
            if column.parent_select is select and not isinstance(column.this, exp.Star)
        }
        qualified = any(column.table for column in found.values())
        for table in self._tables_of(select):
            for name in self._tables.get(table.name, ()):
                column = exp.column(name, table.alias_or_name if qualified else None)
                found.setdefault(text(column), column)
        return [found[name] for name in sorted(found)]

    def alike(self, one: exp.Expr, other: exp.Expr) -> bool:
        """Whether two columns can be of one type: where that is not known, they can."""
        left, right = self._type(one), self._type(other)
        return not left or not right or left == right

    def never_null(self, column: exp.Expr, where: exp.Expr) -> bool:
        """Whether a column of a real table is NOT NULL, and no outer join can make it NULL."""
        select = enclosing_select(where)
        if select is None or not isinstance(column, exp.Column):
            return False
        if any(join.side for join in select.args.get("joins") or ()):
            return False
        tables = [table.name for table in self._tables_of(select)]
        known = [self._filled[name] for name in tables if name in self._filled]
        # a name of a WITH query is no table of the schema: nothing is known of its columns
        return len(known) == len(tables) > 0 and any(column.name in names for names in known)

    def _tables_of(self, select: exp.Select) -> list[exp.Table]:
        sources = [select.args.get("from_"), *(select.args.get("joins") or ())]
        return [each.this for each in sources if each and isinstance(each.this, exp.Table)]

    def _type(self, column: exp.Expr) -> str:
        types = {kinds[column.name] for kinds in self._tables.values() if column.name in kinds}
        return types.pop() if len(types) == 1 else ""


def _family(kind: object) -> str:
    name = str(kind).upper().split("(")[0]
    return "NUMBER" if name in {"INT", "BIGINT", "SMALLINT", "DECIMAL", "DOUBLE"} else name


def enclosing_select(node: exp.Expr) -> exp.Select | None:
    """Find the select that a node is part of."""
    found = node.parent_select
    return found if isinstance(found, exp.Select) else None
