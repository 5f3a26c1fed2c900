"""A grade is put together from verdicts; what was not judged is retried and is never a zero."""

import json
from dataclasses import dataclass, field, replace

import pytest
from viva_grader.checks.bench import Judged
from viva_grader.checks.findings import Finding, finding
from viva_grader.checks.inspection import Inspection, Request, inspect_cells
from viva_grader.checks.query_cells import Rows
from viva_grader.checks.verdicts import CellProblem, Place, TestVerdict
from viva_grader.checks.work import Work
from viva_grader.databases.port import Answer
from viva_grader.domain.grade import Grade, Status
from viva_grader.domain.outcome import Fact, Measure, Outcome
from viva_grader.domain.question import Forbidden, Limits, Part, Question
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

    def judge(self, work: Work, limits: Limits, rows: Rows) -> Judged:
        self.asked.append(work)
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


class NoQueries:
    """Is never asked here."""

    def check(self, question: Question, part: Part, *, submitted: str, reference: str) -> Outcome:
        raise AssertionError(part)

    def run_for_frame(self, question: Question, cell: str) -> Answer:
        raise AssertionError(cell)


class Reader:
    """Reads answers in this process: tests write nothing that could hurt it."""

    def inspect(self, request: Request) -> Inspection:
        request = replace(request, quality=False)
        return replace(inspect_cells(request, "no linter"), findings=self.findings)

    def __init__(self, *findings: Finding) -> None:
        self.findings = findings


def graded(
    judge: Judge,
    answers: dict[str, str] | None = None,
    *,
    reader: Reader | None = None,
    question: Question = COURSE.question,
) -> Grade:
    checks = Checks(judge, NoQueries(), {"python": "3"}, WEIGHTS, inspector=reader)
    return grade_submission(COURSE.submission(answers), question, checks)


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


ALL_GOOD = Judged(
    {"value": GOOD, "kind": TestVerdict(Status.PASS, 1.0, "All assertions hold")}, complete=True
)
NOTHING = Judged(
    {name: TestVerdict(Status.CANDIDATE_ERROR, 0.0, "raised") for name in ("value", "kind")},
    complete=True,
)


def asking(**changes: object) -> Question:
    """The course's question, with its first part changed."""
    first, *others = COURSE.question.parts
    return replace(COURSE.question, parts=(replace(first, **changes), *others))  # type: ignore[arg-type]


def test_all_four_shares_make_the_score() -> None:
    judged = replace(
        ALL_GOOD,
        efforts={"value": Measure(0.5, "twice the author's lines", (Fact("effort", {"n": 1}),))},
        reproduction=Measure(1.0, "two runs agree"),
    )
    reader = Reader(finding("f", 1, "B006"))  # costs 0.15 of quality
    grade = graded(Judge([judged]), reader=reader)
    assert grade.deterministic_score == pytest.approx(70 + 15 * 0.5 + 10 * 0.85 + 5)
    shown = {name: (share["value"], share["said"]) for name, share in grade.shares.items()}
    assert shown["performance"] == (0.5, "value: twice the author's lines")
    assert shown["quality"] == (0.85, "findings: 1 fault")
    facts = {fact.id: fact for fact in grade.evidence}
    assert [facts[i].kind for i in grade.shares["quality"]["evidence"]] == ["finding"]
    assert [facts[i].kind for i in grade.shares["performance"]["evidence"]] == ["effort"]


def test_an_answer_without_points_earns_nothing_by_being_clean_and_repeatable() -> None:
    judged = replace(
        NOTHING, efforts={"value": Measure(1.0, "fast")}, reproduction=Measure(1.0, "agree")
    )
    grade = graded(Judge([judged]), reader=Reader())
    assert grade.deterministic_score == 0.0
    assert {name: share["value"] for name, share in grade.shares.items()} == {
        "correctness": 0.0, "performance": 0.0, "quality": 0.0, "reproducibility": 0.0,
    }  # fmt: skip
    assert grade.shares["quality"]["measured"] == 1.0


def test_a_wrong_signature_is_the_parts_verdict_and_cites_its_line() -> None:
    question = asking(signature="f(sales, hours)")
    answer = {"f": "import os\ndef f(s):\n    return 1"}
    grade = graded(Judge([ALL_GOOD]), answer, reader=Reader(), question=question)
    item = grade.items[0]
    assert (item.status.value, item.points) == ("candidate_error", 0.0)
    assert item.message == "f(sales, hours) is asked for; submitted: f(s)"
    assert [(c.cell, c.start, c.end) for c in item.citations] == [("f", 2, 2)]
    assert grade.items[1].points == 1.0
    assert grade.auto_score == 1.0


def test_what_is_forbidden_is_taken_off_with_its_lines() -> None:
    question = replace(
        COURSE.question, forbidden=(Forbidden(("numpy",), (), 12.5, "Plain Python only."),)
    )
    answer = {"f": "def f():\n    import numpy as np\n    return np.int64(1)"}
    grade = graded(Judge([ALL_GOOD]), answer, reader=Reader(), question=question)
    assert grade.deterministic_score == 87.5
    (penalty,) = grade.penalties
    assert (penalty["points"], penalty["why"]) == (12.5, "Plain Python only.")
    facts = {fact.id: fact.data for fact in grade.evidence}
    assert [facts[i] for i in penalty["evidence"]] == [
        {"what": "import numpy", "cell": "f", "line": 2}
    ]


def test_a_majority_of_errors_is_taken_off_and_half_of_them_is_not() -> None:
    error = TestVerdict(Status.TIMEOUT, 0.0, "took too long")
    half = Judged({"value": GOOD, "kind": error}, complete=True)
    assert graded(Judge([half])).penalties == ()
    cases = {"cases": [{"status": "pass"}, {"status": "timeout"}, {"status": "candidate_error"}]}
    most = TestVerdict(Status.FAIL, 1.0, "one of three", (), cases)
    grade = graded(Judge([Judged({"value": most, "kind": error}, complete=True)]))
    assert [(p["points"], p["why"]) for p in grade.penalties] == [
        (5.0, "3 of 4 cases end in errors")
    ]
    assert grade.deterministic_score == pytest.approx(33.33 - 5)


def test_times_stay_beside_the_grade() -> None:
    grade = graded(Judge([replace(ALL_GOOD, aside={"parts_s": {"value": 0.25}})]))
    again = graded(Judge([replace(ALL_GOOD, aside={"parts_s": {"value": 9.75}})]))
    assert grade.aside["parts_s"] == {"value": 0.25}
    assert grade.aside["attempts"] == 1
    assert grade.sha256 == again.sha256


def test_what_our_own_fault_kept_from_being_measured_is_tried_again_and_leaves_no_score() -> None:
    busy = Measure(None, "not measured: the machine was too busy", again=True)
    first = replace(ALL_GOOD, reproduction=busy)
    better = replace(ALL_GOOD, reproduction=Measure(0.5, "half agrees"))
    judge = Judge([first, better])
    assert graded(judge).deterministic_score == pytest.approx(100 * 72.5 / 75, abs=0.01)
    assert len(judge.asked) == 2
    never = graded(Judge([first]))
    assert (never.status.value, never.auto_score, never.deterministic_score) == (
        "incomplete", 3.0, None,
    )  # fmt: skip


def test_what_the_submission_says_of_its_own_runs_is_shown_and_changes_nothing() -> None:
    plain = graded(Judge([ALL_GOOD]), reader=Reader())
    notebook = json.loads(COURSE.submission())
    for number, cell in enumerate(c for c in notebook["cells"] if c["cell_type"] == "code"):
        cell["execution_count"] = 9 - number
    checks = Checks(Judge([ALL_GOOD]), NoQueries(), {"python": "3"}, WEIGHTS, inspector=Reader())
    grade = grade_submission(json.dumps(notebook).encode(), COURSE.question, checks)
    claims = {e.kind: e.data for e in grade.evidence}["submitted_state"]
    assert claims == {"value": "ran before a cell above it", "kind": "ran before a cell above it"}
    assert grade.deterministic_score == plain.deterministic_score
