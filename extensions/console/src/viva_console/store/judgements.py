"""Decides how people's levels are kept: the level in the open, the reason sealed."""

import hashlib
from typing import Any

import sqlalchemy as sa

from viva_console.domain.judgement import Judgement
from viva_console.store.keys import CandidateKeys
from viva_console.store.review_tables import judgements


class PostgresJudgements:
    """Judgements on one connection."""

    def __init__(self, connection: sa.Connection, keys: CandidateKeys) -> None:
        self._connection = connection
        self._keys = keys

    def add(self, judgement: Judgement) -> str:
        """Keep a person's level; give the SHA-256 of its reason as it is kept, sealed."""
        candidate = self._keys.of_interview(judgement.interview_id)
        sealed = self._keys.seal(candidate, judgement.reason.encode(), _place(judgement.id))
        self._connection.execute(
            judgements.insert().values(
                id=judgement.id,
                interview_id=judgement.interview_id,
                run_id=judgement.run_id,
                dimension=judgement.dimension,
                by=judgement.by,
                at=judgement.at,
                original=judgement.original,
                level=judgement.level,
                reason_sealed=sealed,
            )
        )
        return hashlib.sha256(sealed).hexdigest()

    def of_interview(self, interview_id: str) -> list[Judgement]:
        """Give an interview's judgements, oldest first."""
        query = (
            sa.select(judgements)
            .where(judgements.c.interview_id == interview_id)
            .order_by(judgements.c.seq)
        )
        rows = self._connection.execute(query).all()
        candidate = self._keys.of_interview(interview_id) if rows else ""
        return [self._judgement(row, candidate) for row in rows]

    def _judgement(self, row: sa.Row[Any], candidate: str) -> Judgement:
        reason = self._keys.unseal(candidate, row.reason_sealed, _place(row.id)).decode()
        return Judgement(
            row.id,
            row.interview_id,
            row.run_id,
            row.dimension,
            row.by,
            row.at,
            row.original,
            row.level,
            reason,
        )


def _place(judgement_id: str) -> str:
    return f"judgements.reason:{judgement_id}"
