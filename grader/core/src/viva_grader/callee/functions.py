"""Decides what a candidate's function looks like to a test: a function with its signature."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false
# Values of any type pass through here.

import ast
import functools
import inspect
import keyword
import linecache
import types
from collections.abc import Callable
from typing import Any, cast

_KINDS = {kind.value: kind for kind in inspect._ParameterKind}  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the enum of Parameter.kind has no public name
_FLAGS = inspect.CO_COROUTINE | inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR
_EMPTY = inspect.Parameter.empty
_OWN = frozenset({
    "__name__", "__qualname__", "__module__", "__doc__", "__signature__", "__annotations__",
    "__defaults__", "__kwdefaults__", "__code__", "__wrapped__", "__test__", "__self__",
})  # fmt: skip
"""What a test may read and set of the stand-in alone."""

Invoke = Callable[[tuple[Any, ...], dict[str, Any]], Any]
Ask = Callable[..., Any]


class Default:
    """Stands for a default value that is no plain data: it stays in the candidate's process."""

    def __repr__(self) -> str:
        return "<default>"


DEFAULT = Default()


class Function:
    """A candidate's function: calls, and attributes that it was given, are over there."""

    def __init__(self, invoke: Invoke, ask: Ask | None, facts: dict[str, Any]) -> None:
        own = self._viva_own
        own |= {"invoke": invoke, "ask": ask, "async": facts.get("async") is True}
        own["wraps"] = facts.get("wraps") is True

    def _viva_bind(self, owner: Any, unbound: Callable[[], Any]) -> None:
        """Be a method of something, as :mod:`inspect` sees it."""
        self._viva_own.update({"__self__": owner, "unbound": unbound})

    @property
    def _viva_own(self) -> dict[str, Any]:
        return object.__getattribute__(self, "__dict__")

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """Call it over there; an async one gives something to await."""
        own = self._viva_own
        if not own["async"]:
            return own["invoke"](args, kwargs)

        async def later() -> Any:
            return own["invoke"](args, kwargs)

        return later()

    def __get__(self, instance: Any, _owner: Any = None) -> Any:
        """Be a method in a class of the test's own."""
        return self if instance is None else types.MethodType(self, instance)

    def __getattribute__(self, name: str) -> Any:  # noqa: PLR0911 - one return for each kind of name
        """Read what the stand-in has; anything else over there."""
        if name == "__class__":
            own = object.__getattribute__(self, "__dict__")
            return types.MethodType if "__self__" in own else types.FunctionType
        if name == "__func__" and "unbound" in object.__getattribute__(self, "__dict__"):
            return object.__getattribute__(self, "__dict__")["unbound"]()
        if name in _OWN:
            own = object.__getattribute__(self, "__dict__")
            try:
                return own[name]
            except KeyError:
                if name == "__wrapped__" and own["wraps"]:
                    return _ask(self, "getattr", name)
                raise AttributeError(f"'function' object has no attribute {name!r}") from None
        if name == "__globals__":
            return {}
        if name == "__closure__":
            return _cells(_ask(self, "closure", ""))
        if name == "__dict__":
            return _ask(self, "getattr", name)
        if name.startswith(("__", "_viva_")):
            return object.__getattribute__(self, name)
        return _ask(self, "getattr", name)

    def __setattr__(self, name: str, value: Any) -> None:
        """Give it an attribute over there."""
        if name in _OWN:
            self._viva_own[name] = value
        else:
            _ask(self, "setattr", name, value)

    def __delattr__(self, name: str) -> None:
        """Take an attribute away over there."""
        if name in _OWN:
            self._viva_own.pop(name, None)
        else:
            _ask(self, "delattr", name)

    def __repr__(self) -> str:
        return f"<function {self._viva_own['__name__']}>"

    def __copy__(self) -> "Function":
        return self

    def __deepcopy__(self, _memo: Any) -> "Function":
        return self


Function.__name__ = Function.__qualname__ = "function"
Function.__module__ = "builtins"


def _ask(function: Function, what: str, name: str, *args: Any) -> Any:
    ask: Ask | None = object.__getattribute__(function, "__dict__")["ask"]
    if ask is None:
        raise AttributeError(f"'function' object has no attribute {name!r}")
    return ask(what, name, *args)


def _cells(held: Any) -> tuple[types.CellType, ...] | None:
    """Give the values that a function closes over in cells of this side."""
    found = cast("list[Any]", held) if type(held) is list else []
    return tuple(types.CellType(value) for value in found) or None


def function_proxy(
    facts: dict[str, Any],
    items: list[Any],
    invoke: Invoke,
    ask: Ask | None,
    cells: dict[str, str],
) -> Any:
    """Make a function that calls the candidate's.

    Parameters
    ----------
    facts : dict
        What the candidate's process says of it; nothing in it is needed for the call.
    items : list
        Its plain defaults, in order, then its annotations.
    ask : callable or None
        Reads and changes its attributes over there.
    cells : dict of str to str
        Source per cell: ``inspect.getsource`` gives the submitted text.
    """
    proxy: Any = Function(invoke, ask, facts)
    name, document = facts.get("name"), facts.get("doc")
    own: dict[str, Any] = proxy._viva_own  # noqa: SLF001 - of this module
    own["__name__"] = own["__qualname__"] = name if type(name) is str else "function"
    if type(facts.get("qualname")) is str:
        own["__qualname__"] = facts["qualname"]
    own["__module__"] = "__main__"
    own["__doc__"] = document if type(document) is str else None
    own["__annotations__"] = {}
    own["__defaults__"] = own["__kwdefaults__"] = None
    parameters = parameters_of(facts, items)
    if parameters is not None:
        _describe(own, parameters, facts, items)
    own["__code__"] = _code(own, parameters or [], facts.get("flags"))
    _place(own, facts.get("at"), cells)
    return proxy


def method_proxy(
    facts: dict[str, Any], items: list[Any], owner: Any, invoke: Invoke, cells: dict[str, str]
) -> Any:
    """Make a method of a value of the candidate's: as a function, but bound."""

    def unbound() -> Any:
        first = "cls" if isinstance(owner, type) else "self"
        parameters: Any = facts.get("parameters")
        whole = [[first, inspect.Parameter.POSITIONAL_OR_KEYWORD.value, 0], *(parameters or [])]
        plain = facts | ({} if parameters is None else {"parameters": whole})
        return function_proxy(plain, items, lambda args, kw: invoke(args[1:], kw), None, cells)

    proxy = function_proxy(facts, items, invoke, None, cells)
    proxy._viva_bind(owner, unbound)  # noqa: SLF001 - of this module
    return proxy


def parameters_of(facts: dict[str, Any], items: list[Any]) -> list[inspect.Parameter] | None:
    """Give the parameters that the candidate's process names; None if they cannot be."""
    raw, left = facts.get("parameters"), iter(items)
    try:
        return [
            inspect.Parameter(
                name,
                _KINDS[kind],
                default=next(left) if default == 1 else DEFAULT if default else _EMPTY,
            )
            for name, kind, default in cast("Any", raw)
        ]
    except (TypeError, ValueError, KeyError, StopIteration, RuntimeError):
        return None


def _describe(
    own: dict[str, Any],
    parameters: list[inspect.Parameter],
    facts: dict[str, Any],
    items: list[Any],
) -> None:
    """Give the stand-in what ``inspect`` and a test look at."""
    hints: Any = facts.get("hints")
    names = [n for n in hints if type(n) is str] if isinstance(hints, list) else []
    found = dict(zip(names, items[len(items) - len(names) :], strict=False))
    own["__annotations__"] = found
    told = [p.replace(annotation=found.get(p.name, _EMPTY)) for p in parameters]
    try:
        own["__signature__"] = inspect.Signature(
            told, return_annotation=found.get("return", _EMPTY)
        )
    except (TypeError, ValueError):
        return
    positional = {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD}
    given = [p for p in parameters if p.default is not _EMPTY]
    own["__defaults__"] = tuple(p.default for p in given if p.kind in positional) or None
    by_name = {p.name: p.default for p in given if p.kind is inspect.Parameter.KEYWORD_ONLY}
    own["__kwdefaults__"] = by_name or None


def _code(own: dict[str, Any], parameters: list[inspect.Parameter], flags: Any) -> Any:
    """Give the code object of a function with the same parameters, for its facts alone."""
    inner = _lambda(tuple((p.name, p.kind.value) for p in parameters))
    told = flags & _FLAGS if type(flags) is int else 0
    return inner.replace(co_name=own["__name__"], co_flags=inner.co_flags | told)


@functools.lru_cache(maxsize=512)
def _lambda(parameters: tuple[tuple[str, int], ...]) -> types.CodeType:
    if any(keyword.iskeyword(name) or not name.isidentifier() for name, _ in parameters):
        parameters = ()

    def named(kind: Any) -> list[ast.arg]:
        return [ast.arg(name) for name, number in parameters if number == kind.value]

    kind = inspect.Parameter
    arguments = ast.arguments(
        posonlyargs=named(kind.POSITIONAL_ONLY),
        args=named(kind.POSITIONAL_OR_KEYWORD),
        vararg=next(iter(named(kind.VAR_POSITIONAL)), None),
        kwonlyargs=named(kind.KEYWORD_ONLY),
        kw_defaults=[None for _ in named(kind.KEYWORD_ONLY)],
        kwarg=next(iter(named(kind.VAR_KEYWORD)), None),
        defaults=[],
    )
    body = ast.Module([ast.Expr(ast.Lambda(arguments, ast.Constant(None)))], [])
    outer = compile(ast.fix_missing_locations(body), "<submission>", "exec")
    return next(c for c in outer.co_consts if isinstance(c, types.CodeType))


def _place(own: dict[str, Any], raw: Any, cells: dict[str, str]) -> None:
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
    own["__code__"] = own["__code__"].replace(co_filename=place[0], co_firstlineno=place[1])
