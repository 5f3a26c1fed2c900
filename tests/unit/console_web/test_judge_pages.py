import re

import pytest
from viva_console.domain.record import staff as staff_actor
from viva_console.flow.comment import comment
from viva_console.flow.grade import grade_run
from viva_console.flow.judge import judge
from viva_console.flow.review import regrade

from tests.fakes.console_interviews import graded
from tests.fakes.console_parts import MODEL_WORDS
from tests.fakes.web_client import PREFIX, Site

HOSTILE = "<img src=x onerror=alert(1)> {{ 7 * 7 }}"
REASON = f"The names say what it does. {HOSTILE}"
ADA = staff_actor("ada")


@pytest.fixture
def interview(site: Site):
    return graded(site.parts, b"++++", b"+")


def first_run(site: Site, interview) -> str:
    with site.parts.console.store.unit() as work:
        return work.runs.latest_of_interview(interview.id)[0].id


def place(site: Site, interview, dimension: str = "clarity") -> str:
    return f"/interviews/{interview.id}/dimensions/{first_run(site, interview)}/{dimension}"


def kept(site: Site) -> list:
    return site.parts.console.store.rows.judgements


async def test_queue_says_why_and_leads_to_the_form_and_to_the_evidence(site, interview) -> None:
    staff = await site.staff()
    page = (await staff.get(f"/interviews/{interview.id}")).text
    assert 'Needs your judgement <span class="quiet number">2</span>' in page
    assert page.count("No model is configured.") == 2
    assert f'href="{PREFIX}{place(site, interview)}" aria-label="Judge Clarity of Top' in page
    evidence = re.search(rf'href="{PREFIX}(/interviews/\w+/report)#([\w-]+)">Evidence', page)
    assert evidence
    assert f'id="{evidence[2]}"' in (await staff.get(evidence[1])).text


async def test_level_is_recorded_beside_what_was_scored_and_leaves_the_queue(
    site, interview
) -> None:
    staff, path = await site.staff(), place(site, interview)
    form = (await staff.get(path)).text
    assert "level 5" in form
    assert "Nobody has decided yet." in form
    answer = await staff.send(path, path, level="4", reason=REASON)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PREFIX}{path}?done=judge")
    page = (await staff.get(answer.headers["location"])).text
    assert "Your level is recorded." in page
    assert "Scored by a person" in page
    assert "4 of 5" in page
    assert "<img" not in page
    assert "{{ 7 * 7 }}" in page
    (judgement,) = kept(site)
    assert (judgement.by, judgement.level, judgement.reason) == ("reviewer", 4, REASON)
    page = (await staff.get(f"/interviews/{interview.id}")).text
    assert 'Needs your judgement <span class="quiet number">1</span>' in page
    assert "A dimension was given a level: clarity, 4 of 5" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"level": "", "reason": REASON}, "Choose a level of 1 to 5."),
        ({"level": "9", "reason": REASON}, "Choose a level of 1 to 5."),
        ({"level": "4", "reason": "short <"}, "a reason of 10 to 2000 characters"),
        ({"level": "4", "reason": "unseen \x00 words"}, "cannot be seen"),
    ],
)
async def test_form_that_cannot_be_comes_back_with_what_was_written(
    site, interview, fields, words
) -> None:
    staff, path = await site.staff(), place(site, interview)
    answer = await staff.send(path, path, **fields)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'id="judgement-error">' in answer.text
    assert words in answer.text
    reason = fields["reason"].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert f"{reason}</textarea>" in answer.text
    assert ('value="4" checked' in answer.text) == (fields["level"] == "4")
    assert kept(site) == []


async def test_dimension_that_tests_decide_has_no_form(site, interview) -> None:
    staff, path = await site.staff(), place(site, interview, "correctness")
    for answer in (
        await staff.get(path),
        await staff.send(place(site, interview), path, level="5", reason=REASON),
    ):
        assert answer.status_code == 422
        assert "Tests alone decide Correctness" in answer.text
        assert "judgement.by_tests" in answer.text
    assert "by tests alone" in (await staff.get(f"/interviews/{interview.id}")).text
    assert kept(site) == []


async def test_blind_reviewer_is_shown_nothing_until_the_report_is_read(site) -> None:
    site.parts.grader.level = 2
    interview = graded(site.parts, b"++++", b"+")
    comment(site.parts.console, interview.id, ADA, about="interview", text="what Ada says")
    staff, path = await site.staff(), place(site, interview)
    page = (await staff.get(f"/interviews/{interview.id}")).text
    assert "/dimensions/" not in page
    assert "Ada says" not in page
    refused = await staff.get(path)
    assert (refused.status_code, "judgement.still_blind" in refused.text) == (409, True)
    assert MODEL_WORDS not in refused.text
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)
    assert csrf
    sent = await staff.post(path, data={"csrf": csrf[1], "level": "3", "reason": REASON})
    assert (sent.status_code, kept(site)) == (409, [])
    await staff.get(f"/interviews/{interview.id}/report")
    page = (await staff.get(path)).text
    assert MODEL_WORDS in page
    assert "as scored: this confirms it" in page
    assert "Ada says" in (await staff.get(f"/interviews/{interview.id}")).text
    await staff.send(path, path, level="2", reason=REASON)
    assert "Confirmed" in (await staff.get(path)).text


async def test_record_tells_a_blind_reviewer_no_level(site) -> None:
    interview = graded(site.parts, b"++++", b"+")
    run = first_run(site, interview)
    judge(site.parts.console, interview.id, run, "clarity", ADA, level="4", reason=REASON)
    staff = await site.staff()
    for more in ("", "/audit"):
        page = (await staff.get(f"/interviews/{interview.id}{more}")).text
        assert "A dimension was decided" in page
        assert "4 of 5" not in page
        assert "dimension.scored" not in page
    await staff.get(f"/interviews/{interview.id}/report")
    for more in ("", "/audit"):
        assert "clarity, 4 of 5" in (await staff.get(f"/interviews/{interview.id}{more}")).text


async def test_later_decision_supersedes_the_earlier_one_in_sight(site, interview) -> None:
    run = first_run(site, interview)
    judge(site.parts.console, interview.id, run, "clarity", ADA, level="5", reason="Ada's words.")
    staff, path = await site.staff(), place(site, interview)
    await staff.get(f"/interviews/{interview.id}/report")
    await staff.send(path, path, level="2", reason=REASON)
    page = (await staff.get(path)).text
    places = [page.index(one) for one in ("Counts", "2 of 5", "Superseded", "5 of 5", "Ada&#39;s")]
    assert places == sorted(places)


async def test_newer_grading_carries_nothing_over_and_says_so(site, interview) -> None:
    staff, path = await site.staff(), place(site, interview)
    await staff.send(path, path, level="4", reason=REASON)
    regrade(site.parts.console, interview.id, ADA)
    for run in list(site.parts.queue.grades):
        grade_run(site.parts.console, run)
    page = (await staff.get(f"/interviews/{interview.id}")).text
    assert "One decision was made on an earlier grading. A newer one exists" in page
    assert 'Needs your judgement <span class="quiet number">2</span>' in page
    refused = await staff.get(path)
    assert (refused.status_code, "judgement.newer_run" in refused.text) == (409, True)
    assert "4 of 5" not in (await staff.get(place(site, interview))).text


async def test_comment_stands_in_place_and_in_the_report(site, interview) -> None:
    staff, path = await site.staff(), f"/interviews/{interview.id}"
    for about in ("interview", "part:top_customers:part_a", "dimension:top_customers:clarity"):
        fields = {"about": about, "text": f"{about} {HOSTILE}", "corrects": ""}
        sent = await staff.send(path, f"{path}/comments", **fields)
        assert sent.headers["location"] == f"{PREFIX}{path}?done=comment"
    page = (await staff.get(f"{path}?done=comment")).text
    assert "Your comment is recorded." in page
    assert page.count("onerror=alert(1)&gt; {{ 7 * 7 }}</bdi>") == 3
    assert "Comment written" in page
    assert "<strong>Top customers, Part A</strong>" in page
    assert ">2 comments</a></th>" in page.split('aria-labelledby="judging"')[0]
    assert page.count(">1 comment</a></th>") == 1  # at the dimension, and at no other question
    dimension = (await staff.get(place(site, interview))).text
    assert "dimension:top_customers:clarity &lt;img" in dimension
    assert "part:top_customers" not in dimension
    report = (await staff.get(f"{path}/report")).text
    assert "interview &lt;img" in report
    for text in (page, dimension, report):
        assert "<img" not in text


async def test_comment_on_a_dimensions_page_is_about_that_dimension(site, interview) -> None:
    staff, path = await site.staff(), place(site, interview)
    await staff.send(path, f"{path}/comments", text="look at line 3", about="interview")
    (one,) = site.parts.console.store.rows.comments
    assert one.subject.key == "dimension:top_customers:clarity"
    page = (await staff.get(path)).text
    assert "look at line 3" in page
    await staff.send(path, f"{path}/comments", text="line 4, that is", corrects=one.id)
    page = (await staff.get(path)).text
    assert "Corrected below" in page
    assert f'<a href="#comment-{one.id}">corrects the one of' in page


@pytest.mark.parametrize("where", ["interview", "dimension"])
async def test_comment_that_cannot_be_comes_back_with_its_words(site, interview, where) -> None:
    staff = await site.staff()
    path = f"/interviews/{interview.id}" if where == "interview" else place(site, interview)
    text = "x" * 2000 + "<b>end"
    answer = await staff.send(path, f"{path}/comments", about="interview", text=text)
    assert answer.status_code == 422
    assert "at most 2000 characters" in answer.text
    assert "x&lt;b&gt;end</textarea>" in answer.text
    assert site.parts.console.store.rows.comments == []


async def test_only_who_wrote_a_comment_is_offered_to_correct_it(site, interview) -> None:
    console, path = site.parts.console, f"/interviews/{interview.id}"
    theirs = comment(console, interview.id, ADA, about="interview", text="what Ada says")
    staff = await site.staff()
    assert "Correct this" not in (await staff.get(path)).text
    sent = await staff.send(path, f"{path}/comments", text="no, I say", corrects=theirs.id)
    assert (sent.status_code, "Only the one who wrote" in sent.text) == (422, True)
    await staff.send(path, f"{path}/comments", about="interview", text="what I say")
    assert (await staff.get(path)).text.count("Correct this") == 1


async def test_recommendation_is_confirmed_by_one_button_and_a_reason(site) -> None:
    site.parts.grader.level = 2
    interview = graded(site.parts, b"++++", b"+")
    staff, path = await site.staff(), f"/interviews/{interview.id}"
    await staff.get(f"{path}/report")
    page = (await staff.get(path)).text
    button = re.search(r'<button [^>]*name="verdict" value="([^"]+)">Confirm \1</button>', page)
    assert button
    short = await staff.send(path, f"{path}/decide", verdict=button[1], reason="ok", way="confirm")
    assert short.status_code == 422
    assert 'id="confirm-reason" name="reason" rows="3" maxlength="2000" required>ok</' in short.text
    await staff.send(path, f"{path}/decide", verdict=button[1], reason=REASON, way="confirm")
    assert "This confirms the recommendation." in (await staff.get(path)).text


async def test_what_peoples_levels_make_of_the_score_is_what_is_confirmed(site) -> None:
    site.parts.grader.level = 2
    interview = graded(site.parts, b"++++", b"++++")
    staff, path = await site.staff(), f"/interviews/{interview.id}"
    await staff.get(f"{path}/report")
    with site.parts.console.store.unit() as work:
        runs = [run.id for run in work.runs.latest_of_interview(interview.id)]
    for run in runs:
        form = f"{path}/dimensions/{run}/clarity"
        await staff.send(form, form, level="5", reason=REASON)
    page = (await staff.get(path)).text
    assert "The scores recommend <strong>Needs Improvement</strong>, at 68.8 of 100." in page
    assert "With the levels that people gave it is 100 of 100: <strong>Strong Hire<" in page
    assert ">Confirm Strong Hire</button>" in page
    await staff.send(path, f"{path}/decide", verdict="Strong Hire", reason=REASON)
    page = (await staff.get(path)).text
    assert "This confirms the recommendation as people&#39;s levels made it." in page
    assert "Without people's levels it was Needs Improvement." in page


async def test_levels_and_comments_are_for_staff_alone(site, interview) -> None:
    run = first_run(site, interview)
    judge(site.parts.console, interview.id, run, "clarity", ADA, level="4", reason=REASON)
    paths = [place(site, interview), f"/interviews/{interview.id}"]
    candidate = site.browser(accept="application/json")
    passed = site.browser(accept="application/json", authorization="Bearer pass-of-a-room")
    for browser in (candidate, passed):
        for path in paths:
            answer = await browser.get(path)
            assert (answer.status_code, "names say" in answer.text) == (401, False)
        for action in (paths[0], f"{paths[0]}/comments", f"{paths[1]}/comments"):
            data = {"level": "5", "reason": REASON, "text": "mine", "about": "interview"}
            assert (await browser.post(action, data=data)).status_code == 401
    assert len(kept(site)) == 1
    staff = await site.staff()
    await staff.get(f"{paths[1]}/report")
    assert "names say" in (await staff.get(paths[0])).text


async def test_erased_candidates_dimensions_are_gone(site, interview) -> None:
    staff, path = await site.staff(), place(site, interview)
    await staff.send(path, path, level="4", reason=REASON)
    await staff.send(f"/interviews/{interview.id}", f"/interviews/{interview.id}/erase")
    assert (await staff.get(path)).status_code == 410
    page = (await staff.get(f"/interviews/{interview.id}")).text
    assert "names say" not in page
    assert "/comments" not in page
