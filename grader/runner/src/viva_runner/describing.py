"""Decides what is told of a function or a class: its signature, defaults and special methods."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# Values of any type pass through here.

import contextlib
import inspect
import types
from typing import Any

from viva_runner import hints

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
        facts["doc"] = document[:4000]
    code = getattr(inspect.unwrap(function), "__code__", None)
    if isinstance(code, types.CodeType):
        facts["at"] = [code.co_filename, code.co_firstlineno]
        facts["async"] = bool(code.co_flags & inspect.CO_COROUTINE)
        facts["flags"] = code.co_flags
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return facts, []
    told: list[Any] = []
    facts["parameters"] = []
    for parameter in parameters:
        default = 0 if parameter.default is parameter.empty else 2 - is_plain(parameter.default)
        facts["parameters"].append([parameter.name, parameter.kind.value, default])
        told += [parameter.default] if default == 1 else []
    shown = hints.of(function)
    facts["hints"] = list(shown)
    return facts, [*told, *shown.values()]


def special_methods(value: type, *, own: bool) -> list[str]:
    """List the special methods that the other end may forward; of a named tuple, those added."""
    if own:
        return [n for n in DUNDERS if n in value.__dict__ and n != "__repr__"]
    return [name for name in DUNDERS if _defines(value, name)]


def shape_of(value: type) -> dict[str, Any]:
    """How a class of the submission's own is called, and what it leaves to its subclasses."""
    facts: dict[str, Any] = {}
    with contextlib.suppress(TypeError, ValueError):
        facts["parameters"] = [
            [p.name, p.kind.value, 0 if p.default is p.empty else 2]
            for p in inspect.signature(value).parameters.values()
        ]
    abstract = getattr(value, "__abstractmethods__", None)
    if isinstance(abstract, frozenset) and abstract:
        facts["abstract"] = sorted(str(name) for name in abstract)
    return facts


def _defines(kind: type, name: str) -> bool:
    for owner in kind.__mro__:
        if owner in {object, BaseException, Exception}:
            continue
        if name in owner.__dict__:
            return owner.__dict__[name] is not None
    return False


def is_plain(value: Any, depth: int = 3) -> bool:
    """Whether a default is small, plain data: anything else stays here."""
    if type(value) in {list, tuple, set, frozenset, dict}:
        inner = [*value, *value.values()] if type(value) is dict else value
        return depth > 0 and len(value) <= 20 and all(is_plain(v, depth - 1) for v in inner)  # noqa: PLR2004 - small
    return value is None or type(value) in {bool, int, float, complex, str, bytes}
