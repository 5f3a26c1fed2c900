"""Decides what a candidate sees while the clock runs, and while practising before it does."""

from datetime import datetime

from viva_console.domain.errors import NotNowError
from viva_console.domain.interview import Interview
from viva_console.domain.practice import (
    BRIEF,
    NOTHING_RECORDED,
    PATH,
    PRACTICE_MINUTES,
    TITLE,
    practice_ends_at,
)
from viva_console.domain.room import PUT_BACK_SAID, put_back
from viva_console.domain.views import Brief, BriefQuestion
from viva_console.domain.words import State
from viva_console.flow.console import Console
from viva_console.flow.invite import current_disclosure


def brief(console: Console, interview: Interview) -> Brief:
    """Give the panel its questions and the server's time.

    Parameters
    ----------
    interview : Interview
        As ``spawn.interview_of_session`` gave it.

    Raises
    ------
    NotNowError
        ``interview.not_open`` before the clock runs.
    """
    now = console.clock.now()
    ends_at = interview.deadline(now)
    practice_ends = practice_ends_at(interview)
    if practice_ends is not None:
        return _practice(interview, now, practice_ends)
    if ends_at is None:
        raise NotNowError("Your room is not open yet.", code="interview.not_open")
    return Brief(
        interview_id=interview.id,
        state=_panel_state(interview),
        now=now,
        ends_at=ends_at,
        minutes=interview.allotted_minutes,
        paused_by=interview.paused_by(now),
        credits=tuple(credit for credit in interview.lost.credits if credit.seconds),
        questions=tuple(
            BriefQuestion(
                ref.slug,
                ref.title,
                ref.kind,
                ref.minutes,
                ref.path,
                console.grader.question(ref.slug).brief,
            )
            for ref in interview.questions
        ),
        disclosure=current_disclosure(console),
        put_back=_put_back(console, interview, now),
    )


def _put_back(console: Console, interview: Interview, now: datetime) -> str:
    """Say what came back into the room, as the record has it, for a while after it did."""
    with console.store.unit() as work:
        entries = work.record.of_interview(interview.id)
    for entry in reversed(entries):
        if entry.action == "room.reopened" and now < entry.at + PUT_BACK_SAID:
            data = entry.data
            has_database = interview.fixture is not None
            return put_back(data["placed"], data.get("restored", []), has_database=has_database)
    return ""


def _practice(interview: Interview, now: datetime, ends_at: datetime) -> Brief:
    question = BriefQuestion("practice", TITLE, "python", PRACTICE_MINUTES, PATH, BRIEF)
    return Brief(
        interview_id=interview.id,
        state="practice",
        now=now,
        ends_at=ends_at,
        minutes=PRACTICE_MINUTES,
        paused_by=None,
        credits=(),
        questions=(question,),
        disclosure=NOTHING_RECORDED,
    )


def _panel_state(interview: Interview) -> str:
    if interview.state in {State.SUBMITTED, State.GRADED}:
        return "submitted"
    return "expired" if interview.state is State.EXPIRED else "open"
