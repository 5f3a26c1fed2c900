"""Decides how comments are kept: who, when and about what in the open, the text sealed."""

import hashlib
from typing import Any

import sqlalchemy as sa

from viva_console.domain.comment import About, Comment, Subject
from viva_console.store.keys import CandidateKeys
from viva_console.store.review_tables import comments


class PostgresComments:
    """Comments on one connection."""

    def __init__(self, connection: sa.Connection, keys: CandidateKeys) -> None:
        self._connection = connection
        self._keys = keys

    def add(self, comment: Comment) -> str:
        """Keep a comment; give the SHA-256 of its text as it is kept, sealed."""
        candidate = self._keys.of_interview(comment.interview_id)
        sealed = self._keys.seal(candidate, comment.text.encode(), _place(comment.id))
        self._connection.execute(
            comments.insert().values(
                id=comment.id,
                interview_id=comment.interview_id,
                by=comment.by,
                at=comment.at,
                about=comment.subject.about.value,
                question=comment.subject.question,
                name=comment.subject.name,
                corrects=comment.corrects,
                text_sealed=sealed,
            )
        )
        return hashlib.sha256(sealed).hexdigest()

    def of_interview(self, interview_id: str) -> list[Comment]:
        """Give an interview's comments, oldest first."""
        query = (
            sa.select(comments)
            .where(comments.c.interview_id == interview_id)
            .order_by(comments.c.seq)
        )
        rows = self._connection.execute(query).all()
        candidate = self._keys.of_interview(interview_id) if rows else ""
        return [self._comment(row, candidate) for row in rows]

    def _comment(self, row: sa.Row[Any], candidate: str) -> Comment:
        text = self._keys.unseal(candidate, row.text_sealed, _place(row.id)).decode()
        subject = Subject(About(row.about), row.question, row.name)
        return Comment(row.id, row.interview_id, row.by, row.at, subject, text, row.corrects)


def _place(comment_id: str) -> str:
    return f"comments.text:{comment_id}"
