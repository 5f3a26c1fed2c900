"""Decides what is told of a function or a class: its signature, defaults and special methods."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# Values of any type pass through here.

import enum
import inspect
import types
from collections.abc import Iterable
from typing import Any, cast

from viva_runner import data_fields, enums, hints
from viva_runner.plain_facts import is_plain

MAX_DOCUMENT = 4_000
MAX_NAMES = 500
_SORTS = (staticmethod, classmethod, property)

# Special methods that the other end may forward; what a class lacks, its proxy lacks too.
DUNDERS = (
    "__abs__", "__add__", "__aenter__", "__aexit__", "__aiter__", "__and__", "__anext__",
    "__bool__", "__bytes__", "__call__",
    "__ceil__", "__complex__", "__contains__", "__delitem__", "__divmod__", "__enter__", "__eq__",
    "__exit__", "__float__", "__floor__", "__floordiv__", "__format__", "__ge__", "__getitem__",
    "__gt__", "__hash__", "__iadd__", "__iand__", "__ifloordiv__", "__imul__", "__index__",
    "__init__", "__int__", "__invert__", "__ior__", "__isub__", "__iter__", "__itruediv__",
    "__ixor__", "__le__", "__len__", "__lshift__", "__lt__", "__matmul__", "__missing__", "__mod__",
    "__mul__",
    "__ne__", "__neg__", "__next__", "__or__", "__pos__", "__pow__", "__radd__", "__rand__",
    "__repr__", "__reversed__", "__rfloordiv__", "__rmatmul__", "__rmod__", "__rmul__", "__ror__",
    "__round__", "__rpow__", "__rshift__", "__rsub__", "__rtruediv__", "__rxor__", "__setitem__",
    "__str__", "__sub__", "__truediv__", "__trunc__", "__xor__",
)  # fmt: skip


def describe_function(function: Any) -> tuple[dict[str, Any], list[Any]]:
    """Name, parameters and place of a function; then its plain defaults and its annotations."""
    facts: dict[str, Any] = {"name": str(getattr(function, "__name__", "function"))[:200]}
    document = getattr(function, "__doc__", None)
    if isinstance(document, str):
        facts["doc"] = document[:MAX_DOCUMENT]
    place = getattr(function, "__qualname__", None)
    if type(place) is str:
        facts["qualname"] = place[:200]
    facts["wraps"] = "__wrapped__" in getattr(function, "__dict__", ())
    code = getattr(inspect.unwrap(function), "__code__", None)
    if isinstance(code, types.CodeType):
        facts["at"] = [code.co_filename, code.co_firstlineno]
        facts["async"] = bool(code.co_flags & inspect.CO_COROUTINE)
        facts["flags"] = code.co_flags
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return facts, []
    facts["parameters"], told = _rows(parameters)
    shown = hints.of(function)
    facts["hints"] = list(shown)
    return facts, [*told, *shown.values()]


def describe_class(value: type, library: str | None) -> tuple[dict[str, Any], list[Any]]:
    """Tell what a class is like, and the values that belong to it.

    Parameters
    ----------
    library : str or None
        The module of a class that is not the submission's own: little is told of it.

    Returns
    -------
    dict, list
        Facts, which say how many values follow of which sort; bases come first.
    """
    dunders = _special_methods(value)
    name = {"name": value.__name__, "qualname": value.__qualname__}
    facts: dict[str, Any] = name | {"library": library, "dunders": dunders}
    told: list[Any] = list(value.__bases__)
    facts["bases"] = len(told)
    if library is None:
        above, shown = value.__mro__[1:], hints.of(value)
        told += [*above, *shown.values()]
        facts |= {"mro": len(above), "hints": list(shown)} | _shape(value)
        for found, more in (_how_called(value), data_fields.facts_of(value)):
            facts |= found
            told += more
    if isinstance(value, enum.EnumType):
        members, data = enums.facts_of(value)
        facts |= members
        told += data
    if is_named_tuple(value):
        facts["fields"] = list(cast("Any", value)._fields)
    return facts, told


def is_named_tuple(kind: type) -> bool:
    """Whether a class is a named tuple's own, or made from one and from nothing else."""
    fields: Any = getattr(kind, "_fields", None)
    single = all(len(owner.__bases__) == 1 for owner in kind.__mro__[:-1])
    return single and issubclass(kind, tuple) and isinstance(fields, tuple)


def _special_methods(value: type) -> list[str]:
    """List the special methods that the other end may forward; those added to known classes."""
    if is_named_tuple(value):
        return [name for name in DUNDERS if _added(value, name)]
    if isinstance(value, enum.EnumType) and enums.crosses(value):
        return enums.special_methods(value, DUNDERS)
    return [name for name in DUNDERS if _defines(value, name)]


def _shape(value: type) -> dict[str, Any]:
    """Tell what a class of the submission's own holds, and what it leaves to its subclasses."""
    held = value.__dict__
    names = [n for n in held if type(n) is str and (not n.startswith("__") or n in DUNDERS)]
    facts: dict[str, Any] = {"own": names[:MAX_NAMES]}
    sorts = {name: type(held[name]) for name in facts["own"]}
    facts["sorts"] = {n: kind.__name__ for n, kind in sorts.items() if kind in _SORTS}
    abstract = getattr(value, "__abstractmethods__", None)
    if isinstance(abstract, frozenset) and abstract:
        facts["abstract"] = sorted(str(name) for name in abstract)
    if type(held.get("__doc__")) is str:
        facts["doc"] = held["__doc__"][:MAX_DOCUMENT]
    for name in ("__slots__", "__match_args__"):
        found = held.get(name, 0)
        if type(found) in {tuple, list} and all(type(each) is str for each in found):
            facts[name] = list(found)
    facts["unhashable"] = value.__hash__ is None
    facts["generic"] = hasattr(value, "__class_getitem__")
    facts["container"] = any(_defines(type(value), name) for name in ("__getitem__", "__iter__"))
    return facts


def _how_called(value: Any) -> tuple[dict[str, Any], list[Any]]:
    """Give the parameters of a class, then the plain defaults and what is noted of types."""
    try:
        parameters = inspect.signature(value).parameters.values()
    except (TypeError, ValueError):
        return {}, []
    rows, told = _rows(parameters)
    noted = {p.name: p.annotation for p in parameters if p.annotation is not p.empty}
    noted = {name: hint for name, hint in noted.items() if hints.crosses(hint)}
    return {"parameters": rows, "noted": list(noted)}, [*told, *noted.values()]


def _rows(parameters: Iterable[inspect.Parameter]) -> tuple[list[list[Any]], list[Any]]:
    """Name, kind and sort of default of each parameter; then the defaults that are plain."""
    rows: list[list[Any]] = []
    told: list[Any] = []
    for parameter in parameters:
        default = 0 if parameter.default is parameter.empty else 2 - is_plain(parameter.default)
        rows.append([parameter.name, parameter.kind.value, default])
        told += [parameter.default] if default == 1 else []
    return rows, told


def _added(kind: type, name: str) -> bool:
    """Whether a named tuple's class says by itself what a special method does."""
    for owner in kind.__mro__:
        if owner is tuple:
            return False
        if name in owner.__dict__:
            found: Any = owner.__dict__[name]
            return getattr(found, "__module__", None) != "collections"
    return False


def _defines(kind: type, name: str) -> bool:
    for owner in kind.__mro__:
        if owner in {object, BaseException, Exception}:
            continue
        if name in owner.__dict__:
            return owner.__dict__[name] is not None
    return False
