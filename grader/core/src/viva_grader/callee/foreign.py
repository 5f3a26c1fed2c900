"""Decides what stands here for a candidate's value that is no data."""

# ruff: noqa: PLR0911 - one return for each kind of value
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false
# Values of any type pass through here.

from collections.abc import Callable
from typing import Any

from viva_grader.callee.classes import Classes
from viva_grader.callee.enums import member_of
from viva_grader.callee.exceptions import Exceptions
from viva_grader.callee.functions import function_proxy, method_proxy
from viva_grader.callee.handle import Handle
from viva_grader.callee.hints import type_hint
from viva_grader.callee.iterators import RemoteAsyncGenerator, RemoteGenerator, RemoteIterator
from viva_grader.callee.known import TYPES, class_by_name
from viva_grader.callee.mutation import set_attributes
from viva_grader.callee.named_tuples import named_tuple_of
from viva_grader.callee.outward import Outward
from viva_grader.callee.session import Session

Item = Callable[[Any], Any]
Node = list[Any]

_ITERATORS: dict[Any, Any] = {
    "it": RemoteIterator, "gen": RemoteGenerator, "agen": RemoteAsyncGenerator,
}  # fmt: skip


class Proxies:
    """The values of one session that are no data, both ways.

    Parameters
    ----------
    surfaces : dict of str to frozenset of str
        Special methods of each class in the author's own notebook: only these decide comparisons
        and arithmetic for the candidate's class of that name.
    cells : dict of str to str
        Source per cell, so that a test may look at a function's text.
    """

    def __init__(self, surfaces: dict[str, frozenset[str]], cells: dict[str, str]) -> None:
        self.given: dict[str, type] = {}
        self._session: Session | None = None
        self._cells = cells
        self._functions: dict[Any, Any] = {}
        self._numbers: dict[int, tuple[Any, Node]] = {}
        self.classes = Classes(self, surfaces)
        self.exceptions = Exceptions(self)
        self._outward = Outward(self)

    @property
    def session(self) -> Session:
        """The session that these values belong to."""
        if self._session is None:
            raise RuntimeError("no session is bound")
        return self._session

    def bind(self, session: Session, first: int) -> None:
        """Speak through a session; what belongs to the one before it is of no use any more.

        Parameters
        ----------
        first : int
            The number of the first handle of this session: a lower one is of a process that ended.
        """
        self._session, self._outward.first = session, first
        self._outward.objects.clear()
        self._functions.clear()
        self._numbers.clear()
        self.classes.forget()

    def remember(self, proxy: Any, node: Node) -> Any:
        """Note what a proxy stands for, so that it can be passed back."""
        self._numbers[id(proxy)] = (proxy, node)
        return proxy

    def node(self, item: Item, value: Any) -> Node:
        """Describe a value of this side for the candidate's process."""
        known = self._numbers.get(id(value))
        if known is not None and known[0] is value:
            if isinstance(value, RemoteIterator):
                value.as_argument()
            return known[1]
        return self._outward.node(item, value)

    def value(self, kind: str, constants: list[Any], items: list[Any]) -> Any:  # noqa: C901, PLR0912 - one branch for each kind of value
        """Give what stands here for a value of the candidate's."""
        if kind in {"fn", "method"}:
            return self._function(kind, constants, items)
        if kind == "type":
            return TYPES[constants[0], constants[1]]
        if kind == "given":
            return self.given[constants[0]]
        if kind == "cls":
            return self._class(constants, items)
        if kind == "obj":
            return self.classes.instance(_number(constants[0]), items[0])
        if kind == "nt":
            number = _number(constants[0]) if constants else None
            return named_tuple_of(items[0], items[1:], number)
        if kind == "exc":
            return self.exceptions.value(constants, items)
        if kind in _ITERATORS:
            number = _number(constants[0])
            made = _ITERATORS[kind](self.session, number)
            return self.remember(made, ["h", [number], []])
        if kind == "mine":
            return self._outward.objects[constants[0]]
        if kind == "property":
            return property(*items)
        if kind == "hint":
            return type_hint(constants[0], items)
        if kind == "gnt":
            return tuple.__new__(self._given_tuple(constants[0]), items)
        if kind == "member":
            return member_of(items[0], constants, items[1:])
        if kind == "module":
            return MODULE
        raise ValueError(f"an unknown kind of value: {str(kind)[:20]}")

    def empty_instance(self, name: str) -> Any:
        """Make an instance of an author's class without running its code."""
        return object.__new__(self.given[name])

    def fill_instance(self, target: Any, names: list[str], values: list[Any]) -> None:
        """Give an instance its attributes without running its class's code."""
        set_attributes(target, names, values)

    def _given_tuple(self, name: Any) -> Any:
        kind: Any = self.given[name]
        if kind.__bases__ != (tuple,):
            raise ValueError("no named tuple")
        return kind

    def _function(self, kind: str, constants: list[Any], items: list[Any]) -> Any:
        number, facts = _number(constants[0]), constants[1]
        key = (kind, number, facts.get("name"))
        if key not in self._functions:
            if kind == "fn":
                invoke = _invoke(self.session, "call", Handle(number), ())
                ask = _ask(self.session, Handle(number))
                proxy = function_proxy(facts, items, invoke, ask, self._cells)
                self.remember(proxy, ["h", [number], []])
            else:
                owner, items = items[0], items[1:]
                invoke = _invoke(self.session, "method", owner, (facts.get("name"),))
                proxy = method_proxy(facts, items, owner, invoke, self._cells)
            self._functions[key] = proxy
        return self._functions[key]

    def _class(self, constants: list[Any], told: list[Any]) -> Any:
        facts = constants[1]
        known = class_by_name(facts.get("library"), facts)
        return self.classes.of(_number(constants[0]), facts, told) if known is None else known


class _Module:
    """Stands for a module of the candidate's, which is nothing that a test may hold."""


MODULE = _Module()


def _number(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("no handle")
    return value


def _ask(session: Session, target: Any) -> Callable[..., Any]:
    def ask(what: str, *args: Any) -> Any:
        return session.apply(what, target, *args)

    return ask


def _invoke(
    session: Session, what: str, target: Any, before: tuple[Any, ...]
) -> Callable[..., Any]:
    def invoke(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return session.apply(what, target, *before, *args, **kwargs)

    return invoke
