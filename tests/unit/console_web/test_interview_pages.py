import re

import pytest
from viva_console.domain.record import staff as staff_actor
from viva_console.domain.room import Server
from viva_console.domain.words import State
from viva_console.flow.grade import grade_run
from viva_console.flow.invite import consent, create_interview, current_disclosure, invite_token
from viva_console.flow.review import decide
from viva_console.flow.spawn import room_state
from viva_console.flow.submit import submit

from tests.fakes.console_interviews import REVIEWER, pass_time
from tests.fakes.web_client import PREFIX, Site

HOSTILE = "<img src=x onerror=alert(1)>"
FORM = {
    "alias": "K-17",
    "role": "Senior data scientist",
    "questions": ["top_customers", "late_orders"],
    "minutes": "40",
}


def new(site: Site, alias: str = "K-17"):
    return create_interview(
        site.parts.console,
        alias,
        ["top_customers", "late_orders"],
        minutes=40,
        role="Analyst",
        created_by=staff_actor("reviewer"),
    )


def opened(site: Site, alias: str = "K-17"):
    console, interview = site.parts.console, new(site, alias)
    consent(console, invite_token(console, interview), current_disclosure(console).version)
    room_state(console, interview.id)
    room_state(console, interview.id)
    return interview


def graded(site: Site, alias: str = "K-17", notebook: bytes = b"{++}"):
    interview = opened(site, alias)
    for name in site.parts.hub.rooms[interview.hub_user].files:
        site.parts.hub.rooms[interview.hub_user].files[name] = notebook
    submit(site.parts.console, interview.id)
    for run in list(site.parts.queue.grades):
        grade_run(site.parts.console, run)
    site.parts.queue.grades.clear()
    return interview


def stored(site: Site, interview):
    return site.parts.console.store.rows.interviews[interview.id]


async def test_empty_list_says_what_to_do_next(site):
    page = (await (await site.staff()).get("/")).text
    assert "No interviews yet" in page
    assert "Create the first interview" in page


async def test_list_puts_first_who_needs_a_person_now(site):
    new(site, "only-invited")
    opened(site, "in-the-room")
    graded(site, "to-be-decided")
    graded(site, "broken-one", b"broken")
    page = (await (await site.staff()).get("/")).text
    order = ["Needs you", "broken-one", "Happening now", "in-the-room", "Invited", "only-invited"]
    places = [page.index(text) for text in order]
    assert places == sorted(places)
    assert page.index("Needs you") < page.index("to-be-decided") < page.index("Happening now")
    assert "2 interviews need you. 1 candidate is in the room." in page
    assert "40 min left" in page


async def test_list_gives_a_recommendation_to_who_has_read_the_report_and_a_decision_to_all(site):
    site.parts.grader.level = 2
    interview = graded(site)
    staff = await site.staff()
    before = (await staff.get("/")).text
    assert "read the report, or rate first" in before
    assert "Needs Improvement" not in before
    await staff.get(f"/interviews/{interview.id}/report")
    assert "recommended, at" in (await staff.get("/")).text
    decide(site.parts.console, interview.id, "Hire", "Sound reasons in part B.", REVIEWER)
    after = (await staff.get("/")).text
    assert "<strong>Hire</strong>" in after
    assert "recommended, at" not in after


async def test_list_says_how_far_the_gradings_are_while_there_are_any(site):
    graded(site, "done")
    assert 'id="pile"' not in (await (await site.staff()).get("/")).text
    interview = opened(site, "waiting")
    submit(site.parts.console, interview.id)
    page = (await (await site.staff()).get("/")).text
    assert "Grading: 2 waiting, 0 running, 2 done." in page


async def test_new_form_comes_with_nothing_chosen(site):
    page = (await (await site.staff()).get("/interviews/new")).text
    assert page.count(" checked>") == 0
    assert '<option value="1.0" selected>As planned</option>' in page
    assert '<option value="1.25">25 % more time</option>' in page


async def test_form_that_comes_back_says_how_long_the_chosen_questions_take(site):
    staff = await site.staff()
    form = {**FORM, "alias": "", "multiplier": "1.5"}
    page = (await staff.send("/interviews/new", "/interviews", **form)).text
    assert "2 questions are chosen, planned for 40 minutes together." in page
    assert '<option value="1.5" selected>50 % more time</option>' in page
    assert "This candidate has 60 minutes." in page


async def test_more_time_is_a_fact_for_staff_and_mere_minutes_for_the_candidate(site):
    staff = await site.staff()
    await staff.send("/interviews/new", "/interviews", **FORM, multiplier="1.5")
    interview = next(iter(site.parts.console.store.rows.interviews.values()))
    assert (interview.minutes, interview.allotted_minutes) == (40, 60)
    page = (await staff.get(f"/interviews/{interview.id}")).text
    assert "1 h: 50 % more time than the 40 minutes planned" in page
    invite = invite_token(site.parts.console, interview)
    for text in (
        (await staff.get(f"/interviews/{interview.id}/invite")).text,
        (await site.browser().get(f"/i/{invite}")).text,
    ):
        assert re.search(r"\b1 h\b", text)
        assert "more time" not in text
        assert "50 %" not in text
        assert "40 minutes" not in text


async def test_lost_time_stands_on_the_interviews_page(site):
    interview, staff = opened(site), await site.staff()
    room = site.parts.hub.rooms[interview.hub_user]
    room.server = Server.STARTING
    pass_time(site.parts, minutes=3)
    page = (await staff.get(f"/interviews/{interview.id}")).text
    assert "Time is being added</span>" in page
    assert ">40 min left</time>" in page
    assert 'title="20 Nov 2026, 09:00 UTC"' in page.split("lost by our fault since")[1]
    room.server = Server.READY
    pass_time(site.parts, seconds=5)
    page = (await staff.get(f"/interviews/{interview.id}")).text
    assert "Time is being added" not in page
    assert page.count("3 min 5 s added, because the room had to be restarted") == 2


async def test_created_interview_leads_to_its_link(site):
    staff = await site.staff()
    answer = await staff.send("/interviews/new", "/interviews", **FORM)
    assert answer.status_code == 303
    interview = next(iter(site.parts.console.store.rows.interviews.values()))
    assert answer.headers["location"] == f"{PREFIX}/interviews/{interview.id}/invite"
    page = (await staff.get(answer.headers["location"])).text
    link = re.search(r'value="(http://viva\.test/services/console/i/[^"]+)"', page)
    assert link
    assert (await site.browser().get(link[1])).status_code == 200
    assert interview.created_by == "reviewer"
    assert interview.known == ()


async def test_what_is_known_of_a_candidate_is_kept_and_shown_nowhere(site):
    staff = await site.staff()
    known = "Ottilie Vanterpool\r\no.v@x.example"
    await staff.send("/interviews/new", "/interviews", **FORM, known=known)
    interview = next(iter(site.parts.console.store.rows.interviews.values()))
    assert interview.known == ("Ottilie Vanterpool", "o.v@x.example")
    for path in (f"/interviews/{interview.id}", f"/interviews/{interview.id}/invite", "/"):
        assert "Vanterpool" not in (await staff.get(path)).text


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"alias": "  "}, "alias", "Please give the alias"),
        ({"alias": "x" * 81}, "alias", "at most 80 characters"),
        ({"alias": "a\u202eb"}, "alias", "one line"),
        ({"known": "ab"}, "known", "3 to 120 characters"),
        ({"role": ""}, "role", "Please give the role"),
        ({"questions": []}, "questions", "Choose at least one question"),
        ({"questions": ["../../etc"]}, "questions", "Choose from the questions listed"),
        ({"questions": ["top_customers"] * 2}, "questions", "once"),
        ({"minutes": "0"}, "minutes", "1 to 480 minutes"),
        ({"minutes": "9999"}, "minutes", "Give whole minutes"),
        ({"minutes": "-5"}, "minutes", "Give whole minutes"),
        ({"minutes": "\uff14\uff10"}, "minutes", "Give whole minutes"),
        ({"minutes": ""}, "minutes", "Give whole minutes"),
        ({"multiplier": "1.01"}, "multiplier", "in steps of 0.05"),
        ({"multiplier": "0.95"}, "multiplier", "multiplied by 1 to 3"),
        ({"multiplier": "3.05"}, "multiplier", "multiplied by 1 to 3"),
        ({"multiplier": "nan"}, "multiplier", "Choose one of the times"),
        ({"multiplier": "1e0"}, "multiplier", "Choose one of the times"),
        ({"multiplier": "."}, "multiplier", "Choose one of the times"),
    ],
)
async def test_form_that_cannot_be_comes_back_with_the_reason_at_its_field(
    site, change, field, words
):
    staff = await site.staff()
    answer = await staff.send("/interviews/new", "/interviews", **{**FORM, **change})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert words in answer.text
    assert not site.parts.console.store.rows.interviews
    if field != "alias":
        assert 'value="K-17"' in answer.text


async def test_hostile_names_and_reasons_are_shown_as_text(site):
    staff = await site.staff()
    form = {**FORM, "alias": HOSTILE, "role": f"{HOSTILE}{{{{7*7}}}}"}
    await staff.send("/interviews/new", "/interviews", **form)
    interview = next(iter(site.parts.console.store.rows.interviews.values()))
    pages = [f"/interviews/{interview.id}{more}" for more in ("", "/invite", "/audit")]
    for path in ("/", *pages):
        page = (await staff.get(path)).text
        assert "<img" not in page
        assert "&lt;img src=x onerror=alert(1)&gt;" in page
        assert "49" not in page.split("<main")[1].split("data-")[0]


async def test_decision_is_recorded_with_name_and_reason(site):
    interview, staff = graded(site), await site.staff()
    path = f"/interviews/{interview.id}"
    reason = f"Handled the ties well. {HOSTILE}"
    answer = await staff.send(path, f"{path}/decide", verdict="Hire", reason=reason)
    assert answer.status_code == 303
    page = (await staff.get(answer.headers["location"])).text
    assert "Your decision is recorded." in page
    assert "<img" not in page
    override = site.parts.console.store.rows.overrides[0]
    assert (override.by, override.verdict, override.reason) == ("reviewer", "Hire", reason)
    assert "Decided" in (await staff.get("/")).text


@pytest.mark.parametrize(
    "fields",
    [
        {"verdict": "Hire", "reason": "short"},
        {"verdict": "Reject", "reason": "a reason long enough"},
        {"verdict": "", "reason": "a reason long enough"},
        {"verdict": "Hire", "reason": "x" * 2001},
    ],
)
async def test_decision_without_a_verdict_or_a_reason_is_sent_back(site, fields):
    interview, staff = graded(site), await site.staff()
    path = f"/interviews/{interview.id}"
    answer = await staff.send(path, f"{path}/decide", **fields)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert not site.parts.console.store.rows.overrides


async def test_decision_before_the_submission_is_refused(site):
    interview, staff = opened(site), await site.staff()
    path = f"/interviews/{interview.id}"
    answer = await staff.send(path, f"{path}/decide", verdict="Hire", reason="a reason indeed")
    assert answer.status_code == 409


async def test_grade_again_makes_new_runs_and_keeps_the_old(site):
    interview, staff = graded(site), await site.staff()
    path = f"/interviews/{interview.id}"
    before = set(site.parts.console.store.rows.runs)
    await staff.send(path, f"{path}/regrade")
    after = set(site.parts.console.store.rows.runs)
    assert before < after
    assert len(after) == 4
    assert stored(site, interview).state is State.SUBMITTED
    assert "Waiting for a worker" in (await staff.get(path)).text


async def test_ending_hands_in_what_is_saved(site):
    interview, staff = opened(site), await site.staff()
    path = f"/interviews/{interview.id}"
    assert "End now and hand in" in (await staff.get(path)).text
    await staff.send(path, f"{path}/close")
    assert stored(site, interview).state is State.SUBMITTED
    assert stored(site, interview).submitted_by == "staff"


async def test_erasing_leaves_no_name_anywhere(site):
    interview, staff = graded(site, "K-SEVENTEEN"), await site.staff()
    path = f"/interviews/{interview.id}"
    await staff.send(path, f"{path}/erase")
    for where in ("/", path, f"{path}/audit"):
        page = (await staff.get(where)).text
        assert "K-SEVENTEEN" not in page
        assert "rased candidate" in page
    assert (await staff.get(f"{path}/report")).status_code == 410


async def test_message_after_an_action_cannot_be_made_up(site):
    interview, staff = new(site), await site.staff()
    page = (await staff.get(f"/interviews/{interview.id}?done={HOSTILE}")).text
    assert "note-good" not in page
    assert "onerror" not in page


async def test_link_page_of_an_interview_that_is_over_leads_to_the_interview(site):
    interview, staff = graded(site), await site.staff()
    answer = await staff.get(f"/interviews/{interview.id}/invite")
    assert answer.headers["location"] == f"{PREFIX}/interviews/{interview.id}"


async def test_times_read_without_scripts_and_carry_the_exact_moment(site):
    interview, staff = opened(site), await site.staff()
    pass_time(site.parts, minutes=5)
    page = (await staff.get(f"/interviews/{interview.id}")).text
    assert re.search(
        r'<time datetime="2026-11-20T09:40:00\+00:00" data-time="left" '
        r'title="20 Nov 2026, 09:40 UTC">35 min left</time>',
        page,
    )
    assert ">5 minutes ago</time>" in page
