"""Decides how values become data: a flat table of nodes, so that depth and cycles cost nothing.

A message is ``{"v": item, "n": [node, …]}``. An item is null, a bool, a small int, a finite
float, a str, or ``[index]`` of a node. A node is ``[kind, constants, items]``.
"""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# pyright: reportUnknownLambdaType=false
# Values of any type pass through here.

import collections
import math
from collections.abc import Callable, Sequence
from typing import Any, cast

from viva_runner import array_values, arrays
from viva_runner.handles import Handles
from viva_runner.plain_values import BUILD, ENCODE, RefusedError, rare

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
        self.values: list[Any] = []
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
            self.values.append(value)  # an id is only as good as its object's life
            self.nodes.append([])
            self._work.append((index, value))
        return [index]

    def node(self, value: Any) -> Node:
        """Describe one value that is no plain item."""
        plain = ENCODE.get(cast("Any", type(value))) or rare(type(value))
        if plain is not None:
            return plain(self.item, value)
        if arrays.loaded():
            node = arrays.encode(self.item, value)
            if node is not None:
                return node
        return self._handles.node(self.item, value)


class Decoder:
    """Turns a table of nodes back into values."""

    def __init__(self, message: dict[str, Any], handles: Handles) -> None:
        self._nodes: list[Node] = message.get("n", [])
        self.values: list[Any] = []
        self._handles = handles
        self._root = message.get("v")

    def decode(self) -> Any:
        """Build every value, then give the root.

        Raises
        ------
        RefusedError
            If the message is not as the protocol says, or a value cannot be built here.
        """
        try:
            return self._decode()
        except (RefusedError, MemoryError):
            raise
        except Exception as error:
            what = f"a message that cannot be read ({type(error).__name__})"
            raise RefusedError(what) from error

    def _decode(self) -> Any:
        self._check()
        self.values = [_UNSET] * len(self._nodes)
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

    def _check(self) -> None:
        """See that every node is one, and every item plain or the index of one."""
        items: list[Any] = [self._root]
        for kind, constants, held in self._nodes:
            if type(kind) is not str or type(constants) is not list or type(held) is not list:
                raise RefusedError("a malformed node")
            items += held
        count = len(self._nodes)
        for item in items:
            if type(item) is dict:
                raise RefusedError("a malformed item")
            if type(item) is list and not (type(item[0]) is int and 0 <= item[0] < count):
                raise RefusedError("a malformed reference")

    def value(self, item: Item) -> Any:
        """Give the value of an item."""
        return self.values[item[0]] if type(item) is list else item

    def kept(self) -> list[tuple[int, Any]]:
        """List the containers that an earlier message brought."""
        return [(i, self.values[i]) for i, node in enumerate(self._nodes) if node[0] == "kept"]

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
        expanded: set[int] = set()
        while stack:
            index = stack[-1]
            if self.values[index] is not _UNSET:
                stack.pop()
                continue
            kind, constants, items = self._nodes[index]
            missing = [i[0] for i in items if type(i) is list and self.values[i[0]] is _UNSET]
            if missing:
                if index in expanded:
                    raise RefusedError("a cycle through values that cannot change")
                expanded.add(index)
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
