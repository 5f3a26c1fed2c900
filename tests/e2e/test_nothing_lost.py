"""Nothing that a candidate does is lost: each fault in a browser, on both kinds of rooms."""

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.conftest import Viva
from tests.e2e.faults import DockerFaults, EmbeddedFaults, Faults
from tests.e2e.rooms import ROOM_MS, Cable, Room, kill

pytestmark = [
    pytest.mark.browser,
    pytest.mark.postgres,
    pytest.mark.sandbox,
    pytest.mark.timeout(300),
]
Invite = Callable[[str], str]
CUT_S = float(os.environ.get("VIVA_TEST_CUT_S", "1"))
"""How long the network stays away after the page has said so: 60 s were tried by hand, too."""
ALL = bool(os.environ.get("VIVA_TEST_ALL_FAULTS"))
FAULTS = {"embedded": EmbeddedFaults, "docker": DockerFaults}
DOCKER = pytest.param("docker", marks=pytest.mark.docker)
both = pytest.mark.parametrize("viva", ["embedded", DOCKER], indirect=True)
"""What is another matter where the room is a container."""
REST = pytest.mark.skipif(not ALL, reason="takes long: set VIVA_TEST_ALL_FAULTS for it")
either = pytest.mark.parametrize(
    "viva",
    ["embedded", pytest.param("docker", marks=[pytest.mark.docker, REST])],
    indirect=True,
)
"""What was tried with containers as well, and is the same."""
# By single blocks, and again once all is written: to the last one.
FILL = "%%sh\nfor i in 1 2; do dd if=/dev/zero of=fill$i bs=1k; sync -f fill$i; done; echo filled"
# Shared memory is no process's own: only the limit of all of them together ends this.
GROW = "import mmap\nm = mmap.mmap(-1, 4 << 30)\nfor _ in range(4096): m.write(bytes(1 << 20))"


@pytest.fixture(scope="module")
def viva(request: pytest.FixtureRequest) -> Viva:
    """The running Viva whose kind a test names."""
    return request.getfixturevalue(f"{request.param}_viva")


@pytest.fixture
def faults(request: pytest.FixtureRequest, viva: Viva) -> Faults:
    return FAULTS[request.node.callspec.params["viva"]](viva.home)


@pytest.fixture(scope="module")
def invite(browser: Browser, viva: Viva) -> Invite:
    """Makes an interview on one question; gives its link."""
    page = browser.new_page()
    page.goto(viva.staff_link)
    numbers = count(1)

    def make(question: str = "top_customers") -> str:
        page.goto(re.sub(r"/hub/.*", "/services/console/interviews/new", viva.staff_link))
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


@either
def test_outputs_arrive_without_a_browser_and_the_link_leads_back(
    context: BrowserContext, invite: Invite
) -> None:
    link = invite("top_customers")
    room = Room(context, link)
    room.run("import time\nfor i in range(4): print('tick', i); time.sleep(1)", "tick 0")
    room.page.close()
    time.sleep(3)
    room = Room(context, link)
    expect(room.outputs).to_contain_text("tick 3")
    room.write("print('on'); time.sleep(3); print('and on')")
    room.page.keyboard.press("Control+Enter")
    expect(room.outputs).to_contain_text("on")
    room.page.reload()
    expect(room.outputs).to_contain_text("and on", timeout=60_000)
    room.run("print('runs again')", "runs again")


@either
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


@either
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
    with room.page.expect_event("requestfailed", lambda asked: "notes.txt" in asked.url):
        room.opens("notes.txt")
    time.sleep(CUT_S)
    room.has_no_dialog()
    cable.mend()
    room.is_saved()
    expect(room.cell).to_contain_text("typed offline")
    room.run("print('works')", "works")
    cable.close()


@both
def test_kernel_that_ends_says_so_in_the_cell_and_the_next_one_runs(
    context: BrowserContext, invite: Invite, faults: Faults
) -> None:
    room = Room(context, invite("top_customers"))
    # By the limit of the whole room: of all processes in it, the kernel is the one that ends.
    room.run(GROW, "The kernel was ended")
    expect(room.outputs).to_contain_text("1024 MiB of memory")
    expect(room.page.locator(".viva-Kernel")).to_contain_text("is being started again")
    room.has_no_dialog()
    # The new kernel is busy with an offer of names: nothing has run in it yet.
    room.completes("isinstanc", "isinstance")
    expect(room.page.locator(".viva-Kernel")).to_contain_text("is being started again")
    room.run("print('works')", "works")
    expect(room.page.locator(".viva-Kernel")).to_be_empty()
    if faults.limits_each_kernel:
        grow = "a = []\nwhile True: a.append(bytearray(50_000_000))"
        room.run(grow, "a notebook may use 1024 MiB of memory here")
    room.is_saved()


@both
def test_killed_server_loses_nothing_of_what_is_being_typed(
    context: BrowserContext, invite: Invite, faults: Faults
) -> None:
    room = Room(context, invite("top_customers"))
    # Never a pause: the file on the disk stays as it was.
    room.write("x = 'abcdefghijklmnopqrst", delay_ms=60)
    faults.kill_server(room.user)
    room.page.keyboard.type(" and on'", delay=20)
    expect(room.saved).not_to_have_attribute("data-kind", "saved")
    room.is_saved()
    expect(room.cell).to_contain_text("x = 'abcdefghijklmnopqrst and on'")
    # Pressed once, before there is a kernel again: it is kept, said, and done.
    room.write("print('works')")
    room.page.keyboard.press("Control+Enter")
    expect(room.outputs).to_contain_text("works", timeout=ROOM_MS)


@either
def test_room_whose_disk_is_lost_comes_back_as_it_was_recorded(
    context: BrowserContext, invite: Invite, faults: Faults
) -> None:
    link = invite("top_customers")
    room = Room(context, link)
    room.run("print('an output', 6 * 7)", "an output 42")
    room.is_saved()
    room.page.close()
    faults.kill_server(room.user)
    for lost in faults.files(room.user).iterdir():
        shutil.rmtree(lost) if lost.is_dir() else lost.unlink()
    room = Room(context, link)
    expect(room.cell).to_contain_text("print('an output', 6 * 7)")
    expect(room.outputs).to_contain_text("an output 42")
    notice = room.page.locator(".viva-Notice")
    expect(notice).to_contain_text("Back as last recorded, with outputs: 1_top_customers.ipynb")
    room.run("print('works')", "works")


@both
def test_database_that_was_killed_is_back_with_what_it_held(
    context: BrowserContext, invite: Invite, faults: Faults
) -> None:
    room = Room(context, invite("late_orders"), cell=2)
    room.run("%%sql\ncreate table kept as select 42 as answer", "Done")
    faults.kill_database(room.user)
    # The first query says what happened; the hub looks every few seconds.
    room.runs_again("%%sql\nselect answer from kept", "42")


@either
def test_full_disk_is_said_and_takes_nothing_from_what_is_recorded_and_handed_in(
    context: BrowserContext, invite: Invite, faults: Faults
) -> None:
    link = invite("top_customers")
    room = Room(context, link)
    file = faults.files(room.user) / "1_top_customers.ipynb"
    space = room.page.locator(".viva-Space:visible")
    room.run(FILL, "filled")
    expect(room.outputs).to_contain_text("No space left on device")
    expect(space).to_contain_text(re.compile(r"is full \(5\d MiB\)"), timeout=15_000)
    room.run("print('an output', 6 * 7)", "an output 42")
    room.is_saved()
    room.page.wait_for_timeout(1000)
    assert b"an output" not in file.read_bytes()
    # The room begins anew while it is full: with what was typed, not with the file.
    faults.kill_server(room.user)
    room.cell.locator(".cm-content").click()
    room.page.keyboard.press("Control+End")
    room.page.keyboard.type("  # typed on a full disk", delay=20)
    room.is_saved()
    expect(room.cell).to_contain_text("print('an output', 6 * 7)  # typed on a full disk")
    expect(room.outputs).to_contain_text("an output 42")
    content, shown = hand_in(room.page, link)
    assert b"typed on a full disk" in content
    assert b"an output 42" in content
    assert sha256(content).hexdigest() == shown


@REST
@both
def test_disk_that_has_space_again_is_written_by_itself(
    context: BrowserContext, invite: Invite, faults: Faults
) -> None:
    room = Room(context, invite("top_customers"))
    file = faults.files(room.user) / "1_top_customers.ipynb"
    space = room.page.locator(".viva-Space")
    room.run(FILL, "filled")
    room.run("print('an output', 6 * 7)", "an output 42")
    expect(space).not_to_be_empty(timeout=15_000)
    for filling in file.parent.glob("fill*"):
        filling.unlink()
    expect(space).to_be_empty(timeout=15_000)
    end = time.monotonic() + 15
    while b"an output 42" not in file.read_bytes():
        assert time.monotonic() < end
        time.sleep(0.2)
    room.is_saved()


@either
def test_each_part_of_ours_may_be_killed(
    context: BrowserContext, invite: Invite, viva: Viva
) -> None:
    room = Room(context, invite("top_customers"))
    for words in (
        ("viva record",),
        ("viva serve",),
        ("postgres", "/store/data"),
        ("jupyterhub -f",),
    ):
        kill(viva.home, *words)
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
