"""Decides which type hints may arrive: generic forms of Python's own, of types that arrived."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false
# Values of any type pass through here.

import functools
import operator
import types
import typing
from typing import Any

_MAX_ARGUMENTS = 50


def type_hint(name: Any, items: list[Any]) -> Any:
    """Build ``list[int]``, ``int | None``, ``typing.Optional[int]`` and the like.

    Raises
    ------
    ValueError, TypeError
        If it is none of these.
    """
    if type(name) is not str or len(items) > _MAX_ARGUMENTS:
        raise ValueError("no type hint")
    if name == "|":
        return functools.reduce(operator.or_, items)
    if name == "[]":
        if not isinstance(items[0], type):
            raise TypeError("no type hint")
        return types.GenericAlias(items[0], tuple(items[1:]))
    if name not in typing.__all__:
        raise ValueError("no type hint")
    form: Any = getattr(typing, name)
    if name == "Callable" and items and type(items[0]) is tuple:
        items = [list(items[0]), *items[1:]]
    try:
        return form[tuple(items)] if items else form
    except TypeError:  # another version's form: a hint is nothing to lose points for
        return typing.Any
