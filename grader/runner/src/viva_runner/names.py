"""Decides which names still mean what the trusted end read: it need not ask for them again."""

import types
from typing import Any

_FIXED = frozenset({type(None), bool, int, float, complex, str, bytes})
_NOTHING: Any = object()


class Names:
    """The names that were read, and what they meant then.

    Parameters
    ----------
    namespace : dict
        The submission's globals.
    """

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace
        self._read: dict[str, Any] = {}

    def note(self, name: str) -> bool:
        """Note that a name is read now; whether :meth:`same` will speak for it."""
        value = self._namespace.get(name, _NOTHING)
        if not _is_settled(value):
            self._read.pop(name, None)
            return False
        self._read[name] = value
        return True

    def same(self) -> bool:
        """Whether every name still means the same object, and that has not changed either."""
        if all(
            self._namespace.get(name, _NOTHING) is value and _is_settled(value)
            for name, value in self._read.items()
        ):
            return True
        self._read.clear()
        return False


def _is_settled(value: Any) -> bool:
    """Whether a value stays as it was described for as long as it is the same object."""
    if type(value) is types.FunctionType:
        return not (value.__dict__ or value.__defaults__ or value.__kwdefaults__)
    return type(value) in _FIXED
