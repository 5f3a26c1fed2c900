"""Decides the JSON that the panel gets from kernels and from its server half.

The TypeScript types in `src/room.gen.ts` are generated from these classes.
"""

from dataclasses import dataclass
from typing import Literal

ROWS_MIME = "application/vnd.viva.rows+json"
CHECK_MIME = "application/vnd.viva.check+json"
FindingState = Literal["pass", "fail", "error"]


@dataclass(frozen=True)
class GridColumn:
    """One column of rows that are shown."""

    name: str
    numeric: bool


@dataclass(frozen=True)
class Grid:
    """Rows as text, null where the database says NULL; `total` counts those left out too."""

    columns: tuple[GridColumn, ...]
    rows: tuple[tuple[str | None, ...], ...]
    total: int


@dataclass(frozen=True)
class SchemaColumn:
    """One column of a table; `references` names table and column that a foreign key leads to."""

    name: str
    type: str
    nullable: bool
    primary: bool
    references: str | None


@dataclass(frozen=True)
class SchemaTable:
    """One table or view of the candidate's database; `rows` is null where counting was slow."""

    name: str
    view: bool
    rows: int | None
    columns: tuple[SchemaColumn, ...]
    sample: Grid


@dataclass(frozen=True)
class DatabaseSchema:
    """All that the candidate's own database holds; `left_out` tables are not described."""

    tables: tuple[SchemaTable, ...]
    left_out: int


@dataclass(frozen=True)
class Package:
    """One package that can be imported in the room."""

    name: str
    version: str


@dataclass(frozen=True)
class Packages:
    """What a kernel of this room can import, beside the standard library."""

    python: str
    packages: tuple[Package, ...]


@dataclass(frozen=True)
class Space:
    """The disk that holds the candidate's files; `full` where nothing more can be written."""

    size_mib: int
    full: bool


@dataclass(frozen=True)
class Finding:
    """What one visible check found: what was asked, what should come out, and what did."""

    state: FindingState
    input: str
    expected: str
    got: str
    note: str


@dataclass(frozen=True)
class CheckReport:
    """All that one visible test cell found; `stopped` says why it could not go on, else empty."""

    findings: tuple[Finding, ...]
    stopped: str
