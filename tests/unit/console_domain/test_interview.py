from dataclasses import replace
from datetime import timedelta

import pytest
from viva_console.domain.errors import BadRequestError, GoneError, NotNowError
from viva_console.domain.interview import MAX_START_ATTEMPTS, START_PAUSE, Interview
from viva_console.domain.wishes import (
    checked_alias,
    checked_known,
    checked_minutes,
    checked_questions,
    checked_role,
)
from viva_console.domain.words import Closer, State

from tests.fakes.console_parts import START
from tests.fakes.console_store_suite import QUESTIONS, an_interview

LATER = START + timedelta(minutes=5)
WEEK = START + timedelta(days=7)


def opened() -> Interview:
    return an_interview().agree("v1", START).start(START).open(START)


def test_interview_goes_from_invited_to_graded() -> None:
    interview = an_interview()
    for step, state in (
        (lambda one: one.agree("v1", LATER), State.CONSENTED),
        (lambda one: one.start(LATER), State.STARTING),
        (lambda one: one.open(LATER), State.OPEN),
        (lambda one: one.submit(LATER, Closer.CANDIDATE), State.SUBMITTED),
        (lambda one: one.grade(), State.GRADED),
    ):
        interview = step(interview)
        assert interview.state is state
    assert interview.ends_at == LATER + timedelta(minutes=40)


def test_second_time_changes_nothing() -> None:
    agreed = an_interview().agree("v1", START)
    assert agreed.agree("v2", LATER) == agreed
    interview = opened()
    assert interview.open(LATER) == interview
    submitted = interview.submit(LATER, Closer.CANDIDATE)
    assert submitted.submit(WEEK, Closer.CLOCK) == submitted
    assert submitted.grade().grade() == submitted.grade()


def test_invite_runs_out_only_before_consent() -> None:
    with pytest.raises(GoneError):
        an_interview().agree("v1", WEEK)
    assert not an_interview().invite_open(WEEK)
    assert an_interview().agree("v1", LATER).invite_open(WEEK)


@pytest.mark.parametrize(
    ("verb", "code"),
    [
        (lambda one: one.start(START), "interview.not_now"),
        (lambda one: one.open(START), "interview.not_now"),
        (lambda one: one.submit(START, Closer.CANDIDATE), "interview.not_open"),
        (lambda one: one.grade(), "interview.not_now"),
        (lambda one: one.room_ended(START), "interview.not_now"),
        (lambda one: one.must_be_submitted(), "interview.not_submitted"),
        (lambda one: one.expire(START), "interview.not_now"),
        (lambda one: one.reopen_grading(), "interview.not_now"),
    ],
)
def test_nothing_happens_before_its_time(verb: object, code: str) -> None:
    with pytest.raises(NotNowError) as caught:
        verb(an_interview())
    assert caught.value.code == code


@pytest.mark.parametrize(
    "verb",
    [lambda one: one.start(START), lambda one: one.open(START), lambda one: one.allow_restart()],
)
def test_submitted_interview_has_no_room(verb: object) -> None:
    with pytest.raises(NotNowError):
        verb(opened().submit(LATER, Closer.CANDIDATE))


def test_room_is_given_up_after_three_starts_until_a_person_asks() -> None:
    interview = an_interview().agree("v1", START)
    for _ in range(MAX_START_ATTEMPTS):
        interview = interview.start(START)
    with pytest.raises(NotNowError) as caught:
        interview.start(START)
    assert caught.value.code == "room.failed"
    assert interview.allow_restart().start(START).start_attempts == 1


def test_second_start_waits_until_the_hub_can_know_of_the_first() -> None:
    interview = an_interview().agree("v1", START).start(START)
    assert not interview.start_due(START + START_PAUSE / 2)
    assert interview.start_due(START + START_PAUSE)
    assert interview.allow_restart().start_due(START)


def test_restarted_room_keeps_its_clock() -> None:
    interview = opened()
    again = interview.start(LATER).open(LATER)
    assert again.state is State.OPEN
    assert again.ends_at == interview.ends_at
    assert again.start_attempts == 0


def test_deadline_is_reached_to_the_second_and_grace_extends_it() -> None:
    interview = opened()
    end = START + timedelta(minutes=40)
    assert not interview.time_is_up(end - timedelta(seconds=1))
    assert interview.time_is_up(end)
    assert not interview.time_is_up(end, grace_s=20)
    assert interview.time_is_up(end + timedelta(seconds=20), grace_s=20)


def test_session_outlives_the_deadline_by_an_hour() -> None:
    interview = opened()
    end = START + timedelta(minutes=40)
    assert interview.session_valid(end + timedelta(minutes=59))
    assert not interview.session_valid(end + timedelta(hours=1))


def test_interview_that_never_began_expires() -> None:
    for interview in (an_interview(), an_interview().agree("v1", START).start(START)):
        assert not interview.should_expire(LATER)
        assert interview.expire(WEEK).state is State.EXPIRED
    assert not opened().should_expire(WEEK)


def test_erasing_forgets_the_alias_but_not_while_the_candidate_works() -> None:
    erased = replace(an_interview(), known=("Ottilie Vanterpool",)).erase(LATER)
    assert (erased.alias, erased.known) == ("", ())
    assert (erased.alias, erased.state, erased.erased_at) == ("", State.EXPIRED, LATER)
    with pytest.raises(NotNowError):
        opened().erase(LATER)


def test_what_is_known_is_read_a_line_at_a_time() -> None:
    assert checked_known("") == ()
    assert checked_known(" Ottilie Vanterpool\r\n\ro.v@x.example\nOttilie Vanterpool\n") == (
        "Ottilie Vanterpool",
        "o.v@x.example",
    )


@pytest.mark.parametrize(
    "text", ["ab", "x" * 121, "bell\a ringer", "\n".join(map(str, range(900, 921)))]
)
def test_too_much_or_too_little_is_not_known(text: str) -> None:
    with pytest.raises(BadRequestError):
        checked_known(text)


@pytest.mark.parametrize("text", ["", "   ", "x" * 81, "two\nlines", "bell\a"])
def test_alias_must_be_one_short_line(text: str) -> None:
    with pytest.raises(BadRequestError):
        checked_alias(text)


def test_wishes_are_trimmed_and_bounded() -> None:
    assert checked_alias("  Kestrel ") == "Kestrel"
    assert checked_role(" Data scientist") == "Data scientist"
    assert checked_minutes(480) == 480
    for minutes in (0, -5, 481):
        with pytest.raises(BadRequestError):
            checked_minutes(minutes)


def test_questions_are_few_different_and_share_a_database() -> None:
    assert checked_questions(QUESTIONS) == QUESTIONS
    other = replace(QUESTIONS[1], fixture="bank")
    for questions in ((), (QUESTIONS[0],) * 2, (QUESTIONS[0], other), QUESTIONS * 5):
        with pytest.raises(BadRequestError):
            checked_questions(questions)


def test_notebooks_are_numbered_in_order() -> None:
    assert [one.path for one in QUESTIONS] == ["1_late_orders.ipynb", "2_top_customers.ipynb"]
