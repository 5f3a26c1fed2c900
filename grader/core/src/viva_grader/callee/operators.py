"""Decides which of a candidate's operators count, and what an answer of theirs may say."""

import collections
import numbers
from collections.abc import Callable
from typing import Any, cast

import numpy as np

from viva_grader.callee.interruptions import Interruption
from viva_grader.callee.proxy import PREFIX, Owner, ask, is_proxy_class, is_theirs
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


# What a plain type's own methods answer of its contents; those that change it are not among them.
_OF_CONTENTS = (COMPARING | JUDGED) - {
    "__iadd__", "__iand__", "__ifloordiv__", "__imul__", "__ior__", "__isub__", "__itruediv__",
    "__ixor__", "__missing__",
}  # fmt: skip
_HASH = ("__hash__", True)
"""Of a library's object any number will do: what is found by it is compared too."""
_PLAIN = frozenset({
    list, dict, tuple, set, frozenset, str, bytes, int, float, complex, collections.OrderedDict,
    collections.Counter, collections.defaultdict, collections.deque,
})  # fmt: skip

_FIGURES = (numbers.Number, np.number)
"""No library of the allow-list has an object that equals one of these and is no plain data."""


def holds_plain(base: Any) -> bool:
    """Whether what is made from a class holds a value of a plain type, which can be had as such."""
    return base in _PLAIN or (is_proxy_class(base) and base.__dict__.get(PREFIX + "holds") is True)


def operators(
    dunders: list[Any],
    surface: frozenset[str],
    owner: Owner,
    *,
    opaque: bool,
    own: list[Any] | None = None,
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
    own : list of str or None
        Of a class made from a plain type, what the candidate's text defines: the rest is the plain
        type's, which is done here with what the object holds. None for any other class.
    """
    made: dict[str, Any] = {}
    for name in dunders:
        if own is not None and name in _OF_CONTENTS and name not in own:
            made[name] = _by_contents(name, owner)
        elif (method := _method(name, surface, owner, opaque=opaque)) is not None:
            made[name] = method
    if "__eq__" in made and "__hash__" not in made:
        made["__hash__"] = None if "__hash__" not in dunders else _forward("__hash__")
    return made


def _method(
    name: str, surface: frozenset[str], owner: Owner, *, opaque: bool
) -> Callable[..., Any] | None:
    if name == "__exit__":
        return _exit(may_swallow=SWALLOWS in surface)
    if name in _AWAITED:
        return _forward_later(name)
    if name in FREE or (name in _ANY_ANSWER and name in surface) or (name, opaque) == _HASH:
        return _forward(name)
    if name in JUDGED and name in surface:
        return _calculate(name, owner)
    if name in COMPARING and (name in surface or opaque):
        return _compare(name, owner, opaque=opaque and name not in surface)
    return _refuse(name, owner) if name in JUDGED and opaque else None


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
    def method(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        return ask(self, "dunder", name, *args, **kwargs)

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


def _by_contents(name: str, owner: Owner) -> Callable[..., Any]:
    """Let the plain type itself answer, on this side, of what the object holds over there."""

    def method(self: Any, *args: Any) -> Any:
        held: Any = ask(self, "contents")
        if type(held) not in _PLAIN:
            raise owner.session.pretended(f"a {type(self).__name__} that is no plain data")
        given = [ask(arg, "contents") if _has_contents(arg) else arg for arg in args]
        answer: Any = getattr(cast("Any", type(held)), name)(held, *given)
        return answer

    method.__name__ = name
    setattr(method, PREFIX + "contents", True)
    return method


def _has_contents(value: Any) -> bool:
    method = getattr(cast("Any", type(value)), "__eq__", None)
    return is_theirs(value) and getattr(method, PREFIX + "contents", False) is True


def _refuse(name: str, owner: Owner) -> Callable[..., Any]:
    def method(self: Any, *_args: Any) -> Any:
        what = f"the test uses {name} of a {type(self).__name__}, which cannot cross as data yet"
        raise owner.session.unsupported(what)

    method.__name__ = name
    return method


def _leaves_to_others(value: Any, name: str, other: Any) -> bool:
    """Whether an object compares itself to nothing of a plain type: asked with an empty one of it.

    Nothing that a test expects is handed over, and what follows is what an object without any such
    method would say.
    """
    kind = cast("Any", type(other))
    if kind not in _PLAIN:
        return False
    try:
        return ask(value, "dunder", name, kind()) is NotImplemented
    except Interruption:
        raise
    except Exception:
        return False


def _is_none(value: Any, name: str, owner: Owner) -> Any:
    """Ask whether an object equals None: any object may say no, yes would be a claim."""
    answer = ask(value, "dunder", name, None)
    if answer is not NotImplemented and bool(answer) is (name == "__eq__"):
        raise owner.session.unsupported(f"a {type(value).__name__} says that it equals None")
    return answer


def _compare(name: str, owner: Owner, *, opaque: bool) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        if other is None and name in {"__eq__", "__ne__"}:
            return _is_none(self, name, owner)
        if not is_theirs(other):
            # The operand may be what the test expects, the answer the candidate's word.
            if type(self).__dict__.get("_viva_pretends") is True:
                raise owner.session.pretended(f"a {type(self).__name__} that is no plain data")
            if opaque and isinstance(other, _FIGURES):
                raise owner.session.pretended(f"a {type(self).__name__} that is no figure")
            if name in {"__eq__", "__ne__"} and _leaves_to_others(self, name, other):
                return NotImplemented
            what = f"the test compares a {type(self).__name__} with plain data by its own {name}"
            raise owner.session.unsupported(what)
        return ask(self, "dunder", name, other)

    method.__name__ = name
    return method
