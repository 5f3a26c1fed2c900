"""Decides how submissions are kept: written once, the notebook sealed."""

from typing import Any

import sqlalchemy as sa

from viva_console.domain.errors import UnknownError
from viva_console.domain.submission import Submission
from viva_console.domain.words import Closer
from viva_console.store.documents import ref_document, ref_from
from viva_console.store.keys import CandidateKeys
from viva_console.store.tables import submissions as table

_COLUMNS = [column for column in table.c if column is not table.c.content_sealed]


class PostgresSubmissions:
    """Submissions on one connection."""

    def __init__(self, connection: sa.Connection, keys: CandidateKeys) -> None:
        self._connection = connection
        self._keys = keys

    def add(self, submission: Submission, content: bytes | None) -> None:
        """Keep a submission and seal its bytes."""
        sealed = None
        if content is not None:
            candidate = self._keys.of_interview(submission.interview_id)
            sealed = self._keys.seal(candidate, content, _place(submission.id))
        self._connection.execute(
            table.insert().values(
                id=submission.id,
                interview_id=submission.interview_id,
                question_slug=submission.question.slug,
                question=ref_document(submission.question),
                sha256=submission.sha256,
                size_bytes=submission.size_bytes,
                content_sealed=sealed,
                problem=submission.problem,
                saved_at=submission.saved_at,
                submitted_at=submission.submitted_at,
                submitted_by=submission.submitted_by.value,
            )
        )

    def get(self, submission_id: str) -> Submission:
        """Load one."""
        query = sa.select(*_COLUMNS).where(table.c.id == submission_id)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise UnknownError("There is no such submission.", code="submission.unknown")
        return _submission(row)

    def of_interview(self, interview_id: str) -> list[Submission]:
        """Give an interview's submissions in the order of its questions."""
        query = (
            sa.select(*_COLUMNS)
            .where(table.c.interview_id == interview_id)
            .order_by(table.c.question["number"].as_integer())
        )
        return [_submission(row) for row in self._connection.execute(query)]

    def content(self, submission_id: str) -> bytes:
        """Unseal the bytes."""
        query = sa.select(table.c.interview_id, table.c.content_sealed).where(
            table.c.id == submission_id
        )
        row = self._connection.execute(query).one_or_none()
        if row is None or row.content_sealed is None:
            raise UnknownError("There is no such notebook.", code="submission.unknown")
        candidate = self._keys.of_interview(row.interview_id)
        return self._keys.unseal(candidate, row.content_sealed, _place(submission_id))


def _place(submission_id: str) -> str:
    return f"submissions.content:{submission_id}"


def _submission(row: sa.Row[Any]) -> Submission:
    return Submission(
        id=row.id,
        interview_id=row.interview_id,
        question=ref_from(row.question),
        sha256=row.sha256,
        size_bytes=row.size_bytes,
        problem=row.problem,
        submitted_at=row.submitted_at,
        submitted_by=Closer(row.submitted_by),
        saved_at=row.saved_at,
    )
