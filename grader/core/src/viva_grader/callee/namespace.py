"""Decides what a name means in a test: the author's, the candidate's over there, or Python's."""

import builtins
import json
import types
from typing import Any

from viva_grader.callee.codec import Encoder, Foreign
from viva_grader.callee.foreign import MODULE
from viva_grader.callee.functions import Function
from viva_grader.callee.interruptions import Unsupported
from viva_grader.callee.session import Session

_WATCHED_CHARACTERS = 256 * 1024
"""Data that is larger is not looked through for changes that a test made to it."""
_VALUES = frozenset({type(None), bool, int, float, complex, str, bytes})
_HARNESS = frozenset({"__builtins__", "__name__", "__doc__", "__file__"})


class Namespace(dict[str, Any]):
    """The globals of the trusted process: a name that is the candidate's is read over there.

    Parameters
    ----------
    answered : frozenset of str
        Names that the author's solution cells define: these are the candidate's to define.
    shared : frozenset of str
        Names that the author's visible cells define on both sides; a test's change to one of them
        is carried over.
    tested : frozenset of str
        Names that the author's test cells define: one that an earlier test did not come to is
        missing, whatever the submission calls so.
    """

    def __init__(
        self, answered: frozenset[str], shared: frozenset[str], tested: frozenset[str]
    ) -> None:
        super().__init__({"__name__": "__main__", "__builtins__": builtins})
        self._answered = answered
        self._shared = shared
        self._tested = tested - answered - shared
        self._theirs: set[str] = set()
        self._broken: dict[str, tuple[str, type[Unsupported]]] = {}
        self._read: dict[str, _Read] = {}
        self._session: Session | None = None
        self._foreign: Foreign | None = None
        self.testing = False
        """Whether a test is running: what it assigns is carried over."""

    def bind(self, session: Session, foreign: Foreign) -> None:
        """Read names through this session from now on."""
        self._session, self._foreign = session, foreign
        self._read.clear()
        session.before_apply = self._carry_changes

    def hand_over(self, names: frozenset[str]) -> None:
        """Let names mean the candidate's from now on: its cell has just run."""
        for name in names:
            self._theirs.add(name)
            self._broken.pop(name, None)
            if super().__contains__(name):
                super().__delitem__(name)

    def data(self, names: frozenset[str]) -> frozenset[str]:
        """Keep the names that mean data on this side: no module, class or function."""
        code = (
            types.ModuleType, type, types.FunctionType, types.MethodType, types.BuiltinFunctionType,
        )  # fmt: skip
        return frozenset(
            name for name in names if name in self._shared and not isinstance(self.here(name), code)
        )

    def mark_broken(
        self, names: frozenset[str], reason: str, kind: type[Unsupported] = Unsupported
    ) -> None:
        """Note names that an author's cell would have defined, had it come to its end here."""
        for name in names:
            if not super().__contains__(name):
                self._broken[name] = (reason, kind)

    def here(self, name: str) -> Any:
        """Give what a name means on this side alone; None if nothing."""
        return super().get(name)

    def ours(self) -> dict[str, Any]:
        """Copy what is on this side alone."""
        return dict(super().items())

    def __missing__(self, name: str) -> Any:
        if name in _HARNESS or self._session is None:
            raise KeyError(name)
        if name not in self._theirs and hasattr(builtins, name):
            raise KeyError(name)
        if name in self._broken:
            raise self._session.unsupported(*self._broken[name])
        if name in self._tested:
            raise KeyError(name)
        return self._over_there(name)

    def __getitem__(self, name: str) -> Any:
        if super().__contains__(name):
            return super().__getitem__(name)
        return self.__missing__(name)

    def __setitem__(self, name: str, value: Any) -> None:
        super().__setitem__(name, value)
        if self.testing and self._is_carried(name):
            self._carry(name, value)
        elif not self.testing:
            self._theirs.discard(name)

    def __delitem__(self, name: str) -> None:
        here = super().__contains__(name)
        if here:
            super().__delitem__(name)
        if self.testing and self._session is not None and (not here or self._is_carried(name)):
            if not here and not self._session.read(name)[0]:
                raise KeyError(name)
            self._session.apply("del", name)
            self._read.pop(name, None)

    def __contains__(self, name: object) -> bool:
        if super().__contains__(name):
            return True
        if type(name) is not str or self._session is None or name in _HARNESS:
            return False
        return not hasattr(builtins, name) and self._session.read(name)[0]

    def get(self, name: str, default: Any = None) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride] - as a test calls it
        """As a dict's, for the candidate's names too."""
        try:
            return self[name]
        except KeyError:
            return default

    def keys(self) -> Any:
        """Names of both sides: what ``dir()`` shows in a notebook."""
        there = self._session.names() if self._session is not None else []
        return dict.fromkeys([*super().keys(), *there]).keys()

    def _is_carried(self, name: str) -> bool:
        return name in self._answered or name in self._shared or hasattr(builtins, name)

    def _carry(self, name: str, value: Any) -> None:
        """Assign over there too; a test's helper of a shared name that cannot cross stays here."""
        if self._session is None or isinstance(value, types.ModuleType):
            return
        before = self._session.interruption
        try:
            self._session.apply("set", name, value)
        except Unsupported:
            if name in self._answered:
                raise
            self._session.interruption = before
        else:
            if name in self._answered and type(value) in _VALUES:
                super().__delitem__(name)  # read from there: the next call may change it
            else:
                self._theirs.discard(name)

    def _over_there(self, name: str) -> Any:
        session = self._session
        if session is None:
            raise KeyError(name)
        known = self._read.get(name)
        if known is not None and (
            known.epoch == session.epoch or known.binding == session.bindings.now
        ):
            return known.value
        found, value = session.read(name)
        if not found or value is MODULE:
            raise KeyError(name)
        text = self._text(value)
        if known is not None and text is not None and known.text == text:
            known.epoch = session.epoch
        else:
            known = self._read[name] = _Read(value, text, session.epoch)
        settled = session.bindings.settled and (type(value) in _VALUES or type(value) is Function)
        known.binding = session.bindings.now if settled else None
        return known.value

    def _carry_changes(self) -> None:
        """Before a call, carry over what a test changed inside the candidate's own data."""
        session = self._session
        if session is None:
            return
        session.before_apply = lambda: None
        try:
            for name, known in list(self._read.items()):
                if known.text is None or known.epoch != session.epoch:
                    continue
                text = self._text(known.value)
                if text is not None and text != known.text:
                    known.text = text
                    session.apply("set", name, known.value)
                    known.epoch = session.epoch
        finally:
            session.before_apply = self._carry_changes

    def _text(self, value: Any) -> str | None:
        if self._foreign is None or isinstance(value, str | int | float | bool | type(None)):
            return None
        try:
            text = json.dumps(Encoder(self._foreign).encode(value))
        except Unsupported:
            return None
        return text if len(text) <= _WATCHED_CHARACTERS else None


class _Read:
    """A value that was read over there, as it was then."""

    def __init__(self, value: Any, text: str | None, epoch: int) -> None:
        self.value, self.text, self.epoch = value, text, epoch
        self.binding: int | None = None
