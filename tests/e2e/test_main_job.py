"""The main job in a browser: staff invite, a candidate submits, staff read the report."""

import re
import subprocess
import time

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import ROOT, Viva
from tests.e2e.keys import Keys

pytestmark = [
    pytest.mark.docker,
    pytest.mark.browser,
    pytest.mark.postgres,
    pytest.mark.sandbox,
    pytest.mark.timeout(420),
]
SHOTS = ROOT / ".screenshots"
WIDTHS = {"1440": (1440, 900), "390": (390, 844)}
ROOM_MS = 90_000


def shoot(page: Page, name: str) -> None:
    """Keep a picture of the page at both widths, for people to look at."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    before = page.viewport_size
    for label, (width, height) in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=SHOTS / f"{name}-{label}.png", full_page=True)
    if before:
        page.set_viewport_size(before)


def fits(page: Page, width: int = 390) -> bool:
    """Whether the page needs no sideways scrolling on a phone."""
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": 844})
    wide = page.evaluate("document.documentElement.scrollWidth")
    if before:
        page.set_viewport_size(before)
    return wide <= width


@pytest.fixture(scope="module")
def context(browser: Browser) -> BrowserContext:
    """One browser for both: staff by name, the candidate by number."""
    return browser.new_context(viewport={"width": 1440, "height": 900})


@pytest.fixture(scope="module")
def staff(context: BrowserContext, docker_viva: Viva) -> Page:
    page = context.new_page()
    page.goto(docker_viva.staff_link)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Interviews")
    return page


@pytest.fixture(scope="module")
def invite(staff: Page) -> str:
    shoot(staff, "console-empty")
    staff.get_by_role("link", name="New interview").first.click()
    staff.get_by_label("What you call the candidate").fill("Candidate 7 <b>bold</b>")
    fill_in(staff)
    shoot(staff, "console-new")
    staff.get_by_role("button", name="Create interview").click()
    shoot(staff, "console-link")
    return staff.locator("#invite-url").input_value()


def fill_in(staff: Page) -> None:
    staff.get_by_label("Role").fill("Senior data scientist")
    for box in staff.locator("input[name=questions]").all():
        box.set_checked(box.get_attribute("value") in {"late_orders", "top_customers"})


@pytest.fixture(scope="module")
def room(context: BrowserContext, invite: str) -> Page:
    page = context.new_page()
    page.goto(invite)
    shoot(page, "invite")
    assert fits(page)
    page.get_by_label("I have read this page").check()
    page.get_by_role("button", name="Start").click()
    page.wait_for_url(re.compile(r"/user/c-[a-z2-7]{12}/lab"), timeout=ROOM_MS)
    expect(page.locator("#viva-interview")).to_be_visible(timeout=ROOM_MS)
    return page


@pytest.fixture(scope="module")
def hub_user(room: Page) -> str:
    found = re.search(r"/user/(c-[a-z2-7]{12})/", room.url)
    assert found
    return found[1]


@pytest.fixture(scope="module")
def receipt(room: Page, hub_user: str) -> str:
    """Submit from the panel; give the receipt's text."""
    assert hub_user
    panel = room.locator("#viva-interview")
    panel.get_by_role("button", name=re.compile("^Submit")).click()
    dialog = room.get_by_role("dialog")
    expect(dialog).to_be_visible()
    room.screenshot(path=SHOTS / "submit-1440.png")
    dialog.get_by_role("button", name=re.compile("Submit")).click()
    shown = room.get_by_role("region", name="Receipt")
    expect(shown).to_be_visible(timeout=60_000)
    room.screenshot(path=SHOTS / "receipt-panel-1440.png")
    return shown.inner_text()


def test_staff_page_shows_markup_in_a_name_as_text(staff: Page, invite: str) -> None:
    assert invite
    assert "Candidate 7 <b>bold</b>" in staff.locator("main").inner_text()
    assert staff.locator("main b").count() == 0


def test_room_opens_on_the_question_with_brief_and_time(room: Page) -> None:
    panel = room.locator("#viva-interview")
    expect(panel.get_by_label("Time left")).to_be_visible()
    expect(panel.get_by_role("region", name="Brief")).not_to_be_empty()
    expect(room.locator(".jp-Notebook")).to_be_visible(timeout=ROOM_MS)
    assert room.locator(".jp-Launcher").count() == 0


def test_sql_cell_runs_on_the_candidates_own_database(room: Page) -> None:
    panel = room.locator("#viva-interview")
    panel.get_by_label("Questions").get_by_text("Late orders").click()
    cell = room.locator(".jp-Notebook:visible .jp-CodeCell", has_text="%%sql").first
    expect(cell).to_be_visible(timeout=ROOM_MS)
    # before the kernel has said so, JupyterLab takes a run of a cell for none
    kernel = room.locator(".jp-Notebook-ExecutionIndicator:visible")
    expect(kernel).to_have_attribute("data-status", "idle", timeout=ROOM_MS)
    first = room.locator(".jp-Notebook:visible .jp-CodeCell").first
    first.locator(".cm-content").click()
    room.keyboard.press("Shift+Enter")
    cell.locator(".cm-content").click()
    room.keyboard.press("Shift+Enter")
    try:
        expect(cell.locator(".jp-OutputArea-output")).to_contain_text("delivered", timeout=60_000)
    finally:
        room.screenshot(path=SHOTS / "room-1440.png")


def test_receipt_shows_a_hash_for_each_question(receipt: str) -> None:
    assert len(re.findall(r"\b[0-9a-f]{64}\b", receipt.replace("\n", " "))) == 2


def test_report_says_what_was_submitted_and_that_no_model_scored(staff: Page, receipt: str) -> None:
    staff.get_by_role("link", name="Go to the interview").click()
    end = time.monotonic() + 120
    while staff.get_by_role("link", name=re.compile("eport")).count() == 0:
        assert time.monotonic() < end, staff.locator("main").inner_text()
        time.sleep(1)
        staff.reload()
    shoot(staff, "console-interview")
    staff.get_by_role("link", name=re.compile("eport")).first.click()
    expect(staff.locator(".viva-report")).to_be_visible()
    shoot(staff, "console-report")
    assert fits(staff)
    text = staff.locator("main").inner_text()
    assert "unscored" in text.lower()
    for sha256 in re.findall(r"\b[0-9a-f]{64}\b", receipt):
        assert sha256 in staff.content()


def test_room_is_gone_after_the_submission(receipt: str, hub_user: str) -> None:
    assert receipt
    end = time.monotonic() + 60
    while left := _on_engine(hub_user):
        assert time.monotonic() < end, left
        time.sleep(0.5)


def test_reopened_link_leads_to_the_receipt(
    context: BrowserContext, invite: str, receipt: str
) -> None:
    assert receipt
    page = context.new_page()
    page.goto(invite)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    shoot(page, "receipt")
    assert re.findall(r"\b[0-9a-f]{64}\b", receipt)[0] in page.content()
    assert page.get_by_role("button", name="Start").count() == 0


def test_whole_interview_is_done_by_keyboard_alone(
    context: BrowserContext, staff: Page, docker_viva: Viva
) -> None:
    new = re.sub(r"/hub/.*", "/services/console/interviews/new", docker_viva.staff_link)
    staff.goto(new)
    staff.get_by_label("What you call the candidate").fill("Candidate 8")
    fill_in(staff)
    staff.get_by_role("button", name="Create interview").click()
    keys = Keys(context.new_page())
    page, press = keys.page, keys.page.keyboard.press
    page.goto(staff.locator("#invite-url").input_value())
    keys.to(page.get_by_label("I have read this page"), "Space")
    keys.to(page.get_by_role("button", name="Practise first"), "Enter")
    # Practice: its own table, and nothing of the interview's.
    page.wait_for_url(re.compile(r"/lab/tree/practice"), timeout=ROOM_MS)
    keys.runs("FROM fruit", "melon")
    assert keys.schema() == ["fruit"]
    press("Alt+Shift+V")
    keys.to(page.get_by_role("button", name="Begin the interview"), "Enter")
    keys.to(page.get_by_role("dialog").get_by_role("button", name="Begin the interview"), "Enter")
    # The interview: an answer, its check, the tables, the other question.
    page.wait_for_url(re.compile(r"/lab/tree/1_"), timeout=ROOM_MS)
    expect(page.get_by_role("tab", name="practice")).to_have_count(0, timeout=ROOM_MS)
    keys.stands()
    for question in ("Top customers", "Late orders"):
        keys.question(question)
        if question == "Top customers":
            keys.checks("def top_customers", "def top_customers(orders, n):\n    return []")
        else:
            keys.runs("where order_id", "delivered")
            assert "deliveries" in keys.schema()
    press("Alt+Shift+V")
    keys.to(page.get_by_role("button", name=re.compile("^Submit")), "Enter")
    keys.to(page.get_by_role("dialog").get_by_role("button", name="Submit interview"), "Enter")
    expect(page.get_by_role("region", name="Receipt")).to_be_visible(timeout=60_000)
    press("Alt+Shift+V")
    keys.to(page.get_by_role("region", name="Receipt").get_by_role("link"))


def _on_engine(hub_user: str) -> list[str]:
    kinds = (
        ["ps", "-a", "--format", "{{.Names}}"],
        ["network", "ls", "--format", "{{.Name}}"],
        ["volume", "ls", "--format", "{{.Name}}"],
    )
    names: list[str] = []
    for words in kinds:
        done = subprocess.run(["docker", *words], capture_output=True, text=True, check=True)
        names += done.stdout.split()
    mark = hub_user.removeprefix("c-")
    return [name for name in names if mark in name]
