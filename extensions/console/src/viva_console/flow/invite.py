"""Decides how an interview comes to be, and how its candidate comes in."""

from dataclasses import replace
from datetime import timedelta

from viva_grader.domain.question import Question

from viva_console.domain.disclosure import Disclosure, disclosure
from viva_console.domain.errors import BadRequestError, GoneError, NotAllowedError, NotNowError
from viva_console.domain.interview import Interview
from viva_console.domain.lost_time import LostTime
from viva_console.domain.practice import practice_ends_at
from viva_console.domain.record import Actor, ActorKind
from viva_console.domain.views import InvitePage, QuestionChoice
from viva_console.domain.wishes import (
    checked_alias,
    checked_known,
    checked_minutes,
    checked_multiplier,
    checked_questions,
    checked_role,
)
from viva_console.domain.words import QuestionRef, State
from viva_console.flow.console import Console
from viva_console.signing import INVITE


def question_choices(console: Console) -> list[QuestionChoice]:
    """List the questions that staff may choose from."""
    return [
        QuestionChoice(
            question.slug,
            question.title,
            question.kind,
            question.level,
            question.skills,
            question.minutes,
            question.fixture,
        )
        for question in console.grader.questions()
    ]


def create_interview(
    console: Console,
    alias: str,
    question_slugs: list[str],
    *,
    minutes: int,
    role: str,
    created_by: Actor,
    multiplier: float = 1.0,
    known: str = "",
) -> Interview:
    """Create an interview; ``invite_url`` gives its link.

    Parameters
    ----------
    minutes : int
        1..480, counted from the moment the candidate's room is ready.
    multiplier : float
        1.0..3.0 in steps of 0.05: what this candidate's minutes are multiplied by.
    known : str
        What else is known of the candidate, one thing in a line; no model reads it.

    Raises
    ------
    BadRequestError
        For an empty alias or role, an unknown or repeated question, questions that no one report
        could cover (``question.rubrics_differ``), or too much of anything.
    """
    now = console.clock.now()
    questions = _chosen(console, question_slugs)
    time_percent = checked_multiplier(multiplier)
    interview = Interview(
        id=console.ids.new(),
        candidate_id=console.ids.new(),
        alias=checked_alias(alias),
        role=checked_role(role),
        questions=checked_questions(tuple(map(_pinned, range(1, len(questions) + 1), questions))),
        minutes=checked_minutes(minutes),
        state=State.INVITED,
        hub_user=console.ids.hub_user(),
        created_by=created_by.name,
        created_at=now,
        invite_expires_at=now + timedelta(days=console.settings.invite_days),
        time_percent=time_percent,
        known=checked_known(known),
    )
    limit_s = interview.allotted_minutes * 60 * console.settings.credit_percent // 100
    interview = replace(interview, lost=LostTime(limit_s))
    with console.store.unit() as work:
        for question in questions:
            work.library.remember_question(question, now)
        work.interviews.add(interview)
        work.record.write(
            now,
            created_by,
            "interview.created",
            interview.id,
            questions={question.slug: question.sha256 for question in interview.questions},
            minutes=minutes,
            time_percent=interview.time_percent,
            credit_limit_s=limit_s,
            role=interview.role,
        )
        work.commit()
    return interview


def invite_token(console: Console, interview: Interview) -> str:
    """Sign the part of an invite's link that names the interview."""
    return console.signer.sign(INVITE, interview.id)


def invite_url(console: Console, interview: Interview) -> str:
    """Give the link for the candidate."""
    token = invite_token(console, interview)
    return f"{console.settings.public_url}{console.settings.console_path}/i/{token}"


def interview_of_invite(console: Console, token: str) -> Interview:
    """Find the interview that a link leads to, whatever its state.

    Raises
    ------
    NotAllowedError
        When the link was altered or guessed (``link.invalid``).
    GoneError
        When nobody followed it in time, or the candidate was erased.
    """
    interview_id = console.signer.read(INVITE, token)
    if not isinstance(interview_id, str):
        raise NotAllowedError("This link is not valid.", code="link.invalid")
    with console.store.unit() as work:
        interview = work.interviews.get(interview_id)
    if interview.erased_at or not interview.invite_open(console.clock.now()):
        raise GoneError("This invite has ended. Please ask your contact for a new one.")
    return interview


def open_invite(console: Console, token: str) -> InvitePage:
    """Show what will happen, before consent.

    Raises
    ------
    NotAllowedError, GoneError
        As :func:`interview_of_invite`.
    """
    interview = interview_of_invite(console, token)
    return InvitePage(
        interview.id,
        interview.role,
        interview.allotted_minutes,
        interview.questions,
        current_disclosure(console),
        interview.invite_expires_at,
        interview.state,
    )


def current_disclosure(console: Console) -> Disclosure:
    """Say what this installation records, and which AI takes part."""
    return disclosure(rubric_model=console.grader.scores_rubrics)


def consent(console: Console, token: str, version: str) -> Interview:
    """Record that the candidate agreed to the words of ``version``; a second time changes nothing.

    Parameters
    ----------
    version : str
        ``Disclosure.version`` of the page that was shown.

    Raises
    ------
    NotAllowedError, GoneError
        As :func:`interview_of_invite`.
    NotNowError
        ``consent.outdated`` when the words have changed since the page was shown.
    """
    interview_id = interview_of_invite(console, token).id
    shown = current_disclosure(console)
    now = console.clock.now()
    with console.store.unit() as work:
        interview = work.interviews.get(interview_id, lock=True)
        if interview.consent:
            return interview
        if version != shown.version:
            raise NotNowError(
                "This page has changed. Please read it again.", code="consent.outdated"
            )
        interview = interview.agree(version, now)
        work.interviews.save(interview)
        work.record.write(
            now,
            Actor(ActorKind.CANDIDATE, interview.candidate_id),
            "candidate.consented",
            interview.id,
            version=version,
            recorded=list(shown.recorded),
            ai=list(shown.ai),
        )
        work.commit()
    return interview


def join_ticket(console: Console, interview: Interview) -> str:
    """Vouch for the candidate's login at the hub, for 60 s.

    Raises
    ------
    NotNowError
        Unless the room is open, or open for practice.
    """
    if practice_ends_at(interview) is None:
        interview.must_be_open()
    return console.signer.join_ticket(interview.hub_user, opens=True)


def login_ticket(console: Console, interview: Interview) -> str:
    """Vouch for the browser in which an invite is read, for 60 s: it is let into no room."""
    return console.signer.join_ticket(interview.hub_user, opens=False)


def _chosen(console: Console, slugs: list[str]) -> list[Question]:
    known = {question.slug: question for question in console.grader.questions()}
    for slug in slugs:
        if slug not in known:
            raise BadRequestError(f"There is no question {slug[:60]!r}.", code="question.unknown")
    chosen = [known[slug] for slug in slugs]
    rubrics = sorted({question.scored_by for question in chosen})
    if len(rubrics) > 1:
        raise BadRequestError(
            f"These questions are scored by different rubrics ({', '.join(rubrics)}), and no one "
            "report could cover them. Choose questions of one of them.",
            code="question.rubrics_differ",
        )
    return chosen


def _pinned(number: int, question: Question) -> QuestionRef:
    return QuestionRef(
        number,
        question.slug,
        question.title,
        question.kind,
        question.minutes,
        question.sha256,
        question.fixture,
    )
