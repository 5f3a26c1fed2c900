"""Decides what is left of a submitted cell once IPython's own syntax is taken out."""

import re

from viva_runner.parsing import parse_cell

_RUNS_ITS_BODY = re.compile(r"%%(time|timeit|capture|prun|python3?)\b")
_CELL_MAGIC = re.compile(r"\A(?:[ \t]*(?:#[^\n]*|\r)?\n)*[ \t]*%%")
_TIMED_LINE = re.compile(r"^(\s*)%time\s+(?!it\b)(.+)$")
_QUERIED = re.compile(r"^\s*([A-Za-z_]\w*)\s*=\s*%sql\b|^\s*%sql\s+([A-Za-z_]\w*)\s*(?:=\s*)?<<")
_ASSIGNED = re.compile(r"^(\s*)([A-Za-z_][\w., \t]*)=\s*[%!].*$")
_LINE = re.compile(r"^(\s*)([%!?].*|[\w.]+\?\??)\s*$")
_SIGN = re.compile(r"[%!?]")
_ROUNDS = 200


def plain_python(source: str) -> str:
    """Keep the Python of a cell, line for line.

    ``%%sql`` and other cell magics that run something else leave nothing; ``%%time`` and ``%time``
    leave what they time; other line magics, ``!commands`` and ``name?`` become ``pass``.
    """
    head = _CELL_MAGIC.match(source)
    if head:
        first = source[: head.end()].count("\n")
        lines = source.split("\n")
        if not _RUNS_ITS_BODY.match(lines[first].strip()):
            return ""
        lines[first] = ""
        source = "\n".join(lines)
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
        except (ValueError, RecursionError, MemoryError):
            return source  # compiling it will say why
        else:
            return source
    return source


def _without_magic(source: str, number: int) -> str:
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
