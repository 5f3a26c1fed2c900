"""Decides what a sandbox is: what gives each submission a fresh process and a channel to it."""

import socket
from dataclasses import dataclass
from typing import Protocol

from viva_grader.domain.question import Limits


@dataclass(slots=True)
class Room:
    """One submission's process, seen from outside: closing the channel ends all of it."""

    channel: socket.socket

    def close(self) -> None:
        """End the process and everything that it started."""
        self.channel.close()


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
        """Versions of what runs inside that a grade depends on, by name."""
        ...
