"""Decides what a candidate's class looks like to a test."""

# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportMissingTypeStubs=false
# Values of any type pass through here.

import collections
import contextlib
import datetime
import decimal
import fractions
import inspect
import pathlib
import types
from typing import Any, cast

import numpy as np
import pandas as pd

from viva_grader.callee.functions import parameters_of
from viva_grader.callee.interruptions import Unsupported
from viva_grader.callee.named_tuples import named_tuple_class
from viva_grader.callee.operators import operators
from viva_grader.callee.proxy import NUMBER, PREFIX, Instance, Owner, ProxyClass, ask, session_of

_MAX_NAME = 200

_DATA = (
    int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, np.generic,
    np.ndarray, pd.DataFrame, pd.Series, pd.Index, collections.deque, datetime.date, datetime.time,
    datetime.timedelta, decimal.Decimal, fractions.Fraction, pathlib.PurePath,
)  # fmt: skip


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
            made = object.__new__(cast("Any", kind))  # none of its code runs
            object.__setattr__(made, NUMBER, number)
            self._instances[number] = made
        return self._instances[number]

    def _plain(self, kind: Any) -> Any:
        """Make a stand-in for a bare object; no other type of this side comes as a handle."""
        if not isinstance(kind, type):
            raise ValueError("an object of no class")  # noqa: TRY004 - a malformed message
        if kind is not object:
            what = f"the submission gives a {kind.__name__} of a kind that cannot cross yet"
            raise Unsupported(what)
        return self._make({"name": "object", "dunders": []}, [])

    def _make(self, facts: dict[str, Any], bases: list[Any]) -> Any:
        name: Any = facts["name"]
        dunders: Any = facts["dunders"]
        if type(name) is not str or not 0 < len(name) <= _MAX_NAME or type(dunders) is not list:
            raise ValueError("no class")
        if "fields" in facts:
            surface = self._surface(name, ())
            return named_tuple_class(name, facts["fields"], dunders, surface, self._owner)
        given = [b for b in bases if isinstance(b, type) and self._owner.given.get(b.__name__) is b]
        kept = tuple(
            b for b in bases if isinstance(b, ProxyClass) or _is_exception(b) or b in given
        )
        surface = self._surface(name, kept)
        opaque = "__eq__" in dunders and _is_opaque(facts.get("library"), bases)
        namespace: dict[str, Any] = {
            PREFIX + "owner": self._owner,
            PREFIX + "opaque": opaque,
            PREFIX + "authored": name in self._surfaces,
            PREFIX + "pretends": name not in self._surfaces and _pretends(facts, bases),
            "__module__": "__main__",
            "__slots__": (),
        }
        if any(_is_exception(base) for base in kept):
            del namespace["__slots__"]
            namespace["__getattr__"] = _read
        else:
            namespace |= {"__getattr__": _read, "__setattr__": _write, "__delattr__": _delete}
            namespace |= operators(dunders, surface, self._owner, opaque=opaque)
            if given:
                # an author's class below it makes isinstance true; attributes are still over there
                namespace["__getattribute__"] = _read_first
        made = _metaclass(kept)(name, kept or (Instance,), namespace)
        abstract: Any = facts.get("abstract")
        if abstract or getattr(made, "__abstractmethods__", None):
            left = frozenset(n for n in abstract or () if type(n) is str)
            type.__setattr__(made, "__abstractmethods__", left)  # decided over there
        parameters = parameters_of(facts, [])
        if parameters is not None:
            with contextlib.suppress(TypeError, ValueError):
                type.__setattr__(made, "__signature__", inspect.Signature(parameters))
        if "__init__" in dunders:
            type.__setattr__(made, "__init__", _Over("__init__"))
        return made

    def _surface(self, name: str, bases: tuple[Any, ...]) -> frozenset[str]:
        names = [name, *(c.__name__ for base in bases for c in base.__mro__)]
        return frozenset(m for n in names for m in self._surfaces.get(n, ()))


class _Over:
    """A method that a test may look at, though nothing here calls it: read over there."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, kind: Any) -> Any:
        if instance is not None:
            return ask(instance, "getattr", self._name)
        return session_of(kind).apply("getattr", kind, self._name)


def _metaclass(bases: tuple[Any, ...]) -> Any:
    """Give a metaclass that also fits an author's abstract base class."""
    kinds: list[type] = list(dict.fromkeys(type(base) for base in bases))
    for kind in kinds:
        if issubclass(kind, ProxyClass) and all(issubclass(kind, other) for other in kinds):
            return kind
    others = [kind for kind in kinds if not issubclass(ProxyClass, kind)]
    return type("ProxyClass", (ProxyClass, *others), {}) if others else ProxyClass


def _is_opaque(library: Any, bases: list[Any]) -> bool:
    """Whether a class is equal to others by rules of Python's or a library's, unknown here."""
    return type(library) is str or any(
        (isinstance(base, type) and issubclass(base, _DATA))
        or cast("Any", base).__dict__.get(PREFIX + "opaque") is True
        for base in bases
    )


def _pretends(facts: dict[str, Any], bases: list[Any]) -> bool:
    """Whether a class of the candidate's own is made from one plain type alone."""
    own = type(facts.get("library")) is not str and len(bases) == 1
    return own and isinstance(bases[0], type) and issubclass(bases[0], _DATA)


def _is_exception(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseException)


def _read(self: Any, name: str) -> Any:
    hidden = name.startswith("__") and name.endswith("__") and name != "__dict__"
    if hidden or name == NUMBER:
        raise AttributeError(name)
    return ask(self, "getattr", name)


def _read_first(self: Any, name: str) -> Any:
    if name == NUMBER or (name.startswith("__") and name.endswith("__")):
        return object.__getattribute__(self, name)
    kind = type(self)
    method = inspect.getattr_static(kind, name, None)
    if isinstance(method, types.FunctionType) and not kind.__dict__[PREFIX + "authored"]:
        # the author's own method may be what judges; a subclass nobody asked for may replace it
        what = f"the test uses {name} of {kind.__name__}, a subclass of the author's class"
        raise session_of(kind).unsupported(what)
    return ask(self, "getattr", name)


def _write(self: Any, name: str, value: Any) -> None:
    ask(self, "setattr", name, value)


def _delete(self: Any, name: str) -> None:
    ask(self, "delattr", name)
