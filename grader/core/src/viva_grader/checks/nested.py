"""Decides how PostgreSQL's text of arrays and JSON is read: as values inside values."""

import json
import re
from collections.abc import Callable, Hashable
from decimal import Decimal
from typing import Any, cast

# An array whose subscripts do not begin at 1 says so: [0:1]={1,2}
_BOUNDS = re.compile(r"(?:\[[+-]?\d+:[+-]?\d+\])+=")
_TOKEN = re.compile(r'[{},]|"((?:[^"\\]|\\.)*)"|((?:[^{},"\\]|\\.)+)', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)

Leaf = Callable[[str | None], Hashable]


def read_array(text: str, leaf: Leaf) -> Hashable:
    """Read an array as nested tuples of what ``leaf`` makes of each element; NULL is None.

    Raises
    ------
    ValueError
        If it is no array as PostgreSQL prints them.
    """
    bounds = _BOUNDS.match(text)
    start = bounds.end() if bounds else 0
    open_lists: list[list[Hashable]] = [[]]
    while start < len(text):
        token = _TOKEN.match(text, start)
        if token is None:
            raise ValueError("no array")
        start = token.end()
        _take(token, open_lists, leaf)
    if len(open_lists) != 1 or len(open_lists[0]) != 1:
        raise ValueError("no array")
    return (bounds.group() if bounds else "", open_lists[0][0])


def _take(token: re.Match[str], open_lists: list[list[Hashable]], leaf: Leaf) -> None:
    sign = token.group()
    if sign == "{":
        open_lists.append([])
    elif sign == "}":
        if len(open_lists) == 1:
            raise ValueError("no array")
        closed = tuple(open_lists.pop())
        open_lists[-1].append(closed)
    elif sign != ",":
        quoted, bare = token.groups()
        word = _ESCAPE.sub(r"\1", bare if quoted is None else quoted)
        open_lists[-1].append(leaf(None if quoted is None and word == "NULL" else word))


def read_json(text: str) -> Hashable:
    """Read JSON as a value that equals what it should: members in any order, numbers by value.

    Raises
    ------
    ValueError
        If it cannot be read.
    """
    try:
        return _frozen(json.loads(text, parse_float=_number, parse_int=_number))
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def _number(text: str) -> Decimal | str:
    try:
        return Decimal(text)
    except ArithmeticError:  # an exponent beyond all bounds
        return f"number {text}"


def _frozen(value: Any) -> Hashable:
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return ("object", frozenset((name, _frozen(each)) for name, each in members.items()))
    if isinstance(value, list):
        return ("array", tuple(_frozen(each) for each in cast("list[Any]", value)))
    if isinstance(value, bool) or value is None:
        return ("word", str(value))
    return ("number" if isinstance(value, Decimal) else "text", value)
