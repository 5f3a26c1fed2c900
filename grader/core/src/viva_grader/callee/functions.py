"""Decides what a candidate's function looks like to a test: a function with its signature."""

import inspect
import linecache
from collections.abc import Callable
from typing import Any, cast

_KINDS = {kind.value: kind for kind in inspect._ParameterKind}  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the enum of Parameter.kind has no public name

Invoke = Callable[[tuple[Any, ...], dict[str, Any]], Any]


class Default:
    """Stands for a default value, which stays in the candidate's process."""

    def __repr__(self) -> str:
        return "<default>"


DEFAULT = Default()


def function_proxy(facts: dict[str, Any], invoke: Invoke, cells: dict[str, str]) -> Any:
    """Make a function that calls the candidate's.

    Parameters
    ----------
    facts : dict
        What the candidate's process says of it; nothing in it is needed for the call.
    cells : dict of str to str
        Source per cell: ``inspect.getsource`` gives the submitted text.
    """
    proxy: Any
    if facts.get("async") is True:

        async def proxy_async(*args: Any, **kwargs: Any) -> Any:
            return invoke(args, kwargs)

        proxy = proxy_async
    else:

        def proxy_plain(*args: Any, **kwargs: Any) -> Any:
            return invoke(args, kwargs)

        proxy = proxy_plain
    name = facts.get("name")
    proxy.__name__ = proxy.__qualname__ = name if type(name) is str else "function"
    proxy.__module__ = "__main__"
    document = facts.get("doc")
    proxy.__doc__ = document if type(document) is str else None
    signature = _signature(facts.get("parameters"))
    if signature is not None:
        proxy.__signature__ = signature
    _place(proxy, facts.get("at"), cells)
    return proxy


def _signature(raw: Any) -> inspect.Signature | None:
    try:
        return inspect.Signature(
            [
                inspect.Parameter(
                    name,
                    _KINDS[kind],
                    default=DEFAULT if default is True else inspect.Parameter.empty,
                )
                for name, kind, default in raw
            ]
        )
    except (TypeError, ValueError, KeyError):
        return None


def _place(proxy: Any, raw: Any, cells: dict[str, str]) -> None:
    """Let the function seem to stand where the candidate wrote it."""
    if not isinstance(raw, list):
        return
    place = cast("list[Any]", raw)
    if [type(part) for part in place] != [str, int] or not 0 < place[1] < 1_000_000:  # noqa: PLR2004 - lines
        return
    source = cells.get(place[0].strip("<>"))
    if source is None:
        return
    lines = source.splitlines(keepends=True)
    linecache.cache[place[0]] = (len(source), None, lines, place[0])
    proxy.__code__ = proxy.__code__.replace(co_filename=place[0], co_firstlineno=place[1])
