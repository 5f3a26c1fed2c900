"""Decides how the audit's chain is written: at the commit, by one writer at a time."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from viva_console.domain.record import (
    CHAIN_START,
    Actor,
    ActorKind,
    AuditEntry,
    Override,
    audit_entry,
)
from viva_console.store.review_tables import overrides
from viva_console.store.tables import audit_logs, users

_CHAIN_LOCK = 0x61756469
"""The advisory lock of whoever extends the chain: ``audi`` in ASCII."""


class PostgresRecord:
    """The audit and the overrides on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._waiting: list[tuple[datetime, Actor, str, str | None, dict[str, Any]]] = []

    def write(
        self,
        at: datetime,
        actor: Actor,
        action: str,
        interview_id: str | None = None,
        **data: Any,
    ) -> None:
        """Add an entry to the audit's chain, when the unit commits."""
        self._waiting.append((at, actor, action, interview_id, data))

    def flush(self) -> None:
        """Link the waiting entries, alone: the lock is held for as short a time as can be."""
        if not self._waiting:
            return
        self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_CHAIN_LOCK)))
        last = sa.select(audit_logs.c.sha256).order_by(audit_logs.c.id.desc()).limit(1)
        previous = self._connection.execute(last).scalar_one_or_none() or CHAIN_START
        for at, actor, action, interview_id, data in self._waiting:
            entry = audit_entry(
                previous,
                at=at,
                actor=actor,
                action=action,
                interview_id=interview_id,
                data=data,
            )
            self._connection.execute(audit_logs.insert().values(**_values(entry)))
            previous = entry.sha256
        self._waiting.clear()

    def of_interview(self, interview_id: str) -> list[AuditEntry]:
        """Give an interview's entries, oldest first."""
        query = (
            sa.select(audit_logs)
            .where(audit_logs.c.interview_id == interview_id)
            .order_by(audit_logs.c.id)
        )
        return [_entry(row) for row in self._connection.execute(query)]

    def all(self) -> list[AuditEntry]:
        """Give the whole chain, oldest first."""
        query = sa.select(audit_logs).order_by(audit_logs.c.id)
        return [_entry(row) for row in self._connection.execute(query)]

    def add_override(self, override: Override) -> None:
        """Keep a person's decision."""
        self._connection.execute(
            overrides.insert().values(
                id=override.id,
                interview_id=override.interview_id,
                by=override.by,
                at=override.at,
                recommended=override.recommended,
                verdict=override.verdict,
                reason=override.reason,
                as_decided=override.as_decided,
            )
        )

    def overrides(self, interview_id: str) -> list[Override]:
        """Give an interview's decisions, oldest first."""
        query = (
            sa.select(overrides)
            .where(overrides.c.interview_id == interview_id)
            .order_by(overrides.c.seq)
        )
        return [
            Override(
                row.id,
                row.interview_id,
                row.by,
                row.at,
                row.recommended,
                row.verdict,
                row.reason,
                row.as_decided,
            )
            for row in self._connection.execute(query)
        ]

    def saw_user(self, name: str, at: datetime) -> None:
        """Note that a staff user was here."""
        self._connection.execute(
            insert(users)
            .values(name=name, first_seen_at=at, last_seen_at=at)
            .on_conflict_do_update(index_elements=[users.c.name], set_={"last_seen_at": at})
        )


def _values(entry: AuditEntry) -> dict[str, Any]:
    return {
        "at": entry.at,
        "actor_kind": entry.actor.kind.value,
        "actor": entry.actor.name,
        "action": entry.action,
        "interview_id": entry.interview_id,
        "data": entry.data,
        "prev_sha256": entry.prev_sha256,
        "sha256": entry.sha256,
    }


def _entry(row: sa.Row[Any]) -> AuditEntry:
    actor = Actor(ActorKind(row.actor_kind), row.actor)
    return AuditEntry(
        row.at, actor, row.action, row.interview_id, row.data, row.prev_sha256, row.sha256
    )
