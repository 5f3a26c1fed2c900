import asyncio
import threading

import pytest
from viva_console.api.panel_models import Brief, Submitted
from viva_console.domain.record import staff as staff_actor
from viva_console.domain.room import Server
from viva_console.flow.invite import consent, create_interview, current_disclosure, invite_token
from viva_console.flow.spawn import room_state, session_token

from tests.fakes.console_interviews import pass_time
from tests.fakes.web_client import PREFIX, Site


def started(site: Site, alias: str = "K-17", *, practice: bool = False):
    console = site.parts.console
    interview = create_interview(
        console,
        alias,
        ["top_customers", "late_orders"],
        minutes=40,
        role="Data scientist",
        created_by=staff_actor("reviewer"),
    )
    consent(console, invite_token(console, interview), current_disclosure(console).version)
    for _ in range(2):
        room_state(console, interview.id, practice=practice)
    return console.store.rows.interviews[interview.id]


def bearer(site: Site, interview) -> dict[str, str]:
    return {"authorization": f"Bearer {session_token(site.parts.console, interview)}"}


async def test_brief_is_what_the_schema_says(site):
    interview = started(site)
    pass_time(site.parts, minutes=10)
    answer = await site.browser().get("/panel/v1/brief", headers=bearer(site, interview))
    brief = Brief.model_validate_json(answer.content)
    assert brief.interview == interview.id
    assert brief.state == "open"
    assert [one.path for one in brief.questions] == ["1_top_customers.ipynb", "2_late_orders.ipynb"]
    assert (brief.ends_at - brief.now).total_seconds() == 30 * 60
    assert answer.json()["now"].endswith("Z")


async def test_brief_says_what_is_lost_and_what_was_added(site):
    interview = started(site)
    browser, headers = site.browser(), bearer(site, interview)
    brief = (await browser.get("/panel/v1/brief", headers=headers)).json()
    assert (brief["paused_by"], brief["credits"]) == (None, [])
    room = site.parts.hub.rooms[interview.hub_user]
    pass_time(site.parts, minutes=5)
    room.server = Server.STARTING
    pass_time(site.parts, minutes=2)
    brief = (await browser.get("/panel/v1/brief", headers=headers)).json()
    assert (brief["paused_by"], brief["ends_at"]) == ("room", "2026-11-20T09:42:00.000Z")
    room.server = Server.READY
    pass_time(site.parts, seconds=5)
    brief = (await browser.get("/panel/v1/brief", headers=headers)).json()
    assert brief["paused_by"] is None
    assert brief["credits"] == [
        {"until": "2026-11-20T09:07:05.000Z", "seconds": 125, "reason": "room"}
    ]


async def test_brief_of_another_interview_is_out_of_reach(site):
    mine, theirs = started(site), started(site, "B-04")
    answer = await site.browser().get("/panel/v1/brief", headers=bearer(site, mine))
    assert answer.json()["interview"] == mine.id
    assert theirs.id not in answer.text


@pytest.mark.parametrize(
    "header",
    [{}, {"authorization": "Bearer "}, {"authorization": "Basic x"}, {"authorization": "x"}],
)
async def test_request_without_a_session_is_refused(site, header):
    browser = site.browser()
    for answer in (
        await browser.get("/panel/v1/brief", headers=header),
        await browser.post("/panel/v1/submit", headers=header, json={}),
    ):
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["code"] == "session.invalid"


async def test_token_that_was_altered_or_made_for_another_use_is_refused(site):
    interview = started(site)
    signer = site.parts.console.signer
    good = session_token(site.parts.console, interview)
    bad = [
        good[:-2] + "AA",
        signer.sign("viva.invite", {"interview": interview.id}),
        signer.sign("viva.session", interview.id),
        signer.sign("viva.session", {"interview": 7}),
        signer.join_ticket(interview.hub_user, opens=True),
    ]
    for token in bad:
        headers = {"authorization": f"Bearer {token}"}
        answer = await site.browser().get("/panel/v1/brief", headers=headers)
        assert answer.status_code == 401


async def test_cookies_of_staff_open_no_panel(site):
    started(site)
    staff = await site.staff()
    assert (await staff.get("/panel/v1/brief")).status_code == 401


async def test_submit_gives_a_receipt_and_the_same_one_again(site):
    interview = started(site)
    browser, headers = site.browser(), bearer(site, interview)
    first = await browser.post("/panel/v1/submit", headers=headers, json={})
    site.parts.clock.forward(seconds=30)
    again = await browser.post("/panel/v1/submit", headers=headers, json={})
    receipt = Submitted.model_validate_json(first.content)
    assert again.json()["receipts"] == first.json()["receipts"]
    assert again.json()["submitted_at"] == first.json()["submitted_at"]
    assert [one.question for one in receipt.receipts] == ["top_customers", "late_orders"]
    assert receipt.receipt_url.startswith(f"{PREFIX}/i/")
    page = await browser.get(receipt.receipt_url)
    assert receipt.receipts[0].sha256 in page.text
    brief = await browser.get("/panel/v1/brief", headers=headers)
    assert brief.json()["state"] == "submitted"


async def test_submit_with_a_body_that_is_no_message_is_refused(site):
    interview = started(site)
    for body in (b"", b"[]", b'{"extra": 1}', b"{" * 1000, b"\xff"):
        headers = {**bearer(site, interview), "content-type": "application/json"}
        answer = await site.browser().post("/panel/v1/submit", headers=headers, content=body)
        assert answer.status_code in {400, 422}
        assert answer.json()["code"] == "web.bad_request"
    assert not site.parts.console.store.rows.submissions


async def test_submit_while_the_room_is_silent_submits_nothing_and_says_so(site):
    interview = started(site)
    site.parts.hub.silent = True
    answer = await site.browser().post("/panel/v1/submit", headers=bearer(site, interview), json={})
    assert answer.status_code == 503
    assert answer.json()["code"] == "submit.room_silent"
    assert not site.parts.console.store.rows.submissions


async def test_session_an_hour_after_the_deadline_is_over(site):
    interview = started(site)
    pass_time(site.parts, minutes=40 + 61)
    answer = await site.browser().get("/panel/v1/brief", headers=bearer(site, interview))
    assert answer.status_code == 401
    assert answer.json()["code"] == "session.expired"


async def test_panel_answers_no_other_origin(site):
    interview = started(site)
    headers = {**bearer(site, interview), "origin": "https://evil.example"}
    answer = await site.browser().get("/panel/v1/brief", headers=headers)
    assert "access-control-allow-origin" not in answer.headers


async def test_dripping_room_occupies_one_thread_and_no_more(site, monkeypatch):
    mine, theirs = started(site), started(site, "B-04")
    entered, let_go = threading.Event(), threading.Event()
    read = site.parts.hub.read_file

    def drip(user: str, path: str, max_bytes: int) -> bytes:
        if user == mine.hub_user:
            entered.set()
            assert let_go.wait(20)
        return read(user, path, max_bytes)

    monkeypatch.setattr(site.parts.hub, "read_file", drip)

    async def send(interview):
        headers = bearer(site, interview)
        return await site.browser().post("/panel/v1/submit", headers=headers, json={})

    first = asyncio.create_task(send(mine))
    try:
        assert await asyncio.to_thread(entered.wait, 20)
        second = await asyncio.wait_for(send(mine), 10)
        assert (second.status_code, second.json()["code"]) == (409, "submit.under_way")
        assert (await send(theirs)).status_code == 200
    finally:
        let_go.set()
    assert (await first).status_code == 200
    assert (await send(mine)).json() == (await first).json()


async def test_begin_ends_practice_and_starts_the_clock_once(site):
    other = started(site, "K-18", practice=True)
    answer = await site.browser().get("/panel/v1/brief", headers=bearer(site, other))
    assert answer.json()["state"] == "practice"
    site.parts.hub.rooms[other.hub_user].server = Server.STARTING
    post = site.browser().post
    refused = await post("/panel/v1/begin", headers=bearer(site, other), json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "room.not_ready")
    site.parts.hub.rooms[other.hub_user].server = Server.READY
    begun = await post("/panel/v1/begin", headers=bearer(site, other), json={})
    pass_time(site.parts, minutes=3)
    again = await post("/panel/v1/begin", headers=bearer(site, other), json={})
    assert begun.json()["state"] == again.json()["state"] == "open"
    assert begun.json()["ends_at"] == again.json()["ends_at"]
    assert begun.json()["questions"][0]["path"] == "1_top_customers.ipynb"
