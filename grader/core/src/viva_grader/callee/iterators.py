"""Decides what a candidate's iterator looks like to a test: fetched in growing, bounded chunks."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false
# Values of any type pass through here.

import collections
import types
from collections.abc import Iterator
from typing import Any

from viva_grader.callee.handle import Handle
from viva_grader.callee.interruptions import Unsupported
from viva_grader.callee.session import Session

_CHUNK = 256
_WARM = 8
"""Values of a generator that are fetched one by one before it is read in chunks."""


class RemoteIterator(Iterator[Any]):
    """An iterator of the candidate's: ``map``, ``zip``, a class's own."""

    def __init__(self, session: Session, number: int) -> None:
        self._session = session
        self._handle = Handle(number)
        self._ahead: collections.deque[Any] = collections.deque()
        self._seen, self._size = 0, 1
        self._ended = False

    def __next__(self) -> Any:
        """Give the next value, from over there if none was fetched ahead."""
        if self._ahead:
            return self._ahead.popleft()
        if self._ended:
            raise StopIteration
        found: Any = self._session.apply("next", self._handle, self._size)
        if type(found) is not list or len(found) < 2 or type(found[-1]) is not bool:  # noqa: PLR2004 - value and flag
            raise TypeError("a generator gave no values")
        *values, result, more = found
        self._ahead.extend(values)
        self._seen += self._size
        self._size = 1 if self._seen < _WARM else min(self._size * 2, _CHUNK)
        self._ended = not more
        if not self._ahead:
            raise StopIteration(*(() if result is None else (result,)))
        return self._ahead.popleft()

    def as_argument(self) -> Handle:
        """Be passed back, unless values were fetched that the candidate's end no longer has.

        Raises
        ------
        Unsupported
            If some were.
        """
        if self._ahead:
            raise Unsupported("the test passes on a generator of which it read a part")
        return self._handle


class RemoteGenerator(RemoteIterator):
    """A generator of the candidate's."""

    @property
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride] - read alone
        """Be a generator to ``isinstance`` and ``inspect``."""
        return types.GeneratorType

    def send(self, value: Any) -> Any:
        """Send a value in."""
        return next(self) if value is None and self._ahead else self._ask("send", value)

    def throw(self, error: Any, *more: Any) -> Any:
        """Raise an exception at the place where it waits."""
        return self._ask("throw", error, *more)

    def close(self) -> None:
        """End it."""
        self._ahead.clear()
        self._ended = True
        self._session.apply("dunder", self._handle, "close")

    def _ask(self, name: str, *args: Any) -> Any:
        if self._ahead:
            raise self._session.unsupported(f"the test uses {name} on a generator that ran ahead")
        self._size, self._seen = 1, -(1 << 60)  # from now on one by one
        return self._session.apply("dunder", self._handle, name, *args)


class RemoteAsyncGenerator:
    """An async generator of the candidate's, one value at a time."""

    def __init__(self, session: Session, number: int) -> None:
        self._session = session
        self._handle = Handle(number)

    @property
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride] - read alone
        """Be an async generator to ``isinstance`` and ``inspect``."""
        return types.AsyncGeneratorType

    def __aiter__(self) -> "RemoteAsyncGenerator":
        """Be its own iterator."""
        return self

    async def __anext__(self) -> Any:
        """Give the next value."""
        return self._session.apply("dunder", self._handle, "__anext__")

    async def asend(self, value: Any) -> Any:
        """Send a value in."""
        return self._session.apply("dunder", self._handle, "asend", value)

    async def aclose(self) -> None:
        """End it."""
        self._session.apply("dunder", self._handle, "aclose")
