"""Every page that a candidate can land on, and the hub's own, in both schemes and two widths."""

import shutil
from collections.abc import AsyncIterator
from functools import partial
from mimetypes import guess_type
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import viva_hub
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader
from jupyterhub._data import DATA_FILES_PATH
from playwright.async_api import Page, Route, async_playwright
from viva_console.domain.record import staff as staff_actor
from viva_console.domain.room import Server
from viva_console.flow.invite import create_interview, invite_token
from viva_console.flow.submit import submit

from tests.accessible import violations_of_page
from tests.fakes.web_client import PREFIX, SITE, Browser, Site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
LOOKS = [(scheme, width) for scheme in ("light", "dark") for width in (1440, 390)]
HUB = Path(DATA_FILES_PATH)
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
Pages = dict[str, str]


class Journey:
    """One candidate's way through the pages, over fakes; each page is kept as it came."""

    def __init__(self, home: Path) -> None:
        self.site = Site(home)
        self.console = self.site.parts.console
        self.interview = create_interview(
            self.console,
            "K-17",
            ["top_customers", "late_orders"],
            minutes=40,
            role="Senior data scientist",
            created_by=staff_actor("reviewer"),
        )
        self.invite = f"/i/{invite_token(self.console, self.interview)}"
        self.browser = self.site.browser()
        self.pages: Pages = {}

    async def keep(self, name: str, path: str, browser: Browser | None = None) -> None:
        answer = await (browser or self.browser).get(path)
        assert "<main" in answer.text, f"{name}: {answer.status_code} is no page"
        self.pages[name] = answer.text

    async def agree(self, **more: str) -> None:
        await self.browser.send(self.invite, f"{self.invite}/consent", agree="yes", **more)


async def begun(home: Path) -> Pages:
    """From the invite over practice and the wait to a receipt."""
    way = Journey(home)
    hub = way.site.parts.hub
    await way.keep("invite", way.invite)
    refused = await way.browser.send(way.invite, f"{way.invite}/consent")
    way.pages["invite without the tick"] = refused.text
    hub.ready_at_once = False
    await way.agree(practice="yes")
    await way.keep("wait for practice", f"{way.invite}/room")
    await way.keep("begin", f"{way.invite}/begin")
    await way.keep("invite in another browser", way.invite, way.site.browser())
    await way.keep("receipt too early", f"{way.invite}/receipt")
    await way.browser.send(f"{way.invite}/begin", f"{way.invite}/begin")
    await way.keep("wait for the room", f"{way.invite}/room")
    hub.rooms[way.interview.hub_user].server = Server.READY
    await way.browser.get(f"{way.invite}/room")
    hub.rooms[way.interview.hub_user].files.pop("2_late_orders.ipynb", None)
    submit(way.console, way.interview.id)
    await way.keep("receipt", f"{way.invite}/receipt")
    return way.pages


async def failed(home: Path) -> Pages:
    """A room that does not start, an invite that ran out, one that was altered, no page at all."""
    way = Journey(home)
    way.site.parts.hub.ready_at_once = False
    await way.keep("invite that was altered", "/i/unknown")
    await way.agree()
    way.site.parts.hub.rooms.clear()
    for _ in range(4):
        way.site.parts.clock.forward(minutes=1)
        way.site.parts.hub.rooms.clear()
        await way.keep("room that failed", f"{way.invite}/room")
    late = Journey(home)
    late.site.parts.clock.forward(days=90)
    await late.keep("invite that ran out", late.invite)
    await late.keep("no page", "/nothing/here")
    return way.pages | late.pages


def of_the_hub() -> Pages:
    """JupyterHub's pages as Viva words them, over JupyterHub's own templates."""
    ours = FileSystemLoader(Path(viva_hub.__file__).parent / "templates")
    stock = FileSystemLoader(HUB / "templates")
    loader = ChoiceLoader([PrefixLoader({"templates": stock}), ours, stock])
    pages = Environment(loader=loader, autoescape=True)
    pages.globals.update(
        static_url=lambda path, **_: f"/hub/static/{path}", base_url="/hub/", prefix="/", user=None,
        no_spawner_check=True, authenticator_login_url="/hub/login", xsrf="x", xsrf_token="",
        progress_url="/hub/progress", announcement=None,
    )  # fmt: skip

    def show(template: str, **values: Any) -> str:
        return pages.get_template(template).render(**values)

    error = partial(show, "error.html", status_message="Because")
    form, link = ({"offers_form": offers} for offers in (True, False))
    return {
        "login by link": show("login.html", authenticator=link),
        "login by form": show("login.html", authenticator=form, login_error="Wrong password."),
        "login elsewhere": show("login.html", authenticator=form, login_service="GitHub"),
        "logout": show("logout.html"),
        "closed room": show("not_running.html"),
        "starting room": show("spawn_pending.html"),
        "closing room": show("stop_pending.html"),
        **{f"error {code}": error(status_code=code) for code in (400, 403, 404, 500, 503)},
    }


async def answer(site: Site, pages: Pages, route: Route) -> None:
    """Give the browser a page that was kept, or the style sheet or script that it asks for."""
    path = urlsplit(route.request.url).path
    name = path.removeprefix("/page/").replace("_", " ")
    if name in pages:
        await route.fulfill(body=pages[name], content_type="text/html; charset=utf-8")
    elif path.startswith("/hub/static/"):
        file = HUB / "static" / path.removeprefix("/hub/static/")
        await route.fulfill(body=file.read_bytes(), content_type=guess_type(file.name)[0])
    elif path.startswith(f"{PREFIX}/static/"):
        given = await site.browser().get(path)
        await route.fulfill(body=given.content, content_type=given.headers["content-type"])
    else:
        await route.fulfill(status=204)


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield await browser.new_page()
        await browser.close()


async def test_pages_keep_nothing_from_anybody(page: Page, tmp_path: Path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    pages = await begun(tmp_path / "a") | await failed(tmp_path / "b") | of_the_hub()
    await page.route("**/*", partial(answer, Site(tmp_path), pages))
    found: list[str] = []
    for name in pages:
        await page.goto(f"{SITE}/page/{name.replace(' ', '_')}")
        for scheme, width in LOOKS:
            # Without motion: what is half way between two schemes' colours is no finding.
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            await page.set_viewport_size({"width": width, "height": 844})
            found += [
                f"{name}, {scheme}, {width}: {each}" for each in await violations_of_page(page)
            ]
            if await page.evaluate(WIDER):
                found.append(f"{name}, {scheme}, {width}: wider than the window")
    assert found == []
