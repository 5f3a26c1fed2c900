"""Decides what of a test's own object the candidate's code may use: its public face alone."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false
# Values of any type pass through here.

import inspect
import io
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock, Mock, NonCallableMock

from viva_grader.callee.interruptions import Unsupported
from viva_grader.callee.proxy import number_of_instance

SPECIAL = (
    "__add__", "__bool__", "__call__", "__contains__", "__delitem__", "__enter__", "__eq__",
    "__exit__", "__float__", "__ge__", "__getitem__", "__gt__", "__int__", "__iter__", "__le__",
    "__len__", "__lt__", "__mul__", "__next__", "__radd__", "__repr__", "__setitem__", "__str__",
    "__sub__",
)  # fmt: skip
_FILES = frozenset({io.TextIOWrapper, io.BufferedReader, io.BufferedWriter, io.BufferedRandom})
_OF_THE_TEST = frozenset({*dir(Mock), *dir(AsyncMock)})
"""By these a test says what a mock does, and asks what was done to it."""


def may_be_used(value: Any) -> bool:
    """Whether an object is a test's own: a mock, an instance of its class, a text in memory.

    Objects of libraries stay closed: what their methods do in this process is not known here.
    """
    kind = type(value)
    if isinstance(value, NonCallableMock) or kind in {io.StringIO, io.BytesIO}:
        return True
    if kind in _FILES:
        return _is_in_folder(value)
    return kind.__module__ == "__main__" and type(kind) is type and not _holds_code(value)


def _is_in_folder(file: Any) -> bool:
    """Whether an open file is one of the test's folder, so no pipe and nothing of this system's."""
    name: Any = getattr(file, "name", None)
    return isinstance(name, str) and Path(name).resolve().is_relative_to(Path.cwd().resolve())


def _holds_code(value: Any) -> bool:
    return isinstance(value, type | types.FunctionType | types.MethodType | BaseException)


def special_methods(value: Any) -> list[str]:
    """List the special methods that stand for the object's over there."""
    kind = type(value)
    return [n for n in SPECIAL if getattr(kind, n, None) not in {None, getattr(object, n, None)}]


def served(value: Any) -> Callable[..., Any]:
    """Give the function through which the candidate's code uses the object."""

    def serve(verb: Any, /, *args: Any, **kwargs: Any) -> Any:
        if verb == "call":
            return value(*args, **kwargs)
        name = args[0]
        if verb == "dunder" and name in SPECIAL:
            return getattr(type(value), name)(value, *args[1:])
        if type(name) is not str or name.startswith("_"):
            raise AttributeError(name)
        if isinstance(value, NonCallableMock) and name in _OF_THE_TEST:
            raise AttributeError(name)
        if verb == "getattr":
            return getattr(value, name)
        if verb == "setattr" and _is_data(value, name):
            mock = isinstance(value, NonCallableMock)
            return setattr(value, name, _beside_a_mock(args[1]) if mock else args[1])
        raise AttributeError(name)

    return serve


def _is_data(value: Any, name: str) -> bool:
    """Whether an attribute may be set: a method stays what its class says, as it may judge."""
    there = inspect.getattr_static(type(value), name, None)
    return hasattr(there, "__set__") or not (callable(there) or hasattr(there, "__get__"))


def _beside_a_mock(value: Any) -> Any:
    """Give what stands for an attribute that a mock is given: a test may ask it for its calls.

    Raises
    ------
    Unsupported
        If only the candidate's class could answer.
    """
    if isinstance(value, types.FunctionType):
        return Mock(wraps=value)
    if isinstance(value, type) or number_of_instance(value) is not None:
        raise Unsupported("the submission puts an object of its own into a mock of the test's")
    return value
