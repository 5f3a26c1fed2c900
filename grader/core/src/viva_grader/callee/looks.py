"""Decides what a test finds when it looks at a candidate's class without using it."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false
# Values of any type pass through here.

import contextlib
import inspect
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from viva_grader.callee.functions import parameters_of
from viva_grader.callee.known import is_abstract
from viva_grader.callee.proxy import PREFIX, ask, session_of

_MAX_NAMES = 500
_MAX_NAME = 500


def _itself(kind: Any, _parameters: Any = None) -> Any:
    return kind


class _Document:
    """What a class says of itself, and an object of itself: a decorator may give it another."""

    def __init__(self, told: str | None) -> None:
        self._told = told

    def __get__(self, instance: Any, kind: Any) -> Any:
        return self._told if instance is None else ask(instance, "getattr", "__doc__")


class Over:
    """What a class holds under a name: read over there, for the class or for an instance."""

    _viva_over = True

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, kind: Any) -> Any:
        if instance is None:
            return session_of(kind).apply("getattr", kind, self._name)
        if self._is_hidden(type(instance)):
            what = f"the test uses super() for {self._name} of a {type(instance).__name__}"
            raise session_of(type(instance)).unsupported(what)
        return ask(instance, "getattr", self._name)

    def _is_hidden(self, kind: type) -> bool:
        """Whether another class's stands before this one: over there, that would be read."""
        held = (base.__dict__.get(self._name) for base in type.mro(kind))
        return next((each for each in held if each is not None), self) is not self


def _seen_as(sort: Any) -> Any:
    """Make a kind of it that counts as a static method, class method or property when looked at."""

    def begin(self: Any, name: str) -> None:
        sort.__init__(self, _itself)  # never called: what is read is over there
        Over.__init__(self, name)

    return type(sort.__name__, (Over, sort), {"__init__": begin})


_SORTS = {kind.__name__: _seen_as(kind) for kind in (staticmethod, classmethod, property)}


@dataclass(slots=True)
class Looks:
    """What is shown of one class.

    Attributes
    ----------
    namespace : dict of str to value
        What its namespace has from the start.
    own : dict of str to Over
        What the candidate's class itself has under each name.
    """

    facts: dict[str, Any]
    bases: list[Any]
    above: tuple[Any, ...]
    namespace: dict[str, Any]
    own: dict[str, Over]
    signature: inspect.Signature | None

    def put_on(self, made: Any) -> None:
        """Give a class what it is looked up by: bases, signature, name; and say what it can do."""
        facts = self.facts
        put = type.__setattr__
        put(made, PREFIX + "bases", tuple(self.bases))
        if "mro" in facts:
            put(made, PREFIX + "above", self.above)
        place = facts.get("qualname")
        if type(place) is str and 0 < len(place) <= _MAX_NAME:
            put(made, "__qualname__", place)
        abstract: Any = facts.get("abstract")
        if abstract or getattr(made, "__abstractmethods__", None):
            left = frozenset(n for n in abstract or () if type(n) is str)
            put(made, "__abstractmethods__", left)  # decided over there
        if self.signature is not None:
            put(made, "__signature__", self.signature)
        if "__init__" in facts["dunders"] and "__init__" not in made.__dict__:
            put(made, "__init__", Over("__init__"))
        self._say_slots(made)
        for base in self.bases:
            if is_abstract(base):
                base.register(made)

    def _say_slots(self, made: Any) -> None:
        if "__slots__" in made.__dict__:
            slots = _names(self.facts, "__slots__")
            if slots is None:
                type.__delattr__(made, "__slots__")
            else:
                type.__setattr__(made, "__slots__", slots)


def looks(facts: dict[str, Any], bases: list[Any], told: Iterator[Any]) -> Looks:
    """Read what is told of a class after its bases: classes above it, then its annotations.

    Raises
    ------
    ValueError, TypeError
        If it is not as the runner tells it.
    """
    above = tuple(itertools.islice(told, _count(facts.get("mro", 0))))
    if not all(isinstance(kind, type) for kind in (*bases, *above)):
        raise TypeError("no class")
    hints = _names(facts, "hints") or ()
    document = facts.get("doc")
    namespace: dict[str, Any] = {
        "__module__": "__main__",
        "__doc__": _Document(document if type(document) is str else None),
        "__annotations__": dict(zip(hints, itertools.islice(told, len(hints)), strict=True)),
    }
    if facts.get("generic") is True:
        namespace["__class_getitem__"] = classmethod(_itself)
    matched = _names(facts, "__match_args__")
    if matched is not None:
        namespace["__match_args__"] = matched
    names = [n for n in _names(facts, "own") or () if not n.startswith(("__", PREFIX))]
    sorts: Any = facts.get("sorts")
    own = {n: _SORTS.get(str(dict(sorts).get(n)), Over)(n) for n in names}
    return Looks(facts, bases, above, namespace, own, _signature(facts, told))


def _signature(facts: dict[str, Any], told: Iterator[Any]) -> inspect.Signature | None:
    """Read how a class is called: its plain defaults, then what is noted of types."""
    rows: Any = facts.get("parameters")
    if type(rows) is not list:
        return None
    defaults = list(itertools.islice(told, sum(row[2] == 1 for row in cast("list[Any]", rows))))
    noted = _names(facts, "noted") or ()
    notes = dict(zip(noted, itertools.islice(told, len(noted)), strict=True))
    parameters = parameters_of(facts, defaults)
    with contextlib.suppress(TypeError, ValueError):
        return None if parameters is None else inspect.Signature([
            p.replace(annotation=notes.get(p.name, inspect.Parameter.empty)) for p in parameters
        ])  # fmt: skip
    return None


def _names(facts: dict[str, Any], key: str) -> tuple[str, ...] | None:
    found: Any = facts.get(key)
    if found is None:
        return None
    if type(found) is not list or len(found) > _MAX_NAMES or any(type(n) is not str for n in found):
        raise ValueError("no names")
    return tuple(cast("list[str]", found))


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("no count")
    return value
