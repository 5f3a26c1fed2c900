import json
import re

from viva_console.domain.record import staff as staff_actor
from viva_console.flow.grade import grade_run
from viva_console.flow.invite import consent, create_interview, current_disclosure, invite_token
from viva_console.flow.spawn import room_state
from viva_console.flow.submit import submit

from tests.fakes.web_client import Site

HOSTILE = "<script>alert(1)</script>"


def submitted(site: Site, alias: str):
    console = site.parts.console
    interview = create_interview(
        console, alias, ["top_customers"], minutes=40, role="Analyst", created_by=staff_actor("r")
    )
    consent(console, invite_token(console, interview), current_disclosure(console).version)
    room_state(console, interview.id)
    room_state(console, interview.id)
    submit(console, interview.id)
    return interview


def graded(site: Site, alias: str = "K-17"):
    interview = submitted(site, alias)
    for run in list(site.parts.queue.grades):
        grade_run(site.parts.console, run)
    return interview


async def test_report_stands_in_the_layout_without_scripts_or_styles_of_its_own(site):
    interview, staff = graded(site, HOSTILE), await site.staff()
    page = (await staff.get(f"/interviews/{interview.id}/report")).text
    assert 'class="viva-report' in page
    assert "unscored" in page
    assert HOSTILE not in page
    assert not re.search(r"\sstyle=|<style|\son\w+=", page)
    sheet = await staff.get("/report.css")
    assert sheet.headers["content-type"].startswith("text/css")
    assert ".viva-report" in sheet.text


async def test_report_as_json_is_a_download_that_says_the_same(site):
    interview, staff = graded(site), await site.staff()
    answer = await staff.get(f"/interviews/{interview.id}/report.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert json.loads(answer.content)["interview"]["candidate"] == "K-17"


async def test_report_before_grading_is_plain_words(site):
    interview, staff = submitted(site, "K-17"), await site.staff()
    answer = await staff.get(f"/interviews/{interview.id}/report")
    assert answer.status_code == 409
    assert "Nothing has been graded yet" in answer.text
