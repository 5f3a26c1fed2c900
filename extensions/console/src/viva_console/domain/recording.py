"""Decides what a recording is: updates in order on one clock, and the work that they amount to."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, cast

MAX_UPDATE_BYTES = 16 * 2**20
"""The largest single update that is taken."""
MAX_DOCUMENT_BYTES = 64 * 2**20
"""What one notebook's recording may weigh: an hour of typing, runs and pictures is about 1 MiB."""
RECORDER_SILENT = timedelta(seconds=20)
"""A recorder that has said nothing for so long is away; it speaks every 5 s."""
AWAY = "The recorder is away."
NOT_YET = "The recorder has not reached this notebook yet."


class UpdateKind(StrEnum):
    """Whether an update begins a history, with all that is there, or goes on with one."""

    STATE = "state"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Update:
    """One message about a notebook, as it arrived.

    Attributes
    ----------
    seq : int
        From 1, without gaps, within one notebook of one interview.
    at : datetime
        The recorder's own clock at the arrival.
    content : bytes
        A Yjs update, version 1; written by the candidate's side, so never to be trusted.
    """

    seq: int
    at: datetime
    kind: UpdateKind
    content: bytes


@dataclass(frozen=True, slots=True)
class Document:
    """How far the recording of one notebook has come.

    Attributes
    ----------
    seq, size_bytes : int
        Of the last update that is kept, and of all updates together.
    changed_at : datetime or None
        When the last update arrived.
    work_sha256 : str or None
        The work that the notebook held then, see :func:`work_sha256`.
    problem : str
        Why nothing is being recorded, for people; empty while all is well.
    seen_at : datetime
        When the recorder last said anything about this notebook.
    """

    path: str
    seq: int
    size_bytes: int
    changed_at: datetime | None
    work_sha256: str | None
    problem: str
    seen_at: datetime

    def trouble(self, now: datetime) -> str:
        """Say why changes made now would not be kept; empty where they are."""
        return AWAY if now - self.seen_at > RECORDER_SILENT else self.problem


@dataclass(frozen=True, slots=True)
class Target:
    """A notebook that is to be recorded now, and whose room holds it."""

    interview_id: str
    hub_user: str
    path: str


def work_sha256(cells: Iterable[tuple[str, str]]) -> str:
    """Give the hash of a notebook's work: the kinds and sources of its cells, in order.

    The candidate's panel computes the same over what is on the screen (``saved.ts``): where both
    agree, what is on the screen is what was recorded. Outputs are no part of it; they are made in
    the room's server and reach the recorder before the screen.

    Parameters
    ----------
    cells : iterable of (str, str)
        Each cell's type and source.
    """
    text = json.dumps([list(cell) for cell in cells], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def work_of_file(content: bytes) -> str | None:
    """Give the hash of the work in a notebook's file; None where it cannot be read as one."""
    try:
        notebook = json.loads(content)
        return work_sha256(_cell(cell) for cell in notebook["cells"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _cell(cell: Any) -> tuple[str, str]:
    source = cell["source"]
    text = "".join(cast("list[str]", source)) if isinstance(source, list) else str(source)
    return str(cell["cell_type"]), text
