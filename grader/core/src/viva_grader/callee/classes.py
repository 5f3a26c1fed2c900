"""Decides what a candidate's class looks like to a test."""

# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false
# pyright: reportMissingTypeStubs=false
# Values of any type pass through here.

import collections
import datetime
import decimal
import enum
import fractions
import inspect
import itertools
import pathlib
import types
from collections.abc import Iterator
from typing import Any, cast

import numpy as np
import pandas as pd

from viva_grader.callee.data_classes import data_class
from viva_grader.callee.enums import enum_class
from viva_grader.callee.interruptions import Unsupported
from viva_grader.callee.known import BASES, has_rules
from viva_grader.callee.looks import looks
from viva_grader.callee.named_tuples import named_tuple_class
from viva_grader.callee.operators import holds_plain, operators
from viva_grader.callee.proxy import (
    NUMBER,
    PREFIX,
    WORDS,
    Container,
    Hidden,
    Instance,
    Owner,
    ProxyClass,
    ask,
    session_of,
)
from viva_grader.callee.real_classes import real_class

_MAX_NAME = 200

_DATA = (
    int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, np.generic,
    np.ndarray, pd.DataFrame, pd.Series, pd.Index, collections.deque, datetime.date, datetime.time,
    datetime.timedelta, decimal.Decimal, fractions.Fraction, pathlib.PurePath,
)  # fmt: skip


_SEEN = frozenset({"__annotations__", "__dict__", "__name__", "__qualname__", "__wrapped__"})
"""Attributes between underscores that an object may have of its own: a decorator gives it some."""


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

    def of(self, number: int, facts: dict[str, Any], told: list[Any]) -> Any:
        """Give the class for a handle, made once.

        Parameters
        ----------
        facts, told : dict, list
            As the runner's ``describe_class`` gives them.

        Raises
        ------
        ValueError
            If the description is not one that the runner writes.
        """
        if number not in self._classes:
            made = self._make(facts, iter(told))
            self._classes[number] = self._owner.remember(made, ["h", [number], []])
        return self._classes[number]

    def instance(self, number: int, kind: Any) -> Any:
        """Give the proxy of an instance, made once."""
        if number not in self._instances:
            if not isinstance(kind, ProxyClass):
                kind = self._plain(kind)
            if isinstance(kind, enum.EnumType):
                raise ValueError("an enum has members alone")
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
        return self._make({"name": "object", "dunders": [], "bases": 0}, iter(()))

    def _make(self, facts: dict[str, Any], told: Iterator[Any]) -> Any:
        name: Any = facts["name"]
        dunders: Any = facts["dunders"]
        if type(name) is not str or not 0 < len(name) <= _MAX_NAME or type(dunders) is not list:
            raise ValueError("no class")
        bases = _take(told, facts["bases"])
        if "fields" in facts:
            surface = self._surface(name, ())
            return named_tuple_class(facts, bases, surface, self._owner)
        look = looks(facts, bases, told)
        kept = tuple(
            b for b in bases
            if isinstance(b, ProxyClass) or _is_exception(b) or self._is_given(b) or b in BASES
        )  # fmt: skip
        surface = self._surface(name, kept)
        if "members" in facts:
            made = enum_class(facts, bases, list(told), surface, self._owner)
        else:
            namespace = look.namespace | self._namespace(facts, bases, kept, surface)
            if not any(self._is_given(base) or _is_exception(base) for base in kept):
                namespace = look.own | namespace
            namespace |= data_class(facts, told)
            metaclass = _metaclass(kept, container=facts.get("container") is True)
            made = metaclass(name, kept or (Instance,), namespace)
        look.put_on(made)
        return made

    def _is_given(self, kind: Any) -> bool:
        return isinstance(kind, type) and self._owner.given.get(kind.__name__) is kind

    def _namespace(
        self,
        facts: dict[str, Any],
        bases: list[Any],
        kept: tuple[Any, ...],
        surface: frozenset[str],
    ) -> dict[str, Any]:
        """Give what the class is here: the way over there, and the operators that count."""
        opaque = "__eq__" in facts["dunders"] and _is_opaque(facts.get("library"), bases)
        authored = facts["name"] in self._surfaces
        holds = facts.get("library") is None and any(map(holds_plain, bases))
        own: Any = facts.get("own") if opaque and holds else None
        namespace: dict[str, Any] = {
            PREFIX + "owner": self._owner,
            PREFIX + "opaque": opaque,
            PREFIX + "holds": holds,
            PREFIX + "authored": authored,
            PREFIX + "pretends": not authored and _pretends(facts, bases),
            "__slots__": (),
            "__getattr__": _read,
        }
        if any(_is_exception(base) for base in kept):
            del namespace["__slots__"]
            return namespace | {"__str__": _say}
        namespace |= {"__setattr__": Hidden(_write), "__delattr__": Hidden(_delete)}
        made = operators(facts["dunders"], surface, self._owner, opaque=opaque, own=own)
        if opaque and any(map(has_rules, bases)) and "__contains__" not in surface:
            made.pop("__contains__", None)  # what is in it is compared here, one by one
        namespace |= {n: m for n, m in made.items() if not _is_inherited(n, facts, kept)}
        namespace |= real_class(facts, bases, authored=authored)
        if facts.get("unhashable") is True:
            namespace["__hash__"] = None
        if any(map(self._is_given, kept)):
            # an author's class below it makes isinstance true; attributes are still over there
            namespace["__getattribute__"] = _read_first
        elif any(base in BASES for base in kept):
            namespace["__getattribute__"] = _read_there
        return namespace

    def _surface(self, name: str, bases: tuple[Any, ...]) -> frozenset[str]:
        names = [name, *(c.__name__ for base in bases for c in type.mro(base))]
        return frozenset(m for n in names for m in self._surfaces.get(n, ()))


def _take(told: Iterator[Any], count: Any) -> list[Any]:
    if type(count) is not int or count < 0:
        raise ValueError("no class")
    return list(itertools.islice(told, count))


def _is_inherited(name: str, facts: dict[str, Any], kept: tuple[Any, ...]) -> bool:
    """Whether a class only has a special method from a base that has it here too."""
    if name == "__exit__" or name in facts.get("own", [name]):
        return False
    held = (k.__dict__ for base in kept if isinstance(base, ProxyClass) for k in type.mro(base))
    return any(name in names for names in held)


def _metaclass(bases: tuple[Any, ...], *, container: bool) -> Any:
    """Give a metaclass that also fits an author's abstract base class."""
    kinds: list[type] = list(dict.fromkeys(type(base) for base in bases))
    kinds += [Container] if container and Container not in kinds else []
    for kind in kinds:
        if issubclass(kind, ProxyClass) and all(issubclass(kind, other) for other in kinds):
            return kind
    others = [kind for kind in kinds if not issubclass(ProxyClass, kind)]
    return type("ProxyClass", (ProxyClass, *others), {}) if others else ProxyClass


def _is_opaque(library: Any, bases: list[Any]) -> bool:
    """Whether a class is equal to others by rules of Python's or a library's, unknown here."""
    return type(library) is str or any(
        has_rules(base)
        or (isinstance(base, type) and issubclass(base, _DATA))
        or cast("Any", base).__dict__.get(PREFIX + "opaque") is True
        for base in bases
    )


def _pretends(facts: dict[str, Any], bases: list[Any]) -> bool:
    """Whether a class of the candidate's own is made from one plain type alone."""
    own = type(facts.get("library")) is not str and len(bases) == 1
    return own and isinstance(bases[0], type) and issubclass(bases[0], _DATA)


def _is_exception(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseException)


def _say(self: Any) -> str:
    return self.__dict__.get(WORDS) or BaseException.__str__(self)


def _read(self: Any, name: str) -> Any:
    hidden = name.startswith("__") and name.endswith("__") and name not in _SEEN
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


def _read_there(self: Any, name: str) -> Any:
    if name == NUMBER or (name.startswith("__") and name.endswith("__")):
        return object.__getattribute__(self, name)
    return ask(self, "getattr", name)


def _write(self: Any, name: str, value: Any) -> None:
    ask(self, "setattr", name, value)


def _delete(self: Any, name: str) -> None:
    ask(self, "delattr", name)
