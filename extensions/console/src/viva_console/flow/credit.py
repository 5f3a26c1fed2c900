"""Decides how lost time is written down: in the interview's state, and for ever in the record."""

from datetime import datetime

from viva_console.domain.interview import Interview
from viva_console.domain.record import SYSTEM
from viva_console.store.port import UnitOfWork


def save_seen(work: UnitOfWork, interview: Interview, now: datetime) -> Interview:
    """Save that the room of a locked interview is ready; a loss that ends by it is recorded."""
    seen = interview.room_seen(now)
    work.interviews.save(seen)
    for credit in seen.lost.credits[len(interview.lost.credits) :]:
        work.record.write(
            now,
            SYSTEM,
            "time.credited",
            interview.id,
            reason=credit.fault.value,
            since=credit.since.isoformat(),
            until=credit.until.isoformat(),
            seconds=credit.seconds,
        )
    return seen
