"""Decides how a type hint becomes data: a generic form and what stands in its brackets."""

import sys
import types
from typing import Any, cast

_MAX_HINTS = 100


def of(function: Any) -> dict[str, Any]:
    """Annotations of a function that can cross: classes, names, and forms made of them."""
    found: Any = getattr(function, "__annotations__", None)
    if type(found) is not dict or len(found) > _MAX_HINTS:  # pyright: ignore[reportUnknownArgumentType] - of anything
        return {}
    shown: dict[str, Any] = {}
    for name, value in found.items():  # pyright: ignore[reportUnknownVariableType] - of anything
        if crosses(value):
            shown[str(name)] = value  # pyright: ignore[reportUnknownArgumentType] - str() takes any
    return shown


def crosses(value: Any) -> bool:
    """Whether an annotation can be told."""
    return value is None or isinstance(value, type | str) or parts(value) is not None


def parts(value: Any) -> tuple[str, list[Any]] | None:
    """Give the form's name and its arguments; None for what is no type hint."""
    kind = cast("Any", type(value))
    if kind is types.GenericAlias:
        return "[]", [value.__origin__, *value.__args__]
    if kind is types.UnionType:
        return "|", list(value.__args__)
    typing: Any = sys.modules.get("typing")
    if typing is None or kind.__module__ != "typing":
        return None
    name: Any = getattr(value, "_name", None)
    if isinstance(name, str) and getattr(typing, name, None) is value:
        return name, []
    arguments = [_named(part) for part in typing.get_args(value)]
    origin: Any = typing.get_origin(value)
    if origin is typing.Union:  # also under the name Optional, which takes one
        name = "Union"
    elif origin is typing.Literal:
        name = "Literal"
    elif name == "Callable" and type(arguments[0]) is list:
        arguments[0] = tuple(cast("list[Any]", arguments[0]))  # complete when the hint is made
    return (name, arguments) if isinstance(name, str) and arguments else None


def _named(part: Any) -> Any:
    """Give the text of a type that is only named: Python makes a type hint of it again."""
    forward: Any = sys.modules["typing"].__dict__["ForwardRef"]
    return part.__forward_arg__ if type(part) is forward else part
