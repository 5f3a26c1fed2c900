"""Decides what a candidate's enum is here: members of data, compared by Python's own rules.

Its class is built here from names and plain values. What the candidate's class adds (methods, other
attributes, values that are no plain data, look-ups of its own) is asked for over there.
"""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false
# Values of any type pass through here.

import enum
import sys
from typing import Any, cast

from viva_grader.callee.interruptions import Unsupported
from viva_grader.callee.operators import operators
from viva_grader.callee.proxy import (
    PREFIX,
    Owner,
    ProxyClass,
    ask,
    of_class,
    refuse_subclass,
    session_of,
)

MAX_MEMBERS = 1_000
MAX_BITS = 4_096
"""Bits of a flag's value: what takes one apart is slow beyond it."""
MAX_NAME = 200
_MIXED = (int, float, complex, str, bytes, tuple)
_BY_VALUE = sys.version_info >= (3, 12)
"""Whether Python looks for a value where a test asks ``value in Color``."""


class EnumProxy(ProxyClass, enum.EnumType):
    """The class of candidates' enums: members are here, everything else is over there."""

    def __new__(  # noqa: D102 - see the class
        cls, name: str, bases: Any, namespace: Any, **kwargs: Any
    ) -> "EnumProxy":
        refuse_subclass(bases, namespace)
        made: Any = enum.EnumType.__new__(cls, name, bases, namespace, **kwargs)
        return made

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        """Look a member up: here where Python would find it, otherwise over there."""
        if len(args) == 1 and not kwargs and type(args[0]) in {int, str, cls}:
            found = cls._here(args[0])
            if found is not None:
                return found
        return session_of(cls).apply("call", cls, *args, **kwargs)

    def _here(cls, value: Any) -> Any:
        kind: Any = cls
        if type(value) is kind:
            return value
        if value in kind._value2member_map_:
            return kind._value2member_map_[value]
        asked = kind.__dict__[PREFIX + "missing"] or not issubclass(kind, enum.Flag)
        return None if asked or type(value) is not int else flags_of(kind, value)

    def __getattr__(cls, name: str) -> Any:
        """Give a member; read anything else over there."""
        members = cls.__dict__.get("_member_map_", {})
        if name in members:
            return members[name]
        if _is_reserved(name) or PREFIX + "ready" not in cls.__dict__:
            raise AttributeError(name)
        return session_of(cls).apply("getattr", cls, name)

    def __setattr__(cls, name: str, value: Any) -> None:
        """Patch the class over there; while it is built, here."""
        if _is_reserved(name) or PREFIX + "ready" not in cls.__dict__:
            type.__setattr__(cls, name, value)
        else:
            session_of(cls).apply("setattr", cls, name, value)

    def __delattr__(cls, name: str) -> None:
        """As for setting."""
        if PREFIX + "ready" not in cls.__dict__:
            type.__delattr__(cls, name)
        else:
            session_of(cls).apply("delattr", cls, name)

    def __getitem__(cls, name: Any) -> Any:
        """Give a member by its name; a class of its own rules is asked for others."""
        members: Any = cast("Any", cls)._member_map_
        return members[name] if name in members else of_class(cls, "__getitem__", name)

    def __contains__(cls, value: object) -> bool:
        """Say whether something is a member or, as Python does from 3.12 on, the value of one."""
        if isinstance(value, cls) or not _BY_VALUE:
            return enum.EnumType.__contains__(cls, value)
        return any(cast("Any", member).value == value for member in cls)

    __iter__ = enum.EnumType.__iter__
    __len__ = enum.EnumType.__len__


class _Elsewhere:
    """Stands for a value that is not here: it belongs to one member and is equal to nothing."""

    member: Any = None

    def __repr__(self) -> str:
        return repr(self.member.value)


class _Asked(enum.Enum):
    """Below every enum: a value that is not here is read over there."""

    @enum.property
    def value(self) -> Any:
        held = cast("Any", self)._value_
        return ask(self, "getattr", "value") if type(held) is _Elsewhere else held

    def __getattr__(self, name: str) -> Any:
        if _is_reserved(name):
            raise AttributeError(name)
        return ask(self, "getattr", name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            object.__setattr__(self, name, value)
        else:
            ask(self, "setattr", name, value)

    def __delattr__(self, name: str) -> None:
        ask(self, "delattr", name)

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, _memo: Any) -> Any:
        return self


def enum_class(
    facts: dict[str, Any], bases: list[Any], data: list[Any], surface: frozenset[str], owner: Owner
) -> Any:
    """Make a class whose members are equal, ordered and combined by Python's rules alone.

    Parameters
    ----------
    data : list
        The plain data that each member is made of; empty where they are of none.
    surface : frozenset of str
        Special methods that the author's class of that name has.

    Raises
    ------
    ValueError, TypeError
        If it is no enum.
    """
    rows: Any = facts["members"]
    below = tuple(base for base in bases if base in _MIXED or isinstance(base, enum.EnumType))
    if type(rows) is not list or len(rows) > MAX_MEMBERS or (data and len(data) != len(rows)):
        raise ValueError("no enum")
    name: str = facts["name"]
    below = _with_asked(below)
    namespace: Any = enum.EnumType.__prepare__(name, cast("Any", below))
    values = _values(rows, data)
    for (member, _), value in zip(rows, values, strict=True):
        if _is_reserved(member) or member in namespace:
            raise ValueError("no enum")
        namespace[member] = value
    for key, added in _additions(facts, surface, owner).items():
        dict.__setitem__(namespace, key, added)  # none of them is a member
    boundary = {"boundary": enum.FlagBoundary[facts["boundary"]]} if "boundary" in facts else {}
    kind: Any = EnumProxy(name, below, namespace, **boundary)
    _leave_values(kind, rows, valued=facts.get("valued") is True)
    type.__setattr__(kind, PREFIX + "ready", True)
    return kind


def member_of(kind: Any, constants: list[Any], values: list[Any]) -> Any:
    """Give a member by its name, or a combination of flags by its value.

    Raises
    ------
    ValueError, TypeError, KeyError
        If there is none.
    """
    (name,) = constants
    if not isinstance(kind, enum.EnumType):
        raise TypeError("no enum")
    if type(name) is str:
        return cast("Any", kind)._member_map_[name]
    (value,) = values
    if not issubclass(kind, enum.Flag) or type(value) is not int:
        raise TypeError("no flags")
    return flags_of(kind, value)


def flags_of(kind: Any, value: int) -> Any:
    """Combine flags by Python's own rules, without running the class's code.

    Raises
    ------
    ValueError
        If it is no combination of them.
    """
    if value.bit_length() > MAX_BITS:
        raise ValueError("no flags")
    found = kind._value2member_map_.get(value)
    return cast("Any", enum.Flag._missing_).__func__(kind, value) if found is None else found


def member_node(item: Any, member: Any) -> list[Any]:
    """Name a member for the candidate's process."""
    kind: Any = type(member)
    if member._name_ in kind._member_map_:
        return ["member", [member._name_], [item(kind)]]
    return ["member", [None], [item(kind), item(member._value_)]]


def _with_asked(below: tuple[Any, ...]) -> tuple[Any, ...]:
    """Put the class that asks between a candidate's and Python's own."""
    if any(base is not enum.Enum and issubclass(base, _Asked) for base in below):
        return below
    if below and below[-1] is enum.Enum:
        return (*below[:-1], _Asked)
    return (_Asked, *below)


def _values(rows: list[Any], data: list[Any]) -> list[Any]:
    """Give what each member is made from: its data, or a mark for a value that is not here."""
    for row in rows:
        if [type(part) for part in row] != [str, str] or not 0 < len(row[0]) <= MAX_NAME:
            raise ValueError("no enum")
    if data:
        if any(type(each) not in _MIXED for each in data):
            raise TypeError("no enum")
        return data
    marks: dict[str, _Elsewhere] = {}
    return [marks.setdefault(canonical, _Elsewhere()) for _, canonical in rows]


def _leave_values(kind: Any, rows: list[Any], *, valued: bool) -> None:
    """Let each value that is not here be read over there: through its member."""
    if valued:
        if len(kind._member_names_) != len({canonical for _, canonical in rows}):
            raise Unsupported(f"members of {kind.__name__} that are equal, with other values")
        kind._value2member_map_.clear()
    for member in kind._member_map_.values():
        if valued:
            member._value_ = _Elsewhere()
        if type(member._value_) is _Elsewhere:
            member._value_.member = member


def _additions(facts: dict[str, Any], surface: frozenset[str], owner: Owner) -> dict[str, Any]:
    made: dict[str, Any] = operators(facts["dunders"], surface, owner, opaque=False)
    document: Any = facts.get("doc")
    return made | {
        PREFIX + "owner": owner,
        PREFIX + "missing": facts.get("missing") is True,
        "__module__": "__main__",
        "__doc__": document if type(document) is str else None,
    }


def _is_reserved(name: str) -> bool:
    return name.startswith((PREFIX, "__")) or (name.startswith("_") and name.endswith("_"))
