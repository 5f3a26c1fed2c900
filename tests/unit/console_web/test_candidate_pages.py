import re
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import pytest
from itsdangerous import URLSafeTimedSerializer
from viva_console.domain.record import staff as staff_actor
from viva_console.domain.room import Server
from viva_console.domain.words import State
from viva_console.flow.invite import create_interview, invite_token
from viva_console.flow.submit import submit

from tests.fakes.console_parts import FakeRoom
from tests.fakes.web_client import PREFIX, Site

HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture
def interview(site: Site):
    return create_interview(
        site.parts.console,
        "K-17",
        ["top_customers", "late_orders"],
        minutes=40,
        role=f"Data scientist {HOSTILE}",
        created_by=staff_actor("reviewer"),
    )


@pytest.fixture
def invite(site: Site, interview) -> str:
    return f"/i/{invite_token(site.parts.console, interview)}"


def state(site: Site, interview) -> State:
    return site.parts.console.store.rows.interviews[interview.id].state


async def agree(site: Site, invite: str):
    browser = site.browser()
    answer = await browser.send(invite, f"{invite}/consent", agree="yes")
    assert answer.status_code == 303
    return browser


async def until_failed(site: Site, browser, invite: str):
    for _ in range(4):
        site.parts.clock.forward(minutes=1)
        page = await browser.get(f"{invite}/room")
    return page


async def test_invite_page_says_what_happens_and_names_nobody(site, invite):
    page = await site.browser().get(invite)
    assert page.status_code == 200
    for words in ("40 minutes", "Top customers", "Late orders", "What is recorded", "No AI takes"):
        assert words in page.text
    assert "K-17" not in page.text
    assert HOSTILE not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


async def test_looking_at_an_invite_starts_nothing(site, interview, invite):
    browser = site.browser()
    for path in ("", "/room", "/receipt"):
        await browser.get(f"{invite}{path}")
    assert site.parts.hub.starts == 0
    assert state(site, interview) is State.INVITED


def csrf_of(page: str) -> str:
    return re.findall(r'name="csrf" value="([^"]*)"', page)[0]


async def ask_ahead(browser, invite: str, times: int = 1) -> list[int]:
    fields = {"csrf": csrf_of((await browser.get(invite)).text)}
    return [(await browser.post(f"{invite}/ahead", data=fields)).status_code for _ in range(times)]


async def test_script_of_the_invite_page_may_have_the_room_made_ahead(site, interview, invite):
    site.parts.hub.ready_at_once = False
    browser = site.browser()
    assert f'data-ahead="{PREFIX}{invite}/ahead"' in (await browser.get(invite)).text
    assert await ask_ahead(browser, invite, 3) == [202, 202, 202]
    site.parts.hub.rooms[interview.hub_user].server = Server.READY
    assert await ask_ahead(browser, invite) == [200]
    assert site.parts.hub.starts == 1
    assert state(site, interview) is State.INVITED
    assert (await browser.get(f"{invite}/room")).headers["location"] == f"{PREFIX}{invite}"


async def test_script_is_told_the_path_of_a_room_that_stands_and_of_no_other(
    site, interview, invite
):
    browser = site.browser()
    fields = {"csrf": csrf_of((await browser.get(invite)).text)}
    answer = await browser.post(f"{invite}/ahead", data=fields)
    told = answer.json()
    login = urlsplit(told.pop("login"))
    assert (told, login.path) == ({"room": f"/user/{interview.hub_user}"}, "/hub/join")
    asked = parse_qs(login.query)
    assert asked["next"] == [f"/user/{interview.hub_user}/viva/enter"]
    # It opens nothing: this is before Start.
    claims = URLSafeTimedSerializer("ticket-key", salt="viva.join").loads(asked["key"][0])
    assert claims == {"user": interview.hub_user, "opens": False}
    site.parts.hub.rooms[interview.hub_user].server = Server.STARTING
    answer = await browser.post(f"{invite}/ahead", data=fields)
    assert (answer.status_code, answer.content) == (202, b"")


@pytest.mark.parametrize("csrf", ["", "made-up"])
async def test_room_is_not_made_ahead_for_who_never_read_the_page(site, invite, csrf):
    browser = site.browser()
    await browser.get(invite)
    answer = await browser.post(f"{invite}/ahead", data={"csrf": csrf})
    assert (answer.status_code, site.parts.hub.starts) == (403, 0)


async def test_one_invite_has_few_rooms_made_ahead_however_often_it_is_opened(
    site, interview, invite
):
    for _ in range(6):
        await ask_ahead(site.browser(), invite)
        site.parts.hub.rooms[interview.hub_user].server = Server.ABSENT
    assert site.parts.hub.starts == 3
    browser = await agree(site, invite)
    assert (await browser.get(f"{invite}/room")).headers["location"].startswith("/hub/join")


async def test_start_leads_into_a_room_that_was_made_ahead_without_a_page_between(site, invite):
    browser = site.browser()
    await ask_ahead(browser, invite)
    answer = await browser.send(invite, f"{invite}/consent", agree="yes")
    assert answer.headers["location"].startswith("/hub/join?key=")


async def test_silent_hub_is_asked_again_while_the_invite_is_read(site, invite):
    site.parts.hub.silent = True
    assert await ask_ahead(site.browser(), invite) == [202]


async def test_consent_is_recorded_and_starts_the_room(site, interview, invite):
    browser = await agree(site, invite)
    actions = [entry.action for entry in site.parts.console.store.rows.audit]
    assert actions[:3] == ["interview.created", "candidate.consented", "room.starting"]
    assert site.parts.hub.starts == 1
    cookies = browser.http.cookies.jar
    assert [cookie.path for cookie in cookies] == [f"{PREFIX}{invite}"]


async def test_consent_without_the_tick_starts_nothing_and_says_so_at_the_field(
    site, interview, invite
):
    browser = site.browser()
    answer = await browser.send(invite, f"{invite}/consent")
    assert answer.status_code == 422
    assert 'aria-describedby="agree-error"' in answer.text
    assert state(site, interview) is State.INVITED


@pytest.mark.parametrize("csrf", ["", "made-up"])
async def test_consent_from_another_page_is_refused(site, interview, invite, csrf):
    browser = site.browser()
    await browser.get(invite)
    answer = await browser.post(f"{invite}/consent", data={"agree": "yes", "csrf": csrf})
    assert answer.status_code == 403
    assert state(site, interview) is State.INVITED


async def test_form_of_another_browser_is_refused(site, interview, invite):
    theirs = (await site.browser().get(invite)).text.split('name="csrf" value="')[1].split('"')[0]
    browser = site.browser()
    await browser.get(invite)
    answer = await browser.post(f"{invite}/consent", data={"agree": "yes", "csrf": theirs})
    assert answer.status_code == 403
    assert state(site, interview) is State.INVITED


async def test_consent_to_words_that_changed_since_is_refused(site, interview, invite):
    browser = site.browser()
    page = (await browser.get(invite)).text
    hidden = dict(re.findall(r'name="(csrf|version)" value="([^"]*)"', page))
    site.parts.grader.scores_rubrics = True
    answer = await browser.post(f"{invite}/consent", data={**hidden, "agree": "yes"})
    assert answer.status_code == 409
    assert state(site, interview) is State.INVITED
    assert "language model" in (await browser.get(invite)).text


async def test_room_that_is_ready_sends_the_browser_in_with_a_fresh_ticket(site, interview, invite):
    browser = await agree(site, invite)
    entered = await browser.get(f"{invite}/room")
    assert entered.status_code == 303
    target = urlsplit(entered.headers["location"])
    assert (target.netloc, target.path) == ("", "/hub/join")
    query = parse_qs(target.query)
    assert query["next"] == [f"/user/{interview.hub_user}/lab/tree/1_top_customers.ipynb"]
    console = site.parts.console
    claims = console.signer.read("viva.join", query["key"][0], 60)
    assert claims == {"user": interview.hub_user, "opens": True}


async def test_room_that_starts_shows_progress_without_scripts_and_with(site, interview, invite):
    site.parts.hub.ready_at_once = False
    browser = await agree(site, invite)
    page = await browser.get(f"{invite}/room")
    assert page.status_code == 200
    assert '<noscript><meta http-equiv="refresh"' in page.text
    assert "<progress" in page.text
    assert f'hx-get="{PREFIX}{invite}/room"' in page.text
    site.parts.hub.rooms[interview.hub_user].server = Server.READY
    again = await browser.get(f"{invite}/room", headers={"hx-request": "true"})
    assert again.status_code == 200
    assert again.headers["hx-redirect"] == f"{PREFIX}{invite}/room"


async def test_room_that_fails_offers_one_button_that_tries_again(site, interview, invite):
    site.parts.hub.broken = True
    browser = await agree(site, invite)
    page = await until_failed(site, browser, invite)
    looked = await browser.get(f"{invite}/room", headers={"hx-request": "true"})
    assert looked.headers["hx-redirect"] == f"{PREFIX}{invite}/room"
    assert "This is our fault" in page.text
    assert "Try again" in page.text
    assert "refresh" not in page.text
    site.parts.hub.broken = False
    answer = await browser.send(f"{invite}/room", f"{invite}/room")
    assert answer.status_code == 303
    assert (await browser.get(f"{invite}/room")).headers["location"].startswith("/hub/join")


async def test_try_again_from_another_page_is_refused(site, invite):
    site.parts.hub.broken = True
    browser = await agree(site, invite)
    await until_failed(site, browser, invite)
    starts = site.parts.hub.starts
    assert (await browser.post(f"{invite}/room", data={"csrf": "x"})).status_code == 403
    assert site.parts.hub.starts == starts


async def test_hub_that_is_silent_keeps_the_candidate_waiting_calmly(site, invite):
    site.parts.hub.silent = True
    browser = await agree(site, invite)
    page = await browser.get(f"{invite}/room")
    assert page.status_code == 200
    assert "Your room is being prepared" in page.text


async def test_link_opened_again_leads_to_the_room_in_this_browser_and_asks_in_another(
    site, invite
):
    browser = await agree(site, invite)
    assert (await browser.get(invite)).headers["location"] == f"{PREFIX}{invite}/room"
    other = site.browser()
    page = await other.get(invite)
    assert "You have agreed to this before" in page.text
    assert (await other.get(f"{invite}/room")).headers["location"] == f"{PREFIX}{invite}"
    await other.send(invite, f"{invite}/consent", agree="yes")
    assert (await other.get(f"{invite}/room")).headers["location"].startswith("/hub/join")


async def test_link_opened_after_submitting_leads_to_the_receipt(site, interview, invite):
    browser = await agree(site, invite)
    await browser.get(f"{invite}/room")
    submit(site.parts.console, interview.id)
    for path in (invite, f"{invite}/room"):
        assert (await browser.get(path)).headers["location"] == f"{PREFIX}{invite}/receipt"
    page = (await browser.get(f"{invite}/receipt")).text
    for submission in site.parts.console.store.rows.submissions.values():
        assert submission.sha256 in page
    for word in ("score", "points", "verdict", "%"):
        assert word not in page.split("<main")[1].lower()


async def test_receipt_says_which_notebook_could_not_be_handed_in(site, interview, invite):
    browser = await agree(site, invite)
    await browser.get(f"{invite}/room")
    room: FakeRoom = site.parts.hub.rooms[interview.hub_user]
    del room.files["2_late_orders.ipynb"]
    submit(site.parts.console, interview.id)
    assert "There was no such notebook" in (await browser.get(f"{invite}/receipt")).text


async def test_receipt_offers_the_bytes_that_its_hash_is_of(site, interview, invite):
    browser = await agree(site, invite)
    await browser.get(f"{invite}/room")
    submit(site.parts.console, interview.id)
    page = (await browser.get(f"{invite}/receipt")).text
    link = re.findall(rf'href="{PREFIX}([^"]*/receipt/top_customers)"', page)[0]
    answer = await browser.get(link)
    assert sha256(answer.content).hexdigest() in page
    assert answer.headers["content-disposition"].startswith("attachment")
    assert (await browser.get(f"{invite}/receipt/other")).status_code == 404


async def test_receipt_before_submitting_is_plain_words(site, invite):
    answer = await site.browser().get(f"{invite}/receipt")
    assert answer.status_code == 409
    assert "Nothing has been submitted yet" in answer.text


async def test_invite_that_ran_out_is_gone_in_plain_words(site, invite):
    site.parts.clock.forward(days=8)
    answer = await site.browser().get(invite)
    assert answer.status_code == 410
    assert "ask your contact" in answer.text.lower()


async def test_invite_that_was_altered_or_guessed_leads_nowhere(site, interview, invite):
    signer = site.parts.console.signer
    cut = invite[:-3]
    swapped = invite.replace(invite[-1], "A" if invite[-1] != "A" else "B")
    for_other_use = f"/i/{signer.sign('viva.session', interview.id)}"
    not_a_name = f"/i/{signer.sign('viva.invite', {'interview': interview.id})}"
    for path in (cut, swapped, for_other_use, not_a_name, f"/i/{interview.id}"):
        answer = await site.browser().get(path)
        assert answer.status_code == 404, path
        assert "This link does not work" in answer.text
        assert interview.id not in answer.text.replace(path, "")


async def test_consent_given_to_one_interview_opens_no_other(site, invite):
    browser = await agree(site, invite)
    other = create_interview(
        site.parts.console,
        "B-04",
        ["top_customers"],
        minutes=30,
        role="Analyst",
        created_by=staff_actor("reviewer"),
    )
    path = f"/i/{invite_token(site.parts.console, other)}"
    cookie = browser.http.cookies["viva-candidate"]
    browser.http.cookies.set("viva-candidate", cookie, domain="viva.test", path=f"{PREFIX}{path}")
    assert (await browser.get(f"{path}/room")).headers["location"] == f"{PREFIX}{path}"


async def test_visit_tossed_from_another_interview_takes_ones_own_away_from_nobody(site, invite):
    other = create_interview(
        site.parts.console,
        "K-18",
        ["late_orders"],
        minutes=40,
        role="Data scientist",
        created_by=staff_actor("reviewer"),
    )
    theirs = await agree(site, f"/i/{invite_token(site.parts.console, other)}")
    mine = await agree(site, invite)
    tossed, own = (each.http.cookies["viva-candidate"] for each in (theirs, mine))
    for first, last in ((own, tossed), (tossed, own)):
        header = {"cookie": f"viva-candidate={first}; viva-candidate={last}"}
        answer = await site.browser().get(invite, headers=header)
        assert answer.headers["location"].endswith("/room")
    answer = await site.browser().get(invite, headers={"cookie": f"viva-candidate={tossed}"})
    assert answer.status_code == 200, "the control: alone it opens nothing of this interview's"


async def practising(site: Site, invite: str):
    browser = site.browser()
    await browser.send(invite, f"{invite}/consent", agree="yes", practice="yes")
    return browser


async def test_practice_leads_into_the_room_and_the_clock_waits(site, interview, invite):
    browser = await practising(site, invite)
    for _ in range(2):  # reopening the link goes on with it
        entered = await browser.get(f"{invite}/room")
        query = parse_qs(urlsplit(entered.headers["location"]).query)
        assert query["next"] == [f"/user/{interview.hub_user}/lab/tree/practice.ipynb"]
    assert state(site, interview) is State.STARTING
    asked = await browser.get(f"{invite}/begin")
    assert "Your 40 minutes begin when you press the button" in asked.text
    assert "Practise a little longer" in asked.text
    assert state(site, interview) is State.STARTING
    await browser.send(f"{invite}/begin", f"{invite}/begin")
    entered = await browser.get(f"{invite}/room")
    assert "1_top_customers.ipynb" in entered.headers["location"]
    assert state(site, interview) is State.OPEN


async def test_practice_ends_after_five_minutes_and_the_clock_still_waits(site, interview, invite):
    browser = await practising(site, invite)
    site.parts.clock.forward(minutes=6)
    entered = await browser.get(f"{invite}/room")
    assert entered.headers["location"] == f"{PREFIX}{invite}/begin"
    assert "Practise a little longer" not in (await browser.get(f"{invite}/begin")).text
    assert state(site, interview) is State.STARTING


async def test_begin_from_elsewhere_begins_nothing(site, interview, invite):
    browser = await practising(site, invite)
    answer = await browser.post(f"{invite}/begin", data={"csrf": "guessed"})
    assert answer.status_code == 403
    assert (await site.browser().get(f"{invite}/begin")).headers["location"] == PREFIX + invite
    assert state(site, interview) is State.STARTING
