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
        if value is None or isinstance(value, type | str) or parts(value) is not None:
            shown[str(name)] = value  # pyright: ignore[reportUnknownArgumentType] - str() takes any
    return shown


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
    arguments = typing.get_args(value)
    if name is None and typing.get_origin(value) is typing.Union:
        name = "Union"
    return (name, list(arguments)) if isinstance(name, str) and arguments else None
