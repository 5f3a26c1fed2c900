"""Decides when two database values are the same: by type, within a tolerance, NULL apart."""

import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from decimal import Context, Decimal
from enum import StrEnum

from viva_grader.checks.nested import read_array, read_json


class Family(StrEnum):
    """Types whose values can be compared with each other."""

    NUMBER = "numbers"
    BOOLEAN = "booleans"
    TEXT = "text"
    CALENDAR = "dates or timestamps without time zone"
    INSTANT = "timestamps with time zone"
    INTERVAL = "intervals"
    JSON = "JSON"
    OTHER = "other values"


_FAMILIES = {
    **dict.fromkeys(("int2", "int4", "int8", "numeric", "float4", "float8", "oid"), Family.NUMBER),
    "bool": Family.BOOLEAN,
    **dict.fromkeys(("text", "varchar", "bpchar", "name", "char", "unknown"), Family.TEXT),
    **dict.fromkeys(("date", "timestamp"), Family.CALENDAR),
    "timestamptz": Family.INSTANT,
    "interval": Family.INTERVAL,
    **dict.fromkeys(("json", "jsonb"), Family.JSON),
}
FLOATING = frozenset({"float4", "float8"})

# Floating point sums depend on the order in which rows are read: about 1e-16 per addition.
FLOAT_RELATIVE_TOLERANCE = Decimal("1e-9")

# PostgreSQL rounds a quotient to 16 digits or some more after the point: how it was written decides
# how many, so two that differ there alone say the same.
QUOTIENT_DIGITS = 16
QUOTIENT_RELATIVE_TOLERANCE = Decimal("1e-12")

# Stands in a cell's key for a number that need not be equal; no value's own form is a plain word.
CLOSE = "close"

# Wide enough that no difference between two doubles is lost; PostgreSQL's numeric may round.
_ARITHMETIC = Context(prec=700)

_INTERVAL_UNITS = re.compile(r"([+-]?\d+) (year|mon|day)s?")
_INTERVAL_CLOCK = re.compile(r"([+-]?)(\d+):(\d\d):(\d\d(?:\.\d+)?)$")


def family(type_name: str) -> Family:
    """Say which values a type's values can be compared with; of an array: its elements'."""
    return _FAMILIES.get(element(type_name), Family.OTHER)


def element(type_name: str) -> str:
    """Give the type of an array's elements, or the type itself."""
    return type_name.removeprefix("_")


def same_kind(left: str, right: str) -> bool:
    """Whether values of two types can be equal at all."""
    if left == right:
        return True
    arrays = left.startswith("_") is right.startswith("_")
    return arrays and family(left) is family(right) is not Family.OTHER


def described(type_name: str) -> str:
    """Say in words what a column of a type holds: ``numbers (int4)``."""
    if type_name.startswith("_"):
        return f"arrays of {family(type_name)} ({element(type_name)}[])"
    return f"{family(type_name)} ({type_name})"


@dataclass(slots=True)
class Cell:
    """A cell, split into what must be equal and the numbers that must be close."""

    key: Hashable
    numbers: list[Decimal] = field(default_factory=list[Decimal])


def split(text: str | None, type_name: str, *, tolerant: bool) -> Cell:
    """Read a cell; where its column is tolerant, finite numbers leave its key.

    Keys are equal exactly where values are: a pair of family and value, or None for NULL, so that
    1 and true differ, 9 and 9.0 do not, and a date is midnight of that day.

    Parameters
    ----------
    text : str or None
        The cell as PostgreSQL prints it (``DateStyle ISO``, ``IntervalStyle postgres``).
    type_name : str
        PostgreSQL's name for the type; an array's begins with ``_``.
    """
    cell = Cell(None)

    def leaf(word: str | None) -> Hashable:
        number = number_of(word, element(type_name)) if tolerant else None
        if number is None:
            return _plain(word, element(type_name))
        cell.numbers.append(number)
        return CLOSE

    if text is not None and type_name.startswith("_"):
        try:
            cell.key = ("array", read_array(text, leaf))
        except ValueError:
            cell = Cell((type_name, text))
    else:
        cell.key = leaf(text)
    return cell


def _plain(text: str | None, type_name: str) -> Hashable:
    if text is None:
        return None
    kind = family(type_name)
    normalised = _NORMAL_FORMS[kind](text, type_name)
    return (type_name if kind is Family.OTHER else kind.value), normalised


def is_quotient(text: str | None) -> bool:
    """Whether a number has so many digits after its point that it must have been rounded."""
    return text is not None and len(text.partition(".")[2]) >= QUOTIENT_DIGITS


def number_of(text: str | None, type_name: str) -> Decimal | None:
    """Read a number that can be near another; None for NULL, NaN and what is no number."""
    if text is None or text == "NaN" or _FAMILIES.get(type_name) is not Family.NUMBER:
        return None
    return Decimal(text)


def close(left: Decimal, right: Decimal, absolute: Decimal, relative: Decimal) -> bool:
    """Whether two numbers differ by no more than either tolerance allows."""
    if left == right:
        return True
    if not (left.is_finite() and right.is_finite()):
        return False
    difference = abs(_ARITHMETIC.subtract(left, right))
    return difference <= max(absolute, relative * max(abs(left), abs(right)))


def _as_printed(text: str, _type_name: str) -> str:
    return text


def _number(text: str, _type_name: str) -> Decimal | str:
    # NaN equals nothing in Python, but itself in PostgreSQL: compared as a word
    return text if text == "NaN" else Decimal(text)


def _text(text: str, type_name: str) -> str:
    return text.rstrip(" ") if type_name == "bpchar" else text


def _timestamp(text: str, type_name: str) -> str:
    if type_name != "date" or "infinity" in text:
        return text
    date, blank, era = text.partition(" ")
    return f"{date} 00:00:00{blank}{era}"


def _seconds(text: str, _type_name: str) -> Decimal | str:
    """PostgreSQL's own order of intervals: a month is 30 days, a day is 24 hours."""
    days = Decimal(0)
    for amount, unit in _INTERVAL_UNITS.findall(text):
        days += int(amount) * {"year": 360, "mon": 30, "day": 1}[unit]
    clock = _INTERVAL_CLOCK.search(text)
    seconds = Decimal(0)
    if clock:
        sign, hours, minutes, rest = clock.groups()
        seconds = int(hours) * 3600 + int(minutes) * 60 + Decimal(rest)
        seconds = -seconds if sign == "-" else seconds
    elif not _INTERVAL_UNITS.search(text):
        return text
    return days * 86_400 + seconds


def _json(text: str, _type_name: str) -> Hashable:
    try:
        return read_json(text)
    except ValueError:
        return text


_NORMAL_FORMS: dict[Family, Callable[[str, str], Hashable]] = {
    Family.NUMBER: _number,
    Family.BOOLEAN: _as_printed,
    Family.TEXT: _text,
    Family.CALENDAR: _timestamp,
    Family.INSTANT: _as_printed,
    Family.INTERVAL: _seconds,
    Family.JSON: _json,
    Family.OTHER: _as_printed,
}
