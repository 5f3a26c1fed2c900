import json

import pytest
from viva_console.domain.errors import BadRequestError, GoneError, UnknownError
from viva_console.domain.record import first_broken_link, staff
from viva_console.flow.comment import comment
from viva_console.flow.report import report_json, report_of
from viva_console.flow.review import erase_candidate, interview_page

from tests.fakes.console_interviews import graded, invited
from tests.fakes.console_parts import Parts

ADA, GRACE = staff("ada"), staff("grace")
KEYS = (
    "interview",
    "question:top_customers",
    "part:top_customers:part_a",
    "dimension:top_customers:clarity",
)


def test_comment_stands_at_what_it_is_about(parts: Parts) -> None:
    interview = graded(parts, b"++++", b"+")
    for key in KEYS:
        comment(parts.console, interview.id, ADA, about=key, text=f"on {key}")
    shown = interview_page(parts.console, interview.id, GRACE).comments
    assert [(one.comment.subject.key, one.comment.by, one.title) for one in shown] == [
        (KEYS[0], "ada", "The interview"),
        (KEYS[1], "ada", "Top customers"),
        (KEYS[2], "ada", "Top customers, Part A"),
        (KEYS[3], "ada", "Top customers, Clarity"),
    ]
    remarks = report_of(parts.console, interview.id).remarks
    assert [(one.kind, one.subject, one.question) for one in remarks] == [
        ("comment", "interview", ""),
        ("comment", "top_customers", ""),
        ("comment", "Top customers, Part A", ""),
        ("comment", "clarity", "top_customers"),
    ]


def test_comment_is_recorded_by_id_and_hash_alone(parts: Parts) -> None:
    interview = graded(parts, b"++++", b"+")
    kept = comment(parts.console, interview.id, ADA, about=KEYS[2], text="a word on it")
    with parts.console.store.unit() as work:
        entry = work.record.of_interview(interview.id)[-1]
        assert first_broken_link(work.record.all()) is None
    assert (entry.action, entry.actor) == ("comment.written", ADA)
    assert (entry.data["comment"], entry.data["about"]) == (kept.id, KEYS[2])
    assert len(entry.data["text_sealed_sha256"]) == 64
    assert "a word" not in json.dumps(entry.data)


def test_correction_is_a_comment_of_the_same_person_on_the_same_thing(parts: Parts) -> None:
    interview = graded(parts, b"++++", b"+")
    first = comment(parts.console, interview.id, ADA, about=KEYS[2], text="wrong")
    with pytest.raises(BadRequestError) as caught:
        comment(parts.console, interview.id, GRACE, about="", text="no", corrects=first.id)
    assert caught.value.code == "comment.not_yours"
    later = comment(parts.console, interview.id, ADA, about="", text="right", corrects=first.id)
    assert later.subject == first.subject
    one, two = interview_page(parts.console, interview.id, GRACE).comments
    assert (one.comment.text, one.corrected, one.corrects) == ("wrong", True, None)
    assert (two.comment.text, two.corrected, two.corrects) == ("right", False, first)
    texts = [each.text for each in report_of(parts.console, interview.id).remarks]
    assert texts == ["wrong", f"Corrects the comment of {first.at.isoformat()}: right"]


@pytest.mark.parametrize(
    ("about", "text"),
    [
        ("interview", " "),
        ("interview", "x" * 2001),
        ("interview", "hidden \u202e"),
        ("part:top_customers:none", "a word"),
        ("candidate", "a word"),
        ("", "a word"),
    ],
)
def test_comment_that_cannot_be_leaves_nothing(parts: Parts, about: str, text: str) -> None:
    interview = graded(parts, b"++++", b"+")
    with pytest.raises(BadRequestError):
        comment(parts.console, interview.id, ADA, about=about, text=text)
    assert parts.console.store.rows.comments == []


def test_before_grading_there_are_no_dimensions_to_comment_on(parts: Parts) -> None:
    interview = invited(parts)
    assert comment(parts.console, interview.id, ADA, about=KEYS[2], text="look here")
    with pytest.raises(BadRequestError):
        comment(parts.console, interview.id, ADA, about=KEYS[3], text="look here")
    with pytest.raises(UnknownError):
        comment(parts.console, "none", ADA, about="interview", text="look here")


def test_who_can_still_rate_blind_reads_only_their_own(parts: Parts) -> None:
    parts.grader.level = 2
    interview = graded(parts, b"++++", b"+")
    comment(parts.console, interview.id, ADA, about="interview", text="by ada")
    comment(parts.console, interview.id, GRACE, about="interview", text="by grace")
    shown = interview_page(parts.console, interview.id, GRACE).comments
    assert [one.comment.text for one in shown] == ["by grace"]
    report_json(parts.console, interview.id, GRACE)
    assert len(interview_page(parts.console, interview.id, GRACE).comments) == 2


def test_erased_candidate_takes_comments_along(parts: Parts) -> None:
    interview = graded(parts, b"++++", b"+")
    comment(parts.console, interview.id, ADA, about="interview", text="by ada")
    erase_candidate(parts.console, interview.id, ADA)
    assert interview_page(parts.console, interview.id, ADA).comments == ()
    with pytest.raises(GoneError):
        comment(parts.console, interview.id, ADA, about="interview", text="again")
