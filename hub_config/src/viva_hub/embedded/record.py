"""Decides how a hub that starts anew knows the processes of the one before it.

The record is a file in the candidate's folder, not only the hub's own state, because the hub writes
that down some time after the processes have started.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from viva_hub.embedded.processes import Process

NAME = "processes.json"


@dataclass
class Record:
    """What runs for a candidate.

    Attributes
    ----------
    port : int
        Where the proxy reaches the server; 0 where none was started.
    server : Process or None
        The first process of the server's namespace.
    database : Process or None
        The database's postmaster.
    fixture : str or None
        Which database it is.
    practice : Process or None
        The postmaster of the database to practise on, while somebody practises.
    begun : bool
        Whether the candidate may enter the interview's database.
    mark : str
        What the server is marked with, if the room had another name when it was made.
    """

    port: int = 0
    server: Process | None = None
    database: Process | None = None
    fixture: str | None = None
    mark: str = ""
    practice: Process | None = None
    begun: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Record":
        """Return the record that became this data."""
        return cls(
            port=data["port"],
            server=Process(**data["server"]) if data["server"] else None,
            database=Process(**data["database"]) if data["database"] else None,
            fixture=data["fixture"],
            mark=data.get("mark", ""),
            practice=Process(**data["practice"]) if data.get("practice") else None,
            begun=data.get("begun", True),
        )


def write(root: Path, record: Record) -> None:
    """Write a room's record so that a reader finds the old one or the new one, whole."""
    draft = root / f"{NAME}.draft"
    draft.write_text(json.dumps(record.as_json()))
    draft.replace(root / NAME)


def read(root: Path) -> Record:
    """Return what was written last for a room; an empty record if nothing was."""
    try:
        return Record.from_json(json.loads((root / NAME).read_text()))
    except FileNotFoundError:
        return Record()


def forget(root: Path) -> None:
    """Remove a room's record: nothing of it runs."""
    (root / NAME).unlink(missing_ok=True)


def rooms(home: Path) -> list[Path]:
    """Return the folders of all rooms below a runtime folder of which something may run."""
    return [path.parent for path in sorted(home.glob(f"candidates/*/{NAME}"))]
