"""Decides what a candidate's named tuple is here: a tuple of data, whose class is over there."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUntypedNamedTuple=false
# Values of any type pass through here.

import collections
import re
from typing import Any, cast

from viva_grader.callee.operators import operators
from viva_grader.callee.proxy import PREFIX, Owner, ProxyClass, ask, session_of

MAX_FIELDS = 255


class _Defaults:
    """The defaults of the fields: read over there."""

    def __get__(self, _instance: Any, kind: Any) -> Any:
        return session_of(kind).apply("getattr", kind, "_field_defaults")


def named_tuple_class(
    name: str, fields: Any, dunders: list[Any], surface: frozenset[str], owner: Owner
) -> Any:
    """Make a class whose instances hold their fields here, and are equal by them alone.

    Parameters
    ----------
    dunders, surface : list of str, frozenset of str
        Special methods that the candidate's class adds, and those that the author's has.

    Raises
    ------
    ValueError, TypeError
        If it is no named tuple.
    """
    if type(fields) is not list or len(fields) > MAX_FIELDS or not re.fullmatch(r"\w+", name):
        raise ValueError("no named tuple")
    if any(type(field) is not str for field in fields):
        raise TypeError("no named tuple")
    namespace: dict[str, Any] = dict(vars(collections.namedtuple(name, fields)))
    namespace |= operators(dunders, surface, owner, opaque=False)
    namespace |= {
        PREFIX + "owner": owner,
        "__module__": "__main__",
        "_field_defaults": _Defaults(),
        "__getattr__": _read,
    }
    return ProxyClass(name, (tuple,), namespace)


def named_tuple_of(kind: Any, values: list[Any]) -> Any:
    """Make an instance without running its class's code.

    Raises
    ------
    ValueError, TypeError
        If the class is none, or of another number of fields.
    """
    if not isinstance(kind, ProxyClass) or not issubclass(kind, tuple):
        raise TypeError("no named tuple")
    if len(kind.__dict__["_fields"]) != len(values):
        raise ValueError("no named tuple")
    return tuple.__new__(cast("Any", kind), values)


def _read(self: Any, name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return ask(self, "getattr", name)
