"""Decides when two database values are the same: by type, within a tolerance, NULL apart."""

import json
import re
from collections.abc import Callable, Hashable
from decimal import Context, Decimal
from enum import StrEnum


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

# Wide enough that no difference between two doubles is lost; PostgreSQL's numeric may round.
_ARITHMETIC = Context(prec=700)

_INTERVAL_UNITS = re.compile(r"([+-]?\d+) (year|mon|day)s?")
_INTERVAL_CLOCK = re.compile(r"([+-]?)(\d+):(\d\d):(\d\d(?:\.\d+)?)$")


def family(type_name: str) -> Family:
    """Say which values a type's values can be compared with."""
    return _FAMILIES.get(type_name, Family.OTHER)


def comparable(text: str | None, type_name: str) -> Hashable:
    """Turn PostgreSQL's text into a value that equals exactly what it should.

    Parameters
    ----------
    text : str or None
        The cell as PostgreSQL prints it (``DateStyle ISO``, ``IntervalStyle postgres``).
    type_name : str
        PostgreSQL's name for the type.

    Returns
    -------
    Hashable
        None for NULL; otherwise a pair of family and value, so that 1 and true differ, 9 and 9.0
        do not, and a date is midnight of that day.
    """
    if text is None:
        return None
    kind = family(type_name)
    normalised = _NORMAL_FORMS[kind](text, type_name)
    return (type_name if kind is Family.OTHER else kind.value), normalised


def number_of(text: str | None, type_name: str) -> Decimal | None:
    """Read a number that can be near another; None for NULL, NaN and what is no number."""
    if text is None or text == "NaN" or family(type_name) is not Family.NUMBER:
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


def _canonical_json(text: str, _type_name: str) -> str:
    try:
        return json.dumps(json.loads(text, parse_float=Decimal), sort_keys=True, default=str)
    except (ValueError, RecursionError):
        return text


_NORMAL_FORMS: dict[Family, Callable[[str, str], Hashable]] = {
    Family.NUMBER: _number,
    Family.BOOLEAN: _as_printed,
    Family.TEXT: _text,
    Family.CALENDAR: _timestamp,
    Family.INSTANT: _as_printed,
    Family.INTERVAL: _seconds,
    Family.JSON: _canonical_json,
    Family.OTHER: _as_printed,
}
