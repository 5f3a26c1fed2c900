"""Decides how plain Python values cross, both ways: one form for each exact type."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownLambdaType=false
# pyright: reportUntypedNamedTuple=false
# Values of any type pass through here.

import array
import base64
import binascii
import collections
import datetime
import decimal
import fractions
import ipaddress
import math
import pathlib
import re
import time
import types
import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any

from viva_grader.callee.interruptions import Unsupported

Node = list[Any]

MAX_HEX_DIGITS = 1_000_000
MAX_EXPONENT = 1_000_000


def _constant(kind: str, say: Callable[[Any], list[Any]]) -> Callable[..., Node]:
    return lambda _item, value: [kind, say(value), []]


def _each(kind: str) -> Callable[..., Node]:
    return lambda item, value: [kind, [], [item(v) for v in value]]


def _pairs(kind: str) -> Callable[..., Node]:
    return lambda item, value: [kind, [], [item(x) for pair in value.items() for x in pair]]


def _bytes(value: bytes | bytearray) -> list[Any]:
    return [base64.b64encode(value).decode("ascii")]


def _zoned(value: Any) -> list[Any]:
    zone = value.tzinfo
    plain = value.replace(tzinfo=None).isoformat()
    if zone is None:
        return [plain, None, value.fold]
    key = getattr(zone, "key", None)
    if isinstance(key, str):
        return [plain, key, value.fold]
    offset = zone.utcoffset(None)
    if offset is None:
        raise Unsupported(f"the test passes a time of zone {type(zone).__name__}")
    return [plain, offset.total_seconds(), value.fold]


def _fixed_zone(value: Any) -> list[Any]:
    offset = value.utcoffset(None)
    name = value.__getinitargs__()[1:]
    return [offset.days, offset.seconds, offset.microseconds, *name]


_ADDRESSES: dict[str, Any] = {
    kind.__name__: kind
    for kind in (
        ipaddress.IPv4Address, ipaddress.IPv4Network, ipaddress.IPv4Interface,
        ipaddress.IPv6Address, ipaddress.IPv6Network, ipaddress.IPv6Interface,
    )
}  # fmt: skip


MAPPINGS: dict[str, type] = {
    "dict": dict, "odict": collections.OrderedDict, "counter": collections.Counter,
    "ddict": collections.defaultdict,
}  # fmt: skip


def fill(target: Any, kind: str, values: list[Any]) -> None:
    """Put pairs into an empty mapping; a defaultdict's factory stands before them."""
    if kind == "ddict":
        target.default_factory, values = values[0], values[1:]
    for key, value in zip(values[::2], values[1::2], strict=True):
        target[key] = value


def empty_deque(maxlen: Any) -> "collections.deque[Any]":
    """Make a deque of a length that is a count, or unlimited."""
    if maxlen is not None and type(maxlen) is not int:
        raise TypeError("no length")
    return collections.deque(maxlen=maxlen)


ENCODE: dict[type, Callable[..., Node]] = {
    int: _constant("int", lambda v: [hex(v)]),
    float: _constant("float", lambda v: [str(v)]),
    complex: lambda item, v: ["complex", [], [item(v.real), item(v.imag)]],
    bytes: _constant("bytes", _bytes),
    bytearray: _constant("bytearray", _bytes),
    list: _each("list"),
    tuple: _each("tuple"),
    set: _each("set"),
    frozenset: _each("frozenset"),
    dict: _pairs("dict"),
    collections.OrderedDict: _pairs("odict"),
    collections.Counter: _pairs("counter"),
    collections.defaultdict: lambda item, v: [
        "ddict",
        [],
        [item(v.default_factory), *_pairs("ddict")(item, v)[2]],
    ],
    collections.deque: lambda item, v: ["deque", [v.maxlen], [item(x) for x in v]],
    type({}.keys()): _each("keys"),
    type({}.values()): _each("values"),
    type({}.items()): _each("items"),
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
    zoneinfo.ZoneInfo: _constant("zone", lambda v: [v.key]),
    time.struct_time: _each("structtime"),
    types.SimpleNamespace: lambda item, v: [
        "space",
        [list(vars(v))],
        [item(x) for x in vars(v).values()],
    ],
    types.MappingProxyType: lambda item, v: ["proxy", [], [item(dict(v))]],
    collections.ChainMap: lambda item, v: ["chain", [], [item(m) for m in v.maps]],
    array.array: _constant("array", lambda v: [v.typecode, *_bytes(v.tobytes())]),
    pathlib.PurePosixPath: _constant("purepath", lambda v: [str(v)]),
    re.Pattern: lambda item, v: ["pattern", [v.flags], [item(v.pattern)]],
    **dict.fromkeys(_ADDRESSES.values(), lambda _item, v: ["ip", [type(v).__name__, str(v)], []]),
}


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError("no text")
    return value


def _int(constants: list[Any]) -> int:
    digits = _text(constants[0])
    if len(digits) > MAX_HEX_DIGITS:
        raise ValueError("an integer that is too long")
    return int(digits, 16)


def _float(constants: list[Any]) -> float:
    return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[_text(constants[0])]


def _complex(items: list[Any]) -> complex:
    if [type(item) for item in items] != [float, float]:
        raise TypeError("no complex number")
    return complex(items[0], items[1])


def _decode_bytes(constants: list[Any]) -> bytes:
    try:
        return base64.b64decode(_text(constants[0]), validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error


def _decimal(constants: list[Any]) -> decimal.Decimal:
    value = decimal.Decimal(_text(constants[0]))
    if value.is_finite() and abs(value.adjusted()) > MAX_EXPONENT:
        raise ValueError("a decimal with too large an exponent")
    return value


def _integers(items: list[Any]) -> list[int]:
    if any(type(item) is not int for item in items):
        raise TypeError("no integers")
    return items


def zone(key: Any) -> datetime.tzinfo | None:
    """Give a time zone by its IANA key, or by its offset in seconds."""
    if key is None:
        return None
    if type(key) is str:
        return zoneinfo.ZoneInfo(key)
    if type(key) not in {int, float}:
        raise TypeError("no time zone")
    return datetime.timezone(datetime.timedelta(seconds=key))


def _moment(kind: Any) -> Callable[[list[Any], list[Any]], Any]:
    def build(constants: list[Any], _items: list[Any]) -> Any:
        text, key, fold = constants
        return kind.fromisoformat(_text(text)).replace(tzinfo=zone(key), fold=fold)

    return build


def _timezone(constants: list[Any], _items: list[Any]) -> datetime.timezone:
    offset = datetime.timedelta(*_integers(constants[:3]))
    if offset == datetime.timedelta(0) and len(constants) == 3:  # noqa: PLR2004 - no name
        return datetime.timezone.utc  # noqa: UP017 - the one object that every UTC is
    return datetime.timezone(offset, *map(_text, constants[3:]))


def _space(constants: list[Any], items: list[Any]) -> types.SimpleNamespace:
    names = [_text(name) for name in constants[0]]
    if any(name.startswith("__") for name in names):
        raise ValueError("an attribute that is none")
    return types.SimpleNamespace(**dict(zip(names, items, strict=True)))


def _dict(value: Any) -> dict[Any, Any]:
    if type(value) is not dict:
        raise TypeError("no dict")
    return value


def _array(constants: list[Any], _items: list[Any]) -> "array.array[Any]":
    if constants[0] not in {*"bBhHiIlLqQfd"}:
        raise ValueError("an unknown type code")
    made: array.array[Any] = array.array(constants[0])  # pyright: ignore[reportDeprecated] - of type code u alone
    made.frombytes(_decode_bytes(constants[1:]))
    return made


BUILD: dict[str, Callable[[list[Any], list[Any]], Any]] = {
    "int": lambda c, _i: _int(c),
    "float": lambda c, _i: _float(c),
    "complex": lambda _c, i: _complex(i),
    "bytes": lambda c, _i: _decode_bytes(c),
    "bytearray": lambda c, _i: bytearray(_decode_bytes(c)),
    "tuple": lambda _c, i: tuple(i),
    "frozenset": lambda _c, i: frozenset(i),
    "range": lambda _c, i: range(*_integers(i)),
    "slice": lambda _c, i: slice(*i),
    "ellipsis": lambda _c, _i: ...,
    "notimplemented": lambda _c, _i: NotImplemented,
    "datetime": _moment(datetime.datetime),
    "date": lambda c, _i: datetime.date.fromisoformat(_text(c[0])),
    "time": _moment(datetime.time),
    "timedelta": lambda c, _i: datetime.timedelta(*_integers(c)),
    "decimal": lambda c, _i: _decimal(c),
    "fraction": lambda _c, i: fractions.Fraction(*_integers(i)),
    "uuid": lambda c, _i: uuid.UUID(hex=_text(c[0])),
    "keys": lambda _c, i: dict.fromkeys(i).keys(),
    "values": lambda _c, i: dict(enumerate(i)).values(),
    "items": lambda _c, i: dict(i).items(),
    "path": lambda c, _i: pathlib.PosixPath(_text(c[0])),
    "tz": _timezone,
    "zone": lambda c, _i: zoneinfo.ZoneInfo(_text(c[0])),
    "structtime": lambda _c, i: time.struct_time(_integers(i)),
    "space": _space,
    "proxy": lambda _c, i: types.MappingProxyType(_dict(i[0])),
    "chain": lambda _c, i: collections.ChainMap(*map(_dict, i)),
    "array": _array,
    "purepath": lambda c, _i: pathlib.PurePosixPath(_text(c[0])),
    "ip": lambda c, _i: _ADDRESSES[c[0]](_text(c[1])),
}
