"""Decides what counts as a page that everybody can use: no finding of axe-core's, WCAG 2.2 AA."""

from typing import Any

from axe_playwright_python.async_playwright import Axe as AsyncAxe
from axe_playwright_python.sync_playwright import Axe
from playwright.async_api import Page as AsyncPage
from playwright.sync_api import Page

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS: Any = {"runOnly": {"type": "tag", "values": STANDARDS}}


def violations(page: Page, *places: str) -> list[str]:
    """Say what axe-core objects to, below some selectors or on the whole page; a line each."""
    context: Any = {"include": [[place] for place in places]} if places else None
    return _lines(Axe().run(page, context=context, options=OPTIONS).response)


async def violations_of_page(page: AsyncPage) -> list[str]:
    """Say what axe-core objects to on the whole page; a line each."""
    return _lines((await AsyncAxe().run(page, options=OPTIONS)).response)


def _lines(response: dict[str, Any]) -> list[str]:
    return [
        f"{each['id']}: {each['help']}: {node['html'][:160]} {node.get('failureSummary', '')}"
        for each in response["violations"]
        for node in each["nodes"]
    ]
