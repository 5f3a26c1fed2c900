"""Decides which of a candidate's operators count, and what an answer of theirs may say."""

from collections.abc import Callable
from typing import Any

from viva_grader.callee.proxy import Owner, ask, is_theirs
from viva_grader.domain.surface import SWALLOWS

# These hand over no expected value and give data back, which the test then compares by itself.
FREE = frozenset({
    "__abs__", "__aiter__", "__bytes__", "__call__", "__ceil__", "__complex__",
    "__delitem__", "__enter__", "__exit__", "__float__", "__floor__", "__format__", "__getitem__",
    "__index__", "__int__", "__invert__", "__iter__", "__len__", "__neg__", "__next__", "__pos__",
    "__repr__", "__reversed__", "__round__", "__setitem__", "__str__", "__trunc__",
})  # fmt: skip
_AWAITED = frozenset({"__aenter__", "__aexit__", "__anext__"})
# These answer with a bool, a number for a set, or a value of the test's own choice of key.
_ANY_ANSWER = frozenset({"__bool__", "__contains__", "__hash__", "__missing__"})
# These take what a test expects as operand, and their answer is the verdict: only a class that
# the author's own notebook gives such a method may answer.
COMPARING = frozenset({"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"})
JUDGED = frozenset({
    "__add__", "__and__", "__bool__", "__contains__", "__divmod__", "__floordiv__", "__hash__",
    "__iadd__", "__iand__", "__ifloordiv__", "__imul__", "__ior__", "__isub__", "__itruediv__",
    "__ixor__", "__lshift__", "__matmul__", "__missing__", "__mod__", "__mul__", "__or__",
    "__pow__",
    "__radd__", "__rand__", "__rfloordiv__", "__rmatmul__", "__rmod__", "__rmul__", "__ror__",
    "__rpow__", "__rshift__", "__rsub__", "__rtruediv__", "__rxor__", "__sub__", "__truediv__",
    "__xor__",
})  # fmt: skip


def operators(
    dunders: list[Any], surface: frozenset[str], owner: Owner, *, opaque: bool
) -> dict[str, Any]:
    """Give the special methods of one class's proxies.

    Parameters
    ----------
    dunders : list of str
        What the candidate's class is said to define.
    surface : frozenset of str
        What the author's own class of that name defines.
    opaque : bool
        Whether Python's or a library's rules compare it: an honest answer is then unknown here.
    """
    made: dict[str, Any] = {}
    for name in dunders:
        if name == "__exit__":
            made[name] = _exit(may_swallow=SWALLOWS in surface)
        elif name in _AWAITED:
            made[name] = _forward_later(name)
        elif name in FREE or (name in _ANY_ANSWER and name in surface):
            made[name] = _forward(name)
        elif name in JUDGED and name in surface:
            made[name] = _calculate(name, owner)
        elif name in COMPARING and (name in surface or opaque):
            made[name] = _compare(name, owner)
        elif name in JUDGED and opaque:
            made[name] = _refuse(name, owner)
    if "__eq__" in made and "__hash__" not in made:
        made["__hash__"] = None if "__hash__" not in dunders else _forward("__hash__")
    return made


def _forward_later(name: str) -> Callable[..., Any]:
    async def method(self: Any, *args: Any) -> Any:
        if name == "__aexit__":
            return await _leave(self, args)
        return ask(self, "dunder", name, *args)

    async def _leave(self: Any, args: tuple[Any, ...]) -> Any:
        return ask(self, "dunder", name, *args[:2], None) is True and args[0] is None

    method.__name__ = name
    return method


def _forward(name: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any) -> Any:
        return ask(self, "dunder", name, *args)

    method.__name__ = name
    return method


def _exit(*, may_swallow: bool) -> Callable[..., Any]:
    """Leave a ``with`` block: only what the author's own class could swallow is swallowed."""

    def method(self: Any, kind: Any, error: Any, _trace: Any) -> Any:
        answer = ask(self, "dunder", "__exit__", kind, error, None)
        return bool(answer is True) and may_swallow and not isinstance(error, AssertionError)

    method.__name__ = "__exit__"
    return method


def _calculate(name: str, owner: Owner) -> Callable[..., Any]:
    """Let an object answer with an object, but not say how far it is from what is expected."""

    def method(self: Any, *args: Any) -> Any:
        answer = ask(self, "dunder", name, *args)
        plain = not all(is_theirs(arg) for arg in args)
        if plain and answer is not NotImplemented and not is_theirs(answer):
            what = f"{type(self).__name__}.{name} makes plain data of the test's plain data"
            raise owner.session.unsupported(what)
        return answer

    method.__name__ = name
    return method


def _refuse(name: str, owner: Owner) -> Callable[..., Any]:
    def method(self: Any, *_args: Any) -> Any:
        what = f"the test uses {name} of a {type(self).__name__}, which cannot cross as data yet"
        raise owner.session.unsupported(what)

    method.__name__ = name
    return method


def _compare(name: str, owner: Owner) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        if not is_theirs(other):
            # The operand may be what the test expects, the answer the candidate's word.
            if type(self).__dict__.get("_viva_pretends") is True:
                raise owner.session.pretended(f"a {type(self).__name__} that is no plain data")
            what = f"the test compares a {type(self).__name__} with plain data by its own {name}"
            raise owner.session.unsupported(what)
        return ask(self, "dunder", name, other)

    method.__name__ = name
    return method
