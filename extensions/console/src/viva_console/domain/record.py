"""Decides what is written down for ever: audit entries in a hash chain, and overrides by people."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from viva_grader.domain.grade import canonical

from viva_console.domain.errors import BadRequestError, ConsoleError

VERDICTS = ("Strong Hire", "Hire", "Borderline", "Needs Improvement")


class BrokenRecordError(ConsoleError):
    """The audit trail was changed outside Viva."""

    code = "record.broken"


class ActorKind(StrEnum):
    """Who acts."""

    STAFF = "staff"
    CANDIDATE = "candidate"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something: a staff user's hub name, a candidate's id, or a part of the console."""

    kind: ActorKind
    name: str


SYSTEM = Actor(ActorKind.SYSTEM, "console")


def staff(name: str) -> Actor:
    """Name a staff user.

    Raises
    ------
    BadRequestError
        For an empty name: decisions are made by somebody.
    """
    if not name.strip():
        raise BadRequestError("A staff action needs the name of who acts.")
    return Actor(ActorKind.STAFF, name.strip())


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that was done.

    Attributes
    ----------
    action : str
        Dotted, lower case: ``interview.created``, ``candidate.consented``, …
    data : dict
        JSON without candidate content.
    prev_sha256, sha256 : str
        The chain: each entry's hash covers the one before; the first follows 64 zeros.
    """

    at: datetime
    actor: Actor
    action: str
    interview_id: str | None
    data: dict[str, Any]
    prev_sha256: str
    sha256: str


CHAIN_START = "0" * 64


def audit_entry(
    prev_sha256: str,
    *,
    at: datetime,
    actor: Actor,
    action: str,
    interview_id: str | None,
    data: dict[str, Any],
) -> AuditEntry:
    """Link one more entry to the chain."""
    content = {
        "prev": prev_sha256,
        "at": at.isoformat(),
        "actor": [actor.kind.value, actor.name],
        "action": action,
        "interview": interview_id,
        "data": data,
    }
    digest = hashlib.sha256(canonical(content)).hexdigest()
    return AuditEntry(at, actor, action, interview_id, data, prev_sha256, digest)


def first_broken_link(entries: list[AuditEntry]) -> int | None:
    """Give the index of the first entry that does not follow from the one before, or None."""
    previous = CHAIN_START
    for index, entry in enumerate(entries):
        again = audit_entry(
            previous,
            at=entry.at,
            actor=entry.actor,
            action=entry.action,
            interview_id=entry.interview_id,
            data=entry.data,
        )
        if entry.prev_sha256 != previous or entry.sha256 != again.sha256:
            return index
        previous = entry.sha256
    return None


@dataclass(frozen=True, slots=True)
class Override:
    """A named human's word on an interview's verdict; the recommendation stays beside it.

    Attributes
    ----------
    recommended : str or None
        What the scores recommended then; None where they recommended nothing.
    verdict : str
        One of ``VERDICTS``.
    as_decided : str or None
        What they recommended with the levels that people had given; None where nobody had, or
        nothing was recommended.
    """

    id: str
    interview_id: str
    by: str
    at: datetime
    recommended: str | None
    verdict: str
    reason: str
    as_decided: str | None = None

    @property
    def recommendation(self) -> str | None:
        """The recommendation that stood then: with people's levels, where they made one."""
        return self.as_decided or self.recommended

    @property
    def confirms(self) -> bool:
        """Whether the human agreed with the recommendation that stood."""
        return self.verdict == self.recommendation


def checked_verdict(verdict: str) -> str:
    """Give the verdict back.

    Raises
    ------
    BadRequestError
        For a word that is none of the four.
    """
    if verdict not in VERDICTS:
        raise BadRequestError(f"Choose one of: {', '.join(VERDICTS)}.")
    return verdict
