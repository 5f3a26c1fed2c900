"""Decides which classes of Python's and of libraries a candidate may hand back by name."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# Values of any type pass through here.

import abc
import ast
import builtins
import collections.abc
import contextlib
import enum
import html.parser
import inspect
import json
import numbers
import os
import sys
import threading
import typing
from typing import Any

import numpy as np
import pandas as pd

from viva_grader.callee import plain

# Functions are never given by name: what a test calls must run over there.
_PLAIN_TYPES: dict[tuple[str, str], Any] = {
    ("builtins", kind.__name__): kind
    for kind in (
        int, float, complex, str, bool, list, dict, tuple, set, frozenset, bytes, bytearray, object,
        type, range, slice, type(None),
    )
}  # fmt: skip
_EXCEPTIONS: dict[tuple[str, str], Any] = {
    ("builtins", name): kind
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
}
_NUMPY_TYPES: dict[tuple[str, str], Any] = {
    ("numpy", kind.__name__): kind
    for kind in vars(np).values()
    if isinstance(kind, type) and issubclass(kind, np.generic | np.ndarray | np.dtype)
}
TYPES = _PLAIN_TYPES | _EXCEPTIONS | _NUMPY_TYPES
_FRAMES: dict[str, Any] = {
    kind.__name__: kind
    for kind in (
        pd.DataFrame, pd.Series, pd.Index, pd.MultiIndex, pd.Timestamp, pd.Timedelta,
        pd.Categorical,
    )
}  # fmt: skip
_DATA_TYPES: dict[tuple[str, str], Any] = {
    (kind.__module__, kind.__qualname__): kind
    for kind in (*plain.ENCODE, inspect.Parameter.empty)
    if kind.__module__ not in {"builtins", "re"}
}
_ABSTRACT: frozenset[Any] = frozenset({
    abc.ABC, contextlib.AbstractContextManager, contextlib.AbstractAsyncContextManager, os.PathLike,
    *(
        kind
        for module in (collections.abc, numbers)
        for kind in vars(module).values()
        if isinstance(kind, abc.ABCMeta) and not issubclass(kind, collections.abc.MappingView)
    ),
})  # fmt: skip
"""Classes by which Python asks what something can do; a candidate's class may have them below it.
Nothing is an instance of one of these alone."""
BASES: frozenset[Any] = frozenset({
    threading.Thread, json.JSONEncoder, ast.NodeVisitor, html.parser.HTMLParser,
})  # fmt: skip
"""Classes that candidates derive from, and tests ask for; no special method of theirs does harm."""
_NAMED = (
    {(kind.__module__, kind.__qualname__): kind for kind in (*_ABSTRACT, *BASES)}
    | _DATA_TYPES
    | {("typing", "Any"): typing.Any}
)


def class_by_name(library: Any, facts: dict[str, Any]) -> Any:
    """Give a library's class that means the same on both sides; None if it is none of these."""
    if type(library) is not str:
        return None
    name = str(facts.get("qualname"))
    if (library, name) in _NAMED:
        return _NAMED[library, name]
    found = getattr(sys.modules.get(library), name, None)
    if isinstance(found, enum.EnumType) and library in sys.stdlib_module_names:
        return found
    if isinstance(found, type) and issubclass(found, Exception):
        return found
    return _FRAMES.get(str(facts.get("name"))) if library.startswith("pandas") else None


def is_abstract(kind: Any) -> bool:
    """Whether a class is one of Python's own that says what others can do."""
    return isinstance(kind, type) and kind in _ABSTRACT


def has_rules(kind: Any) -> bool:
    """Whether an abstract class of Python's brings its own meaning of equal: ``Mapping``."""
    return is_abstract(kind) and kind.__eq__ is not object.__eq__
