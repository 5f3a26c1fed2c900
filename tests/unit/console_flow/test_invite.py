import pytest
from itsdangerous import URLSafeTimedSerializer
from viva_console.domain.errors import BadRequestError, GoneError, NotAllowedError, NotNowError
from viva_console.domain.words import State
from viva_console.flow.invite import (
    consent,
    create_interview,
    current_disclosure,
    interview_of_invite,
    invite_token,
    invite_url,
    join_ticket,
    open_invite,
    question_choices,
)
from viva_console.signing import SESSION

from tests.fakes.console_interviews import REVIEWER, actions, again, consented, invited, opened
from tests.fakes.console_parts import Parts


def test_created_interview_pins_its_questions_in_order(parts: Parts) -> None:
    interview = invited(parts, "top_customers", "late_orders")
    assert [one.slug for one in interview.questions] == ["top_customers", "late_orders"]
    assert interview.questions[0].sha256 == parts.grader.question("top_customers").sha256
    assert again(parts, interview) == interview
    assert actions(parts, interview) == ["interview.created"]


def test_unknown_question_is_named(parts: Parts) -> None:
    with pytest.raises(BadRequestError, match="no_such") as caught:
        invited(parts, "no_such")
    assert caught.value.code == "question.unknown"


def test_questions_that_no_one_report_can_cover_are_refused(parts: Parts) -> None:
    parts.grader.score_by("late_orders", "sample/2")
    with pytest.raises(BadRequestError, match="sample/1, sample/2") as caught:
        invited(parts, "top_customers", "late_orders")
    assert caught.value.code == "question.rubrics_differ"
    with parts.console.store.unit() as work:
        assert work.interviews.all() == []


@pytest.mark.parametrize(("alias", "minutes"), [("", 40), ("Kestrel", 0), ("Kestrel", 481)])
def test_bad_wish_creates_nothing(parts: Parts, alias: str, minutes: int) -> None:
    with pytest.raises(BadRequestError):
        create_interview(
            parts.console,
            alias,
            ["top_customers"],
            minutes=minutes,
            role="Data scientist",
            created_by=REVIEWER,
        )
    with parts.console.store.unit() as work:
        assert work.interviews.all() == []


def test_question_choices_are_the_librarys(parts: Parts) -> None:
    assert [one.slug for one in question_choices(parts.console)] == ["late_orders", "top_customers"]


def test_link_leads_to_its_interview(parts: Parts) -> None:
    interview = invited(parts)
    url = invite_url(parts.console, interview)
    prefix = "http://viva.test/services/console/i/"
    assert url.startswith(prefix)
    page = open_invite(parts.console, url.removeprefix(prefix))
    assert (page.interview_id, page.minutes, page.state) == (interview.id, 40, State.INVITED)
    assert page.disclosure == current_disclosure(parts.console)


def test_altered_or_foreign_link_opens_nothing(parts: Parts) -> None:
    interview = invited(parts)
    token = invite_token(parts.console, interview)
    foreign = parts.console.signer.sign(SESSION, interview.id)
    odd = parts.console.signer.sign("viva.invite", {"not": "an id"})
    altered = ("A" if token[5] != "A" else "B").join([token[:5], token[6:]])
    for wrong in (altered, foreign, odd, "", interview.id):
        with pytest.raises(NotAllowedError) as caught:
            open_invite(parts.console, wrong)
        assert caught.value.code == "link.invalid"


def test_link_runs_out_after_seven_days_unless_followed(parts: Parts) -> None:
    unused = invite_token(parts.console, invited(parts))
    used = invite_token(parts.console, consented(parts))
    parts.clock.forward(days=7)
    with pytest.raises(GoneError):
        open_invite(parts.console, unused)
    assert interview_of_invite(parts.console, used).state is State.CONSENTED


def test_consent_names_the_words_and_is_recorded_once(parts: Parts) -> None:
    interview = consented(parts)
    version = current_disclosure(parts.console).version
    assert interview.consent is not None
    assert interview.consent.version == version
    consent(parts.console, invite_token(parts.console, interview), "whatever")
    assert actions(parts, interview).count("candidate.consented") == 1


def test_consent_to_words_that_have_changed_is_refused(parts: Parts) -> None:
    token = invite_token(parts.console, invited(parts))
    shown = current_disclosure(parts.console).version
    parts.grader.scores_rubrics = True
    with pytest.raises(NotNowError) as caught:
        consent(parts.console, token, shown)
    assert caught.value.code == "consent.outdated"


def test_ticket_is_what_the_hub_expects_and_only_for_an_open_room(parts: Parts) -> None:
    with pytest.raises(NotNowError):
        join_ticket(parts.console, consented(parts))
    interview = opened(parts)
    ticket = join_ticket(parts.console, interview)
    claims = URLSafeTimedSerializer("ticket-key", salt="viva.join").loads(ticket)
    assert claims == {"user": interview.hub_user, "opens": True}
