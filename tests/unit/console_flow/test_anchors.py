"""Anchors are made of what people rated blind, and of nothing else."""

from viva_console.domain.record import staff
from viva_console.flow.anchors import make_anchors
from viva_console.flow.rate import begin_rating, rate
from viva_console.flow.report import stored_interview
from viva_console.flow.review import erase_candidate
from viva_grader.rubric.anchor import Anchor

from tests.fakes.console_interviews import graded
from tests.fakes.console_parts import Parts

ADA, GRACE = staff("ada"), staff("grace")


def test_rated_submission_becomes_an_anchor_until_its_candidate_is_erased(parts: Parts) -> None:
    parts.grader.level = 2
    interview = graded(parts, b"++++", b"+")
    answer = stored_interview(parts.console, interview.id).answers[0]
    submission = answer.submission.id
    assert make_anchors(parts.console, ADA) == {}
    for by, level in ((ADA, "4"), (GRACE, "5"), (staff("kit"), "not_shown")):
        begin_rating(parts.console, submission, by)
        rate(parts.console, submission, {"clarity": level}, {}, by)
    (name, content), *others = make_anchors(parts.console, ADA).items()
    assert (name, others) == (f"{submission}.anchor.json", [])
    anchor = Anchor.model_validate_json(content)
    assert (anchor.question, anchor.levels) == ("top_customers", {"clarity": 4})
    assert anchor.evaluated().dimensions[0].score == 2
    assert answer.grade is not None
    assert [each.part for each in anchor.graded().items] == ["part_a", "part_b"]
    with parts.console.store.unit() as work:
        entry = work.record.all()[-1]
    assert (entry.action, entry.actor, entry.data) == ("anchors.exported", ADA, {"anchors": 1})
    erase_candidate(parts.console, interview.id, ADA)
    assert make_anchors(parts.console, ADA) == {}
