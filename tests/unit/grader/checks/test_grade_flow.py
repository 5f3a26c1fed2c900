"""A grade is put together from verdicts; what was not judged is retried and is never a zero."""

from dataclasses import dataclass, field

import pytest
from viva_grader.checks.bench import Judged
from viva_grader.checks.verdicts import CellProblem, Place, TestVerdict
from viva_grader.checks.work import Work
from viva_grader.domain.grade import Grade, Status
from viva_grader.domain.outcome import Outcome
from viva_grader.domain.question import Limits, Part, Question
from viva_grader.flow.grade import Checks, grade_submission
from viva_grader.score.deterministic import WEIGHTS

from tests.fakes.nbgrader_course import autograded, course, solution, written

COURSE = course(
    solution("f", "def f():\n    return 1"),
    autograded("value", "assert f() == 1", 2),
    autograded("kind", "assert type(f()) is int", 1),
    written("essay", "Write.", 4),
)
GOOD = TestVerdict(Status.PASS, 2.0, "All assertions hold")
WRONG = TestVerdict(Status.FAIL, 0.0, "no", (Place("f", 2), Place("f", 99), Place("gone", 1)))


@dataclass
class Judge:
    """Gives the prepared answers, one for each attempt."""

    answers: list[Judged]
    asked: list[Work] = field(default_factory=list[Work])

    def judge(self, work: Work, limits: Limits) -> Judged:
        self.asked.append(work)
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


class NoQueries:
    """Is never asked here."""

    def check(self, question: Question, part: Part, *, submitted: str, reference: str) -> Outcome:
        raise AssertionError(part)


def graded(judge: Judge, answers: dict[str, str] | None = None) -> Grade:
    checks = Checks(judge, NoQueries(), {"python": "3"}, WEIGHTS)
    return grade_submission(COURSE.submission(answers), COURSE.question, checks)


def test_points_add_up_and_written_parts_stay_open() -> None:
    grade = graded(Judge([Judged({"value": GOOD, "kind": WRONG}, complete=True)]))
    assert (grade.status.value, grade.auto_score, grade.max_score) == ("graded", 2.0, 3.0)
    assert [(i.part, i.points) for i in grade.items] == [("value", 2), ("kind", 0), ("essay", None)]
    assert grade.deterministic_score == pytest.approx(66.67)


def test_only_lines_that_exist_are_cited() -> None:
    grade = graded(Judge([Judged({"value": GOOD, "kind": WRONG}, complete=True)]))
    cited = {i.part: [(c.cell, c.start, c.end) for c in i.citations] for i in grade.items}
    assert cited["kind"] == [("f", 2, 2)]
    assert cited["value"] == [("f", 1, 2)]


def test_a_part_without_a_verdict_is_tried_again() -> None:
    judge = Judge([Judged({"value": GOOD}), Judged({"value": GOOD, "kind": GOOD}, complete=True)])
    assert graded(judge).status.value == "graded"
    assert len(judge.asked) == 2


def test_what_never_gets_a_verdict_has_no_points_and_leaves_no_score() -> None:
    grade = graded(Judge([Judged({"value": GOOD}, reason="CalleeGone")]))
    assert [(i.status.value, i.points) for i in grade.items][:2] == [
        ("pass", 2.0),
        ("infra_error", None),
    ]
    assert (grade.status.value, grade.auto_score, grade.deterministic_score) == (
        "incomplete",
        None,
        None,
    )


def test_problems_of_a_cell_become_evidence_of_its_parts() -> None:
    problem = CellProblem("f", Status.CANDIDATE_ERROR, "raised ValueError", 1)
    grade = graded(Judge([Judged({"value": WRONG, "kind": WRONG}, [problem], complete=True)]))
    assert [e.part for e in grade.evidence if e.kind == "cell_error"] == ["value", "kind"]
    assert all(item.evidence for item in grade.items[:2])


def test_the_judge_gets_the_authors_tests_and_the_candidates_text() -> None:
    judge = Judge([Judged({"value": GOOD, "kind": GOOD}, complete=True)])
    graded(judge, {"f": "def f():\n    return 7"})
    sources = {step.cell: step.source for step in judge.asked[0].steps}
    assert sources == {
        "f": "def f():\n    return 7", "value": "assert f() == 1",
        "kind": "assert type(f()) is int",
    }  # fmt: skip
