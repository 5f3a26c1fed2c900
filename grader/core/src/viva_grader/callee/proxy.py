"""Decides what every candidate's class and instance is here: a number, and the way there."""

# pyright: reportUnknownArgumentType=false
# Values of any type pass through here.

import enum
import types
from collections.abc import Callable
from typing import Any, Protocol, cast

from viva_grader.callee.handle import Handle
from viva_grader.callee.session import Session

Node = list[Any]

NUMBER = "_viva_number"
PREFIX = "_viva_"
WORDS = "_viva_words"
"""What an exception says by its own ``__str__``, as it was when it came."""


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
        refuse_subclass(bases, namespace)
        return super().__new__(cls, name, bases, namespace)

    def __call__(cls, /, *args: Any, **kwargs: Any) -> Any:
        """Construct over there."""
        return session_of(cls).apply("call", cls, *args, **kwargs)

    def __getattr__(cls, name: str) -> Any:
        """Read an attribute of the class over there."""
        if name.startswith(("__", PREFIX)):
            raise AttributeError(name)
        return session_of(cls).apply("getattr", cls, name)

    def __setattr__(cls, name: str, value: Any) -> None:
        """Patch the class over there."""
        if name.startswith(("__", "_abc_")):
            super().__setattr__(name, value)
        elif getattr(cast("Any", type(value)), PREFIX + "over", False) is True:
            session_of(cls).apply("restore", cls, name)  # what a patch found there, put back
        else:
            session_of(cls).apply("setattr", cls, name, value)

    @property
    def __bases__(cls) -> tuple[Any, ...]:  # pyright: ignore[reportIncompatibleVariableOverride] - shown alone
        """Show the bases that the class has over there."""
        found: tuple[Any, ...] | None = cls.__dict__.get(PREFIX + "bases")
        return _of_type("__bases__", cls) if found is None else found

    @property
    def __mro__(cls) -> tuple[Any, ...]:
        """Show the classes that the class has above it over there."""
        found: tuple[Any, ...] | None = cls.__dict__.get(PREFIX + "above")
        return _of_type("__mro__", cls) if found is None else (cls, *found)

    @property
    def __base__(cls) -> Any:
        """Show the first base."""
        return next(iter(cls.__bases__), object)

    def mro(cls) -> list[Any]:
        """As Python's own."""
        found: tuple[Any, ...] | None = cls.__dict__.get(PREFIX + "above")
        return type.mro(cls) if found is None else [cls, *found]

    def __subclasscheck__(cls, subclass: type) -> bool:
        """Count a base that is not below it here: one beside an enum's data."""
        if super().__subclasscheck__(subclass):
            return True
        return isinstance(subclass, ProxyClass) and any(k is cls for k in subclass.__mro__)

    def __instancecheck__(cls, instance: Any) -> bool:
        """As for a subclass."""
        return super().__instancecheck__(instance) or (
            is_data(instance) and issubclass(type(instance), cls)
        )

    def __eq__(cls, other: object) -> bool:
        """Be the same class, or a library's that both sides have."""
        find: Any = cls.__dict__.get(PREFIX + "real")
        return cls is other or (find is not None and find() is other)

    __hash__ = type.__hash__

    def __dir__(cls) -> list[str]:
        """List what the class has over there."""
        return _names(session_of(cls).apply("dir", cls))

    def __delattr__(cls, name: str) -> None:
        """Delete an attribute of the class over there."""
        session_of(cls).apply("delattr", cls, name)


class Container(ProxyClass):
    """The class of a class that is a container itself, because its metaclass says so."""

    def __getitem__(cls, key: Any) -> Any:
        """Look something up over there."""
        return of_class(cls, "__getitem__", key)

    def __iter__(cls) -> Any:
        """Go through what the class holds."""
        return of_class(cls, "__iter__")

    def __len__(cls) -> int:
        """Count what the class holds."""
        return of_class(cls, "__len__")

    def __bool__(cls) -> bool:
        """Be true, whatever there is to count."""
        return True


def of_class(kind: type, name: str, *args: Any) -> Any:
    """Use what the class of a candidate's class defines.

    Raises
    ------
    TypeError
        If it defines nothing of that name.
    """
    answer = session_of(kind).apply("dunder", kind, name, *args)
    if answer is NotImplemented:
        raise TypeError(f"type {kind.__name__!r} has no {name}")
    return answer


def _of_type(name: str, kind: type) -> Any:
    return type.__dict__[name].__get__(kind)


def refuse_subclass(bases: tuple[type, ...], namespace: dict[str, Any]) -> None:
    """Refuse a class of the test's own that has a candidate's below it.

    Raises
    ------
    Unsupported
        If it has one.
    """
    for base in bases:
        owner = cast("Any", base).__dict__.get(PREFIX + "owner")
        if PREFIX + "owner" not in namespace and owner is not None:
            raise owner.session.unsupported(f"the test derives a class from {base.__name__}")


def session_of(kind: type) -> Session:
    """Give the session that a candidate's class belongs to."""
    owner: Owner = cast("Any", kind).__dict__[PREFIX + "owner"]
    return owner.session


def _names(found: Any) -> list[str]:
    names = cast("list[Any]", found) if type(found) is list else []
    return [name for name in names if type(name) is str]


def is_proxy_class(kind: type) -> bool:
    """Whether a class stands for a candidate's."""
    return isinstance(kind, ProxyClass)


def number_of_instance(value: Any) -> int | None:
    """Give the handle of a candidate's instance; None for any other value."""
    if not isinstance(type(value), ProxyClass):
        return None
    try:
        return object.__getattribute__(value, NUMBER)
    except AttributeError:
        return None


def is_data(value: Any) -> bool:
    """Whether a value is of a candidate's named tuple or enum: data here, methods over there."""
    return isinstance(value, tuple | enum.Enum) and isinstance(type(cast("Any", value)), ProxyClass)


def is_theirs(value: Any) -> bool:
    """Whether a value's class is the candidate's."""
    return number_of_instance(value) is not None or is_data(value)


def is_made_from_others(kind: type) -> bool:
    """Whether a class of the candidate's is a library's, or is made from one or a plain type."""
    facts = kind.__dict__
    return facts.get(PREFIX + "opaque") is True or facts.get(PREFIX + "holds") is True


class Hidden:
    """A method that every class has from Python: on the class it is Python's, as over there."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    def __set_name__(self, _kind: type, name: str) -> None:
        """Note which of Python's methods it stands for."""
        self._plain = getattr(object, name)

    def __get__(self, instance: Any, _kind: Any) -> Any:
        """Be Python's own method of the class, ours of an instance."""
        return self._plain if instance is None else types.MethodType(self._function, instance)


class Instance(metaclass=ProxyClass):
    """Below every proxy of an instance that has no author's class below it."""

    __slots__ = (NUMBER,)

    @Hidden
    def __dir__(self) -> list[str]:  # pyright: ignore[reportIncompatibleMethodOverride] - as Python calls it
        """List what the instance has over there."""
        return _names(ask(self, "dir"))

    def __copy__(self) -> Any:
        """Be copied over there."""
        return ask(self, "copy", False)

    def __deepcopy__(self, _memo: Any) -> Any:
        """Be copied over there with all that it holds."""
        return ask(self, "copy", True)


def ask(value: Any, what: str, /, *args: Any, **kwargs: Any) -> Any:
    """Ask for one of the runner's verbs on an instance."""
    number = number_of_instance(value)
    if number is None and is_data(value):
        return session_of(type(value)).apply(what, value, *args, **kwargs)
    if number is None:
        raise AttributeError(str(args[0]) if args else what)
    return session_of(type(value)).apply(what, Handle(number), *args, **kwargs)
