"""Decides what a sandbox is: what gives each submission a fresh process and a channel to it."""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from viva_grader.domain.question import Limits


@dataclass(frozen=True, slots=True)
class Reading:
    """What a submission has used since its room was opened, in seconds.

    Attributes
    ----------
    worked_s : float
        Processor time of all its processes.
    queued_s : float
        Time in which it wanted to run and the machine did not let it: grows with the load.
    """

    worked_s: float = 0.0
    queued_s: float = 0.0


class Meter(Protocol):
    """Port: measures a submission from where it cannot reach."""

    def read(self) -> Reading:
        """Read what was used until now; the last reading again once the process is gone."""
        ...

    def hits(self) -> frozenset[str]:
        """Name the limits that the kernel saw it run into, by their names in ``question.toml``."""
        ...

    def ended_by(self) -> str | None:
        """Name the limit that ended its first process, if one did and the kernel tells."""
        ...


class Unmeasured:
    """A meter that knows nothing: the wall clock alone counts."""

    def read(self) -> Reading:
        """Read nothing."""
        return Reading()

    def hits(self) -> frozenset[str]:
        """Name no limit."""
        return frozenset()

    def ended_by(self) -> str | None:
        """Know no reason."""
        return None


@dataclass(slots=True)
class Room:
    """One submission's process, seen from outside.

    Attributes
    ----------
    channel : socket
        The only way to it; when every copy of it is closed, the process and all it started end.
    meter : Meter
        What it uses.
    ended : callable
        Takes away what is left outside when the room is closed.
    lost : callable
        Says whether the sandbox itself is ending: what ends there now is no doing of the
        submission's, and what was judged meanwhile is judged again.
    """

    channel: socket.socket
    meter: Meter
    ended: Callable[[], None] = lambda: None
    lost: Callable[[], bool] = lambda: False

    def close(self) -> None:
        """End the process and everything that it started."""
        self.channel.close()
        self.ended()


class Sandbox(Protocol):
    """Port: starts processes that see the runner, its packages, and a folder of their own."""

    def start(self) -> None:
        """Begin to start what :meth:`open` needs, without waiting for it."""
        ...

    def open(self, limits: Limits) -> Room:
        """Give a fresh process; nothing of the submission before it is left.

        Raises
        ------
        SandboxUnavailableError
            If this machine cannot start one; the message says what to do.
        """
        ...

    def close(self) -> None:
        """End every process; opening another starts anew."""
        ...

    def describe(self) -> dict[str, str]:
        """Versions of what runs inside that a grade depends on, by name: equal in every sandbox."""
        ...

    def describe_aside(self) -> dict[str, str]:
        """Tell this sandbox from others, in words that decide no grade."""
        ...
