"""Decides whether a container that both sides have was changed here, and how it is given more."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false
# Values of any type pass through here.

import operator
from typing import Any


def refill(held: Any, value: Any) -> None:
    """Give a container the contents of another of its type; the same object stays."""
    if type(held) is not type(value) or held is value:
        return
    if isinstance(held, list | bytearray):
        held[:] = value
    else:
        held.clear()
        (held.extend if hasattr(held, "extend") else held.update)(value)


def content(value: Any) -> Any:
    """Give what is in a container now, for a later comparison."""
    if isinstance(value, dict):
        return [part for pair in value.items() for part in pair]
    return bytes(value) if isinstance(value, bytearray) else list(value)


def differs(value: Any, before: Any) -> bool:
    """Whether a container holds other objects than it did."""
    now = content(value)
    if isinstance(now, bytes):
        return now != before
    return len(now) != len(before) or not all(map(operator.is_, now, before))
