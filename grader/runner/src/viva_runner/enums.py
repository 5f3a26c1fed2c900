"""Decides what is told of an enum's class, and how one of its members is named."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false
# Values of any type pass through here.

import enum
from collections.abc import Callable
from typing import Any, cast

MAX_MEMBERS = 1_000
MAX_BITS = 4_096
"""Bits of a flag's value: what takes one apart is slow beyond it."""
_MIXED = (int, float, complex, str, bytes, tuple)
"""Plain types that members may be made of; those of others stay here."""


def crosses(kind: Any) -> bool:
    """Whether the other end can build an enum's class: of few members, and of plain data if any."""
    members: Any = kind.__members__
    if len(members) > MAX_MEMBERS:
        return False
    if issubclass(kind, enum.Flag):
        values = [member._value_ for member in members.values()]
        return all(type(v) is int and v.bit_length() <= MAX_BITS for v in values)
    return kind._member_type_ is object or kind._member_type_ in _MIXED


def facts_of(kind: Any) -> tuple[dict[str, Any], list[Any]]:
    """Tell the members of a class, in order, with the plain data that each is, if it is any.

    Returns
    -------
    dict
        ``members``: name, and the name of which it is another one; ``boundary`` and ``missing`` of
        flags; ``valued``: whether values differ from the data. Empty if it does not cross.
    list
        The plain data of each member, in the same order.
    """
    if not crosses(kind):
        return {}, []
    members = dict(kind.__members__)
    data = kind._member_type_
    facts: dict[str, Any] = {"members": [[name, m._name_] for name, m in members.items()]}
    if issubclass(kind, enum.Flag):
        facts["boundary"] = cast("Any", kind)._boundary_.name
        facts["missing"] = _lookup(kind) is not _lookup(enum.Flag)
        return facts, [member._value_ for member in members.values()]
    if data is object:
        return facts, []
    plain = [_plain(data, member) for member in members.values()]
    pairs = zip(members.values(), plain, strict=True)
    facts["valued"] = any(not _same(m._value_, p) for m, p in pairs)
    return facts, plain


def member_node(item: Callable[[Any], Any], member: Any) -> list[Any]:
    """Name a member; a combination of flags that has no name is told by its value."""
    kind: Any = type(member)
    if member._name_ in kind._member_map_:
        return ["member", [member._name_], [item(kind)]]
    return ["member", [None], [item(kind), item(member._value_)]]


def member_of(kind: Any, name: str | None, values: list[Any]) -> Any:
    """Give the member that the other end named."""
    return kind(*values) if name is None else kind._member_map_[name]


def special_methods(kind: type, names: tuple[str, ...]) -> list[str]:
    """List the special methods that a class has beyond those of Python's own enums."""
    library: Any = next(base for base in kind.__mro__ if base.__module__ == "enum")
    own = [base.__dict__ for base in kind.__mro__ if base.__module__ == "__main__"]
    return [
        name
        for name in names
        if any(
            held.get(name) is not None and held[name] is not getattr(library, name, None)
            for held in own
        )
    ]


def _lookup(kind: Any) -> Any:
    return getattr(kind._missing_, "__func__", None)


def _plain(data: Any, member: Any) -> Any:
    """Give the data that a member is, of the plain type itself."""
    if data is int:
        return int.__index__(member)
    if data is str:
        return str.__str__(member)
    if data is float:
        return float.__float__(member)
    return data.__add__(member, data()) if data is not complex else complex.__complex__(member)


def _same(value: Any, plain: Any) -> bool:
    return type(value) is type(plain) and value == plain
