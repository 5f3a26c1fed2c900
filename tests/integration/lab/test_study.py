"""The room's work in a real browser: checks, schema, SQL, form mode, looks, and who can use it."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.accessible import violations

pytestmark = [pytest.mark.browser, pytest.mark.postgres, pytest.mark.timeout(180)]
SLOW_MS = 60_000
expect.set_options(timeout=30_000)
WHOLE = """() => {
  const panel = document.getElementById('viva-interview');
  const right = node => node.getBoundingClientRect().right;
  const edge = Math.min(right(panel.parentElement), innerWidth);
  return panel.offsetWidth >= 344 && right(panel) <= edge;
}"""
CELLS = ".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell"


def enter(visitor: Any, room: Any) -> Page:
    """Open the room; return when the first notebook's kernel answers."""
    page = visitor.page
    page.goto(room.lab_url, timeout=SLOW_MS)
    expect(page.locator(".viva-Status-checks")).to_have_text("Checks used: 0", timeout=SLOW_MS)
    expect(page.locator(".viva-Panel .viva-Status-kernel")).to_be_empty(timeout=SLOW_MS)
    return page


def tab(page: Page, name: str) -> None:
    page.locator("#viva-interview").get_by_role("tab", name=name).click()


def open_late_orders(page: Page) -> Locator:
    """Open the second question; return its answer's cell, ready to run."""
    page.get_by_role("button", name="Late orders").click()
    answer = page.locator(CELLS, has_text="%%sql arrivals")
    expect(answer).to_be_visible(timeout=SLOW_MS)
    expect(page.locator(".viva-Panel .viva-Status-kernel")).to_be_empty(timeout=SLOW_MS)
    return answer


def new_cell_below(page: Page, cell: Locator, text: str) -> None:
    cell.locator(".cm-content").click()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    page.keyboard.insert_text(text)


# A GIF of one dot.
DOT = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
PICTURE = "from base64 import b64decode; from IPython.display import Image, display\n"
PICTURE += f"dot = b64decode('{DOT}')\n"
PICTURE += "display(Image(dot, width=40), Image(dot, width=40, alt='A red dot'))"


def saved(room: Any, path: str) -> str:
    return (room.folder / path).read_text()


def test_check_runs_what_comes_before_and_shows_each_visible_test(visitor, shop_room):
    page = enter(visitor, shop_room)
    tab(page, "Check")
    expect(page.get_by_text("read by people")).to_be_visible()
    page.get_by_role("button", name="Check 1. The best").click()
    result = page.get_by_role("region", name="Checks of 1. The best")
    expect(result).to_contain_text("2 checks do not come out as expected.")
    expect(result).to_contain_text("NotImplementedError")
    expect(page.locator(".viva-Status-checks").first).to_have_text("Checks used: 1")
    # The answer is put right and not run: Check runs it, and what the author gave before it.
    page.locator(CELLS, has_text="def best").locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("def best(numbers):\n    return max(numbers, default=0)")
    page.keyboard.press("Alt+Shift+C")
    expect(result).to_contain_text("One check does not come out as expected.")
    failed = result.locator(".viva-Finding[data-state=fail]")
    expect(failed).to_contain_text("best([])")
    expect(failed.locator("dd").nth(0)).to_have_text("None")
    expect(failed.locator("dd").nth(1)).to_have_text("0")
    expect(failed.locator("dd").nth(2)).to_have_text("nothing has no best")
    # The test cells themselves were not run, and no name of theirs is left.
    assert visitor.complaints == []


def test_checks_used_are_kept_over_a_reload(visitor, shop_room):
    page = enter(visitor, shop_room)
    tab(page, "Check")
    page.get_by_role("button", name="Check 1. The best").click()
    expect(page.locator(".viva-Checked")).to_be_visible()
    page.keyboard.press("Control+S")
    expect(page.locator(".viva-Saved-text").first).to_have_text("Saved")
    page.reload()
    expect(page.locator(".viva-Status-checks").first).to_have_text(
        "Checks used: 1", timeout=SLOW_MS
    )


def test_schema_is_the_candidates_own_database_as_it_is_now(visitor, shop_room):
    page = enter(visitor, shop_room)
    tab(page, "Schema")
    schema = page.get_by_role("region", name="Schema")
    expect(schema).to_contain_text("4 tables in your own database.")
    picture = schema.get_by_role("img")
    expect(picture).to_have_attribute(
        "aria-label",
        "Tables and references: deliveries refers to orders; orders refers to customers.",
    )
    schema.locator("summary", has_text="orders").click()
    expect(schema).to_contain_text("integer, may be NULL, refers to customers.customer_id")
    expect(schema).to_contain_text("First rows of orders")
    cell = open_late_orders(page)
    new_cell_below(page, cell, "%%sql\ncreate view own_view as select 1 as one")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".jp-OutputArea-output", has_text="Done.")).to_be_visible(timeout=SLOW_MS)
    schema.get_by_role("button", name="Read again").click()
    expect(schema).to_contain_text("own_view view, 1 row")
    new_cell_below(page, cell, "%%sql\ndrop view own_view")
    page.keyboard.press("Control+Enter")


def test_sql_cell_is_coloured_completed_and_answered_by_a_table_to_sort(visitor, shop_room):
    page = enter(visitor, shop_room)
    cell = open_late_orders(page)
    # Highlighted as SQL: `select` is a word of its own, `def` in a Python cell is not its.
    expect(cell.locator(".cm-line span", has_text="select").first).to_be_visible()
    new_cell_below(page, cell, "%%sql\nselect * from orders where o")
    page.keyboard.press("Tab")
    offers = page.locator(".jp-Completer-item")
    expect(offers.first).to_contain_text("order_id")
    page.keyboard.press("Enter")
    page.keyboard.insert_text(" > 1000 order by amount_cents")
    page.keyboard.press("Control+Enter")
    rows = page.locator(".viva-Rows")
    expect(rows).to_contain_text("250 rows, 4 columns. The first 200 are shown and sorted.")
    first = rows.locator("tbody tr").first.locator("td").last
    expect(first).to_have_text("100")
    sort = rows.get_by_role("button", name="amount_cents")
    sort.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(first).to_have_text("20000")
    expect(rows.locator("th[aria-sort=descending]")).to_have_count(1)
    assert violations(page, ".viva-Rows") == []


def test_explain_reads_as_a_tree(visitor, shop_room):
    page = enter(visitor, shop_room)
    cell = open_late_orders(page)
    new_cell_below(
        page, cell, "%%sql\nexplain select * from orders join customers using (customer_id)"
    )
    page.keyboard.press("Control+Enter")
    plan = page.locator(".viva-Plan")
    expect(plan).to_contain_text("Estimated, not run.", timeout=SLOW_MS)
    expect(plan.locator("li li .viva-Plan-title", has_text="Seq Scan on orders")).to_be_visible()
    assert violations(page, ".viva-Plan") == []


def test_a_run_before_the_kernel_answers_is_kept_and_done(visitor, shop_room):
    page = visitor.page
    held: list[Any] = []
    released: list[bool] = []

    def hold(route: Any) -> None:
        if route.request.method == "POST" and not released:
            held.append(route)  # a kernel that takes its time
        else:
            route.continue_()

    page.route("**/api/sessions*", hold)
    page.goto(shop_room.lab_url, timeout=SLOW_MS)
    cell = page.locator(CELLS).first
    expect(cell).to_be_visible(timeout=SLOW_MS)
    status = page.locator("#viva-interview .viva-Status-kernel")
    expect(status).to_contain_text("getting ready", timeout=SLOW_MS)
    expect(status).to_have_attribute("role", "status")
    cell.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    expect(status).to_contain_text("Your cell runs when it is.")
    released.append(True)
    for route in held:
        route.continue_()
    expect(cell.locator(".jp-InputPrompt")).to_have_text("[1]:", timeout=SLOW_MS)
    expect(status).to_be_empty()


def test_form_shows_one_part_and_writes_the_same_notebook(visitor, shop_room):
    page = visitor.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(shop_room.lab_url, timeout=SLOW_MS)
    form = page.locator("#viva-form")
    expect(form.get_by_role("heading", name="Top customers")).to_be_visible(timeout=SLOW_MS)
    form.get_by_role("button", name="Next").click()
    expect(form.get_by_role("heading", name="1. The best", level=1)).to_be_focused()
    field = form.get_by_label("Your answer, in Python")
    expect(field).to_have_value("def best(numbers):\n    raise NotImplementedError")
    field.press("Control+A")
    field.press_sequentially("def best(numbers):")
    field.press("Enter")
    field.press_sequentially("return max(numb")
    field.press("Control+Space")
    # A single name is taken at once, with no list to go through.
    expect(field).to_have_value("def best(numbers):\n    return max(numbers", timeout=SLOW_MS)
    field.press_sequentially(", default=None)")
    form.get_by_role("button", name="Check this part").click()
    expect(form.locator(".viva-Checked")).to_contain_text(
        "Every visible check comes out", timeout=SLOW_MS
    )
    assert form.evaluate("node => node.scrollWidth") <= 390
    assert violations(page, "#viva-form") == []
    form.get_by_role("button", name="Next").click()
    form.get_by_label("Your answer, in words").fill("How many refunds are open?")
    form.get_by_role("button", name="Submit interview").click()
    page.get_by_role("dialog").get_by_role("button", name="Submit interview").click()
    expect(form.get_by_role("region", name="Receipt")).to_be_visible(timeout=SLOW_MS)
    thanks = page.get_by_role("heading", name="Thank you. Your interview is submitted.")
    expect(form.get_by_role("button", name="Notebook view")).to_be_hidden()
    assert violations(page, "#viva-form") == []
    # In a wider window stands the room again, with nothing of its panel cut off.
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(form).to_have_count(0)
    expect(thanks).to_be_visible()
    page.wait_for_function(WHOLE)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(form.locator(thanks)).to_be_visible()
    source = [
        "".join(each["source"])
        for each in json.loads(saved(shop_room, "1_top_customers.ipynb"))["cells"]
    ]
    assert "def best(numbers):\n    return max(numbers, default=None)" in source
    assert "How many refunds are open?" in source
    assert visitor.complaints == []


def test_form_has_schema_help_and_completion_by_keyboard(visitor, shop_room):
    page = enter(visitor, shop_room)
    open_late_orders(page)
    page.keyboard.press("Alt+Shift+F")
    form = page.locator("#viva-form")
    expect(form.get_by_role("heading", name="Late orders")).to_be_focused(timeout=SLOW_MS)
    expect(form.locator(".viva-Saved-text")).to_have_text("Saved")
    expect(form.get_by_role("timer")).to_contain_text("left")
    form.get_by_role("button", name="Next").click()
    field = form.get_by_label("Your answer, in SQL")
    field.press("Control+End")
    field.press_sequentially(" where deliv")
    field.press("Control+Space")
    offers = form.get_by_role("listbox", name="Completions").get_by_role("option")
    expect(offers.first).to_be_focused(timeout=SLOW_MS)
    expect(offers).to_have_text(["delivered_at", "deliveries"])
    assert violations(page, "#viva-form") == []
    page.keyboard.press("Escape")
    expect(field).to_be_focused()
    page.keyboard.press("Control+Space")
    expect(offers.first).to_be_focused(timeout=SLOW_MS)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    expect(field).to_have_value(re.compile(r" where deliveries$"))
    tabs = form.get_by_role("tablist")
    tabs.get_by_role("tab", name="Answer").focus()
    page.keyboard.press("ArrowRight")
    expect(form.get_by_role("tabpanel", name="Schema")).to_contain_text("4 tables in your own")
    assert violations(page, "#viva-form") == []
    page.keyboard.press("ArrowRight")
    helping = form.get_by_role("tabpanel", name="Help")
    expect(helping).to_contain_text("the room has no network")
    expect(helping).to_contain_text("What is recorded")
    helping.get_by_text("Packages", exact=True).click()
    expect(helping).to_contain_text("Python 3.")
    assert violations(page, "#viva-form") == []
    page.keyboard.press("Escape")
    expect(field).to_be_focused()
    page.keyboard.press("Alt+Shift+F")
    expect(form).to_have_count(0)
    assert visitor.complaints == []


def test_room_has_the_contrast_that_the_system_asks_for(visitor, shop_room):
    page = visitor.page
    page.emulate_media(color_scheme="light", contrast="more")
    enter(visitor, shop_room)
    body = page.locator("body")
    expect(body).to_have_attribute("data-jp-theme-name", "Viva Light High Contrast")
    page.emulate_media(color_scheme="dark", contrast="more")
    expect(body).to_have_attribute("data-jp-theme-name", "JupyterLab Dark High Contrast")
    page.emulate_media(color_scheme="light", contrast="no-preference")
    expect(body).to_have_attribute("data-jp-theme-name", "JupyterLab Light")


def test_scratch_notebook_is_the_candidates_alone(visitor, shop_room):
    page = enter(visitor, shop_room)
    tab(page, "Help")
    page.get_by_role("button", name="Scratch notebook").click()
    expect(page.get_by_role("tab", name="scratch.ipynb")).to_be_visible(timeout=SLOW_MS)
    words = page.locator(".jp-RenderedMarkdown", has_text="This notebook is not handed in")
    expect(words).to_be_visible()
    page.get_by_role("button", name="Submit interview").click()
    expect(page.get_by_role("dialog")).not_to_contain_text("scratch")


def test_panel_keeps_nothing_from_anybody_in_any_look(visitor, shop_room):
    page = enter(visitor, shop_room)
    tab(page, "Schema")
    expect(page.locator(".viva-Er")).to_be_visible()
    page.locator(".viva-Schema summary", has_text="orders").click()
    tab(page, "Check")
    page.get_by_role("button", name="Check 1. The best").click()
    expect(page.locator(".viva-Checked")).to_be_visible()
    for look in ("Light", "Dark", "High contrast, light", "High contrast, dark"):
        tab(page, "Help")
        page.get_by_text(look, exact=True).click()
        page.get_by_role("button", name="Larger text").click()
        light = "true" if look.lower().endswith("light") else "false"
        expect(page.locator("body")).to_have_attribute("data-jp-theme-light", light)
        page.wait_for_timeout(1000)  # a theme's style sheet arrives after its name
        # The whole page: JupyterLab's own menus, cells and editors too.
        assert violations(page) == [], look
        for name in ("Help", "Brief", "Schema", "Check"):
            tab(page, name)
            assert violations(page, "#viva-interview") == [], (look, name)
            panel = page.locator(".viva-Panel")
            assert panel.evaluate("node => node.scrollWidth - node.clientWidth") == 0, (look, name)
    # The control: these very rules do object to what withholds something.
    page.locator("#viva-interview .viva-Submit").first.evaluate("node => { node.textContent = '' }")
    assert any(each.startswith("button-name") for each in violations(page, "#viva-interview"))


def test_open_menus_palette_and_dialogs_keep_nothing_from_anybody(visitor, shop_room):
    page = enter(visitor, shop_room)
    for name in ("File", "Edit", "View", "Run", "Kernel", "Settings", "Help"):
        page.get_by_role("menubar").get_by_role("menuitem", name=name, exact=True).click()
        expect(page.locator("body > .lm-Menu")).to_be_visible()
        assert violations(page) == [], name
        page.keyboard.press("Escape")
    page.locator(CELLS).first.click(button="right")
    assert violations(page) == []
    page.keyboard.press("Escape")
    for words in ("change kernel", "save notebook as", "nothing of this name"):
        page.keyboard.press("Control+Shift+C")
        palette = page.locator(".lm-CommandPalette")
        expect(palette).to_be_visible()
        page.keyboard.type(words)
        page.wait_for_timeout(500)  # the list follows what is typed a moment later
        assert violations(page) == [], words
        if "nothing" not in words:
            page.keyboard.press("Enter")
            expect(page.locator(".jp-Dialog")).to_be_visible()
            assert violations(page) == [], words
        page.keyboard.press("Escape")


def test_picture_that_a_cell_makes_has_a_name(visitor, shop_room):
    page = enter(visitor, shop_room)
    new_cell_below(page, page.locator(CELLS).first, PICTURE)
    page.keyboard.press("Control+Enter")
    made = "Picture that this cell made: <IPython.core.display.Image object>"
    for name in (made, "A red dot"):
        expect(page.get_by_role("img", name=name)).to_be_visible(timeout=SLOW_MS)


def test_tabs_are_moved_between_by_arrow_keys(visitor, shop_room):
    page = enter(visitor, shop_room)
    panel = page.locator("#viva-interview")
    panel.get_by_role("tab", name="Brief").focus()
    for key, name in (("ArrowRight", "Check"), ("End", "Help"), ("ArrowRight", "Brief")):
        page.keyboard.press(key)
        expect(panel.get_by_role("tab", name=name)).to_be_focused()
        expect(panel.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")
        expect(panel.get_by_role("tabpanel", name=name)).to_be_visible()


def test_practice_is_said_has_no_submit_and_leads_to_the_beginning(visitor, shop_room):
    page = visitor.page
    shop_room.console.state = "practice"
    page.goto(shop_room.lab_url, timeout=SLOW_MS)
    panel = page.locator("#viva-interview")
    words = "Nothing here is recorded or graded, and your time has not begun."
    expect(panel.locator(".viva-Notice")).to_contain_text(words, timeout=SLOW_MS)
    expect(panel.locator(".viva-Time-left")).to_have_text("39 min of practice")
    expect(panel.get_by_role("button", name="Submit interview")).to_be_hidden()
    assert violations(page, "#viva-interview") == []
    begin = panel.get_by_role("button", name="Begin the interview")
    begin.click()
    page.get_by_role("dialog").get_by_role("button", name="Not yet").click()
    assert shop_room.console.state == "practice"
    begin.click()
    page.get_by_role("dialog").get_by_role("button", name="Begin the interview").click()
    submit = panel.get_by_role("button", name="Submit interview")
    expect(submit).to_be_visible(timeout=SLOW_MS)
    assert page.url == f"{shop_room.url}/lab/tree/1_top_customers.ipynb"
