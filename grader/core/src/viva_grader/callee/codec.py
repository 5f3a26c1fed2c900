"""Decides which bytes from a candidate's process become values here: exact types, each checked.

The table of nodes is described in :mod:`viva_runner.codec`; this end believes none of it.
"""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# pyright: reportUnknownLambdaType=false
# Values of any type pass through here.

import collections
import math
from collections.abc import Callable
from typing import Any, Protocol, cast

from viva_grader.callee import array_nodes, arrays, plain
from viva_grader.callee.aliases import Aliases
from viva_grader.callee.interruptions import Interruption, NoAnswer, Unsupported

Item = Any
Node = list[Any]

SMALL = 1 << 53
MAX_NODES = 2_000_000
MAX_DEPTH = 5_000
"""Containers inside each other; Python itself compares no more than a few thousand."""
_UNSET: Any = object()


class Foreign(Protocol):
    """What knows the values that are no data: functions, classes, instances, exceptions.

    Attributes
    ----------
    given : dict of str to type
        Classes that the author's cells define on both sides.
    """

    given: dict[str, type]

    def node(self, item: Callable[[Any], Item], value: Any) -> Node:
        """Describe a trusted value for the candidate's process, or raise ``Unsupported``."""
        ...

    def value(self, kind: str, constants: list[Any], items: list[Any]) -> Any:
        """Give what stands here for a value of the candidate's, or raise ``ValueError``."""
        ...

    def empty_instance(self, name: str) -> Any:
        """Make an instance of an author's class without running its code."""
        ...

    def fill_instance(self, target: Any, names: list[str], values: list[Any]) -> None:
        """Give an instance its attributes without running its class's code."""
        ...


class Encoder:
    """Turns a test's values into one table of nodes.

    Parameters
    ----------
    aliases : Aliases, optional
        Containers that the other side has: these are named, not described.
    """

    def __init__(self, foreign: Foreign, aliases: Aliases | None = None) -> None:
        self.nodes: list[Node] = []
        self.values: list[Any] = []
        self._foreign = foreign
        self._aliases = aliases
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
        if _is_deep([item], self.nodes):
            raise Unsupported(f"the test passes a value nested more than {MAX_DEPTH} deep")
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
        number = None if self._aliases is None else self._aliases.number(value)
        if number is not None:
            return ["kept", [number], []]
        describe = plain.ENCODE.get(type(value))
        if describe is not None:
            return describe(self.item, value)
        return array_nodes.encode(self.item, value) or self._foreign.node(self.item, value)


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
        self.nodes: list[Node] = []
        self.values: list[Any] = []

    def decode(self, message: Any) -> Any:
        """Give the message's value.

        Raises
        ------
        NoAnswer
            If anything in it is not exactly as the protocol says.
        """
        return self._guard(lambda: self._decode(message))

    def patches(self, message: Any) -> list[tuple[Any, str, list[Any], list[Any]]]:
        """Give what became of the arguments: value here, kind, constants and new contents."""
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
        if _is_deep([message["v"]], self.nodes):
            raise NoAnswer(f"a value nested more than {MAX_DEPTH} deep")
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
        self.nodes = [list(self._checked(node)) for node in cast("list[Any]", nodes)]
        self.values = [_UNSET] * len(self.nodes)
        for index, (kind, constants, _items) in enumerate(self.nodes):
            if kind in _CONTAINERS:
                self.values[index] = _CONTAINERS[kind](constants)
            elif kind == "inst":
                self.values[index] = self._foreign.empty_instance(constants[0])
        for index in range(len(self.nodes)):
            self._resolve(index)
        for wanted in ("inst", *_CONTAINERS):
            for index, (kind, constants, items) in enumerate(self.nodes):
                if kind == wanted:
                    values = [self._value(item) for item in items]
                    self._fill(self.values[index], kind, constants, values)

    def _value(self, item: Item) -> Any:
        kind = type(item)
        if kind is list:
            (index,) = item
            if type(index) is not int:
                raise TypeError("a malformed reference")
            if index < 0:
                return self._originals[-1 - index]
            return self.values[index]
        if kind in {str, bool, int, float} or item is None:
            return item
        raise TypeError("a malformed item")

    def _resolve(self, start: int) -> None:
        stack: list[int] = [start]
        expanded: set[int] = set()
        while stack:
            index = stack[-1]
            if self.values[index] is not _UNSET:
                stack.pop()
                continue
            kind, constants, items = self.nodes[index]
            missing = [i[0] for i in items if type(i) is list and self._unset(i)]
            if missing:
                if index in expanded:
                    raise ValueError("a cycle through values that cannot change")
                expanded.add(index)
                stack.extend(missing)
                continue
            self.values[index] = self._build(kind, constants, [self._value(i) for i in items])
            stack.pop()

    def _unset(self, item: list[Any]) -> bool:
        (index,) = item
        if type(index) is not int:
            raise TypeError("a malformed reference")
        return index >= 0 and self.values[index] is _UNSET

    def _build(self, kind: str, constants: list[Any], items: list[Any]) -> Any:
        build = plain.BUILD.get(kind)
        if build is not None:
            return build(constants, items)
        if kind in arrays.KINDS:
            return arrays.decode(kind, constants, items)
        return self._foreign.value(kind, constants, items)

    def _fill(self, target: Any, kind: str, constants: list[Any], values: list[Any]) -> None:
        if kind in {"list", "deque"}:
            target.extend(values)
        elif kind in plain.MAPPINGS:
            plain.fill(target, kind, values)
        elif kind == "set":
            target.update(values)
        else:
            self._foreign.fill_instance(target, constants[1], values)


def _is_deep(level: list[Item], nodes: list[Node]) -> bool:
    """Whether something is more than so many containers below a message's first value."""
    if len(nodes) <= MAX_DEPTH:
        return False
    seen: set[int] = set()
    for _ in range(MAX_DEPTH):
        found = {item[0] for item in level if type(item) is list} - seen
        seen |= found
        level = [item for index in found if index >= 0 for item in nodes[index][2]]
        if not level:
            return False
    return True


_CONTAINERS: dict[str, Callable[[list[Any]], Any]] = {
    "list": lambda _c: [],
    "deque": lambda constants: plain.empty_deque(constants[0]),
    "set": lambda _c: set(),
    "dict": lambda _c: {},
    "counter": lambda _c: collections.Counter(),
    "odict": lambda _c: collections.OrderedDict(),
    "ddict": lambda _c: collections.defaultdict(),
}
