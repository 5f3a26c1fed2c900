"""Decides how data becomes plain Python values again, one form for each exact type."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# pyright: reportUnknownLambdaType=false
# Values of any type pass through here.

import array
import base64
import collections
import datetime
import decimal
import fractions
import importlib
import pathlib
import re
import time
import types
import uuid
from collections.abc import Callable
from typing import Any


def _zone(key: Any) -> datetime.tzinfo | None:
    if key is None:
        return None
    if isinstance(key, str):
        import zoneinfo

        return zoneinfo.ZoneInfo(key)
    return datetime.timezone(datetime.timedelta(seconds=key))


def _timezone(constants: list[Any]) -> datetime.timezone:
    offset = datetime.timedelta(*constants[:3])
    if offset == datetime.timedelta(0) and len(constants) == 3:  # noqa: PLR2004 - no name
        return datetime.timezone.utc  # noqa: UP017 - the one object that every UTC is
    return datetime.timezone(offset, *constants[3:])


BUILD: dict[str, Callable[[list[Any], list[Any]], Any]] = {
    "int": lambda c, _i: int(c[0], 16),
    "float": lambda c, _i: float(c[0]),
    "complex": lambda _c, i: complex(i[0], i[1]),
    "bytes": lambda c, _i: base64.b64decode(c[0]),
    "bytearray": lambda c, _i: bytearray(base64.b64decode(c[0])),
    "tuple": lambda _c, i: tuple(i),
    "frozenset": lambda _c, i: frozenset(i),
    "range": lambda _c, i: range(*i),
    "slice": lambda _c, i: slice(*i),
    "ellipsis": lambda _c, _i: ...,
    "notimplemented": lambda _c, _i: NotImplemented,
    "datetime": lambda c, _i: datetime.datetime.fromisoformat(c[0]).replace(
        tzinfo=_zone(c[1]), fold=c[2]
    ),
    "date": lambda c, _i: datetime.date.fromisoformat(c[0]),
    "time": lambda c, _i: datetime.time.fromisoformat(c[0]).replace(tzinfo=_zone(c[1]), fold=c[2]),
    "timedelta": lambda c, _i: datetime.timedelta(c[0], c[1], c[2]),
    "decimal": lambda c, _i: decimal.Decimal(c[0]),
    "fraction": lambda _c, i: fractions.Fraction(i[0], i[1]),
    "uuid": lambda c, _i: uuid.UUID(hex=c[0]),
    "keys": lambda _c, i: dict.fromkeys(i).keys(),
    "values": lambda _c, i: dict(enumerate(i)).values(),
    "items": lambda _c, i: dict(i).items(),
    "path": lambda c, _i: pathlib.PosixPath(c[0]),
    "tz": lambda c, _i: _timezone(c),
    "zone": lambda c, _i: _zone(c[0]),
    "structtime": lambda _c, i: time.struct_time(i),
    "space": lambda c, i: types.SimpleNamespace(**dict(zip(c[0], i, strict=True))),
    "proxy": lambda _c, i: types.MappingProxyType(i[0]),
    "chain": lambda _c, i: collections.ChainMap(*i),
    "array": lambda c, _i: array.array(c[0], base64.b64decode(c[1])),  # pyright: ignore[reportDeprecated] - of type code u alone
    "purepath": lambda c, _i: pathlib.PurePosixPath(c[0]),
    "pattern": lambda c, i: re.compile(i[0], c[0] & ~re.DEBUG),
    "ip": lambda c, _i: getattr(importlib.import_module("ipaddress"), c[0])(c[1]),
}
