"""Decides how the console learns the time and makes up names: by two ports."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The server's clock: the only one that decides."""

    def now(self) -> datetime:
        """Give the present moment, with the zone UTC."""
        ...


class Ids(Protocol):
    """Where new names come from: never guessable, never reused."""

    def new(self) -> str:
        """Give 26 lower-case base32 characters, 130 random bits."""
        ...

    def hub_user(self) -> str:
        """Give a new name for the hub: ``c-`` and 12 lower-case base32 characters."""
        ...
