"""People's levels and comments, through pages and flows, on a real store."""

import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from viva_console.domain.errors import GoneError
from viva_console.domain.rating import Step
from viva_console.domain.record import staff
from viva_console.flow.comment import comment
from viva_console.flow.judge import judge
from viva_console.flow.review import check_record, erase_candidate, interview_page
from viva_console.store.engine import PostgresStore

from tests.fakes.console_interviews import graded
from tests.fakes.web_client import Site

pytestmark = pytest.mark.postgres

REASON = "The names say what the steps do."
ADA, GRACE = staff("ada"), staff("grace")


@pytest.fixture
def site(tmp_path: Path, store_url: str) -> Iterator[Site]:
    store = PostgresStore(store_url, b"\x07" * 32)
    yield Site(tmp_path, store=store)
    store.close()


def place(site: Site, interview) -> tuple[str, str]:
    with site.parts.console.store.unit() as work:
        return work.runs.latest_of_interview(interview.id)[0].id, "clarity"


async def test_level_and_comment_given_on_a_page_are_kept_and_can_be_erased(
    site, store_url
) -> None:
    interview = graded(site.parts, b"++++", b"+")
    run, dimension = place(site, interview)
    browser = await site.staff()
    path = f"/interviews/{interview.id}/dimensions/{run}/{dimension}"
    refused = await browser.send(path, path, level="6", reason=REASON)
    assert refused.status_code == 422
    assert (await browser.send(path, path, level="4", reason=REASON)).status_code == 303
    sent = await browser.send(path, f"{path}/comments", text="See <b>line 3</b>.")
    assert sent.status_code == 303
    page = (await browser.get(path)).text
    for words in (REASON, "See &lt;b&gt;line 3&lt;/b&gt;.", "Scored by a person", "4 of 5"):
        assert words in page
    report = (await browser.get(f"/interviews/{interview.id}/report.json")).json()
    assert report["interview"]["decisions"][0]["reason"] == REASON
    assert report["remarks"][0]["text"] == "See <b>line 3</b>."
    with psycopg.connect(store_url) as connection:
        for table in ("judgements", "comments"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (1,)  # noqa: S608 - our own names
            for change in (f"UPDATE {table} SET by = 'me'", f"DELETE FROM {table}"):  # noqa: S608 - our own names
                with (
                    pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"),
                    connection.transaction(),
                ):
                    connection.execute(change)
    await browser.send(f"/interviews/{interview.id}", f"/interviews/{interview.id}/erase")
    assert (await browser.get(path)).status_code == 410
    page = (await browser.get(f"/interviews/{interview.id}")).text
    assert "A dimension was given a level: clarity, 4 of 5" in page
    assert REASON not in page
    with site.parts.console.store.unit() as work, pytest.raises(GoneError):
        work.judgements.of_interview(interview.id)
    assert check_record(site.parts.console) > 0


def test_decisions_of_two_people_at_once_both_stay_in_order(site) -> None:
    console, interview = site.parts.console, graded(site.parts, b"++++", b"+")
    run, dimension = place(site, interview)
    start = threading.Barrier(2)

    def decide(by, level: str) -> None:
        start.wait(10)
        judge(console, interview.id, run, dimension, by, level=level, reason=REASON)

    # Both have read the report before.
    with console.store.unit() as work:
        submission = work.runs.get(run).submission_id
        for by in (ADA, GRACE):
            work.ratings.take_step(submission, by.name, Step.SHOWN, console.clock.now())
        work.commit()
    people = [threading.Thread(target=decide, args=pair) for pair in ((ADA, "2"), (GRACE, "5"))]
    for one in people:
        one.start()
    for one in people:
        one.join(30)
    view = next(
        one
        for one in interview_page(console, interview.id, ADA).judging.dimensions
        if (one.run_id, one.dimension.name) == (run, dimension)
    )
    assert {(one.by, one.level) for one in view.judgements} == {("ada", 2), ("grace", 5)}
    with console.store.unit() as work:
        entries = work.record.of_interview(interview.id)
    recorded = [one.data["judgement"] for one in entries if one.action == "dimension.scored"]
    assert recorded == [one.id for one in view.judgements]


def test_erased_candidate_gets_no_more_words(site) -> None:
    console, interview = site.parts.console, graded(site.parts, b"++++", b"+")
    run, dimension = place(site, interview)
    assert comment(console, interview.id, ADA, about="interview", text="before")
    erase_candidate(console, interview.id, ADA)
    with pytest.raises(GoneError):
        comment(console, interview.id, ADA, about="interview", text="after")
    with pytest.raises(GoneError):
        judge(console, interview.id, run, dimension, ADA, level="2", reason=REASON)
    assert interview_page(console, interview.id, ADA).comments == ()
