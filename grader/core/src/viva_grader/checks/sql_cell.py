"""Decides which SQL a ``%%sql`` cell holds, by JupySQL's own syntax."""

import re
from dataclasses import dataclass

from viva_grader.databases.lexer import Sort, tokens

_MAGIC = re.compile(r"\s*%%sql(?![\w.])[^\S\n]*(?P<line>[^\n]*)(?P<body>.*)", re.DOTALL)
_TARGET = re.compile(r"(?P<name>[^\W\d]\w*)\s*(?:=\s*)?<<(?P<sql>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SqlCell:
    """What a ``%%sql`` cell says.

    Attributes
    ----------
    sql : str
        The statement, comments kept: citations count its lines.
    name : str or None
        The variable before ``<<``.
    blank : bool
        Whether there is nothing in it but comments and white space.
    """

    sql: str
    name: str | None
    blank: bool


class NotSqlCellError(ValueError):
    """The cell is no ``%%sql`` cell: its one line says why."""


class UnsupportedSqlCellError(ValueError):
    """The cell uses a part of JupySQL that needs the candidate's own session."""


def parse_sql_cell(source: str) -> SqlCell:
    """Take the statement out of a ``%%sql`` or ``%%sql name <<`` cell.

    Raises
    ------
    NotSqlCellError
        If the cell does not begin with ``%%sql``.
    UnsupportedSqlCellError
        If it names options, another connection, or a ``{{template}}``.
    """
    magic = _MAGIC.fullmatch(source)
    if magic is None:
        raise NotSqlCellError("the cell does not begin with %%sql")
    line = magic["line"]
    if re.match(r"--?[A-Za-z]", line):
        raise UnsupportedSqlCellError("options of %%sql are not graded automatically")
    target = _TARGET.fullmatch(line)
    sql = (target["sql"] if target else line) + magic["body"]
    if not target and "://" in line:
        raise UnsupportedSqlCellError("a connection of one's own is not graded automatically")
    if "{{" in sql:
        raise UnsupportedSqlCellError("{{templates}} in SQL are not graded automatically")
    blank = all(each.sort is Sort.COMMENT or each.text == ";" for each in tokens(sql))
    return SqlCell(sql=sql, name=target["name"] if target else None, blank=blank)
