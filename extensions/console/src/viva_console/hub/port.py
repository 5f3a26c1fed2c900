"""Decides what the console asks of JupyterHub and of a candidate's server."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from pydantic import SecretStr

from viva_console.domain.room import Server


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """What the spawner needs to know of one room."""

    interview: str
    fixture: str | None
    session_token: str
    console_path: str
    begun: bool = False
    """Whether the room's database admits the candidate from the start."""


class Database(StrEnum):
    """Which of a room's two databases the candidate may enter."""

    PRACTICE = "practice"
    INTERVIEW = "interview"


@dataclass(frozen=True, slots=True)
class RoomFile:
    """A file as it lies in a room.

    Attributes
    ----------
    saved_at : datetime or None
        When it was last written, as the room says; None where it says nothing that can be read.
    """

    content: bytes
    saved_at: datetime | None


@dataclass(frozen=True, slots=True)
class DocumentDoor:
    """Where a notebook's changes are heard, and the pass to show there."""

    url: str
    token: SecretStr


class FileMissingError(Exception):
    """The room answered, and holds no such file."""


class FileTooLargeError(Exception):
    """The file is larger than was allowed."""


class HubGateway(Protocol):
    """The hub, its proxy and the files of candidates' servers.

    Every method raises ``UnavailableError`` when the other side does not answer as it should.
    """

    def console_answers(self) -> bool:
        """Say whether a browser that asks the console gets an answer, by the proxy's address.

        Raises nothing: no answer is what it asks for.
        """
        ...

    def start_server(self, user: str, options: ServerOptions) -> None:
        """Create the user if absent and ask for a server; one that runs or starts is left alone."""
        ...

    def server(self, user: str) -> Server:
        """Say what the hub knows of the server; an unknown user has none."""
        ...

    def running(self) -> dict[str, datetime]:
        """Give the users who have a server, or get one, and since when."""
        ...

    def stop_server(self, user: str) -> None:
        """Ask for the server's end; files and database stay."""
        ...

    def delete_user(self, user: str) -> None:
        """Remove the user, and with it files, database and network; nothing happens if unknown."""
        ...

    def show_database(self, user: str, which: Database) -> None:
        """Let the candidate enter this database and no other; asking twice changes nothing.

        The practice's is made when it is asked for, and gone with all that was done there when the
        interview's is. There is no way back.
        """
        ...

    def read_file(self, user: str, path: str, max_bytes: int) -> RoomFile:
        """Fetch a file as saved in the room.

        Raises
        ------
        FileMissingError
            When there is none.
        FileTooLargeError
            When it has more than ``max_bytes``.
        """
        ...

    def has_file(self, user: str, path: str) -> bool:
        """Say whether there is such a file."""
        ...

    def place_file(self, user: str, path: str, content: bytes) -> bool:
        """Write a text file where there is none; False when there was one, which stays."""
        ...

    def document_door(self, user: str, path: str) -> DocumentDoor:
        """Ask the room where a notebook's changes are heard.

        Raises
        ------
        FileMissingError
            When there is no such notebook.
        """
        ...

    def close(self) -> None:
        """Give connections back."""
        ...
