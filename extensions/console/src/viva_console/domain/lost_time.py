"""Decides how time that was lost by our fault is measured, bounded and given back; no I/O.

What is measured is evidence that we hold: when a worker last saw the room ready, and when it, or
the candidate's own way in, saw it ready again. Nothing here rests on the candidate's word.
"""

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

UNWATCHED = timedelta(seconds=60)
"""A longer pause between two looks means that we were away ourselves, twelve looks long: what the
candidate could do meanwhile nobody knows, and the doubt is ours."""
LEAST_SILENCE = timedelta(seconds=10)
"""Two looks: a shorter silence may be one answer that came late, and cannot be told from nothing. A
room that the hub says is gone is gone, for however short a time."""


class Fault(StrEnum):
    """What of ours was away."""

    ROOM = "room"
    SERVICE = "service"

    @property
    def words(self) -> str:
        """The reason, as candidates and staff read it."""
        return _WORDS[self]


_WORDS = {
    Fault.ROOM: "the room had to be restarted",
    Fault.SERVICE: "the interview service could not be reached",
}


@dataclass(frozen=True, slots=True)
class Loss:
    """Time that is being lost: since the room was last seen ready."""

    since: datetime
    fault: Fault


@dataclass(frozen=True, slots=True)
class Credit:
    """One loss that is over, and what was given back for it.

    Attributes
    ----------
    since, until : datetime
        Last seen ready, and seen ready again.
    seconds : int
        Added to the interview; less than was lost once the limit is reached, and then 0.
    """

    since: datetime
    until: datetime
    seconds: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class LostTime:
    """What is known of one interview's lost time, from the moment its clock runs.

    Attributes
    ----------
    limit_s : int
        The most that is ever added, in seconds; fixed when the interview is made.
    seen_at : datetime or None
        When the room was last seen ready; None where nothing can be lost, because time is up.
    loss : Loss or None
        What is being lost, once somebody has noticed.
    """

    limit_s: int = 0
    seen_at: datetime | None = None
    loss: Loss | None = None
    credits: tuple[Credit, ...] = ()

    @property
    def credited_s(self) -> int:
        """Seconds that have been added so far."""
        return sum(credit.seconds for credit in self.credits)

    def going_on(self, now: datetime) -> Loss | None:
        """Give the loss that lasts at this moment: noticed, or told by nobody having looked."""
        if self.loss is not None or self.seen_at is None:
            return self.loss
        if now - self.seen_at > UNWATCHED:
            return Loss(self.seen_at, Fault.SERVICE)
        return None

    def pending_s(self, now: datetime) -> int:
        """Give the seconds that would be added if the room were seen ready now."""
        loss = self.going_on(now)
        if loss is None or not _counts(loss, now):
            return 0
        lost_s = math.ceil((now - loss.since).total_seconds())
        return max(0, min(lost_s, self.limit_s - self.credited_s))

    def paused_by(self, now: datetime) -> Fault | None:
        """Give what holds the deadline off at this moment; None once the limit is reached."""
        loss = self.going_on(now)
        if loss is None or self.credited_s + self.pending_s(now) >= self.limit_s:
            return None
        return loss.fault

    def noticed(self, fault: Fault) -> "LostTime":
        """Note that the room is away. It counts from when it was last seen ready."""
        if self.loss is None:
            return replace(self, loss=Loss(self.seen_at, fault)) if self.seen_at else self
        if fault is Fault.ROOM:
            # First the hub was silent, then the room is gone: the room is what had to come back.
            return replace(self, loss=replace(self.loss, fault=fault))
        return self

    def seen(self, now: datetime) -> "LostTime":
        """Note that the room is ready: a loss ends, and is credited as far as the limit allows."""
        loss = self.going_on(now)
        found = self.credits
        if loss is not None and self.limit_s and _counts(loss, now):
            found = (*found, Credit(loss.since, now, self.pending_s(now), loss.fault))
        return replace(self, seen_at=now, loss=None, credits=found)


def _counts(loss: Loss, now: datetime) -> bool:
    return loss.fault is Fault.ROOM or now - loss.since >= LEAST_SILENCE


NOTHING_LOST = LostTime()
