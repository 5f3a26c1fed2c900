"""Decides what each verb of a request does to a value: call, read, change, go on."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# Values of any type pass through here.

import builtins
import copy
import types
from collections.abc import Awaitable, Callable
from typing import Any, cast

from viva_runner.awaiting import settle
from viva_runner.contents import plain_contents
from viva_runner.keeping import refill

_WAITED = frozenset({"__anext__", "__aenter__", "__aexit__", "asend", "athrow", "aclose"})


class Verbs:
    """The verbs of one submission.

    Parameters
    ----------
    namespace : dict
        The submission's globals, which two of the verbs change.
    """

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace
        self._late: dict[int, BaseException] = {}
        self._before: dict[tuple[int, str], Any] = {}

    def apply(self, what: str, target: Any, args: Any, kwargs: dict[str, Any]) -> Any:
        """Do what one verb means, and give what came of it."""
        if what in {"call", "method"}:
            if what == "method":
                target, args = getattr(target, args[0]), args[1:]
            result = target(*args, **kwargs)
            return settle(result) if isinstance(result, types.CoroutineType) else result
        if what == "read":
            return self._read(target)
        if what == "next":
            return self._take(target, args[0])
        if what == "set":
            self._namespace[target] = args[0]
        elif what == "del":
            self._namespace.pop(target, None)
        elif what in {"getattr", "setattr", "delattr", "restore"}:
            return self._attribute(what, target, args)
        elif what in _ON_OBJECTS:
            return _ON_OBJECTS[what](target, *args, **kwargs)
        return None

    def _read(self, name: str) -> list[Any]:
        """Give a name's value after a mark; the mark alone if there is no such name."""
        return [None, self._namespace[name]] if name in self._namespace else [None]

    def _attribute(self, what: str, target: Any, args: Any) -> Any:
        """Read or change an attribute; "restore" gives a class what it held before a patch."""
        key = (id(target), args[0])
        if what == "restore":
            before = self._before.pop(key, None)
            return None if before is None else setattr(target, args[0], before)
        if what == "setattr" and isinstance(target, type):
            self._before.setdefault(key, vars(target).get(args[0]))
        return getattr(builtins, what)(target, *args)

    def _take(self, iterator: Any, count: int) -> list[Any]:
        """Take values, what it returned, and whether there may be more; an error waits its turn."""
        late = self._late.pop(id(iterator), None)
        if late is not None:
            raise late
        taken: list[Any] = []
        for _ in range(count):
            try:
                taken.append(next(iterator))
            except StopIteration as stop:
                return [*taken, stop.value, False]
            except BaseException as error:
                if not taken:
                    raise
                self._late[id(iterator)] = error
                break
        return [*taken, None, True]


def _refill(target: Any, name: str, value: Any) -> None:
    """Give a container the contents that a test gave to its copy; the same object stays."""
    refill(getattr(target, name), value)


def _dunder(target: Any, name: str, /, *args: Any, **kwargs: Any) -> Any:
    method = getattr(type(target), name, None)
    if method is None:
        return NotImplemented
    result = method(target, *args, **kwargs)
    if name in _WAITED and isinstance(result, Awaitable):
        return settle(cast("Any", result))
    return settle(result) if isinstance(result, types.CoroutineType) else result


def _dir(target: Any) -> list[str]:
    return [name for name in dir(target) if type(name) is str]


def _copy(target: Any, deep: bool) -> Any:
    return copy.deepcopy(target) if deep else copy.copy(target)


def _closure(target: Any, _name: str) -> list[Any]:
    """Give what a function closes over, in the order of its free variables."""
    return [cell.cell_contents for cell in getattr(target, "__closure__", None) or ()]


_ON_OBJECTS: dict[str, Callable[..., Any]] = {
    "dunder": _dunder, "dir": _dir, "copy": _copy, "refill": _refill, "closure": _closure,
    "contents": plain_contents,
}  # fmt: skip
