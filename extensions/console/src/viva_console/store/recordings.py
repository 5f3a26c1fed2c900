"""Decides how recordings are kept: each update sealed, and read back from the last state on."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from viva_console.domain.errors import UnknownError
from viva_console.domain.recording import Document, Target, Update, UpdateKind
from viva_console.domain.words import State
from viva_console.store.documents import refs_from
from viva_console.store.keys import CandidateKeys
from viva_console.store.tables import interview_sessions, recorded_documents, recorded_updates

_KEY = ("interview_id", "path")
CHANNEL = "viva_recorder"
"""Where the recorder is called, by PostgreSQL's NOTIFY."""


class PostgresRecordings:
    """Recordings on one connection."""

    def __init__(self, connection: sa.Connection, keys: CandidateKeys) -> None:
        self._connection = connection
        self._keys = keys

    def targets(self, *states: State) -> list[Target]:
        """Give the notebooks of the interviews in one of the states; nothing is unsealed for it."""
        columns = interview_sessions.c
        query = (
            sa.select(columns.id, columns.hub_user, columns.questions)
            .where(columns.state.in_([state.value for state in states]))
            .order_by(columns.created_at, columns.id)
        )
        return [
            Target(row.id, row.hub_user, ref.path)
            for row in self._connection.execute(query)
            for ref in refs_from(row.questions)
        ]

    def document(self, interview_id: str, path: str) -> Document:
        """Say how far a notebook's recording has come."""
        for one in self._documents(interview_id, recorded_documents.c.path == path):
            return one
        raise UnknownError("Nothing of this notebook was recorded.", code="recording.unknown")

    def documents(self, interview_id: str) -> list[Document]:
        """Say it of all notebooks of an interview, by path."""
        return self._documents(interview_id)

    def note(self, interview_id: str, document: Document) -> None:
        """Write how far it has come."""
        values = {
            "interview_id": interview_id,
            "path": document.path,
            "seq": document.seq,
            "size_bytes": document.size_bytes,
            "changed_at": document.changed_at,
            "work_sha256": document.work_sha256,
            "problem": document.problem,
            "seen_at": document.seen_at,
        }
        changing = {name: value for name, value in values.items() if name not in _KEY}
        self._connection.execute(
            insert(recorded_documents)
            .values(**values)
            .on_conflict_do_update(index_elements=_KEY, set_=changing)
        )

    def append(self, interview_id: str, path: str, updates: list[Update]) -> None:
        """Keep updates; their numbers must be free."""
        if not updates:
            return
        candidate = self._keys.of_interview(interview_id)
        rows = [
            {
                "interview_id": interview_id,
                "path": path,
                "seq": update.seq,
                "at": update.at,
                "kind": update.kind.value,
                "content_sealed": self._keys.seal(
                    candidate, update.content, _place(interview_id, path, update.seq)
                ),
            }
            for update in updates
        ]
        self._connection.execute(recorded_updates.insert(), rows)

    def call(self, interview_id: str) -> None:
        """Ask the recorder to look at an interview's notebooks, as soon as the unit commits."""
        self._connection.execute(sa.select(sa.func.pg_notify(CHANNEL, interview_id)))

    def updates(self, interview_id: str, path: str) -> list[Update]:
        """Give what makes the notebook as it is now: the last state, and what came after it."""
        columns = recorded_updates.c
        mine = (columns.interview_id == interview_id, columns.path == path)
        last = sa.select(sa.func.max(columns.seq)).where(
            *mine, columns.kind == UpdateKind.STATE.value
        )
        query = (
            sa.select(columns.seq, columns.at, columns.kind, columns.content_sealed)
            .where(*mine, columns.seq >= last.scalar_subquery())
            .order_by(columns.seq)
        )
        rows = self._connection.execute(query).all()
        candidate = self._keys.of_interview(interview_id) if rows else ""
        return [
            Update(
                row.seq,
                row.at,
                UpdateKind(row.kind),
                self._keys.unseal(
                    candidate, row.content_sealed, _place(interview_id, path, row.seq)
                ),
            )
            for row in rows
        ]

    def _documents(self, interview_id: str, *where: "sa.ColumnElement[bool]") -> list[Document]:
        query = (
            sa.select(recorded_documents)
            .where(recorded_documents.c.interview_id == interview_id, *where)
            .order_by(recorded_documents.c.path)
        )
        return [_document(row) for row in self._connection.execute(query)]


def _document(row: sa.Row[Any]) -> Document:
    return Document(
        path=row.path,
        seq=row.seq,
        size_bytes=row.size_bytes,
        changed_at=row.changed_at,
        work_sha256=row.work_sha256,
        problem=row.problem,
        seen_at=row.seen_at,
    )


def _place(interview_id: str, path: str, seq: int) -> str:
    return f"recorded_updates.content:{interview_id}/{path}/{seq}"
