"""Decides what an object of a class made from a plain type holds: a value of that type itself."""

# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportUnknownMemberType=false, reportUnknownLambdaType=false
# Values of any type pass through here.

import collections
from collections.abc import Callable
from typing import Any

# Each by the plain type's own method: what the class does when it is asked is not what it holds.
_READ: list[tuple[type, Callable[[Any], Any]]] = [
    (collections.OrderedDict, lambda v: collections.OrderedDict(dict.items(v))),
    (collections.Counter, lambda v: collections.Counter(dict(dict.items(v)))),
    (
        collections.defaultdict,
        lambda v: collections.defaultdict(v.default_factory, dict(dict.items(v))),
    ),
    (dict, lambda v: dict(dict.items(v))),
    (list, lambda v: list.__getitem__(v, slice(None))),
    (tuple, lambda v: tuple.__getitem__(v, slice(None))),
    (collections.deque, lambda v: collections.deque(collections.deque.__iter__(v), v.maxlen)),
    (set, lambda v: {*set.__iter__(v)}),
    (frozenset, lambda v: frozenset({*frozenset.__iter__(v)})),
    (str, lambda v: str.__getitem__(v, slice(None))),
    (bytes, lambda v: bytes.__getitem__(v, slice(None))),
    (int, int.__int__),
    (float, float.__float__),
    (complex, complex.__complex__),
]


def plain_contents(value: Any) -> Any:
    """Give what the plain type below an object's class holds.

    Raises
    ------
    TypeError
        If there is none that is known.
    """
    for kind, read in _READ:
        if isinstance(value, kind):
            return read(value)
    raise TypeError(f"{type(value).__name__} holds no plain data")
