"""Decides what of a test's function the candidate's code may look at: what a decorator copies."""

import inspect
import types
from typing import Any

MAX_DOCUMENT = 4000


def face(function: Any) -> dict[str, Any]:
    """Give a function's words and the names and kinds of its parameters, as plain data.

    Of a default only that there is one: a test may keep there what it expects.
    """
    if not isinstance(function, types.FunctionType | types.MethodType):
        return {}
    found: dict[str, Any] = {"doc": (function.__doc__ or "")[:MAX_DOCUMENT] or None}
    parameters = inspect.signature(function).parameters.values()
    found["parameters"] = [
        [p.name, p.kind.value, p.default is not p.empty, _hint(p.annotation)] for p in parameters
    ]
    found["returns"] = _hint(inspect.signature(function).return_annotation)
    return found


def _hint(annotation: Any) -> str | None:
    """Name an annotation that is a type of Python's own; others stay here."""
    plain = isinstance(annotation, type) and annotation.__module__ == "builtins"
    return annotation.__name__ if plain else None
