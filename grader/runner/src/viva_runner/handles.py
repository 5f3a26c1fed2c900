"""Decides what stands for a value that is no data: a number, and what it can do."""

# ruff: noqa: PLR0911 - one return for each kind of value
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# Values of any type pass through here.

import enum
import importlib
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

from viva_runner import enums, faces, hints, patching
from viva_runner.describing import describe_class, describe_function, is_named_tuple
from viva_runner.plain_facts import is_plain

Item = Callable[[Any], Any]
Node = list[Any]

MAX_HANDLES = 200_000

_FUNCTIONS = (
    types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.MethodWrapperType,
    types.WrapperDescriptorType, types.MethodDescriptorType, types.ClassMethodDescriptorType,
)  # fmt: skip


_BUILT_IN = frozenset({
    "int", "float", "complex", "str", "bool", "list", "dict", "tuple", "set", "frozenset", "bytes",
    "bytearray", "object", "type", "range", "slice", "NoneType",
})  # fmt: skip
_ITERATORS = frozenset({
    "map", "filter", "zip", "enumerate", "reversed", "list_iterator", "tuple_iterator",
    "set_iterator", "dict_keyiterator", "dict_valueiterator", "dict_itemiterator", "str_iterator",
    "range_iterator", "list_reverseiterator", "iterator",
})  # fmt: skip


class Handles:
    """The values that the other end holds by number, and those of its own that came here."""

    def __init__(self) -> None:
        self.given: dict[str, type] = {}
        self.kept: dict[int, Any] = {}
        self.first = 0
        self.call_back: Callable[[int, tuple[Any, ...], dict[str, Any]], Any] = _nobody
        self._by_number: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._mine: dict[int, tuple[int, Any]] = {}

    def used(self) -> bool:
        """Whether any value needed a number."""
        return bool(self._by_number)

    def get(self, number: int) -> Any:
        """Give the value of a number."""
        return self._by_number[number - self.first]

    def number(self, value: Any) -> int:
        """Give the number of a value, a new one the first time."""
        found = self._numbers.get(id(value))
        if found is None:
            if len(self._by_number) >= MAX_HANDLES:
                raise MemoryError("too many objects are held by the tests")
            found = self._numbers[id(value)] = self.first + len(self._by_number)
            self._by_number.append(value)
        return found

    def node(self, item: Item, value: Any) -> Node:  # noqa: C901, PLR0912 - one branch for each kind
        """Describe a value that is no plain data."""
        kind: Any = type(value)
        mine = self._mine.get(id(value))
        if mine is not None:
            return ["mine", [mine[0]], []]
        if kind is types.MethodType and isinstance(value.__name__, str):
            owner, name = value.__self__, value.__name__
            if getattr(owner, name, None) == value:  # found again by name: no handle of its own
                facts, told = describe_function(value)
                return ["method", [self.number(owner), facts], [item(owner), *map(item, told)]]
        if kind in _FUNCTIONS or (kind.__module__ == "numpy" and _called(value)):
            facts, told = describe_function(value)
            return ["fn", [self.number(value), facts], [item(value) for value in told]]
        if isinstance(value, type):
            return self._class(item, value)
        if isinstance(value, BaseException):
            return self.exception(item, value)
        if isinstance(value, patching.Remote):
            return ["mine", [object.__getattribute__(value, "_viva_remote")], []]
        if kind is property:
            return ["property", [], [item(part) for part in (value.fget, value.fset, value.fdel)]]
        if kind is types.ModuleType:
            return ["module", [value.__name__], []]
        if self.given.get(str(kind.__name__)) is kind:
            return self._given(item, value)
        if isinstance(kind, enum.EnumType) and enums.crosses(kind):
            return enums.member_node(item, value)
        if is_named_tuple(kind):
            # with attributes beside its fields it is one object, which its number finds again
            number = [self.number(value)] if getattr(value, "__dict__", None) else []
            return ["nt", number, [item(kind), *map(item, tuple(value))]]
        built_in = kind.__module__ == "builtins"
        if kind is types.GeneratorType:
            return ["gen", [self.number(value)], []]
        if kind is types.AsyncGeneratorType:
            return ["agen", [self.number(value)], []]
        if built_in and kind.__name__ in _ITERATORS:
            return ["it", [self.number(value)], []]
        hint = hints.parts(value)
        if hint is not None:
            return ["hint", [hint[0]], [item(part) for part in hint[1]]]
        return ["obj", [self.number(value)], [item(kind)]]

    def exception(self, item: Item, error: BaseException) -> Node:
        """Describe an exception as a value: its class, its arguments, its words."""
        try:
            words = str(error)[:2000]
        except Exception:
            words = ""
        args = tuple(error.args)
        if isinstance(error, BaseExceptionGroup):
            args = (error.message, tuple(error.exceptions))
        state = _state_of(error)
        cause, context = error.__cause__, error.__context__
        hidden = error.__suppress_context__ or cause is not None
        linked = [cause, None if hidden else context]
        items = [type(error), args, *linked, *state.values()]
        return ["exc", [self.number(error), words, list(state)], [item(part) for part in items]]

    def _class(self, item: Item, value: type) -> Node:
        module, name = value.__module__, value.__qualname__
        shared = name in _BUILT_IN or issubclass(value, BaseException)
        if (module == "builtins" and shared) or (module == "numpy" and _scalar_type(value)):
            return ["type", [module, name], []]
        if self.given.get(value.__name__) is value:
            return ["given", [value.__name__], []]
        facts, told = describe_class(value, module if self._library(value) else None)
        return ["cls", [self.number(value), facts], [item(part) for part in told]]

    @staticmethod
    def _library(value: type) -> bool:
        return value.__module__ not in {"__main__", None} and "<" not in value.__qualname__

    def _given(self, item: Item, value: Any) -> Node:
        kind: Any = type(value)
        if isinstance(kind, enum.EnumType):
            return enums.member_node(item, value)
        if is_named_tuple(kind):
            return ["gnt", [kind.__name__], [item(v) for v in tuple(value)]]
        state = instance_state(value)
        if state is None:
            return ["obj", [self.number(value)], [item(kind)]]
        return ["inst", [kind.__name__, list(state)], [item(v) for v in state.values()]]

    def value(self, kind: str, constants: list[Any], items: list[Any]) -> Any:  # noqa: C901 - as above
        """Give the value that the other end meant."""
        if kind == "h":
            return self.get(constants[0])
        if kind == "kept":
            return self.kept[constants[0]]
        if kind == "cb":
            return self._remote_function(*constants)
        if kind == "ro":
            return patching.remote_object(self.call_back, *constants)
        if kind == "it":
            return self._remote_iterator(constants[0])
        if kind in {"ref", "type"}:
            return _reference(constants[0], constants[1])
        if kind == "module":
            return importlib.import_module(constants[0])
        if kind == "given":
            return self.given[constants[0]]
        if kind == "gnt":
            return tuple.__new__(self.given[constants[0]], items)
        if kind == "nt":
            return tuple.__new__(items[0], items[1:])
        if kind == "member":
            return enums.member_of(items[0], constants[0], items[1:])
        if kind == "exc":
            return items[0](*items[1])
        raise ValueError(kind)

    def empty_instance(self, name: str) -> Any:
        """Make an instance of an author's class without running its code."""
        return object.__new__(self.given[name])

    @staticmethod
    def fill_instance(target: Any, names: list[str], values: list[Any]) -> None:
        """Give an instance its attributes without running its class's code."""
        for name in instance_state(target) or ():
            if name not in names:
                object.__delattr__(target, name)
        for name, value in zip(names, values, strict=True):
            object.__setattr__(target, name, value)

    def _remote_function(
        self, number: int, name: str, waits: bool, face: dict[str, Any]
    ) -> Callable[..., Any]:
        async def remote_async(*args: Any, **kwargs: Any) -> Any:
            return self.call_back(number, args, kwargs)

        def remote_plain(*args: Any, **kwargs: Any) -> Any:
            return self.call_back(number, args, kwargs)

        remote: Any = remote_async if waits else remote_plain
        remote.__name__ = remote.__qualname__ = name
        faces.give(remote, face)
        self._mine[id(remote)] = (number, remote)
        return remote

    def _remote_iterator(self, number: int) -> Iterator[Any]:
        while True:
            step = self.call_back(number, (), {})
            if not step:
                return
            yield step[0]


def _nobody(_number: int, _args: tuple[Any, ...], _kwargs: dict[str, Any]) -> Any:
    raise RuntimeError("no test is waiting")


def _called(value: Any) -> bool:
    """Whether something of numpy's is a function to whoever calls it: ``np.mean``, ``np.add``."""
    return type(value).__name__ in {"ufunc", "_ArrayFunctionDispatcher"}


def _scalar_type(value: type) -> bool:
    np: Any = sys.modules["numpy"]
    return value is np.ndarray or issubclass(value, np.generic | np.dtype)


def _reference(module: str, name: str) -> Any:
    value: Any = importlib.import_module(module)
    for part in name.split("."):
        value = getattr(value, part)
    return value


def instance_state(value: Any) -> dict[str, Any] | None:
    """Attributes of an instance as they are stored; None where they are not all to be seen."""
    kind: Any = type(value)
    if any(base.__flags__ & (1 << 9) == 0 for base in kind.__mro__[:-1]):
        return None  # a built-in type below it keeps something of its own
    state = dict(getattr(value, "__dict__", {}))
    for owner in kind.__mro__:
        slots: Any = owner.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in {"__dict__", "__weakref__"} and hasattr(value, name):
                state[name] = getattr(value, name)
    return state


def _state_of(error: BaseException) -> dict[str, Any]:
    """Plain attributes of an exception of Python's or a library's; of one's own, none are sent."""
    if type(error).__module__ == "__main__":
        return {}
    state = {n: v for n, v in vars(error).items() if n.isidentifier() and is_plain(v)}
    if isinstance(error, OSError):
        state |= {n: getattr(error, n) for n in ("filename", "filename2") if getattr(error, n)}
    return {n: v for n, v in state.items() if not n.startswith("__") and is_plain(v)}
