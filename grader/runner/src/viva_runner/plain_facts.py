"""Decides which values are told beside a function or a class: small, plain data."""

# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# Values of any type pass through here.

from typing import Any


def is_plain(value: Any, depth: int = 3) -> bool:
    """Whether a default is small, plain data: anything else stays here."""
    if type(value) in {list, tuple, set, frozenset, dict}:
        inner = [*value, *value.values()] if type(value) is dict else value
        return depth > 0 and len(value) <= 20 and all(is_plain(v, depth - 1) for v in inner)  # noqa: PLR2004 - small
    return value is None or type(value) in {bool, int, float, complex, str, bytes}
