"""Nothing that a candidate does is lost: each fault in a browser, on the embedded rooms."""

import os
import re
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import Viva
from tests.e2e.rooms import ROOM_MS, Cable, Room, kill, room_process

pytestmark = [
    pytest.mark.browser,
    pytest.mark.postgres,
    pytest.mark.sandbox,
    pytest.mark.timeout(300),
]
Invite = Callable[[str], str]
CUT_S = float(os.environ.get("VIVA_TEST_CUT_S", "15"))
"""How long the network is away: 60 s were tried by hand, too; nothing in the page counts them."""


@pytest.fixture(scope="module")
def invite(browser: Browser, embedded_viva: Viva) -> Invite:
    """Makes an interview on one question; gives its link."""
    page = browser.new_page()
    page.goto(embedded_viva.staff_link)
    numbers = count(1)

    def make(question: str = "top_customers") -> str:
        page.goto(re.sub(r"/hub/.*", "/services/console/interviews/new", embedded_viva.staff_link))
        page.get_by_label("What you call the candidate").fill(f"Candidate {next(numbers)}")
        page.get_by_label("Role").fill("Data scientist")
        for box in page.locator("input[name=questions]").all():
            box.set_checked(box.get_attribute("value") == question)
        page.get_by_role("button", name="Create interview").click()
        return page.locator("#invite-url").input_value()

    return make


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context
    context.close()


def test_outputs_arrive_without_a_browser_and_the_link_leads_back(
    context: BrowserContext, invite: Invite
) -> None:
    link = invite("top_customers")
    room = Room(context, link)
    ticks = "import time\nfor i in range(5): time.sleep(1); print('tick', i)"
    room.run(ticks, "tick 1")
    room.page.close()
    time.sleep(5)
    room = Room(context, link)
    expect(room.outputs).to_contain_text("tick 4")
    room.write("import time\nprint('on'); time.sleep(4); print('and on')")
    room.page.keyboard.press("Control+Enter")
    expect(room.outputs).to_contain_text("on")
    room.page.reload()
    expect(room.outputs).to_contain_text("and on", timeout=60_000)
    room.run("print('runs again')", "runs again")


def test_two_tabs_show_and_keep_the_same(context: BrowserContext, invite: Invite) -> None:
    link = invite("top_customers")
    first, second = Room(context, link), Room(context, link)
    second.write("x = 'second tab'")
    second.is_saved()
    expect(first.cell).to_contain_text("second tab")
    first.run("print('first tab')", "first tab")
    expect(second.outputs).to_contain_text("first tab")
    for room in (first, second):
        room.is_saved()
        room.has_no_dialog()


def test_what_is_typed_without_a_network_is_said_to_be_unsaved_and_arrives(
    context: BrowserContext, invite: Invite
) -> None:
    link = invite("top_customers")
    port = int(re.findall(r":(\d+)/", link)[0])
    cable = Cable(port)
    room = Room(context, link.replace(f":{port}/", f":{cable.port}/"))
    cable.cut()
    room.write("x = 'typed offline'")
    expect(room.saved).to_have_attribute("data-kind", "saving")
    expect(room.saved).to_contain_text("Not saved: 1_top_customers.ipynb", timeout=20_000)
    expect(room.saved).to_contain_text("does not answer")
    # Somebody opens something meanwhile: JupyterLab has a dialog for that.
    room.opens("notes.txt")
    time.sleep(CUT_S)
    room.has_no_dialog()
    cable.mend()
    room.is_saved()
    expect(room.cell).to_contain_text("typed offline")
    room.run("print('works')", "works")
    cable.close()


def test_kernel_that_ends_says_so_in_the_cell_and_the_next_one_runs(
    context: BrowserContext, invite: Invite
) -> None:
    room = Room(context, invite("top_customers"))
    room.run("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "The kernel was ended")
    expect(room.outputs).to_contain_text("1024 MiB of memory")
    expect(room.page.locator(".viva-Kernel")).to_contain_text("is being started again")
    room.has_no_dialog()
    # The new kernel is busy with an offer of names: nothing has run in it yet.
    room.completes("isinstanc", "isinstance")
    expect(room.page.locator(".viva-Kernel")).to_contain_text("is being started again")
    room.run("print('works')", "works")
    expect(room.page.locator(".viva-Kernel")).to_be_empty()
    grow = "a = []\nwhile True: a.append(bytearray(50_000_000))"
    room.run(grow, "a notebook may use 1024 MiB of memory here")
    room.is_saved()


def test_killed_server_loses_nothing_of_what_is_being_typed(
    context: BrowserContext, invite: Invite, embedded_viva: Viva
) -> None:
    room = Room(context, invite("top_customers"))
    # Never a pause: the file on the disk stays as it was.
    room.write("x = 'abcdefghijklmnopqrst", delay_ms=60)
    os.kill(room_process(embedded_viva.home, room.user, "server"), signal.SIGKILL)
    room.page.keyboard.type(" and on'", delay=20)
    expect(room.saved).not_to_have_attribute("data-kind", "saved")
    room.is_saved()
    expect(room.cell).to_contain_text("x = 'abcdefghijklmnopqrst and on'")
    # Pressed once, before there is a kernel again: it is kept, said, and done.
    room.write("print('works')")
    room.page.keyboard.press("Control+Enter")
    expect(room.outputs).to_contain_text("works", timeout=ROOM_MS)


def test_room_whose_disk_is_lost_comes_back_as_it_was_recorded(
    context: BrowserContext, invite: Invite, embedded_viva: Viva
) -> None:
    link = invite("top_customers")
    room = Room(context, link)
    room.run("print('an output', 6 * 7)", "an output 42")
    room.is_saved()
    room.page.close()
    folder = embedded_viva.home / "candidates" / room.user / "notebooks"
    os.kill(room_process(embedded_viva.home, room.user, "server"), signal.SIGKILL)
    for lost in folder.iterdir():
        shutil.rmtree(lost) if lost.is_dir() else lost.unlink()
    room = Room(context, link)
    expect(room.cell).to_contain_text("print('an output', 6 * 7)")
    expect(room.outputs).to_contain_text("an output 42")
    notice = room.page.locator(".viva-Notice")
    expect(notice).to_contain_text("Back as last recorded, with outputs: 1_top_customers.ipynb")
    room.run("print('works')", "works")


def test_database_that_was_killed_is_back_with_what_it_held(
    context: BrowserContext, invite: Invite, embedded_viva: Viva
) -> None:
    room = Room(context, invite("late_orders"), cell=2)
    room.run("%%sql\ncreate table kept as select 42 as answer", "Done")
    os.kill(room_process(embedded_viva.home, room.user, "database"), signal.SIGKILL)
    # The first query says what happened; the hub looks every ten seconds.
    room.runs_again("%%sql\nselect answer from kept", "42")


def test_disk_that_takes_no_file_takes_nothing_from_what_is_handed_in(
    context: BrowserContext, invite: Invite, embedded_viva: Viva
) -> None:
    link = invite("top_customers")
    room = Room(context, link)
    home, user = embedded_viva.home, room.user
    folder = home / "candidates" / user / "notebooks"
    file = folder / "1_top_customers.ipynb"
    file.chmod(0o444)
    folder.chmod(0o555)
    room.write("x = 'only in the recording'")
    room.page.wait_for_timeout(2000)
    room.is_saved()
    assert b"only in the recording" not in file.read_bytes()
    content, shown = hand_in(room.page, link)
    assert b"only in the recording" in content
    assert sha256(content).hexdigest() == shown


def test_each_part_of_ours_may_be_killed(
    context: BrowserContext, invite: Invite, embedded_viva: Viva
) -> None:
    room = Room(context, invite("top_customers"))
    for words in (
        ("viva record",),
        ("viva serve",),
        ("postgres", "/store/data"),
        ("jupyterhub -f",),
    ):
        kill(embedded_viva.home, *words)
        room.write(f"x = 'typed after {words[0]}'")
        time.sleep(1)
        room.is_saved()
        expect(room.cell).to_contain_text(words[0])
    room.runs_again("print('works')", "works")


def hand_in(page: Page, link: str) -> tuple[bytes, str]:
    """Submit; give what the receipt's page offers for download, and the hash that it shows."""
    page.get_by_role("button", name=re.compile("^Submit")).click()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Submit")).click()
    expect(page.get_by_role("region", name="Receipt")).to_be_visible(timeout=60_000)
    page.goto(link)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download what was submitted").click()
    shown = page.locator(".hash[data-submitted]").inner_text()
    return Path(download.value.path()).read_bytes(), shown
