"""Decides how interviews are kept: one row each, alias and what else is known sealed."""

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from viva_console.domain.disclosure import Consent
from viva_console.domain.errors import UnknownError
from viva_console.domain.interview import Interview
from viva_console.domain.lost_time import Fault, Loss, LostTime
from viva_console.domain.words import Closer, State
from viva_console.store.documents import credits_document, credits_from, refs_document, refs_from
from viva_console.store.keys import CandidateKeys
from viva_console.store.tables import interview_sessions as table


class PostgresInterviews:
    """Interviews on one connection."""

    def __init__(self, connection: sa.Connection, keys: CandidateKeys) -> None:
        self._connection = connection
        self._keys = keys

    def add(self, interview: Interview) -> None:
        """Keep a new interview, with a new key for its candidate."""
        self._keys.create(interview.candidate_id, interview.created_at)
        alias = interview.alias.encode()
        self._connection.execute(
            table.insert().values(
                id=interview.id,
                candidate_id=interview.candidate_id,
                alias_sealed=self._keys.seal(
                    interview.candidate_id, alias, _alias_place(interview.id)
                ),
                known_sealed=self._sealed_known(interview),
                role=interview.role,
                questions=refs_document(interview.questions),
                minutes=interview.minutes,
                time_percent=interview.time_percent,
                credit_limit_s=interview.lost.limit_s,
                hub_user=interview.hub_user,
                created_by=interview.created_by,
                created_at=interview.created_at,
                **_changing(interview),
            )
        )

    def get(self, interview_id: str, *, lock: bool = False) -> Interview:
        """Load one; ``lock`` keeps others from locking it until the unit ends."""
        query = sa.select(table).where(table.c.id == interview_id)
        row = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise UnknownError("There is no such interview.", code="interview.unknown")
        return self._interview(row)

    def save(self, interview: Interview) -> None:
        """Write its state."""
        self._connection.execute(
            table.update().where(table.c.id == interview.id).values(**_changing(interview))
        )

    def all(self) -> list[Interview]:
        """Give every interview, newest first."""
        query = sa.select(table).order_by(table.c.created_at.desc(), table.c.id)
        return [self._interview(row) for row in self._connection.execute(query)]

    def in_states(self, *states: State) -> list[Interview]:
        """Give those in one of the states, oldest first."""
        query = (
            sa.select(table)
            .where(table.c.state.in_([state.value for state in states]))
            .order_by(table.c.created_at, table.c.id)
        )
        return [self._interview(row) for row in self._connection.execute(query)]

    def destroy_key(self, interview: Interview, at: datetime) -> None:
        """Destroy the candidate's key."""
        self._keys.destroy(interview.candidate_id, at)

    def _sealed_known(self, interview: Interview) -> bytes | None:
        if not interview.known:
            return None
        content = json.dumps(interview.known).encode()
        return self._keys.seal(interview.candidate_id, content, _known_place(interview.id))

    def _known(self, row: sa.Row[Any]) -> tuple[str, ...]:
        if row.erased_at is not None or row.known_sealed is None:
            return ()
        place = _known_place(row.id)
        return tuple(json.loads(self._keys.unseal(row.candidate_id, row.known_sealed, place)))

    def _interview(self, row: sa.Row[Any]) -> Interview:
        alias = b""
        if row.erased_at is None:
            alias = self._keys.unseal(row.candidate_id, row.alias_sealed, _alias_place(row.id))
        consent = Consent(row.consent_version, row.consented_at) if row.consented_at else None
        return Interview(
            id=row.id,
            candidate_id=row.candidate_id,
            alias=alias.decode(),
            role=row.role,
            questions=refs_from(row.questions),
            minutes=row.minutes,
            state=State(row.state),
            hub_user=row.hub_user,
            created_by=row.created_by,
            created_at=row.created_at,
            invite_expires_at=row.invite_expires_at,
            consent=consent,
            starting_at=row.starting_at,
            start_attempts=row.start_attempts,
            started_at=row.started_at,
            ends_at=row.ends_at,
            submitted_at=row.submitted_at,
            submitted_by=Closer(row.submitted_by) if row.submitted_by else None,
            room_ended_at=row.room_ended_at,
            erased_at=row.erased_at,
            time_percent=row.time_percent,
            lost=_lost(row),
            known=self._known(row),
        )


def _lost(row: sa.Row[Any]) -> LostTime:
    loss = Loss(row.lost_since, Fault(row.lost_by)) if row.lost_since else None
    return LostTime(row.credit_limit_s, row.room_seen_at, loss, credits_from(row.credits))


def _alias_place(interview_id: str) -> str:
    return f"interview_sessions.alias:{interview_id}"


def _known_place(interview_id: str) -> str:
    return f"interview_sessions.known:{interview_id}"


def _changing(interview: Interview) -> dict[str, Any]:
    consent, loss = interview.consent, interview.lost.loss
    return {
        "state": interview.state.value,
        "invite_expires_at": interview.invite_expires_at,
        "consent_version": consent.version if consent else None,
        "consented_at": consent.at if consent else None,
        "starting_at": interview.starting_at,
        "start_attempts": interview.start_attempts,
        "started_at": interview.started_at,
        "ends_at": interview.ends_at,
        "submitted_at": interview.submitted_at,
        "submitted_by": interview.submitted_by.value if interview.submitted_by else None,
        "room_ended_at": interview.room_ended_at,
        "erased_at": interview.erased_at,
        "room_seen_at": interview.lost.seen_at,
        "lost_since": loss.since if loss else None,
        "lost_by": loss.fault.value if loss else None,
        "credits": credits_document(interview.lost.credits),
    }
