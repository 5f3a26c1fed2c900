"""Decides what the console asks of its store: units of work over a few small collections."""

from types import TracebackType
from typing import Protocol, Self

from viva_console.store.interviews_port import (
    Interviews,
    Library,
    Record,
    Recordings,
    Runs,
    Submissions,
)
from viva_console.store.people_port import Comments, Judgements, Ratings


class UnitOfWork(Protocol):
    """One transaction: what is not committed at its end never happened."""

    @property
    def interviews(self) -> Interviews:
        """The interviews."""
        ...

    @property
    def library(self) -> Library:
        """What was used of the grader's library."""
        ...

    @property
    def submissions(self) -> Submissions:
        """The submissions."""
        ...

    @property
    def runs(self) -> Runs:
        """The runs and their results."""
        ...

    @property
    def record(self) -> Record:
        """The audit and the overrides."""
        ...

    @property
    def recordings(self) -> Recordings:
        """What happened in notebooks."""
        ...

    @property
    def ratings(self) -> Ratings:
        """What people said of submissions."""
        ...

    @property
    def judgements(self) -> Judgements:
        """People's levels of single dimensions."""
        ...

    @property
    def comments(self) -> Comments:
        """What staff wrote about interviews."""
        ...

    def claim(self, name: str) -> bool:
        """Take a named lock until the unit ends; False when another unit holds it."""
        ...

    def commit(self) -> None:
        """Make it so."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class Store(Protocol):
    """Where units of work come from."""

    def unit(self) -> UnitOfWork:
        """Open a unit: ``with store.unit() as work: …; work.commit()``."""
        ...

    def calls(self, within_s: float) -> frozenset[str]:
        """Wait until the recorder is called; give the interviews, or none after so many seconds.

        For one thread at a time. Calls of before the first wait are not heard.

        Raises
        ------
        UnavailableError
            When the store does not answer.
        """
        ...

    def check_key(self) -> None:
        """Make sure that the key at hand is the one that this store was written with.

        Raises
        ------
        BadSettingsError
            When it opens nothing that is stored.
        """
        ...

    def close(self) -> None:
        """Give connections back."""
        ...
