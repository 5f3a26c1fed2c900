"""Decides which key opens a candidate's content, and that a destroyed one opens nothing."""

from datetime import datetime

import sqlalchemy as sa

from viva_console.domain.errors import GoneError
from viva_console.store.seal import KeyRing, seal, unseal
from viva_console.store.tables import candidate_keys, interview_sessions


class CandidateKeys:
    """The keys of candidates, on one connection; each is unwrapped once per unit of work."""

    def __init__(self, connection: sa.Connection, ring: KeyRing) -> None:
        self._connection = connection
        self._ring = ring
        self._open: dict[str, bytes] = {}

    def create(self, candidate_id: str, at: datetime) -> None:
        """Make a candidate's key."""
        self._connection.execute(
            candidate_keys.insert().values(
                candidate_id=candidate_id,
                wrapped_key=self._ring.new_wrapped(candidate_id),
                created_at=at,
            )
        )

    def destroy(self, candidate_id: str, at: datetime) -> None:
        """Forget a candidate's key for good; a second time changes nothing."""
        self._open.pop(candidate_id, None)
        self._connection.execute(
            candidate_keys.update()
            .where(
                candidate_keys.c.candidate_id == candidate_id,
                candidate_keys.c.destroyed_at.is_(None),
            )
            .values(wrapped_key=None, destroyed_at=at)
        )

    def check(self) -> None:
        """Unwrap the newest key there is.

        Raises
        ------
        SealBrokenError
            When it was wrapped by another key than the one at hand.
        """
        query = (
            sa.select(candidate_keys.c.candidate_id, candidate_keys.c.wrapped_key)
            .where(candidate_keys.c.wrapped_key.is_not(None))
            .order_by(candidate_keys.c.created_at.desc())
            .limit(1)
        )
        for row in self._connection.execute(query):
            self._ring.unwrap(row.candidate_id, row.wrapped_key)

    def of_interview(self, interview_id: str) -> str:
        """Give the candidate of an interview that exists."""
        query = sa.select(interview_sessions.c.candidate_id).where(
            interview_sessions.c.id == interview_id
        )
        return self._connection.execute(query).scalar_one()

    def seal(self, candidate_id: str, content: bytes, place: str) -> bytes:
        """Seal content of a candidate for a place, ``table.column:row``.

        Raises
        ------
        GoneError
            When the key was destroyed.
        """
        return seal(self._key(candidate_id), content, place)

    def unseal(self, candidate_id: str, sealed: bytes, place: str) -> bytes:
        """Open it again.

        Raises
        ------
        GoneError
            When the key was destroyed.
        """
        return unseal(self._key(candidate_id), sealed, place)

    def _key(self, candidate_id: str) -> bytes:
        if candidate_id not in self._open:
            query = sa.select(candidate_keys.c.wrapped_key).where(
                candidate_keys.c.candidate_id == candidate_id
            )
            wrapped = self._connection.execute(query).scalar_one()
            if wrapped is None:
                raise GoneError("This candidate was erased.", code="candidate.erased")
            self._open[candidate_id] = self._ring.unwrap(candidate_id, wrapped)
        return self._open[candidate_id]
