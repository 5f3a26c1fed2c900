"""The pages in a real browser: their policy, their widths, by keyboard and without scripts."""

import asyncio
import hashlib
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect
from viva_console.domain.rating import Level
from viva_console.domain.record import staff as staff_actor
from viva_console.domain.room import Server
from viva_console.flow.calibrate import import_ratings
from viva_console.flow.comment import comment
from viva_console.flow.invite import create_interview, invite_token
from viva_console.flow.judge import judge
from viva_console.flow.rate import begin_rating, to_rate
from viva_console.flow.report import report_json
from viva_console.pages.render import STATIC
from viva_grader.calibration.files import Read

from tests.accessible import violations_of_page
from tests.fakes.console_interviews import graded, handed_in
from tests.fakes.sample_ratings import sample_ratings
from tests.fakes.web_client import PREFIX, Site

pytestmark = pytest.mark.browser
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

DROP = """text => {
    const files = new DataTransfer();
    files.items.add(new File([text], 'dropped.ipynb'));
    const event = {dataTransfer: files, bubbles: true, cancelable: true};
    if (document.body.dispatchEvent(new DragEvent('drop', event))) throw Error('navigates');
}"""


@pytest.fixture
async def address(tmp_path: Path, site: Site) -> AsyncIterator[str]:
    """Serve the pages on a free port."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(site.app, log_level="error", access_log=False))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}{PREFIX}"
    server.should_exit = True
    await task
    listener.close()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path)
    # The hub's part of a login: straight back with a code.
    site.identity.begin = lambda state: (  # type: ignore[method-assign]
        site.identity.verifiers.append("v")
        or (f"{PREFIX}/oauth_callback?code=staff-code&state={state}", "v")
    )
    return site


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
def interview(site: Site):
    return create_interview(
        site.parts.console,
        "K-17 with a long alias that hardly fits on a telephone's narrow page",
        ["top_customers", "late_orders"],
        minutes=40,
        role="Senior data scientist",
        created_by=staff_actor("reviewer"),
    )


@pytest.fixture
def rating_pages(site: Site) -> list[str]:
    """A list to rate from, a sheet under way, and a calibration with all its pictures."""
    site.parts.grader.level = 2
    graded(site.parts, b"++++", b"+")
    rater = staff_actor("reviewer")
    sheet = to_rate(site.parts.console, rater)[0].submission_id
    begin_rating(site.parts.console, sheet, rater)
    import_ratings(site.parts.console, Read(tuple(sample_ratings(60)), ()), rater)
    return ["/ratings", f"/ratings/{sheet}", "/calibration", "/calibration?split=model"]


@pytest.fixture
def judged_pages(site: Site) -> list[str]:
    """An interview in which people decided and wrote, and one of its dimensions."""
    site.parts.grader.level = None
    made, console, by = graded(site.parts, b"++++", b"+"), site.parts.console, staff_actor("ada")
    with console.store.unit() as work:
        runs = [run.id for run in work.runs.latest_of_interview(made.id)]
    reason = "Names say what the steps do; see https://example.invalid/" + "long" * 40
    for level in ("2", "4"):
        judge(console, made.id, runs[0], "clarity", by, level=level, reason=reason)
    wrong = comment(console, made.id, by, about="question:top_customers", text="Ask about ties.")
    mine = staff_actor("reviewer")
    comment(console, made.id, by, about="", text="Ask about nulls.", corrects=wrong.id)
    comment(console, made.id, mine, about="dimension:top_customers:clarity", text="<b>Agreed</b>")
    report_json(console, made.id, mine)
    return [f"/interviews/{made.id}", f"/interviews/{made.id}/dimensions/{runs[0]}/clarity"]


@pytest.fixture
def filled_pages(rating_pages: list[str], judged_pages: list[str]) -> list[str]:
    """Pages of staff with something on them."""
    return [*rating_pages, *judged_pages]


async def watched(context: BrowserContext) -> tuple[Page, list[str]]:
    """Open a page that notes every complaint of the browser, policy violations among them."""
    page = await context.new_page()
    complaints: list[str] = []
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, complaints


async def test_pages_obey_their_policy_and_fit_a_telephone(
    site, address, chromium, interview, filled_pages
):
    assert (STATIC / "vendor" / "bootstrap.min.css").is_file(), "run make setup"
    invite = f"/i/{invite_token(site.parts.console, interview)}"
    pages = ["/", "/interviews/new", f"/interviews/{interview.id}", invite]
    pages += [f"/interviews/{interview.id}/{more}" for more in ("invite", "audit")]
    pages += filled_pages
    for scheme, width in (("light", 390), ("dark", 1440)):
        context = await chromium.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme
        )
        page, complaints = await watched(context)
        for path in pages:
            await page.goto(f"{address}{path}")
            root = "document.documentElement"
            assert not await page.evaluate(f"{root}.scrollWidth > {root}.clientWidth"), path
            ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert ground == {"light": "rgb(246, 246, 244)", "dark": "rgb(19, 21, 23)"}[scheme]
        assert complaints == []
        await context.close()


async def test_pages_keep_nothing_from_anybody_in_light_and_dark(
    site, address, chromium, interview, filled_pages
):
    site.parts.hub.ready_at_once = False
    invite = f"/i/{invite_token(site.parts.console, interview)}"
    staff = ["/", "/interviews/new", f"/interviews/{interview.id}"]
    for scheme in ("light", "dark"):
        context = await chromium.new_context(color_scheme=scheme)
        page = await context.new_page()
        for path in (*staff, *filled_pages, invite, "/i/unknown"):
            await page.goto(f"{address}{path}")
            assert await violations_of_page(page) == [], path
        await page.goto(f"{address}{invite}")
        await page.check("#agree")
        await page.click("form button")
        await page.wait_for_selector("progress")
        assert await violations_of_page(page) == [], "the wait for the room"
        await context.close()


async def test_candidate_consents_by_keyboard_and_is_sent_into_the_room(
    site, address, chromium, interview
):
    site.parts.hub.ready_at_once = False
    page, complaints = await watched(await chromium.new_context())
    await page.goto(f"{address}/i/{invite_token(site.parts.console, interview)}")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.className") == "skip-link"
    await page.focus("#agree")
    await page.keyboard.press("Space")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("progress")
    assert complaints == []
    site.parts.hub.rooms[interview.hub_user].server = Server.READY
    await page.wait_for_url("**/hub/join?key=*", timeout=5000)


async def test_submission_is_rated_by_keyboard_alone(site, address, chromium, rating_pages):
    page, complaints = await watched(await chromium.new_context())
    await page.goto(f"{address}{rating_pages[1]}")
    await page.focus("input[name=level-clarity]")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Tab")
    await page.keyboard.type("reads well")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("text=Your rating is recorded")
    (rating,) = site.parts.console.store.rows.ratings
    assert rating.levels == (Level("clarity", 2, "reads well"),)
    assert complaints == []


async def test_dimension_is_judged_by_keyboard_alone(site, address, chromium, judged_pages):
    page, complaints = await watched(await chromium.new_context())
    await page.goto(f"{address}{judged_pages[1]}")
    await page.focus("input[name=level]")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Tab")
    await page.keyboard.type("As I read it, too.")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("text=Your level is recorded")
    last = site.parts.console.store.rows.judgements[-1]
    assert (last.by, last.level, last.reason) == ("reviewer", 2, "As I read it, too.")
    assert complaints == []


async def test_candidate_without_scripts_is_sent_into_the_room_too(
    site, address, chromium, interview
):
    site.parts.hub.ready_at_once = False
    context = await chromium.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{address}/i/{invite_token(site.parts.console, interview)}")
    await page.check("#agree")
    await page.click("button")
    await page.wait_for_selector("progress")
    site.parts.hub.rooms[interview.hub_user].server = Server.READY
    await page.wait_for_url("**/hub/join?key=*", timeout=8000)


async def test_minutes_follow_the_chosen_questions_until_staff_writes_their_own(address, chromium):
    page, complaints = await watched(await chromium.new_context())
    await page.goto(f"{address}/interviews/new")
    said, total = page.locator("[data-said-sum]"), page.locator("[data-said-total]")
    await page.check("input[value=late_orders]")
    assert await page.input_value("#minutes") == "20"
    assert await said.inner_text() == "1 question is chosen, planned for 20 minutes."
    await page.check("input[value=top_customers]")
    assert await page.input_value("#minutes") == "40"
    # The words are those that the server writes.
    assert await said.inner_text() == ("2 questions are chosen, planned for 40 minutes together.")
    await page.select_option("#multiplier", "1.25")
    assert await total.inner_text() == "This candidate has 50 minutes."
    await page.fill("#minutes", "55")
    assert await total.inner_text() == "This candidate has 69 minutes."
    await page.uncheck("input[value=late_orders]")
    assert await page.input_value("#minutes") == "55"
    assert complaints == []


async def test_link_is_copied_by_one_button(site, address, chromium, interview):
    context = await chromium.new_context()
    await context.grant_permissions(["clipboard-read", "clipboard-write"])
    page, complaints = await watched(context)
    await page.goto(f"{address}/interviews/{interview.id}/invite")
    await page.click("[data-copy=invite-url]")
    await page.wait_for_function(
        "document.querySelector('[data-copy=invite-url]').textContent.includes('Copied')"
    )
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(invite_token(site.parts.console, interview))
    assert complaints == []


async def test_list_comes_up_to_date_by_itself_and_keeps_the_focus(
    site, address, chromium, interview
):
    page, complaints = await watched(await chromium.new_context())
    await page.goto(f"{address}/")
    await page.focus(f"#to-{interview.id}")
    console = site.parts.console
    create_interview(
        console,
        "the-new-one",
        ["top_customers"],
        minutes=20,
        role="Analyst",
        created_by=staff_actor("reviewer"),
    )
    await page.get_by_text("the-new-one").wait_for(timeout=15000)
    assert await page.evaluate("document.activeElement.id") == f"to-{interview.id}"
    assert complaints == []


async def test_receipt_is_checked_in_the_browser_and_nothing_is_sent(
    site, address, chromium, tmp_path
):
    made = handed_in(site.parts, b"my answer", b"my other answer")
    invite = f"/i/{invite_token(site.parts.console, made)}/receipt"
    context = await chromium.new_context(viewport={"width": 390, "height": 800})
    page, complaints = await watched(context)
    await page.goto(f"{address}{invite}")
    requests: list[str] = []
    # The page's own mark comes late, and is the only thing that may.
    page.on(
        "request",
        lambda sent: None if "/static/mark.svg" in sent.url else requests.append(sent.url),
    )
    equal, other = (page.locator(f"[data-check-result={kind}]") for kind in ("equal", "other"))
    for content, shown, hidden, words in (
        (b"my other answer", equal, other, "0.ipynb is what was submitted for Late orders"),
        (b"my 0ther answer", other, equal, hashlib.sha256(b"my 0ther answer").hexdigest()),
    ):
        download = tmp_path / f"{len(list(tmp_path.glob('*.ipynb')))}.ipynb"
        download.write_bytes(content)
        await page.get_by_label("Check a file").set_input_files(download)
        await expect(shown).to_contain_text(words)
        await expect(hidden).to_be_hidden()
    await page.evaluate(DROP, "my answer")
    await expect(equal).to_contain_text("dropped.ipynb is what was submitted for Top customers")
    assert await violations_of_page(page) == []
    await page.get_by_role("link", name="Download what was submitted").last.focus()
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.id") == "check-file"
    assert (requests, complaints) == ([], [])
