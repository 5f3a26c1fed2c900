"""Decides how a test behaves as a browser: its cookies, and forms as pages give them."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from viva_console.api.terms import Terms
from viva_console.pages.app import create_app
from viva_console.store.port import Store

from tests.fakes.console_parts import Parts, console_on_fakes
from tests.fakes.web_identity import FakeIdentity

PREFIX = "/services/console"
SITE = "http://viva.test"
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


class Site:
    """The console's pages over fakes, and browsers to visit them with."""

    def __init__(self, home: Path, terms: Terms | None = None, store: Store | None = None) -> None:
        self.parts: Parts = console_on_fakes(home, store)
        self.identity = FakeIdentity()
        self.app = create_app(self.parts.console, identity=self.identity, terms=terms)

    def browser(self, *, address: str = "127.0.0.1", **headers: str) -> "Browser":
        """Open a browser with no cookies."""
        return Browser(self.app, address, headers)

    async def staff(self, code: str = "staff-code") -> "Browser":
        """Open a browser in which a member of staff has logged in."""
        browser = self.browser()
        sent = await browser.get("/")
        state = parse_qs(urlsplit(sent.headers["location"]).query)["state"][0]
        await browser.get("/oauth_callback", params={"code": code, "state": state})
        return browser


class Browser:
    """One browser; paths are below the console's, unless they begin with ``http``."""

    def __init__(self, app: Any, address: str, headers: dict[str, str]) -> None:
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, client=(address, 40000)),
            base_url=SITE,
            headers={"accept": "text/html", **headers},
        )

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.http.get(address(path), **more)

    async def post(self, path: str, **more: Any) -> httpx.Response:
        return await self.http.post(address(path), **more)

    async def send(self, page: str, action: str, **fields: Any) -> httpx.Response:
        """Read a page, then send a form from it: with the hidden fields that the page gave."""
        hidden = dict(_HIDDEN.findall((await self.get(page)).text))
        return await self.post(action, data={**hidden, **fields})


def address(path: str) -> str:
    """Give the address of a path of the console's."""
    return path if path.startswith(("http", PREFIX)) else f"{PREFIX}{path}"
