"""Decides how a change that a call made to its argument shows in the test's own value."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# Values of any type pass through here.

import array
import base64
import collections
import inspect
import types
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from viva_grader.callee import arrays, plain
from viva_grader.callee.interruptions import NoAnswer, Unsupported


def patch(
    original: Any, kind: str, constants: list[Any], values: list[Any], given: Mapping[str, type]
) -> None:
    """Give a test's value the contents that its copy has after the call.

    Parameters
    ----------
    given : mapping of str to type
        The author's classes that exist on both sides: of no other object is an attribute changed.

    Raises
    ------
    NoAnswer
        If the copy is said to be of another type than the value.
    Unsupported
        If the value cannot be changed in place.
    """
    try:
        _patch(original, kind, constants, values, given)
    except (NoAnswer, Unsupported):
        raise
    except Exception as error:
        raise NoAnswer(f"an argument changed into no data ({type(error).__name__})") from error


def _patch(
    original: Any, kind: str, constants: list[Any], values: list[Any], given: Mapping[str, type]
) -> None:
    if kind == "list" and type(original) is list:
        original[:] = values
    elif kind in plain.MAPPINGS and type(original) is plain.MAPPINGS[kind]:
        original.clear()
        plain.fill(original, kind, values)
    elif kind == "deque" and type(original) is collections.deque:
        original.clear()
        original.extend(values)
    elif kind == "set" and type(original) is set:
        original.clear()  # pyright: ignore[reportUnknownMemberType] - of anything
        original.update(values)  # pyright: ignore[reportUnknownMemberType] - of anything
    elif kind == "inst" and given.get(constants[0]) is type(original):
        _attributes(original, constants[1], values)
    elif kind in arrays.KINDS:
        _array(original, arrays.decode(kind, constants, values))
    elif kind == "space" and type(original) is types.SimpleNamespace:
        vars(original).clear()
        vars(original).update(vars(plain.BUILD[kind](constants, values)))
    elif kind == "array" and type(original) is array.array:
        original[:] = plain.BUILD[kind](constants, values)
    elif kind == "bytearray" and type(original) is bytearray:
        original[:] = base64.b64decode(constants[0], validate=True)
    else:
        raise NoAnswer("an argument changed its type")


def _attributes(original: Any, names: list[Any], values: list[Any]) -> None:
    for name in list(getattr(original, "__dict__", {})):
        if name not in names:
            object.__delattr__(original, name)
    set_attributes(original, names, values)


def set_attributes(target: Any, names: list[Any], values: list[Any]) -> None:
    """Give an instance of an author's class its data; its methods stay its class's.

    Raises
    ------
    ValueError
        If a name is a special one.
    NoAnswer
        If it stands in place of one of the class's methods.
    """
    for name, value in zip(names, values, strict=True):
        if type(name) is not str or name.startswith("__"):
            raise ValueError("an attribute that is none")
        method: Any = inspect.getattr_static(type(target), name, None)
        if isinstance(method, types.FunctionType | classmethod | staticmethod | property):
            what = f"one {type(target).__name__} with a method {name} of its own"
            raise NoAnswer(what)
        object.__setattr__(target, name, value)


def _array(original: Any, changed: Any) -> None:
    if type(original) is not type(changed):
        raise NoAnswer("an argument changed its type")
    if isinstance(original, np.ndarray):
        if original.dtype != changed.dtype or original.shape != changed.shape:  # pyright: ignore[reportUnknownMemberType] - of any dtype
            raise NoAnswer("an array argument that was resized in place")
        original[...] = changed
    elif isinstance(original, np.random.Generator):
        original.bit_generator.state = changed.bit_generator.state
    elif isinstance(original, pd.DataFrame | pd.Series):
        _table(original, changed)


def _table(original: Any, changed: Any) -> None:
    """Give a frame or series all of another: rows and columns may have come and gone."""
    original._update_inplace(changed)  # noqa: SLF001 - what pandas itself does for inplace=True
    original.attrs = changed.attrs
    if isinstance(original, pd.Series):
        original.name = changed.name
