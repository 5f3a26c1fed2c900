"""Decides when a name that was read need not be read again: the other side says what is the same.

It may lie about that. Then a test calls the function that the name meant before, which is the
candidate's as well: what it answers was in its hands all along.
"""

import contextlib
import itertools
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

from viva_grader.callee.wire import Message


@dataclass(slots=True)
class Bindings:
    """What the names over there mean, by number.

    Attributes
    ----------
    now : int
        Another number where a name that was settled when it was read may mean something else now.
    settled : bool
        Whether what was read last is one object that stays as it is, such as a plain function.
    """

    now: int = 0
    settled: bool = False
    _same: bool = False
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @contextlib.contextmanager
    def changing(self) -> Generator[None]:
        """Ask for what may change names: known again afterwards if the answer says none did."""
        before, self.now, self._same = self.now, next(self._numbers), False
        try:
            yield
        finally:
            # not the number of meanwhile: what a function of the test's read then may be gone
            self.now = before if self._same else next(self._numbers)

    def hear(self, answer: Message) -> None:
        """Take what an answer says of names."""
        self._same, self.settled = answer.get("same") is True, answer.get("settled") is True
