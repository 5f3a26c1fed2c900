import re

import pytest
from viva_console.domain.record import staff
from viva_console.flow.calibrate import import_ratings
from viva_grader.calibration.files import Read, from_csv, from_parquet

from tests.fakes.console_interviews import graded
from tests.fakes.console_parts import MODEL_WORDS
from tests.fakes.sample_ratings import sample_ratings


@pytest.fixture
def interview(site):
    site.parts.grader.level = 2
    return graded(site.parts, b"++++", b"+")


async def first_sheet(browser) -> str:
    listed = (await browser.get("/ratings")).text
    begin = re.search(r'action="/services/console(/ratings/\w+)/begin"', listed)
    assert begin
    sent = await browser.send("/ratings", f"{begin[1]}/begin")
    assert sent.status_code == 303
    return begin[1]


async def test_rater_begins_rates_and_then_reads_the_scores(site, interview) -> None:
    browser = await site.staff()
    sheet = await first_sheet(browser)
    page = (await browser.get(sheet)).text
    assert "x = 1" in page
    assert "level 5" in page
    assert "Kestrel" not in page
    assert MODEL_WORDS not in page
    assert "Withheld" in (await browser.get(f"/interviews/{interview.id}/report")).text
    fields = {"level-clarity": "4", "note-clarity": "neat"}
    sent = await browser.send(sheet, f"{sheet}/rate", **fields)
    assert sent.headers["location"].endswith("/ratings?done=rated")
    assert "rating is recorded" in (await browser.get("/ratings?done=rated")).text
    assert MODEL_WORDS in (await browser.get(f"/interviews/{interview.id}/report")).text


async def test_form_without_a_level_comes_back_with_its_words(site, interview) -> None:
    browser = await site.staff()
    sheet = await first_sheet(browser)
    answer = await browser.send(sheet, f"{sheet}/rate", **{"note-clarity": "<b>kept</b>"})
    assert answer.status_code == 422
    assert "Choose a level for Clarity" in answer.text
    assert "&lt;b&gt;kept&lt;/b&gt;" in answer.text


async def test_hostile_source_is_text_on_the_sheet(site, interview) -> None:
    rows = site.parts.console.store.rows
    for run_id, grade in list(rows.grades.items()):
        source = "<script>alert(1)</script>\u202ebidi\ud800"
        cells = ({"cell": "<img>", "type": "code", "source": source},)
        object.__setattr__(grade, "cells", cells)
        assert rows.grades[run_id].cells == cells
    browser = await site.staff()
    page = await browser.get(await first_sheet(browser))
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "<img>" not in page.text
    assert "\u202e" not in page.text


async def test_interview_page_says_that_scores_are_kept_back(site, interview) -> None:
    browser = await site.staff()
    page = (await browser.get(f"/interviews/{interview.id}")).text
    assert "not shown yet" in page
    assert "37.5" not in page
    assert "Needs Improvement</strong>" not in page
    await browser.get(f"/interviews/{interview.id}/report")
    page = (await browser.get(f"/interviews/{interview.id}")).text
    assert "37.5" in page


async def test_forms_need_the_sessions_token(site, interview) -> None:
    browser = await site.staff()
    sheet = await first_sheet(browser)
    for verb in ("begin", "rate", "decline"):
        assert (await browser.post(f"{sheet}/{verb}", data={})).status_code == 403


async def test_pages_are_for_staff_alone(site, interview) -> None:
    stranger = site.browser(accept="application/json")
    for path in ("/ratings", "/ratings/x", "/calibration", "/calibration/ratings.csv"):
        assert (await stranger.get(path)).status_code == 401


async def test_calibration_without_ratings_says_what_to_do(site) -> None:
    browser = await site.staff()
    page = (await browser.get("/calibration")).text
    assert "No ratings yet" in page
    assert "No such thing" not in (await browser.get("/ratings")).text


async def test_calibration_shows_figures_pictures_and_too_few(site) -> None:
    read = Read(tuple(sample_ratings(60)), ())
    import_ratings(site.parts.console, read, staff("ada"))
    browser = await site.staff()
    page = (await browser.get("/calibration")).text
    assert page.count('class="heat"') == 2 * 25
    assert page.count('class="dot"') >= 2
    assert "too few" not in page.split("clarity")[1].split("Krippendorff")[0]
    assert not re.search(r"\sstyle=|\son\w+=", page)
    split = (await browser.get("/calibration?split=question&split=shoe")).text
    assert "clarity, late_orders" in split
    assert "shoe" not in split


async def test_calibration_counts_what_was_made_in_the_chosen_days(site) -> None:
    ratings = sample_ratings(60)
    days = sorted({one.at.date() for one in ratings})
    import_ratings(site.parts.console, Read(tuple(ratings), ()), staff("ada"))
    browser = await site.staff()
    everything = (await browser.get("/calibration")).text
    same = (await browser.get(f"/calibration?since={days[0]}&until={days[-1]}")).text
    assert same.split('id="slice-1"')[1] == everything.split('id="slice-1"')[1]
    page = (await browser.get(f"/calibration?until={days[0]}")).text
    assert 'class="heat"' in same
    assert 'class="heat"' not in page  # too few
    late = (await browser.get(f"/calibration?since={days[-1]}")).text
    assert 'class="heat"' not in late
    assert f'name="until" value="{days[0]}"' in page
    none = (await browser.get("/calibration?since=2999-01-01")).text
    assert "No ratings in these days" in none


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("since=yesterday", "Give days as year, month, day"),
        ("until=2026-02-30", "Give days as year, month, day"),
        ("since=2026-03-02&until=2026-03-01", "The first day comes after the last."),
    ],
)
async def test_days_that_cannot_be_come_back_with_the_reason(site, query, words) -> None:
    answer = await (await site.staff()).get(f"/calibration?{query}&split=question")
    assert answer.status_code == 422
    assert 'id="days-error"' in answer.text
    assert words in answer.text
    assert 'value="question" checked' in answer.text
    assert f'value="{query.split("&")[0].split("=")[1]}"' in answer.text


async def test_downloads_hold_what_this_person_may_see(site, interview) -> None:
    browser = await site.staff()
    await browser.get(f"/interviews/{interview.id}/report")
    text = await browser.get("/calibration/ratings.csv")
    assert text.headers["content-disposition"] == 'attachment; filename="viva-ratings.csv"'
    table = await browser.get("/calibration/ratings.parquet")
    assert from_csv(text.content).ratings == from_parquet(table.content).ratings
    assert len(from_csv(text.content).ratings) == 2
