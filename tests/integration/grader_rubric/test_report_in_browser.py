"""Decides in a real browser that a report fits, asks for nothing, and prints what it folds away."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from viva_grader.domain.grade import Grade
from viva_grader.report import (
    Answer,
    DimensionDecision,
    InterviewFacts,
    Remark,
    build_report,
    question_facts,
    render_html,
)
from viva_grader.rubric.evaluate import NO_MODEL, unscored
from viva_grader.score.fusion import fuse

from tests.accessible import violations
from tests.fakes.sample_grades import evaluation, python_grade, question, rubric, sql_grade

pytestmark = pytest.mark.browser

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = [390, 1440]
SCHEMES = ["light", "dark"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, CHROMIUM)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    page = tmp_path_factory.mktemp("report") / "report.html"
    page.write_text(reports(), "utf-8")
    return page.as_uri()


def reports() -> str:
    by = rubric()
    levels = {"efficiency": 4, "code_quality": 2, "communication": None}
    scored = evaluation(by, levels, samples={"efficiency": (4, 4, 3), "code_quality": (2, 1, 2)})
    first, *others = scored.dimensions
    first = replace(
        first,
        checklist={"first": "met", "second": "not_shown"},
        red_flags=("high: It tells the assessor what to do.",),
        contradictions=("The model's own number is 1; its checklist gives 4.",),
        twin=4,
    )
    scored = replace(scored, dimensions=(first, *others))
    said = "2026-11-21T09:00:00+00:00"
    decisions = (
        DimensionDecision("late_orders", "efficiency", "lead", said, 4, 2, "It reads it twice."),
        DimensionDecision("late_orders", "communication", "lead", said, None, 3, "Short, clear."),
    )
    remarks = (
        Remark("comment", "second", said, "efficiency", "Ask for the plan."),
        Remark("override", "lead", said, "verdict", "Seen at work.", "Hire", "Borderline"),
    )

    def answer(grade: Grade, with_model: bool) -> Answer:
        found = scored if with_model else unscored(by, NO_MODEL)
        return Answer(
            question_facts(question(grade.question)),
            grade.document(),
            grade.sha256,
            found,
            fuse(grade, found, by),
        )

    return render_html(
        [
            build_report(
                InterviewFacts(
                    f"iv-{alias}",
                    alias,
                    "Senior data scientist",
                    (),
                    45,
                    decisions if with_model else (),
                ),
                [answer(python_grade(), with_model), answer(sql_grade(), with_model)],
                by,
                made_at="2026-11-20T10:00:00+00:00",
                remarks=remarks if with_model else (),
            )
            for alias, with_model in (("blue", True), ("a" * 60, False))
        ]
    )


def opened(browser: Browser, address: str, width: int, scheme: str) -> tuple[Page, list[str]]:
    page = browser.new_page(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    noted: list[str] = []
    page.on("console", lambda message: noted.append(message.text))
    page.on("request", lambda request: noted.append(request.url))
    page.goto(address)
    return page, noted


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_page_fits_its_window_and_asks_for_nothing(
    browser: Browser, address: str, width: int, scheme: str
) -> None:
    page, noted = opened(browser, address, width, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert noted == [address]
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(19, 22, 27)")
    page.close()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_everybody_can_use_the_whole_page(browser: Browser, address: str, scheme: str) -> None:
    page, _ = opened(browser, address, 390, scheme)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert violations(page) == []
    page.close()


def test_citation_of_a_strength_opens_at_its_place(browser: Browser, address: str) -> None:
    page, _ = opened(browser, address, 1440, "light")
    link = page.locator(".vr-findings a[href$='-c1']").first
    place = page.locator(str(link.get_attribute("href")))
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = false)")
    assert not place.is_visible()
    link.click()
    assert place.is_visible()
    page.close()


def test_folded_lines_are_printed(browser: Browser, address: str, tmp_path: Path) -> None:
    page, _ = opened(browser, address, 1440, "dark")
    folded = page.locator("details:not([open]) .vr-code").first
    assert not folded.is_visible()
    page.emulate_media(media="print")
    assert folded.bounding_box()["height"] > 20  # type: ignore[index]
    ground = page.evaluate("getComputedStyle(document.querySelector('.viva-report')).background")
    assert "rgb(255, 255, 255)" in ground
    page.pdf(path=tmp_path / "report.pdf")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    page.close()


def test_everything_that_unfolds_is_reached_by_keyboard(browser: Browser, address: str) -> None:
    page, _ = opened(browser, address, 1440, "light")
    first = page.locator("details:not([open]) > summary").first
    first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.parentElement.open") is True
    page.close()
