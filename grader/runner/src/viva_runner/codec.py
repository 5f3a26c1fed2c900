"""Decides how values become data: a flat table of nodes, so that depth and cycles cost nothing.

A message is ``{"v": item, "n": [node, …]}``. An item is null, a bool, a small int, a finite
float, a str, or ``[index]`` of a node. A node is ``[kind, constants, items]``.
"""

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
import math
import pathlib
import sys
import time
import types
import uuid
from collections.abc import Callable, Sequence
from typing import Any, cast

from viva_runner import array_values, arrays
from viva_runner.handles import Handles
from viva_runner.plain_values import BUILD

Item = Any
Node = list[Any]

_SMALL = 1 << 53
MUTABLE = frozenset({
    "list", "dict", "set", "bytearray", "nd", "ndo", "series", "frame", "inst", "rng", "odict",
    "counter", "ddict", "deque", "space", "array", "rec", "mat", "ma",
})  # fmt: skip
_MADE_OF_ARRAYS = frozenset({
    "series", "frame", "index", "multiindex", "cat", "dtz", "masked", "rec", "mat", "ma", "sparse",
    "periodarray",
})  # fmt: skip
_UNSET: Any = object()


class RefusedError(Exception):
    """A value cannot become data, or data no value; the message says which and why."""


class Encoder:
    """Turns values into one table of nodes; what is no data becomes a handle.

    Parameters
    ----------
    held : sequence of (int, value)
        Values that the other end passed, by the index that they had there: named, not described.
    """

    def __init__(self, handles: Handles, held: Sequence[tuple[int, Any]] = ()) -> None:
        self.nodes: list[Node] = []
        self.known = {id(value): -1 - index for index, value in held}
        self._handles = handles
        self._kept: list[Any] = []
        self._work: list[tuple[int, Any]] = []

    def encode(self, value: object) -> dict[str, Any]:
        """Encode one value with all that it holds."""
        item = self.item(value)
        self.finish()
        return {"v": item, "n": self.nodes}

    def finish(self) -> None:
        """Fill every node that was promised so far."""
        while self._work:
            index, value = self._work.pop()
            self.nodes[index] = self.node(value)

    def item(self, value: Any) -> Item:
        """Give the item for a value, and promise its node where it needs one."""
        kind: Any = type(value)
        if value is None or kind is bool or kind is str:
            return value
        if kind is int and -_SMALL < value < _SMALL:
            return value
        if kind is float and math.isfinite(value):
            return value
        index = self.known.get(id(value))
        if index is None:
            index = len(self.nodes)
            self.known[id(value)] = index
            self._kept.append(value)  # an id is only as good as its object's life
            self.nodes.append([])
            self._work.append((index, value))
        return [index]

    def node(self, value: Any) -> Node:
        """Describe one value that is no plain item."""
        plain = _PLAIN.get(cast("Any", type(value))) or _rare(type(value))
        if plain is not None:
            return plain(self, value)
        if arrays.loaded():
            node = arrays.encode(self.item, value)
            if node is not None:
                return node
        return self._handles.node(self.item, value)


def _items(kind: str) -> Callable[[Encoder, Any], Node]:
    return lambda encoder, value: [kind, [], [encoder.item(item) for item in value]]


def _pairs(kind: str) -> Callable[[Encoder, Any], Node]:
    return lambda encoder, value: [
        kind, [], [encoder.item(item) for pair in value.items() for item in pair],
    ]  # fmt: skip


def _default_dict(encoder: Encoder, value: Any) -> Node:
    factory = encoder.item(value.default_factory)
    return ["ddict", [], [factory, *_pairs("ddict")(encoder, value)[2]]]


def _constant(kind: str, say: Callable[[Any], list[Any]]) -> Callable[[Encoder, Any], Node]:
    return lambda _encoder, value: [kind, say(value), []]


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
    offset = zone.utcoffset(None)
    if offset is None:
        raise RefusedError(f"a time of zone {type(zone).__name__} cannot cross")
    return [plain.isoformat(), offset.total_seconds(), value.fold]


def _fixed_zone(value: Any) -> list[Any]:
    offset = value.utcoffset(None)
    name = value.__getinitargs__()[1:]
    return [offset.days, offset.seconds, offset.microseconds, *name]


def _space(encoder: Encoder, value: Any) -> Node:
    names = [name for name in vars(value) if type(name) is str]
    return ["space", [names], [encoder.item(vars(value)[name]) for name in names]]


_PLAIN: dict[type, Callable[[Encoder, Any], Node]] = {
    int: _constant("int", lambda v: [hex(v)]),
    float: _constant("float", lambda v: [str(v)]),
    complex: lambda e, v: ["complex", [], [e.item(v.real), e.item(v.imag)]],
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
    collections.deque: lambda e, v: ["deque", [v.maxlen], [e.item(x) for x in v]],
    type({}.keys()): _items("keys"),
    type({}.values()): _items("values"),
    type({}.items()): _items("items"),
    pathlib.PosixPath: _constant("path", lambda v: [str(v)]),
    range: lambda e, v: ["range", [], [e.item(v.start), e.item(v.stop), e.item(v.step)]],
    slice: lambda e, v: ["slice", [], [e.item(v.start), e.item(v.stop), e.item(v.step)]],
    types.EllipsisType: _constant("ellipsis", lambda _v: []),
    types.NotImplementedType: _constant("notimplemented", lambda _v: []),
    datetime.datetime: _constant("datetime", _zoned),
    datetime.date: _constant("date", lambda v: [v.isoformat()]),
    datetime.time: _constant("time", _zoned),
    datetime.timedelta: _constant("timedelta", lambda v: [v.days, v.seconds, v.microseconds]),
    decimal.Decimal: _constant("decimal", lambda v: [str(v)]),
    fractions.Fraction: lambda e, v: ["fraction", [], [e.item(v.numerator), e.item(v.denominator)]],
    uuid.UUID: _constant("uuid", lambda v: [v.hex]),
    datetime.timezone: _constant("tz", _fixed_zone),
    time.struct_time: _items("structtime"),
    types.SimpleNamespace: _space,
    types.MappingProxyType: lambda e, v: ["proxy", [], [e.item(dict(v))]],
    collections.ChainMap: lambda e, v: ["chain", [], [e.item(m) for m in v.maps]],
    array.array: _constant("array", lambda v: [v.typecode, *_bytes(v.tobytes())]),
    pathlib.PurePosixPath: _constant("purepath", lambda v: [str(v)]),
}
# Modules that are seldom imported: looked for by name, so that starting stays fast.
_RARE: dict[tuple[str, str], Callable[[Encoder, Any], Node]] = {
    ("zoneinfo", "ZoneInfo"): _constant("zone", lambda v: [v.key]),
    **{
        ("ipaddress", name): _constant("ip", lambda v: [type(v).__name__, str(v)])
        for name in (
            "IPv4Address", "IPv4Network", "IPv4Interface",
            "IPv6Address", "IPv6Network", "IPv6Interface",
        )
    },
}  # fmt: skip


def _rare(kind: Any) -> Callable[[Encoder, Any], Node] | None:
    place = (kind.__module__, kind.__name__)
    found = _RARE.get(place) if type(place[0]) is str else None
    known = found and getattr(sys.modules.get(place[0]), place[1], None) is kind
    return found if known else None


class Decoder:
    """Turns a table of nodes back into values."""

    def __init__(self, message: dict[str, Any], handles: Handles) -> None:
        self._nodes: list[Node] = message["n"]
        self.values: list[Any] = [_UNSET] * len(self._nodes)
        self._handles = handles
        self._root = message["v"]

    def decode(self) -> Any:
        """Build every value, then give the root."""
        for index, (kind, constants, _items) in enumerate(self._nodes):
            if kind in _CONTAINERS:
                self.values[index] = _CONTAINERS[kind](constants)
            elif kind == "inst":
                self.values[index] = self._handles.empty_instance(constants[0])
        for index in range(len(self._nodes)):
            self._resolve(index)
        for wanted in ("inst", *_CONTAINERS):
            for index, (kind, constants, items) in enumerate(self._nodes):
                if kind == wanted:
                    self._fill(self.values[index], kind, constants, items)
        return self.value(self._root)

    def value(self, item: Item) -> Any:
        """Give the value of an item."""
        return self.values[item[0]] if type(item) is list else item

    def mutables(self) -> list[tuple[int, Any]]:
        """List what the caller would see if it were changed."""
        inner = {
            item[0]
            for node in self._nodes
            if node[0] in _MADE_OF_ARRAYS
            for item in node[2]
            if type(item) is list
        }
        return [
            (index, self.values[index])
            for index, node in enumerate(self._nodes)
            if node[0] in MUTABLE and index not in inner
        ]

    def _resolve(self, start: int) -> None:
        stack = [start]
        while stack:
            index = stack[-1]
            if self.values[index] is not _UNSET:
                stack.pop()
                continue
            kind, constants, items = self._nodes[index]
            missing = [i[0] for i in items if type(i) is list and self.values[i[0]] is _UNSET]
            if missing:
                stack.extend(missing)
                continue
            self.values[index] = self._build(kind, constants, [self.value(i) for i in items])
            stack.pop()

    def _build(self, kind: str, constants: list[Any], items: list[Any]) -> Any:
        build = BUILD.get(kind)
        if build is not None:
            return build(constants, items)
        if arrays.loaded() and kind in arrays.KINDS:
            return array_values.decode(kind, constants, items)
        return self._handles.value(kind, constants, items)

    def _fill(self, target: Any, kind: str, constants: list[Any], items: list[Item]) -> None:
        values = [self.value(item) for item in items]
        if kind in {"list", "deque"}:
            target.extend(values)
        elif kind in {"dict", "odict", "counter", "ddict"}:
            if kind == "ddict":
                target.default_factory, values = values[0], values[1:]
            for key, value in zip(values[::2], values[1::2], strict=True):
                target[key] = value
        elif kind == "set":
            target.update(values)
        else:
            self._handles.fill_instance(target, constants[1], values)


_CONTAINERS: dict[str, Callable[[list[Any]], Any]] = {
    "list": lambda _c: [],
    "deque": lambda constants: collections.deque(maxlen=constants[0]),
    "set": lambda _c: set(),
    "dict": lambda _c: {},
    "counter": lambda _c: collections.Counter(),
    "odict": lambda _c: collections.OrderedDict(),
    "ddict": lambda _c: collections.defaultdict(),
}
