"""Decides when two values of two runs are the same: by a short print of plain data, or not at all.

Nothing of a submission's runs to make one: a value that holds an object of its own has none.
"""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# Values of any type pass through here.

import hashlib
from typing import Any

import numpy as np
import pandas as pd

_PLAIN = frozenset({type(None), bool, int, float, complex, str, bytes})
_ORDERED = frozenset({list, tuple})
_EXACT = 2**53
"""Below it a float that is whole is an integer's equal, and no other's."""
_MOST = 100_000
"""Values in a whole; a larger one has no print."""


def print_of(value: Any) -> str | None:
    """Give the print of a value; None where it has none.

    A number is the same in Python and in numpy, and a whole the same in a list, a tuple, an array
    or a column: a comparison takes them for equal.
    """
    parts: list[str] = []
    try:
        found = _add(value, parts)
    except RecursionError:
        return None
    text = "\0".join(parts)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16] if found else None


def _add(value: Any, parts: list[str]) -> bool:
    """Write down a value, piece by piece; False if it cannot be."""
    value = _plainly(value)
    kind = type(value)
    if kind in _PLAIN:
        parts.append(_number(value) if isinstance(value, int | float) else repr(value))
        return len(parts) <= _MOST
    if kind in _ORDERED:
        parts.append(f"{len(value)}[")
        return all(_add(each, parts) for each in value)
    if kind is dict:
        parts.append(f"{len(value)}{{")
        return all(_add(each, parts) for pair in value.items() for each in pair)
    return False


def _plainly(value: Any) -> Any:
    """Give what Python's own types hold of a value of numpy's or pandas'."""
    if isinstance(value, np.generic):
        return value.item()
    if type(value) is np.ndarray or isinstance(value, pd.Series | pd.DataFrame | pd.Index):
        return np.asarray(value).tolist() if value.size <= _MOST else value
    return value


def _number(value: float) -> str:
    whole = abs(value) < _EXACT and value == int(value)
    return repr(int(value)) if whole else repr(value)
