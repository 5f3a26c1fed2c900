"""The candidate's room in a real browser: what is there, what is not, and a whole submit."""

import json
import os
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import generate_types
import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
# A first page of JupyterLab on a busy machine.
SLOW_MS = 60_000
expect.set_options(timeout=30_000)
ASK = "window.dispatchEvent(new Event('focus'))"
SCRIPTS = "performance.getEntriesByType('resource').map(each => each.name)"
NAMED = Path(generate_types.__file__).parent / "viva_lab" / "first_scripts.json"


def enter(visitor: Any, room: Any) -> Page:
    """Open the room as the console's link does; return when panel and notebook stand."""
    page = visitor.page
    page.goto(room.lab_url, timeout=SLOW_MS)
    expect(page.locator(".viva-Panel")).to_be_visible(timeout=SLOW_MS)
    expect(page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")).to_be_visible(timeout=SLOW_MS)
    return page


def type_into_first_code_cell(page: Page, text: str) -> None:
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)
    expect(page.locator(".jp-CodeCell").first).to_contain_text(text.strip())


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def test_room_opens_calm_on_the_first_question(visitor, room):
    page = enter(visitor, room)
    expect(page.locator(".viva-Time-left")).to_have_text("39 min left")
    first = page.get_by_role("button", name="Top customers")
    expect(first).to_have_attribute("aria-current", "true")
    brief = page.get_by_role("region", name="Brief")
    expect(brief.get_by_role("heading", name="What is asked")).to_be_visible()
    # The brief is sanitised: neither its script nor its handler has run.
    assert page.evaluate("window.breach") is None
    page.get_by_role("tab", name="Help").click()
    page.get_by_text("What is recorded").click()
    expect(page.get_by_text("When you began and submitted")).to_be_visible()
    page.get_by_text("AI in this interview").click()
    expect(page.get_by_text("No AI takes part in this interview.")).to_be_visible()
    # The file browser is folded away, and nothing else stands in the sidebars.
    expect(page.locator("#jp-left-stack")).to_be_hidden()
    expect(page.locator(".jp-SideBar .lm-TabBar-tab")).to_have_count(2)
    assert visitor.complaints == []


def test_scripts_that_are_fetched_ahead_are_those_that_the_page_loads(visitor, room):
    page = enter(visitor, room)
    expect(page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")).to_be_visible()
    # The kernel that waits answers before the last of them has come.
    page.wait_for_load_state("networkidle")
    found = (each.removeprefix(f"{room.url}/") for each in page.evaluate(SCRIPTS))
    loaded = {each for each in found if re.match(r"(static/lab|lab/extensions)/.*\.js", each)}
    if os.environ.get("VIVA_WRITE_SCRIPTS"):
        named = sorted(each for each in loaded if "/viva-lab/" not in each)
        NAMED.write_text(json.dumps(named, indent=1) + "\n")
    ahead = set(httpx.get(f"{room.url}/viva/scripts", timeout=10).json())
    # A notebook of SQL loads a few more.
    changed = loaded - ahead or len(ahead - loaded) > 8
    assert not changed, "JupyterLab has changed: run this once with VIVA_WRITE_SCRIPTS=1"
    for each in sorted(ahead)[:: len(ahead) // 3]:
        # Nobody has to be let in for them, and a browser keeps them.
        answer = httpx.get(f"{room.url}/{each}", timeout=10)
        assert (answer.status_code, "no-cache" in answer.headers.get("Cache-Control", "")) == (
            200,
            False,
        )


def test_room_has_no_launcher_terminals_consoles_or_extension_manager(visitor, room):
    page = enter(visitor, room)
    # The palette that is opened while JupyterLab still starts stays empty.
    expect(page.get_by_role("button", name="Submit interview")).to_be_visible()
    page.wait_for_timeout(3000)
    page.keyboard.press("Control+Shift+C")
    palette = page.locator("#modal-command-palette")
    expect(palette).to_be_visible()
    labels = palette.locator(".lm-CommandPalette-itemLabel")
    page.wait_for_timeout(1000)  # it takes the keyboard a moment after it stands
    page.keyboard.type("interview panel", delay=20)
    expect(labels).to_have_text(["Go to the Interview Panel"])
    for words in ("terminal", "launcher", "console", "extension manager", "debugger", "hub"):
        page.keyboard.press("Control+A")
        page.keyboard.type(words)
        page.wait_for_timeout(300)  # the palette searches a moment after the last key
        found = [each.lower() for each in labels.all_inner_texts()]
        assert [each for each in found if words in each] == [], words
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()
    page.get_by_role("menuitem", name="File", exact=True).click()
    expect(page.get_by_role("menuitem", name="Save Notebook Ctrl+S")).to_be_visible()
    leaving = page.get_by_role("menuitem", name=re.compile(r"^(Log Out|Shut Down)"))
    expect(leaving).to_have_count(0)
    assert room.get("api/terminals").status_code == 404


def test_panel_switches_between_questions_and_the_one_asked_for_stays_in_front(visitor, room):
    page, held, released = visitor.page, list[Any](), list[bool]()

    def hold(route: Any) -> None:
        route.continue_() if released else held.append(route)

    # As JupyterLab looks for what the address names: that may take longer than somebody waits.
    page.route(re.compile(r"/api/contents/1_top_customers\.ipynb\?content=0"), hold)
    page.goto(room.lab_url, timeout=SLOW_MS)
    page.get_by_role("button", name="Late orders").click(timeout=SLOW_MS)
    brief = page.get_by_role("region", name="Brief")
    expect(brief).to_contain_text("the orders that left late", timeout=SLOW_MS)
    released.append(True)
    for route in held:
        route.continue_()
    expect(page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")).to_have_count(2)
    page.wait_for_timeout(1000)  # what was held would put the first one in front by now
    expect(page.get_by_role("tab", name="2_late_orders.ipynb", selected=True)).to_be_visible()
    current = page.locator(".viva-Question[aria-current]")
    expect(current).to_contain_text("Late orders")
    assert visitor.complaints == []


def test_submit_saves_hands_in_and_shows_the_receipt(visitor, room):
    page = enter(visitor, room)
    type_into_first_code_cell(page, "\nanswer = 42")
    page.get_by_role("button", name="Submit interview").click()
    expect(dialog(page)).to_contain_text("final")
    expect(dialog(page)).to_contain_text("1_top_customers.ipynb")
    expect(dialog(page)).to_contain_text("2_late_orders.ipynb: not open here")
    dialog(page).get_by_role("button", name="Submit interview").click()
    receipt = page.get_by_role("region", name="Receipt")
    expect(receipt).to_be_visible(timeout=SLOW_MS)
    saved = (room.folder / "1_top_customers.ipynb").read_bytes()
    assert "answer = 42" in json.dumps(json.loads(saved))
    expect(receipt).to_contain_text(sha256(saved).hexdigest())
    expect(receipt).to_contain_text("last saved")
    link = receipt.get_by_role("link")
    address = room.console.url.removesuffix("/services/console")
    expect(link).to_have_attribute("href", f"{address}/services/console/i/x/receipt")
    expect(page.get_by_role("heading", name="Your interview is submitted")).to_be_visible()
    expect(page.locator(".jp-NotebookPanel")).to_have_count(0)
    expect(page.get_by_role("button", name="Submit interview")).to_be_hidden()
    assert room.console.submits == 1
    asked = [each for each in room.console.requests if each["path"].endswith("submit")]
    assert "cookie" not in asked[0]
    assert visitor.complaints == []


def test_submit_at_the_moment_when_the_file_is_written_asks_nothing(visitor, room):
    page = enter(visitor, room)
    page.get_by_role("button", name="Submit interview").click()
    path = room.folder / "1_top_customers.ipynb"
    path.write_text(path.read_text().replace("raise NotImplementedError", "return orders"))
    dialog(page).get_by_role("button", name="Submit interview").click()
    receipt = page.get_by_role("region", name="Receipt")
    expect(receipt).to_be_visible(timeout=SLOW_MS)
    expect(receipt).to_contain_text(sha256(path.read_bytes()).hexdigest())


def test_submit_by_keyboard_alone(visitor, room):
    page = enter(visitor, room)
    # JupyterLab takes the keyboard once more when the notebook's kernel has come.
    expect(page.locator(".viva-Status-checks")).not_to_be_empty(timeout=SLOW_MS)
    expect(page.locator(".viva-Status-kernel")).to_be_empty(timeout=SLOW_MS)
    page.keyboard.press("Alt+Shift+V")
    expect(page.get_by_role("heading", name="Interview", exact=True)).to_be_focused()
    for name in ("Top customers", "Late orders"):
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name=name)).to_be_focused()
    # One stop for all tabs, one for the page of the tab that is chosen.
    for role in ("tab", "tabpanel"):
        page.keyboard.press("Tab")
        expect(page.get_by_role(role, name="Brief")).to_be_focused()
    page.keyboard.press("Tab")
    submit = page.get_by_role("button", name="Submit interview")
    expect(submit).to_be_focused()
    # Enter opens the dialog; a second Enter, pressed by accident, keeps working.
    page.keyboard.press("Enter")
    expect(dialog(page).get_by_role("button", name="Keep working")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog(page)).to_have_count(0)
    assert room.console.submits == 0
    submit.focus()
    page.keyboard.press("Enter")
    expect(dialog(page).get_by_role("button", name="Keep working")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Receipt")).to_be_visible(timeout=SLOW_MS)
    assert room.console.submits == 1


def test_refused_submit_says_why_and_can_be_repeated(visitor, room):
    page = enter(visitor, room)
    submit = page.get_by_role("button", name="Submit interview")
    expect(submit).to_be_visible(timeout=SLOW_MS)  # the panel knows how the interview stands
    room.console.failure = (503, {"code": "submit.collect", "message": "Try again in a moment."})
    submit.click()
    dialog(page).get_by_role("button", name="Submit interview").click()
    problem = page.get_by_role("alert").filter(has_text="Try again in a moment.")
    expect(problem).to_be_visible(timeout=SLOW_MS)
    room.console.failure = None
    page.get_by_role("button", name="Try to submit again").click()
    dialog(page).get_by_role("button", name="Submit interview").click()
    expect(page.get_by_role("region", name="Receipt")).to_be_visible(timeout=SLOW_MS)


def test_panel_follows_the_console_time_loss_and_end(visitor, room):
    page = enter(visitor, room)
    expect(page.locator(".viva-Time-left")).to_have_text("39 min left")
    room.console.minutes_left = 4.5
    page.evaluate(ASK)
    notice = page.locator(".viva-Time-notice")
    expect(notice).to_contain_text("Less than five minutes left.")
    expect(notice).to_have_attribute("aria-live", "polite")
    room.console.failure = (502, {})
    page.evaluate(ASK)
    expect(page.get_by_text("No connection to the interview server")).to_be_visible()
    before = page.locator(".viva-Time-left").inner_text()
    expect(page.locator(".viva-Time-left")).not_to_have_text(before)
    room.console.failure = None
    room.console.state = "expired"
    room.console.minutes_left = -1
    page.evaluate(ASK)
    expect(page.get_by_text("The interview has ended.")).to_be_visible(timeout=SLOW_MS)
    expect(page.get_by_text("Time is up", exact=True)).to_be_visible()
    expect(notice).to_be_empty()
    expect(page.get_by_role("button", name="Submit interview")).to_be_hidden()


def test_page_of_an_interview_that_is_over_says_so(visitor, room):
    room.console.state, room.console.minutes_left = "expired", -1
    page = visitor.page
    page.goto(f"{room.url}/lab?token={room.token}", timeout=SLOW_MS)
    heading = page.get_by_role("heading", name="This interview has ended.")
    expect(heading).to_be_visible(timeout=SLOW_MS)
    expect(page.locator(".jp-NotebookPanel")).to_have_count(0)


def test_warning_unfolds_the_panel_and_leaves_the_keyboard_where_it_is(visitor, room):
    page = enter(visitor, room)
    expect(page.locator(".viva-Time-left")).to_have_text("39 min left")
    page.locator(".jp-mod-right .lm-TabBar-tab").click()
    expect(page.locator(".viva-Panel")).to_be_hidden()
    type_into_first_code_cell(page, "\nbefore")
    room.console.minutes_left = 9.5
    page.evaluate(ASK)
    expect(page.locator(".viva-Time-notice")).to_contain_text("Less than ten minutes left.")
    expect(page.locator(".viva-Panel")).to_be_visible()
    page.keyboard.type("_and_after")
    expect(page.locator(".jp-CodeCell").first).to_contain_text("before_and_after")
    # Each warning once; after a reload the one of that moment, and no other.
    room.console.minutes_left = 0.9
    page.reload()
    notice = page.locator(".viva-Time-notice p")
    expect(notice).to_contain_text("Less than a minute left.", timeout=SLOW_MS)
    expect(notice).to_have_count(1)
    assert visitor.complaints == []


def test_lost_time_is_said_while_it_is_lost_and_once_it_is_given_back(visitor, room):
    page = enter(visitor, room)
    room.console.paused_by = "room"
    page.evaluate(ASK)
    expect(page.locator(".viva-Notice")).to_contain_text("Your room is being restarted.")
    # No event brings the next news: while time is lost, the panel asks by itself.
    room.console.paused_by = None
    room.console.credits = [{"until": "2026-11-20T14:00:00Z", "seconds": 125, "reason": "room"}]
    added = page.locator(".viva-Time-credits")
    expect(added).to_contain_text("2 minutes were added: your room had to be restarted.")
    expect(added).to_have_attribute("aria-live", "polite")
    expect(page.locator(".viva-Notice")).to_be_empty()


def test_page_opened_after_a_submit_shows_the_same_receipt(visitor, room):
    room.console.submit()
    page = visitor.page
    page.goto(room.lab_url, timeout=SLOW_MS)
    expect(page.get_by_role("region", name="Receipt")).to_be_visible(timeout=SLOW_MS)
    expect(page.locator(".jp-NotebookPanel")).to_have_count(0, timeout=SLOW_MS)


def test_panel_is_usable_at_a_narrow_width_in_the_dark(visitor, room, browser):
    context = browser.new_context(viewport={"width": 800, "height": 700}, color_scheme="dark")
    visitor.page = context.new_page()
    page = enter(visitor, room)
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
    expect(page.get_by_role("button", name="Submit interview")).to_be_in_viewport()
    width = page.locator(".viva-Panel").evaluate("node => node.scrollWidth - node.clientWidth")
    assert width == 0
    context.close()
