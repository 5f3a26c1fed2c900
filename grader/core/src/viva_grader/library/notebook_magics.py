"""Decides what is left of a cell once IPython's own syntax is taken out: Python, line for line."""

import re

from viva_grader.library.parsing import parse_cell

_RUNS_ITS_BODY = re.compile(r"%%(time|timeit|capture|prun|python3?|python)\b")
_CELL_MAGIC = re.compile(r"\A(?:[ \t]*(?:#[^\n]*|\r)?\n)*[ \t]*%%")
_TIMED_LINE = re.compile(r"^(\s*)%time\s+(?!it\b)(.+)$")
_QUERIED = re.compile(r"^\s*([A-Za-z_]\w*)\s*=\s*%sql\b|^\s*%sql\s+([A-Za-z_]\w*)\s*(?:=\s*)?<<")
_ASSIGNED = re.compile(r"^(\s*)([A-Za-z_][\w., \t]*)=\s*[%!].*$")
_LINE = re.compile(r"^(\s*)([%!?].*|[\w.]+\?\??)\s*$")
_SQL = re.compile(r"\A\s*%%sql\b[^\n]*\n?")
_OPTIONS = r"(?:--?[A-Za-z]\S*[^\S\n]+(?:[^\s<-]\S*[^\S\n]+)??)*"
_TARGET = re.compile(rf"\s*%%sql(?![\w.])[^\S\n]+{_OPTIONS}([^\W\d]\w*)\s*(?:=\s*)?<<")
_MAGIC = re.compile(r"[%!]")
_SIGN = re.compile(r"[%!?]")
_ROUNDS = 200
UNREADABLE = (ValueError, RecursionError, MemoryError)
"""What Python's parser raises beside SyntaxError: of null characters, and of what is too deep."""


def is_sql(source: str) -> bool:
    """Whether a cell is run by the database, not by Python."""
    return bool(_SQL.match(source))


def query_targets(source: str) -> list[str]:
    """Name what a cell's queries would bind: ``%%sql name <<``, ``name = %sql …``."""
    head = _TARGET.match(source)
    if head:
        return [head[1]]
    found = (_QUERIED.match(line) for line in source.split("\n") if "%sql" in line)
    return [match[1] or match[2] for match in found if match]


def leaves_out_code(source: str) -> bool:
    """Whether :func:`plain_python` drops something that the cell's result depends on."""
    if not source.strip() or not _MAGIC.search(source):
        return False
    if _CELL_MAGIC.match(source):
        return not plain_python(source).strip()
    try:
        parse_cell(source)
    except SyntaxError:
        return any(_ASSIGNED.match(line) or _QUERIED.match(line) for line in source.split("\n"))
    except UNREADABLE:
        return False
    return False


def plain_python(source: str) -> str:
    """Take IPython's syntax out of a cell and keep the number of its lines.

    ``%%sql`` and other cell magics that run something else leave nothing; ``%%time`` and ``%time``
    leave what they time; other line magics, ``!commands`` and ``name?`` become ``pass``.
    """
    body = _body(source)
    if body is None:
        return "\n" * source.count("\n")
    source = body
    if not _SIGN.search(source):
        return source  # as most cells are: parsing it would tell nothing
    for _ in range(_ROUNDS):
        try:
            parse_cell(source)
        except SyntaxError as error:
            replaced = _without_magic(source, error.lineno or 0)
            if replaced == source:
                return source
            source = replaced
        except UNREADABLE:
            return source
        else:
            return source
    return source


def holds_python(source: str) -> bool:
    """Whether :func:`plain_python` leaves anything of a cell: told without parsing it."""
    body = _body(source)
    return body is not None and bool(body.strip())


def _body(source: str) -> str | None:
    """Give a cell without the magic that runs its body; None where that is no Python."""
    head = _CELL_MAGIC.match(source)
    if head is None:
        return source
    first = source[: head.end()].count("\n")
    lines = source.split("\n")
    if not _RUNS_ITS_BODY.match(lines[first].strip()):
        return None
    lines[first] = ""
    return "\n".join(lines)


def _without_magic(source: str, number: int) -> str:
    """Replace the magic that Python stumbled over, or else every line that looks like one."""
    lines = source.split("\n")
    if 0 < number <= len(lines):
        plain = _plain_line(lines[number - 1])
        if plain != lines[number - 1]:
            return "\n".join([*lines[: number - 1], plain, *lines[number:]])
    return "\n".join(_plain_line(line) for line in lines)


def _plain_line(line: str) -> str:
    timed = _TIMED_LINE.match(line)
    if timed:
        return timed[1] + timed[2]
    if _QUERIED.match(line):
        return f"{line[: len(line) - len(line.lstrip())]}pass"  # its name stays unbound
    assigned = _ASSIGNED.match(line)
    if assigned:
        return f"{assigned[1]}{assigned[2].rstrip()} = None"
    magic = _LINE.match(line)
    return f"{magic[1]}pass" if magic else line
