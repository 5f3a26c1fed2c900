"""Decides how plain Python values cross, both ways: one form for each exact type."""

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
import sys
import time
import types
import uuid
from collections.abc import Callable
from typing import Any

Item = Callable[[Any], Any]
Node = list[Any]


class RefusedError(Exception):
    """A request cannot be read, or a value of one cannot be built; the message says why."""


def _items(kind: str) -> Callable[[Item, Any], Node]:
    return lambda item, value: [kind, [], [item(held) for held in value]]


def _pairs(kind: str) -> Callable[[Item, Any], Node]:
    return lambda item, value: [
        kind, [], [item(held) for pair in value.items() for held in pair],
    ]  # fmt: skip


def _default_dict(item: Item, value: Any) -> Node:
    factory = item(value.default_factory)
    return ["ddict", [], [factory, *_pairs("ddict")(item, value)[2]]]


def _constant(kind: str, say: Callable[[Any], list[Any]]) -> Callable[[Item, Any], Node]:
    return lambda _item, value: [kind, say(value), []]


def _bytes(value: bytes | bytearray) -> list[Any]:
    return [base64.b64encode(value).decode("ascii")]


def _zoned(value: Any) -> list[Any]:
    zone = value.tzinfo
    plain = value.replace(tzinfo=None)
    if zone is None:
        return [plain.isoformat(), None, value.fold]
    key = getattr(zone, "key", None)
    if isinstance(key, str):
        return [plain.isoformat(), key, value.fold]
    offset = value.utcoffset()  # of a zone without a name: what holds at that time
    if offset is None:
        raise ValueError(f"a time of zone {type(zone).__name__} without an offset")
    return [plain.isoformat(), offset.total_seconds(), value.fold]


def _fixed_zone(value: Any) -> list[Any]:
    offset = value.utcoffset(None)
    name = value.__getinitargs__()[1:]
    return [offset.days, offset.seconds, offset.microseconds, *name]


def _space(item: Item, value: Any) -> Node:
    names = [name for name in vars(value) if type(name) is str]
    return ["space", [names], [item(vars(value)[name]) for name in names]]


ENCODE: dict[type, Callable[[Item, Any], Node]] = {
    int: _constant("int", lambda v: [hex(v)]),
    float: _constant("float", lambda v: [str(v)]),
    complex: lambda item, v: ["complex", [], [item(v.real), item(v.imag)]],
    bytes: _constant("bytes", _bytes),
    bytearray: _constant("bytearray", _bytes),
    list: _items("list"),
    tuple: _items("tuple"),
    set: _items("set"),
    frozenset: _items("frozenset"),
    dict: _pairs("dict"),
    collections.OrderedDict: _pairs("odict"),
    collections.Counter: _pairs("counter"),
    collections.defaultdict: _default_dict,
    collections.deque: lambda item, v: ["deque", [v.maxlen], [item(x) for x in v]],
    type({}.keys()): _items("keys"),
    type({}.values()): _items("values"),
    type({}.items()): _items("items"),
    pathlib.PosixPath: _constant("path", lambda v: [str(v)]),
    range: lambda item, v: ["range", [], [item(v.start), item(v.stop), item(v.step)]],
    slice: lambda item, v: ["slice", [], [item(v.start), item(v.stop), item(v.step)]],
    types.EllipsisType: _constant("ellipsis", lambda _v: []),
    types.NotImplementedType: _constant("notimplemented", lambda _v: []),
    datetime.datetime: _constant("datetime", _zoned),
    datetime.date: _constant("date", lambda v: [v.isoformat()]),
    datetime.time: _constant("time", _zoned),
    datetime.timedelta: _constant("timedelta", lambda v: [v.days, v.seconds, v.microseconds]),
    decimal.Decimal: _constant("decimal", lambda v: [str(v)]),
    fractions.Fraction: lambda item, v: ["fraction", [], [item(v.numerator), item(v.denominator)]],
    uuid.UUID: _constant("uuid", lambda v: [v.hex]),
    datetime.timezone: _constant("tz", _fixed_zone),
    time.struct_time: _items("structtime"),
    types.SimpleNamespace: _space,
    types.MappingProxyType: lambda item, v: ["proxy", [], [item(dict(v))]],
    collections.ChainMap: lambda item, v: ["chain", [], [item(m) for m in v.maps]],
    array.array: _constant("array", lambda v: [v.typecode, *_bytes(v.tobytes())]),
    pathlib.PurePosixPath: _constant("purepath", lambda v: [str(v)]),
}
# Modules that are seldom imported: looked for by name, so that starting stays fast.
_RARE: dict[tuple[str, str], Callable[[Item, Any], Node]] = {
    ("zoneinfo", "ZoneInfo"): _constant("zone", lambda v: [v.key]),
    **{
        ("ipaddress", name): _constant("ip", lambda v: [type(v).__name__, str(v)])
        for name in (
            "IPv4Address", "IPv4Network", "IPv4Interface",
            "IPv6Address", "IPv6Network", "IPv6Interface",
        )
    },
}  # fmt: skip


def rare(kind: Any) -> Callable[[Item, Any], Node] | None:
    """Give how a type crosses whose module is imported only by who needs it."""
    place = (kind.__module__, kind.__name__)
    found = _RARE.get(place) if type(place[0]) is str else None
    known = found and getattr(sys.modules.get(place[0]), place[1], None) is kind
    return found if known else None


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
