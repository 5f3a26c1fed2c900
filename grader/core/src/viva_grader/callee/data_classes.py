"""Decides what ``dataclasses`` finds on a candidate's data class: its fields, as data."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false
# pyright: reportArgumentType=false, reportCallIssue=false
# Values of any type pass through here.

import dataclasses
import typing
from collections.abc import Iterator
from typing import Any

from viva_grader.callee.functions import DEFAULT

MAX_FIELDS = 255
_TYPES: tuple[Any, ...] = (object, typing.ClassVar[object], dataclasses.InitVar[object])
_PARAMETERS = ("init", "repr", "eq", "order", "unsafe_hash", "frozen")


def data_class(facts: dict[str, Any], told: Iterator[Any]) -> dict[str, Any]:
    """Give the attributes by which ``dataclasses`` knows one; nothing of a class that is none.

    Parameters
    ----------
    facts : dict
        As the runner's ``data_fields`` tells them.
    told : iterator
        For each field its type, its metadata, and its default if that is plain.

    Raises
    ------
    ValueError, TypeError
        If they are no fields.
    """
    rows, made = facts.get("data"), facts.get("made")
    if rows is None:
        return {}
    if type(rows) is not list or len(rows) > MAX_FIELDS or type(made) is not dict:
        raise ValueError("no data class")
    described = [_field(row, told) for row in rows]
    # none of these options may be told: with them, Python would compile source with told names
    plain: Any = dataclasses.make_dataclass(
        "Fields", [field for field, _ in described],
        init=False, repr=False, eq=False, match_args=False,
    )  # fmt: skip
    held: dict[str, Any] = plain.__dict__["__dataclass_fields__"]
    for (name, *_), attributes in described:
        for attribute, value in attributes.items():
            setattr(held[name], attribute, value)
    parameters: Any = plain.__dict__["__dataclass_params__"]
    for name in _PARAMETERS:
        setattr(parameters, name, made.get(name) is True)
    return {"__dataclass_fields__": held, "__dataclass_params__": parameters}


def _field(row: Any, told: Iterator[Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Give a field as ``make_dataclass`` takes it, and what must not be looked at meanwhile."""
    name, kind, *options, default = row
    if type(name) is not str or type(kind) is not int or not 0 <= kind < len(_TYPES):
        raise ValueError("no field")
    init, shown, hashed, compared, by_name = options
    if hashed is not None and type(hashed) is not bool:
        raise TypeError("no field")
    hint, metadata = next(told), next(told)
    if type(metadata) is not tuple:
        raise TypeError("no field")
    chosen = {"default": next(told) if default == 1 else DEFAULT} if default in {1, 2} else {}
    attributes: dict[str, Any] = {"type": hint, "kw_only": by_name is True} | chosen
    if default == 3:  # noqa: PLR2004 - as the runner tells a default that is made anew
        attributes["default_factory"] = lambda: DEFAULT
    field: Any = dataclasses.field(
        init=init is True, repr=shown is True, hash=hashed, compare=compared is True,
        metadata=dict(metadata), kw_only=dataclasses.MISSING if kind == 1 else True,
    )  # fmt: skip
    return (name, _TYPES[kind], field), attributes
