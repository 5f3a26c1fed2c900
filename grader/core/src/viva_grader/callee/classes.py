"""Decides what a candidate's class looks like to a test, and which of its operators count."""

# pyright: reportUnknownArgumentType=false
# Values of any type pass through here.

from collections.abc import Callable
from typing import Any, Protocol, cast

from viva_grader.callee.handle import Handle
from viva_grader.callee.session import Session

Node = list[Any]

_NUMBER = "_viva_number"
_PREFIX = "_viva_"
_MAX_NAME = 200

# These hand over no expected value and give data back, which the test then compares by itself.
FREE = frozenset({
    "__abs__", "__aenter__", "__aexit__", "__bytes__", "__call__", "__ceil__", "__complex__",
    "__delitem__", "__enter__", "__exit__", "__float__", "__floor__", "__format__", "__getitem__",
    "__index__", "__int__", "__invert__", "__iter__", "__len__", "__neg__", "__next__", "__pos__",
    "__repr__", "__reversed__", "__round__", "__setitem__", "__str__", "__trunc__",
})  # fmt: skip
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


class Owner(Protocol):
    """What classes need to know of the session's other values."""

    @property
    def session(self) -> Session:
        """Where calls go."""
        ...

    @property
    def given(self) -> dict[str, type]:
        """Classes that the author's cells define on both sides."""
        ...

    def remember(self, proxy: Any, node: Node) -> Any:
        """Note what a proxy stands for."""
        ...


class ProxyClass(type):
    """The class of candidates' classes: calling, reading and changing one happens over there."""

    def __new__(
        cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **_kwargs: Any
    ) -> "ProxyClass":
        """Refuse a test's own subclass of a candidate's class: its instances could not cross."""
        for base in bases:
            owner = cast("Any", base).__dict__.get(_PREFIX + "owner")
            if _PREFIX + "owner" not in namespace and owner is not None:
                raise owner.session.unsupported(f"the test derives a class from {base.__name__}")
        return super().__new__(cls, name, bases, namespace)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        """Construct over there."""
        return _session(cls).apply("call", cls, *args, **kwargs)

    def __getattr__(cls, name: str) -> Any:
        """Read an attribute of the class over there."""
        if name.startswith(("__", _PREFIX)):
            raise AttributeError(name)
        return _session(cls).apply("getattr", cls, name)

    def __setattr__(cls, name: str, value: Any) -> None:
        """Patch the class over there."""
        if name.startswith(("__", "_abc_")):
            super().__setattr__(name, value)
        else:
            _session(cls).apply("setattr", cls, name, value)

    def __delattr__(cls, name: str) -> None:
        """Delete an attribute of the class over there."""
        _session(cls).apply("delattr", cls, name)


def _session(kind: type) -> Session:
    owner: Owner = cast("Any", kind).__dict__[_PREFIX + "owner"]
    return owner.session


def is_proxy_class(kind: type) -> bool:
    """Whether a class stands for a candidate's."""
    return isinstance(kind, ProxyClass)


def number_of_instance(value: Any) -> int | None:
    """Give the handle of a candidate's instance; None for any other value."""
    if not isinstance(type(value), ProxyClass):
        return None
    try:
        return object.__getattribute__(value, _NUMBER)
    except AttributeError:
        return None


class Classes:
    """The candidate's classes of one session."""

    def __init__(self, owner: Owner, surfaces: dict[str, frozenset[str]]) -> None:
        self._owner = owner
        self._surfaces = surfaces
        self._classes: dict[int, Any] = {}
        self._instances: dict[int, Any] = {}

    def forget(self) -> None:
        """Drop everything: the process that it stood for is gone."""
        self._classes.clear()
        self._instances.clear()

    def of(self, number: int, facts: dict[str, Any], bases: list[Any]) -> Any:
        """Give the class for a handle, made once.

        Raises
        ------
        ValueError
            If the description is not one that the runner writes.
        """
        if number not in self._classes:
            made = self._make(facts, bases)
            self._classes[number] = self._owner.remember(made, ["h", [number], []])
        return self._classes[number]

    def instance(self, number: int, kind: Any) -> Any:
        """Give the proxy of an instance, made once."""
        if number not in self._instances:
            if not isinstance(kind, ProxyClass):
                kind = self._plain(kind)
            made = object.__new__(cast("Any", kind))
            object.__setattr__(made, _NUMBER, number)
            self._instances[number] = made
        return self._instances[number]

    def _plain(self, kind: Any) -> Any:
        """Make a stand-in for an instance of a library's class that could not cross as data."""
        name = kind.__name__ if isinstance(kind, type) else "object"
        return self._make({"name": name, "dunders": []}, [])

    def _make(self, facts: dict[str, Any], bases: list[Any]) -> Any:
        name: Any = facts["name"]
        dunders: Any = facts["dunders"]
        if type(name) is not str or not 0 < len(name) <= _MAX_NAME or type(dunders) is not list:
            raise ValueError("no class")
        given = [b for b in bases if isinstance(b, type) and self._owner.given.get(b.__name__) is b]
        kept = tuple(
            b for b in bases if isinstance(b, ProxyClass) or _is_exception(b) or b in given
        )
        surface = self._surface(name, kept)
        namespace: dict[str, Any] = {
            _PREFIX + "owner": self._owner,
            "__module__": "__main__",
            "__slots__": (_NUMBER,) if not kept else (),
        }
        if any(_is_exception(base) for base in kept):
            del namespace["__slots__"]
            namespace["__getattr__"] = _read
        else:
            namespace |= {"__getattr__": _read, "__setattr__": _write, "__delattr__": _delete}
            namespace |= self._operators(dunders, surface)
            if given:
                # an author's class below it makes isinstance true; attributes are still over there
                namespace["__getattribute__"] = _read_first
        return ProxyClass(name, kept or (_Instance,), namespace)

    def _surface(self, name: str, bases: tuple[Any, ...]) -> frozenset[str]:
        names = [name, *(c.__name__ for base in bases for c in base.__mro__)]
        return frozenset(m for n in names for m in self._surfaces.get(n, ()))

    def _operators(self, dunders: list[Any], surface: frozenset[str]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name in dunders:
            if name in FREE or (name in JUDGED and name in surface):
                made[name] = _forward(name)
            elif name in COMPARING and name in surface:
                made[name] = _compare(name, self._owner)
        if "__eq__" in made and "__hash__" not in made:
            made["__hash__"] = None if "__hash__" not in dunders else _forward("__hash__")
        return made


class _Instance(metaclass=ProxyClass):
    """Below every proxy of an instance."""

    __slots__ = ()


def _is_exception(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseException)


def _call(value: Any, what: str, *args: Any) -> Any:
    number = number_of_instance(value)
    if number is None:
        raise AttributeError(str(args[0]) if args else what)
    return _session(type(value)).apply(what, Handle(number), *args)


def _read(self: Any, name: str) -> Any:
    hidden = name.startswith("__") and name.endswith("__") and name != "__dict__"
    if hidden or name == _NUMBER:
        raise AttributeError(name)
    return _call(self, "getattr", name)


def _read_first(self: Any, name: str) -> Any:
    if name == _NUMBER or (name.startswith("__") and name.endswith("__")):
        return object.__getattribute__(self, name)
    return _call(self, "getattr", name)


def _write(self: Any, name: str, value: Any) -> None:
    _call(self, "setattr", name, value)


def _delete(self: Any, name: str) -> None:
    _call(self, "delattr", name)


def _forward(name: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any) -> Any:
        return _call(self, "dunder", name, *args)

    method.__name__ = name
    return method


def _compare(name: str, owner: Owner) -> Callable[[Any, Any], Any]:
    def method(self: Any, other: Any) -> Any:
        if number_of_instance(other) is None:
            # The operand may be what the test expects, the answer the candidate's word.
            what = f"the test compares a {type(self).__name__} with plain data by its own {name}"
            raise owner.session.unsupported(what)
        return _call(self, "dunder", name, other)

    method.__name__ = name
    return method
