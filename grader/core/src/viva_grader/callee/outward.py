"""Decides what stands in the candidate's process for a test's value that is no data."""

# ruff: noqa: PLR0911 - one return for each kind of value
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# Values of any type pass through here.

import enum
import inspect
import io
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any, cast

from viva_grader.callee import opened
from viva_grader.callee.enums import member_node
from viva_grader.callee.faces import face
from viva_grader.callee.handle import Handle, Reference
from viva_grader.callee.interruptions import CalleeGone, Unsupported
from viva_grader.callee.proxy import Owner, is_proxy_class, number_of_instance

Item = Callable[[Any], Any]
Node = list[Any]

_KNOWN_THERE = sys.stdlib_module_names | {"numpy", "pandas"}


_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType)


class Outward:
    """The way out for one session's values.

    Attributes
    ----------
    first : int
        The number of the first handle of this session: a lower one is of a process that ended.
    """

    def __init__(self, owner: Owner) -> None:
        self.first = 0
        self.objects: dict[int, Any] = {}
        self._owner = owner

    def node(self, item: Item, value: Any) -> Node:
        """Describe a value of this side for the candidate's process."""
        if type(value) is Handle:
            return self._handle(value.number)
        if type(value) is Reference:
            return ["ref", [value.module, value.name], []]
        number = number_of_instance(value)
        if number is not None:
            return self._handle(number)
        kind = type(value)
        if isinstance(value, enum.Enum) and self._is_known(kind):
            return member_node(item, value)
        if is_proxy_class(kind) and issubclass(kind, tuple):
            return ["nt", [], [item(kind), *(item(v) for v in tuple(cast("Any", value)))]]
        if isinstance(value, type):
            return self._class_node(value)
        if self._owner.given.get(kind.__name__) is kind:
            return _given_node(item, value)
        if isinstance(value, BaseException):
            return ["exc", [], [item(_plain_class(value)), item(tuple(value.args))]]
        if isinstance(value, types.ModuleType):
            return ["module", [value.__name__], []]
        return self._callable_node(value)

    def _is_known(self, kind: type) -> bool:
        """Whether an enum's class exists over there: the candidate's, the author's or Python's."""
        given = self._owner.given.get(kind.__name__) is kind
        return given or is_proxy_class(kind) or kind.__module__ in sys.stdlib_module_names

    def _handle(self, number: int) -> Node:
        if number < self.first:
            raise CalleeGone("the test uses an object of a process that has ended")
        return ["h", [number], []]

    def _class_node(self, value: type) -> Node:
        if self._owner.given.get(value.__name__) is value:
            return ["given", [value.__name__], []]
        module, name = value.__module__, value.__qualname__
        if value is type(None):
            return ["ref", ["types", "NoneType"], []]
        if getattr(sys.modules.get(module), name.split(".")[0], None) is not None:
            return ["ref", [module, name], []]
        raise Unsupported(f"the test passes its own class {value.__name__}")

    def _callable_node(self, value: Any) -> Node:
        if opened.may_be_used(value):
            number = self._owner.session.call_back(opened.served(value))
            self.objects[number] = value
            return ["ro", [number, opened.special_methods(value)], []]
        name = str(getattr(value, "__name__", "function"))
        if isinstance(value, io.IOBase):
            raise Unsupported(f"the test passes an open file ({type(value).__name__})")
        if isinstance(value, Iterator):
            return ["it", [self._owner.session.call_back(_step(cast("Iterator[Any]", value)))], []]
        if not callable(value):
            raise Unsupported(f"the test passes an object of class {type(value).__name__}")
        module = str(getattr(value, "__module__", None) or "numpy")
        library = module.split(".")[0] in _KNOWN_THERE and not _bound(value)
        if library and getattr(sys.modules.get(module), name, None) is value:
            return ["ref", [module, name], []]
        if not isinstance(value, _FUNCTIONS):
            self._owner.session.passed_an_object = True
        number = self._owner.session.call_back(value)
        self.objects[number] = value
        return ["cb", [number, name, inspect.iscoroutinefunction(value), face(value)], []]


def _given_node(item: Item, value: Any) -> Node:
    kind = type(value)
    if kind.__bases__ == (tuple,):
        return ["gnt", [kind.__name__], [item(v) for v in tuple(value)]]
    if any(base.__flags__ & (1 << 9) == 0 for base in kind.__mro__[:-1]):
        raise Unsupported(f"the test passes an object of class {kind.__name__}")
    state = dict(getattr(value, "__dict__", {}))
    for owner in kind.__mro__:
        slots: Any = owner.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in {"__dict__", "__weakref__"} and hasattr(value, name):
                state[name] = getattr(value, name)
    return ["inst", [kind.__name__, list(state)], [item(v) for v in state.values()]]


def _plain_class(error: BaseException) -> type:
    """Give the nearest class of an exception that exists over there too."""
    for kind in type(error).__mro__:
        if kind.__module__ == "builtins" or is_proxy_class(kind):
            return kind
    return Exception


def _bound(value: Any) -> bool:
    owner = getattr(value, "__self__", None)
    return owner is not None and not isinstance(owner, types.ModuleType)


def _step(iterator: Iterator[Any]) -> Callable[[], tuple[Any, ...]]:
    def step() -> tuple[Any, ...]:
        try:
            return (next(iterator),)
        except StopIteration:
            return ()

    return step
