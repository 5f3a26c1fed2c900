"""Decides which class of this side an object over there is an instance of, to ``isinstance``."""

# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false
# Values of any type pass through here.

import contextlib
import functools
import sys
from collections.abc import Callable
from typing import Any, cast

from viva_grader.callee.proxy import PREFIX, is_proxy_class

# Libraries of which objects stay over there. What such an object is called says nothing about it:
# all that a test reads of it is the candidate's data, as if the class were their own.
_LIBRARIES = frozenset({"matplotlib", "mpl_toolkits", "re", "scipy", "sklearn"})
_PLAIN = frozenset({
    int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset,
})  # fmt: skip

Find = Callable[[], type | None]


def real_class(facts: dict[str, Any], bases: list[Any], *, authored: bool) -> dict[str, Any]:
    """Give what tells ``isinstance`` the class of this side that an object's class is, or is from.

    Parameters
    ----------
    authored : bool
        Whether the author's notebook has a class of that name: only then it may pass for the plain
        type that it is made from.
    """
    name: Any = facts["name"]
    library, path = facts.get("library"), facts.get("qualname")
    find: Find | None = None
    if type(library) is str and type(path) is str:
        if library.split(".")[0] in _LIBRARIES:
            find = functools.partial(_found, library, path)
    else:
        below = (_below(base, authored=authored) for base in bases)
        found = next((each for each in below if each is not None), None)
        find = None if found is None else functools.partial(_made, name, found)
    return {} if find is None else {"__class__": property(_Told(find)), PREFIX + "real": find}


def _below(base: Any, *, authored: bool) -> Find | None:
    if authored and isinstance(base, type) and base in _PLAIN:
        return lambda: base
    return base.__dict__.get(PREFIX + "real") if is_proxy_class(base) else None


class _Told:
    """Reads ``__class__`` of an instance: when it is asked, as tests import late."""

    def __init__(self, find: Find) -> None:
        self._find = find

    def __call__(self, instance: Any) -> Any:
        return self._find() or type(instance)


def _found(library: str, path: str) -> type | None:
    """Find a library's class where this side has it: by its own name, as far as it is imported."""
    value: Any = sys.modules.get(library)
    for part in path.split("."):
        value = getattr(value, part, None)
    return value if isinstance(value, type) and not issubclass(value, tuple(_PLAIN)) else None


@functools.lru_cache(maxsize=256)
def _class_from(name: str, below: type) -> type | None:
    with contextlib.suppress(Exception):
        return cast("type", type(below)(name, (below,), {"__module__": "__main__"}))
    return None


def _made(name: str, find: Find) -> type | None:
    """Make a class of the candidate's name from one of this side, with none of their code."""
    below = find()
    return None if below is None else _class_from(name, below)
