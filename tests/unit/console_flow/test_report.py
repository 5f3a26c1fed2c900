import json

import pytest
from viva_console.domain.errors import NotNowError
from viva_console.flow.report import report_fragments, report_html, report_json, report_of
from viva_console.flow.review import decide

from tests.fakes.console_interviews import REVIEWER, graded, handed_in
from tests.fakes.console_parts import Parts


def test_report_is_made_of_what_was_stored(parts: Parts) -> None:
    interview = graded(parts, b"++++", b"+")
    calls = list(parts.grader.calls)
    report = report_of(parts.console, interview.id)
    assert (report.auto_score, report.max_score) == (5.0, 8.0)
    assert report.final is not None
    assert report.final.overall is None
    assert report.interview.candidate == "Kestrel"
    assert [one.label for one in report.interview.moments] == [
        "Invited",
        "Consented",
        "Submitted",
    ]
    assert parts.grader.calls == calls


def test_report_is_the_same_in_json_and_needs_no_script_in_html(parts: Parts) -> None:
    interview = graded(parts, b"++++", b"+")
    assert json.loads(report_json(parts.console, interview.id, REVIEWER)) == json.loads(
        json.dumps(report_of(parts.console, interview.id).document())
    )
    html = report_html(parts.console, interview.id, REVIEWER)
    assert "Kestrel" in html
    assert "<script" not in html
    fragment = report_fragments(parts.console, interview.id, REVIEWER)[0]
    assert fragment.lstrip().startswith("<article")
    with parts.console.store.unit() as work:
        last = work.record.of_interview(interview.id)[-1]
    assert (last.action, last.actor) == ("report.read", REVIEWER)


def test_report_says_nothing_of_how_long_somebody_had_or_took(parts: Parts) -> None:
    plain, longer = graded(parts, b"++++"), graded(parts, b"++++", multiplier=1.5)
    assert longer.allotted_minutes == 60
    documents = [report_of(parts.console, one.id).document() for one in (plain, longer)]
    texts = [
        json.dumps(document, sort_keys=True).replace(one.id, "ID")
        for document, one in zip(documents, (plain, longer), strict=True)
    ]
    assert texts[0] == texts[1]
    consented = documents[1]["interview"]["moments"][1]
    assert consented == {"label": "Consented", "at": "2026-11-20"}


def test_report_carries_the_humans_words(parts: Parts) -> None:
    interview = graded(parts, b"++++", b"+")
    decide(parts.console, interview.id, "Hire", "The reasoning in part B was sound.", REVIEWER)
    remark = report_of(parts.console, interview.id).remarks[0]
    assert (remark.kind, remark.by, remark.after) == ("override", "reviewer", "Hire")


def test_question_that_could_not_be_graded_is_in_the_report_without_points(parts: Parts) -> None:
    interview = graded(parts, b"++++", b"broken")
    report = report_of(parts.console, interview.id)
    assert [one.status for one in report.questions] == ["graded", "not_graded"]
    assert report.auto_score is None


def test_report_of_an_ungraded_interview_is_refused(parts: Parts) -> None:
    with pytest.raises(NotNowError) as caught:
        report_of(parts.console, handed_in(parts).id)
    assert caught.value.code == "report.not_ready"
