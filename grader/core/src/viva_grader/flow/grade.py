"""Decides a submission's grade: rebuilt in the author's notebook, judged, put together."""

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from viva_grader.checks.bench import Judged
from viva_grader.checks.work import Work
from viva_grader.domain.grade import Citation, Grade, GradeStatus, Status
from viva_grader.domain.outcome import Fact, Outcome, Penalty, QueryChecker
from viva_grader.domain.question import Limits, Part, PartKind, Question
from viva_grader.flow.items import Numbered, graded_cells, make_items
from viva_grader.flow.shares import (
    efforts_of,
    make_shares,
    penalty_document,
    share_documents,
)
from viva_grader.library.notebook import AuthorCell, read_author, read_submission
from viva_grader.library.notebook_names import cell_names
from viva_grader.library.notebook_rebuild import Rebuilt, StepKind, rebuild
from viva_grader.score.deterministic import correctness, deterministic_score

_ATTEMPTS = 2
"""How often a submission is judged where the fault was ours."""


class TestJudge(Protocol):
    """Port: runs test cells against a candidate's cells, in two processes."""

    def judge(self, work: Work, limits: Limits) -> Judged:
        """Judge one submission's test cells."""
        ...


@dataclass(frozen=True, slots=True)
class _Case:
    """One submission on its way to a grade."""

    question: Question
    author: tuple[AuthorCell, ...]
    rebuilt: Rebuilt
    judged: Judged


@dataclass(frozen=True, slots=True)
class Checks:
    """What a grade is made with.

    Attributes
    ----------
    environment : mapping of str to str
        Versions that the grade depends on.
    weights : mapping of str to float
        Points of each share of the deterministic score.
    measured : bool
        Whether the shares beside correctness are measured; the tests alone cost a fraction.
    """

    tests: TestJudge
    queries: QueryChecker
    environment: Mapping[str, str]
    weights: Mapping[str, float]
    measured: bool = True


def grade_submission(submission: bytes, question: Question, checks: Checks) -> Grade:
    """Grade one submission.

    Raises
    ------
    BadSubmissionError
        If it cannot be read as an answer to the question: nothing was run then.
    """
    author = read_author(question.source)
    rebuilt = rebuild(author, read_submission(submission))
    judged = _judged(question, author, rebuilt, checks.tests)
    case = _Case(question, author, rebuilt, judged)
    outcomes = {part.name: _outcome(case, part, checks.queries) for part in question.parts}
    return _put_together(submission, case, outcomes, checks)


def _judged(
    question: Question, author: tuple[AuthorCell, ...], rebuilt: Rebuilt, tests: TestJudge
) -> Judged:
    points = {p.name: p.max_points for p in question.parts if p.kind is PartKind.TESTS}
    if not points:
        return Judged(complete=True)
    limits = question.limits
    work = Work(
        steps=tuple(s for s in rebuilt.steps if s.kind is not StepKind.TESTS or s.cell in points),
        names={cell.id: cell_names(cell.source) for cell in author if cell.code},
        points=points,
        files={name: b64encode(data).decode("ascii") for name, data in question.files.items()},
        call_s=limits.call_s,
        part_s=limits.part_s,
        total_s=limits.total_s,
        message_bytes=limits.message_mib * 1024 * 1024,
    )
    judged = Judged()
    for _ in range(_ATTEMPTS):
        judged = tests.judge(work, limits)
        if all(name in judged.verdicts for name in points):
            break
    return judged


def _outcome(case: _Case, part: Part, queries: QueryChecker) -> Outcome:
    rebuilt, judged = case.rebuilt, case.judged
    if part.kind is PartKind.WRITTEN:
        return Outcome(Status.UNSCORED, None, "Not for tests: a rubric or a person scores it")
    if part.kind is PartKind.QUERY:
        return _query(case, part, queries)
    verdict = judged.verdicts.get(part.name)
    if verdict is None:
        reason = judged.reason or "no verdict"
        return Outcome(
            Status.INFRA_ERROR, None, "The grader could not judge this part: grade it again",
            (Fact("grader", {"reason": reason}),),
        )  # fmt: skip
    missing = [name for name in part.solutions if name in rebuilt.missing]
    message = verdict.message
    if missing and verdict.status is not Status.PASS:
        message = f"{message} (the submission lacks cell {', '.join(missing)})"
    facts = (Fact("test", {"status": verdict.status.value, **verdict.facts}),)
    places = tuple(Citation(p.cell, p.line, p.line) for p in verdict.places)
    return Outcome(verdict.status, verdict.points, message, facts, places)


def _query(case: _Case, part: Part, queries: QueryChecker) -> Outcome:
    rebuilt = case.rebuilt
    solution = part.query.solution if part.query else part.name
    reference = next((cell.source for cell in case.author if cell.id == solution), "")
    if solution in rebuilt.missing:
        text = f"The submission lacks cell {solution}"
        return Outcome(Status.CANDIDATE_ERROR, 0.0, text)
    submitted = rebuilt.answers.get(solution, "")
    return queries.check(case.question, part, submitted=submitted, reference=reference)


def _put_together(
    submission: bytes, case: _Case, outcomes: dict[str, Outcome], checks: Checks
) -> Grade:
    question, rebuilt = case.question, case.rebuilt
    cells = graded_cells(rebuilt, case.author)
    numbered = Numbered()
    items = make_items(
        outcomes, rebuilt, case.judged.problems, question=question, numbered=numbered, cells=cells
    )
    automatic = [item for item in items if item.kind != PartKind.WRITTEN.value]
    known = all(item.points is not None for item in automatic)
    auto_score = round(sum((item.points or 0.0 for item in automatic), 0.0), 6) if known else None
    efforts = efforts_of(question.parts, outcomes, case.judged) if checks.measured else {}
    shares = make_shares(
        correctness(auto_score, question.max_score), items, efforts,
        quality=None, reproduction=case.judged.reproduction,
    )  # fmt: skip
    penalties: list[Penalty] = []
    return Grade(
        status=GradeStatus.GRADED if known else GradeStatus.INCOMPLETE,
        submission_sha256=hashlib.sha256(submission).hexdigest(),
        question=question.slug,
        question_sha256=question.sha256,
        items=items,
        auto_score=auto_score,
        max_score=question.max_score,
        deterministic_score=deterministic_score(shares, checks.weights, penalties),
        shares=share_documents(shares, checks.weights, numbered),
        penalties=tuple(penalty_document(each, numbered) for each in penalties),
        evidence=tuple(numbered.evidence),
        environment=dict(checks.environment),
        cells=cells,
    )
