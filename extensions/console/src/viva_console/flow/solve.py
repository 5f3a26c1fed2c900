"""Decides what a candidate sees while the clock runs."""

from viva_console.domain.errors import NotNowError
from viva_console.domain.interview import Interview
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
    )


def _panel_state(interview: Interview) -> str:
    if interview.state in {State.SUBMITTED, State.GRADED}:
        return "submitted"
    return "expired" if interview.state is State.EXPIRED else "open"
