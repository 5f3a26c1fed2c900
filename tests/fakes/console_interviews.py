"""Decides how tests bring an interview to a state: by the flows, as candidates and staff do."""

from datetime import timedelta

from viva_console.domain.interview import Interview
from viva_console.domain.record import staff
from viva_console.domain.room import RoomPhase
from viva_console.flow.grade import grade_run
from viva_console.flow.invite import consent, create_interview, current_disclosure, invite_token
from viva_console.flow.spawn import start_room
from viva_console.flow.submit import submit
from viva_console.flow.watch import watch_rooms

from tests.fakes.console_parts import Parts

REVIEWER = staff("reviewer")


def invited(
    parts: Parts, *slugs: str, minutes: int = 40, multiplier: float = 1.0, known: str = ""
) -> Interview:
    """Create an interview, by default with both questions."""
    return create_interview(
        parts.console,
        "Kestrel",
        list(slugs or ("top_customers", "late_orders")),
        minutes=minutes,
        role="Data scientist",
        created_by=REVIEWER,
        multiplier=multiplier,
        known=known,
    )


def consented(parts: Parts, *slugs: str, multiplier: float = 1.0, known: str = "") -> Interview:
    """Agree to what the invite's page says."""
    token = invite_token(parts.console, invited(parts, *slugs, multiplier=multiplier, known=known))
    return consent(parts.console, token, current_disclosure(parts.console).version)


def opened(parts: Parts, *slugs: str, multiplier: float = 1.0, known: str = "") -> Interview:
    """Start the room and wait until it can be entered."""
    interview = consented(parts, *slugs, multiplier=multiplier, known=known)
    start_room(parts.console, interview.id)
    assert start_room(parts.console, interview.id).phase is RoomPhase.READY
    return again(parts, interview)


def handed_in(parts: Parts, *answers: bytes, multiplier: float = 1.0, known: str = "") -> Interview:
    """Write answers over the notebooks and submit."""
    interview = opened(parts, multiplier=multiplier, known=known)
    files = parts.hub.rooms[interview.hub_user].files
    for ref, answer in zip(interview.questions, answers, strict=False):
        files[ref.path] = answer
    submit(parts.console, interview.id)
    return again(parts, interview)


def graded(parts: Parts, *answers: bytes, multiplier: float = 1.0, known: str = "") -> Interview:
    """Grade every run that the submission queued."""
    interview = handed_in(parts, *answers, multiplier=multiplier, known=known)
    while parts.queue.grades:
        grade_run(parts.console, parts.queue.grades.pop(0))
    return again(parts, interview)


def pass_time(parts: Parts, **by: float) -> None:
    """Let time go by while a worker looks at the rooms, every half minute at least."""
    end = parts.clock.now() + timedelta(**by)
    while parts.clock.now() < end:
        parts.clock.moment = min(end, parts.clock.now() + timedelta(seconds=30))
        watch_rooms(parts.console)


def again(parts: Parts, interview: Interview) -> Interview:
    """Load it as it is now."""
    with parts.console.store.unit() as work:
        return work.interviews.get(interview.id)


def actions(parts: Parts, interview: Interview) -> list[str]:
    """Name what the record says was done."""
    with parts.console.store.unit() as work:
        return [entry.action for entry in work.record.of_interview(interview.id)]
