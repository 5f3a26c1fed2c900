"""Decides what the recorder asks of the console, and what the console asks of a recording."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from viva_console.domain.recording import Target, Update, UpdateKind
from viva_console.hub.port import DocumentDoor

Arrival = tuple[UpdateKind, bytes]


@dataclass(frozen=True, slots=True)
class Keeping:
    """What the recorder's process is given: flows of the console, bound to it.

    Attributes
    ----------
    targets : callable
        Gives the notebooks that are to be recorded now.
    door : callable
        Asks a room where a notebook is watched; raises ``UnavailableError`` or
        ``FileMissingError``.
    keep : callable
        Keeps updates, in order, with the hash of the work after them; none of them is a sign of
        life. Returns once they are durable. Raises ``RecordingFullError`` when there is no room.
    trouble : callable
        Notes why a notebook is not being recorded.
    calls : callable
        Waits for so many seconds, or until somebody is to be let in; gives those interviews.
        Raises ``UnavailableError``.
    meet : callable
        Makes the recorder known at a called interview's room that nobody has entered yet.
    """

    targets: Callable[[], list[Target]]
    door: Callable[[Target], DocumentDoor]
    keep: Callable[[Target, list[Arrival], str | None], None]
    trouble: Callable[[Target, str], None]
    calls: Callable[[float], frozenset[str]]
    meet: Callable[[str], None]


class Replay(Protocol):
    """Makes a notebook out of its recording."""

    def notebook(self, updates: Iterable[Update]) -> bytes | None:
        """Give the notebook's file after these updates; None where they cannot be read."""
        ...
