"""Decides what a candidate's named tuple is here: a tuple of data, whose class is over there."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUntypedNamedTuple=false
# Values of any type pass through here.

import collections
import re
from typing import Any, cast

from viva_grader.callee.operators import operators
from viva_grader.callee.proxy import NUMBER, PREFIX, Owner, ProxyClass, ask, session_of

MAX_FIELDS = 255


class _Defaults:
    """The defaults of the fields: read over there."""

    def __get__(self, _instance: Any, kind: Any) -> Any:
        return session_of(kind).apply("getattr", kind, "_field_defaults")


def named_tuple_class(
    facts: dict[str, Any], bases: list[Any], surface: frozenset[str], owner: Owner
) -> Any:
    """Make a class whose instances hold their fields here, and are equal by them alone.

    Parameters
    ----------
    bases : list
        What the class is made from; the candidate's own named tuples among them stay below it.
    surface : frozenset of str
        Special methods that the author's class of that name has.

    Raises
    ------
    ValueError, TypeError
        If it is no named tuple.
    """
    name, fields, dunders = facts["name"], facts["fields"], facts["dunders"]
    if type(fields) is not list or len(fields) > MAX_FIELDS or not re.fullmatch(r"\w+", name):
        raise ValueError("no named tuple")
    if any(type(field) is not str for field in fields):
        raise TypeError("no named tuple")
    plain = collections.namedtuple(name, fields)  # held: a class that is collected loses its names
    namespace: dict[str, Any] = dict(vars(plain))
    del namespace["__slots__"]  # one that has more than its fields keeps its number
    namespace |= operators(dunders, surface, owner, opaque=False)
    namespace |= {
        PREFIX + "owner": owner,
        "__module__": "__main__",
        "_field_defaults": _Defaults(),
        "__getattr__": _read,
    }
    kept = tuple(b for b in bases if isinstance(b, ProxyClass) and issubclass(b, tuple))
    return ProxyClass(name, kept or (tuple,), namespace)


def named_tuple_of(kind: Any, values: list[Any], number: int | None) -> Any:
    """Make an instance without running its class's code.

    Parameters
    ----------
    number : int or None
        Of one that has more than its fields: these are read over there.

    Raises
    ------
    ValueError, TypeError
        If the class is none, or of another number of fields.
    """
    if not isinstance(kind, ProxyClass) or not issubclass(kind, tuple):
        raise TypeError("no named tuple")
    if len(kind.__dict__["_fields"]) != len(values):
        raise ValueError("no named tuple")
    made = tuple.__new__(cast("Any", kind), values)
    if number is not None:
        object.__setattr__(made, NUMBER, number)
    return made


def _read(self: Any, name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return ask(self, "getattr", name)
