"""Decides which bytes from a candidate's process become values here: exact types, checked one by one.

The table of nodes is described in :mod:`viva_runner.codec`; this end believes none of it.
"""

import base64
import binascii
import collections
import datetime
import decimal
import fractions
import functools
import math
import re
import types
import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any, Protocol, cast

from viva_grader.callee import arrays
from viva_grader.callee.interruptions import Interruption, NoAnswer, Unsupported

Item = Any
Node = list[Any]

SMALL = 1 << 53
MAX_NODES = 2_000_000
MAX_HEX_DIGITS = 1_000_000
MAX_EXPONENT = 10_000
MAX_FIELDS = 255
MUTABLE_TYPES = (list, dict, set, bytearray)
_TRIPLE = 3
_UNSET: Any = object()


class Foreign(Protocol):
    """What knows the values that are no data: functions, classes, instances, exceptions."""

    def node(self, item: Callable[[Any], Item], value: Any) -> Node:
        """Describe a trusted value for the candidate's process, or raise ``Unsupported``."""
        ...

    def value(self, kind: str, constants: list[Any], items: list[Any]) -> Any:
        """Give what stands here for a described value of the candidate's, or raise ``ValueError``."""
        ...

    def empty_instance(self, name: str) -> Any:
        """Make an instance of an author's class without running its code."""
        ...

    def fill_instance(self, target: Any, names: list[str], values: list[Any]) -> None:
        """Give an instance its attributes without running its class's code."""
        ...


class Encoder:
    """Turns a test's values into one table of nodes."""

    def __init__(self, foreign: Foreign) -> None:
        self.nodes: list[Node] = []
        self.values: list[Any] = []
        self._foreign = foreign
        self._known: dict[int, int] = {}
        self._work: list[int] = []

    def encode(self, value: object) -> dict[str, Any]:
        """Encode one value with all that it holds.

        Raises
        ------
        Unsupported
            If something in it cannot cross.
        """
        item = self.item(value)
        while self._work:
            index = self._work.pop()
            self.nodes[index] = self._node(self.values[index])
        return {"v": item, "n": self.nodes}

    def item(self, value: Any) -> Item:
        """Give the item for a value, and promise its node where it needs one."""
        kind = type(value)
        if value is None or kind is bool or kind is str:
            return value
        if kind is int and -SMALL < value < SMALL:
            return value
        if kind is float and math.isfinite(value):
            return value
        index = self._known.get(id(value))
        if index is None:
            index = len(self.nodes)
            self._known[id(value)] = index
            self.values.append(value)
            self.nodes.append([])
            self._work.append(index)
        return [index]

    def _node(self, value: Any) -> Node:
        plain = _PLAIN.get(type(value))
        if plain is not None:
            return plain(self.item, value)
        return arrays.encode(self.item, value) or self._foreign.node(self.item, value)


def _constant(kind: str, say: Callable[[Any], list[Any]]) -> Callable[..., Node]:
    return lambda _item, value: [kind, say(value), []]


def _each(kind: str) -> Callable[..., Node]:
    return lambda item, value: [kind, [], [item(v) for v in value]]


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


_PLAIN: dict[type, Callable[..., Node]] = {
    int: _constant("int", lambda v: [hex(v)]),
    float: _constant("float", lambda v: [str(v)]),
    complex: lambda item, v: ["complex", [], [item(v.real), item(v.imag)]],
    bytes: _constant("bytes", _bytes),
    bytearray: _constant("bytearray", _bytes),
    list: _each("list"),
    tuple: _each("tuple"),
    set: _each("set"),
    frozenset: _each("frozenset"),
    dict: lambda item, v: ["dict", [], [item(x) for pair in v.items() for x in pair]],
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
}


class Decoder:
    """Turns a candidate's table of nodes into values, or refuses it.

    Parameters
    ----------
    originals : list
        Trusted values that the message may mention by negative numbers: arguments of the call.
    """

    def __init__(self, foreign: Foreign, originals: list[Any] | None = None) -> None:
        self._foreign = foreign
        self._originals = originals or []
        self._nodes: list[Node] = []
        self._values: list[Any] = []

    def decode(self, message: Any) -> Any:
        """Give the message's value.

        Raises
        ------
        NoAnswer
            If anything in it is not exactly as the protocol says.
        """
        return self._guard(lambda: self._decode(message))

    def patches(self, message: Any) -> list[tuple[Any, str, list[Any], list[Any]]]:
        """Give what became of the arguments: the value here, its kind, constants and new contents."""
        return self._guard(lambda: self._patches(message))

    def _guard(self, work: Callable[[], Any]) -> Any:
        try:
            return work()
        except (Interruption, KeyboardInterrupt):
            raise
        except Exception as error:
            reason = f"an answer that is no data ({type(error).__name__}: {error})"
            raise NoAnswer(reason[:300]) from error

    def _decode(self, message: dict[str, Any]) -> Any:
        self._read(message["n"])
        return self._value(message["v"])

    def _patches(self, message: dict[str, Any]) -> list[tuple[Any, str, list[Any], list[Any]]]:
        self._read(message["n"])
        found: list[tuple[Any, str, list[Any], list[Any]]] = []
        for index, node in message["b"]:
            kind, constants, items = self._checked(node)
            if type(index) is not int or not 0 <= index < len(self._originals):
                raise ValueError("an unknown argument")
            values = [self._value(item) for item in items]
            found.append((self._originals[index], kind, constants, values))
        return found

    def _checked(self, node: Any) -> tuple[str, list[Any], list[Any]]:
        kind, constants, items = node
        if type(kind) is not str or type(constants) is not list or type(items) is not list:
            raise TypeError("a malformed node")
        return kind, cast("list[Any]", constants), cast("list[Any]", items)

    def _read(self, nodes: Any) -> None:
        if type(nodes) is not list or len(cast("list[Any]", nodes)) > MAX_NODES:
            raise ValueError("too many values")
        self._nodes = [list(self._checked(node)) for node in cast("list[Any]", nodes)]
        self._values = [_UNSET] * len(self._nodes)
        for index, (kind, constants, _items) in enumerate(self._nodes):
            if kind in _CONTAINERS:
                self._values[index] = _CONTAINERS[kind]()
            elif kind == "inst":
                self._values[index] = self._foreign.empty_instance(constants[0])
        for index in range(len(self._nodes)):
            self._resolve(index)
        for wanted in ("inst", "list", "dict", "set"):
            for index, (kind, constants, items) in enumerate(self._nodes):
                if kind == wanted:
                    values = [self._value(item) for item in items]
                    self._fill(self._values[index], kind, constants, values)

    def _value(self, item: Item) -> Any:
        kind = type(item)
        if kind is list:
            (index,) = item
            if type(index) is not int:
                raise TypeError("a malformed reference")
            if index < 0:
                return self._originals[-1 - index]
            return self._values[index]
        if kind in {str, bool, int, float} or item is None:
            return item
        raise TypeError("a malformed item")

    def _resolve(self, start: int) -> None:
        stack: list[int] = [start]
        expanded: set[int] = set()
        while stack:
            index = stack[-1]
            if self._values[index] is not _UNSET:
                stack.pop()
                continue
            kind, constants, items = self._nodes[index]
            missing = [i[0] for i in items if type(i) is list and self._unset(i)]
            if missing:
                if index in expanded:
                    raise ValueError("a cycle through values that cannot change")
                expanded.add(index)
                stack.extend(missing)
                continue
            self._values[index] = self._build(kind, constants, [self._value(i) for i in items])
            stack.pop()

    def _unset(self, item: list[Any]) -> bool:
        (index,) = item
        if type(index) is not int:
            raise TypeError("a malformed reference")
        return index >= 0 and self._values[index] is _UNSET

    def _build(self, kind: str, constants: list[Any], items: list[Any]) -> Any:
        build = _BUILD.get(kind)
        if build is not None:
            return build(constants, items)
        if kind in arrays.KINDS:
            return arrays.decode(kind, constants, items)
        return self._foreign.value(kind, constants, items)

    def _fill(self, target: Any, kind: str, constants: list[Any], values: list[Any]) -> None:
        if kind == "list":
            target.extend(values)
        elif kind == "dict":
            target.update(zip(values[::2], values[1::2], strict=True))
        elif kind == "set":
            target.update(values)
        else:
            self._foreign.fill_instance(target, constants[1], values)


_CONTAINERS: dict[str, Callable[[], Any]] = {"list": list, "dict": dict, "set": set}


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


@functools.lru_cache(maxsize=256)
def named_tuple(name: str, fields: tuple[str, ...]) -> Any:
    """Give one class per name and fields, so that two answers of a kind are of one class."""
    if len(fields) > MAX_FIELDS or not re.fullmatch(r"\w{1,200}", name):
        raise ValueError("no named tuple")
    return collections.namedtuple(name, fields)  # noqa: PYI024 - fields are known at run time only


def _named_tuple(constants: list[Any], items: list[Any]) -> Any:
    name, fields = _text(constants[0]), tuple(_text(field) for field in constants[1])
    return named_tuple(name, fields)(*items)


_BUILD: dict[str, Callable[[list[Any], list[Any]], Any]] = {
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
    "nt": _named_tuple,
}
