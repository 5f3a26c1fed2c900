"""Decides what a query's rows are in a notebook: a pandas frame of the values a driver gives."""

# pyright: reportMissingTypeStubs=false

import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import pandas as pd

from viva_grader.checks.nested import read_array

_UNITS = re.compile(r"([+-]?\d+) (year|mon|day)s?")
_CLOCK = re.compile(r"([+-]?)(\d+):(\d\d):(\d\d)(?:\.(\d{1,6}))?")
# As psycopg counts them.
_DAYS = {"year": 365, "mon": 30, "day": 1}


class UnreadableRowsError(ValueError):
    """A value that Python has none for: the one line says of which type."""


def frame_of(columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[str | None]]) -> Any:
    """Make the frame that ``%%sql name <<`` binds.

    Parameters
    ----------
    columns : sequence of (str, str)
        Name and PostgreSQL type of each, an array's with ``_`` before it.
    rows : sequence of sequence of str or None
        PostgreSQL's text of each cell; None for NULL.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    UnreadableRowsError
        If Python has no such value: a date before the year 1, an infinite time.
    """
    readers = [(type_, _reader(type_)) for _, type_ in columns]
    read = [
        tuple(_read(cell, *reader) for cell, reader in zip(row, readers, strict=True))
        for row in rows
    ]
    return pd.DataFrame(read, columns=[name for name, _ in columns])


def _read(cell: str | None, type_: str, reader: Callable[[str], Any]) -> Any:
    if cell is None:
        return None
    try:
        return reader(cell)
    except (ValueError, OverflowError, RecursionError) as error:
        raise UnreadableRowsError(f"a value of type {type_} is none that Python has") from error


def _reader(type_: str) -> Callable[[str], Any]:
    if type_.startswith("_"):
        one = _READERS.get(type_[1:], str)
        return lambda text: _listed(_elements(text, one))
    return _READERS.get(type_, str)


def _elements(text: str, one: Callable[[str], Any]) -> Any:
    found: Any = read_array(text, lambda word: None if word is None else one(word))
    return found[1]


def _listed(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_listed(each) for each in cast("tuple[Any, ...]", value)]
    return value


def _interval(text: str) -> timedelta:
    found = timedelta(days=sum(int(n) * _DAYS[unit] for n, unit in _UNITS.findall(text)))
    clock = _CLOCK.search(text)
    if clock is None:
        return found
    sign, hours, minutes, seconds, part = clock.groups("")
    spent = timedelta(
        hours=int(hours), minutes=int(minutes), seconds=int(seconds),
        microseconds=int(part.ljust(6, "0")),
    )  # fmt: skip
    return found - spent if sign == "-" else found + spent


_READERS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("int2", "int4", "int8", "oid"), int),
    **dict.fromkeys(("float4", "float8"), float),
    **dict.fromkeys(("json", "jsonb"), json.loads),
    "numeric": Decimal,
    "bool": lambda text: text == "t",
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timestamp": datetime.fromisoformat,
    "timestamptz": lambda text: datetime.fromisoformat(text).astimezone(UTC),
    "interval": _interval,
    "uuid": UUID,
    "bytea": lambda text: bytes.fromhex(text.removeprefix("\\x")),
}
