"""What leaves the store of an interview is what others can compute again, and nobody blind sees."""

import json

import pytest
from viva_console.domain.errors import GoneError
from viva_console.domain.record import staff
from viva_console.flow.blind import StillBlindError
from viva_console.flow.export import interview_documents
from viva_console.flow.rate import begin_rating, decline_rating, to_rate
from viva_console.flow.review import erase_candidate, interview_page
from viva_grader.domain.decision import decisions_from
from viva_grader.domain.evaluation import evaluation_from
from viva_grader.domain.final_score import final_score_from

from tests.fakes.console_interviews import actions, graded
from tests.fakes.console_parts import Parts
from tests.unit.console_flow.test_judge import give

ADA = staff("ada")


def test_documents_are_those_of_a_grading_with_its_submission(parts: Parts) -> None:
    interview = graded(parts, b"++++", b"broken")
    files = interview_documents(parts.console, interview.id, ADA)
    grade = json.loads(files["top_customers.grade.json"])
    assert sorted(files) == sorted(
        [
            f"{grade['submission_sha256']}.ipynb",
            *(f"top_customers.{kind}.json" for kind in ("evaluation", "final", "grade")),
        ]
    )
    assert files[f"{grade['submission_sha256']}.ipynb"] == b"++++"
    assert evaluation_from(json.loads(files["top_customers.evaluation.json"])).rubric == "sample/1"
    assert final_score_from(json.loads(files["top_customers.final.json"])).deterministic == 100
    assert actions(parts, interview)[-1] == "documents.exported"


def test_peoples_levels_are_beside_the_grade_that_they_are_about(parts: Parts) -> None:
    parts.grader.level = 2
    interview = graded(parts, b"++++", b"+")
    interview_documents(parts.console, interview.id, ADA)
    assert not interview_page(parts.console, interview.id, ADA).scores_hidden
    give(parts, interview, "4")
    files = interview_documents(parts.console, interview.id, ADA)
    assert "late_orders.decisions.json" not in files
    document = json.loads(files["top_customers.decisions.json"])
    assert document["grade_sha256"] == json.loads(files["top_customers.grade.json"])["grade_sha256"]
    (decision,) = decisions_from(document)
    assert (decision.by, decision.original, decision.level) == ("ada", 2, 4)
    assert (document["final"]["rubric"], document["final"]["overall"]) == (75.0, 87.5)


def test_who_is_rating_gets_no_document(parts: Parts) -> None:
    parts.grader.level = 2
    interview = graded(parts, b"++++", b"+")
    submission = to_rate(parts.console, ADA)[0].submission_id
    begin_rating(parts.console, submission, ADA)
    with pytest.raises(StillBlindError):
        interview_documents(parts.console, interview.id, ADA)
    assert "documents.exported" not in actions(parts, interview)
    decline_rating(parts.console, submission, ADA)
    assert interview_documents(parts.console, interview.id, ADA)


def test_nothing_of_an_erased_candidate_leaves(parts: Parts) -> None:
    interview = graded(parts, b"++++", b"+")
    erase_candidate(parts.console, interview.id, ADA)
    with pytest.raises(GoneError):
        interview_documents(parts.console, interview.id, ADA)
