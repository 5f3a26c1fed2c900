"""Decides a submission's grade: rebuilt in the author's notebook, judged, put together."""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol

from viva_grader.checks.bench import Judged
from viva_grader.checks.inspection import Inspection
from viva_grader.checks.inspector import Inspector
from viva_grader.checks.quality import forbidden_penalties, measure_quality
from viva_grader.checks.query_cells import Rows
from viva_grader.checks.reproduce import with_queries
from viva_grader.checks.work import Work
from viva_grader.databases.port import Answer
from viva_grader.domain.grade import Citation, Grade, GradeStatus, Json, Status
from viva_grader.domain.outcome import Fact, Measure, Outcome, QueryChecker
from viva_grader.domain.question import Limits, Part, PartKind, Question
from viva_grader.domain.rubric import PenaltyCosts, QualityCosts
from viva_grader.flow.items import Numbered, graded_cells, make_items
from viva_grader.flow.reading import by_signature, read
from viva_grader.flow.shares import (
    efforts_of,
    error_penalties,
    make_shares,
    penalty_document,
    share_documents,
    unfinished,
)
from viva_grader.flow.work import work_of
from viva_grader.library.notebook import AuthorCell, read_author, read_submission
from viva_grader.library.notebook_rebuild import Rebuilt, rebuild
from viva_grader.library.notebook_state import submitted_state
from viva_grader.score.deterministic import correctness, deterministic_score

_ATTEMPTS = 2
"""How often a submission is judged where the fault was ours."""


class TestJudge(Protocol):
    """Port: runs test cells against a candidate's cells, in two processes."""

    def judge(self, work: Work, limits: Limits, rows: Rows) -> Judged:
        """Judge one submission's test cells."""
        ...


class Queries(QueryChecker, Protocol):
    """Port: asks databases, for verdicts and for the rows that tests read."""

    def run_for_frame(self, question: Question, cell: str) -> Answer:
        """Run the whole source of a ``%%sql name <<`` cell on the sample."""
        ...


@dataclass(frozen=True, slots=True)
class _Case:
    """One submission on its way to a grade."""

    question: Question
    author: tuple[AuthorCell, ...]
    rebuilt: Rebuilt
    judged: Judged
    seen: Inspection | None


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
    inspector : Inspector or None
        Reads answers without running them; None: nobody does.
    quality, penalties : QualityCosts, PenaltyCosts
        The rubric's other coefficients.
    """

    tests: TestJudge
    queries: Queries
    environment: Mapping[str, str]
    weights: Mapping[str, float]
    measured: bool = True
    inspector: Inspector | None = None
    quality: QualityCosts = field(default_factory=QualityCosts)
    penalties: PenaltyCosts = field(default_factory=PenaltyCosts)


def grade_submission(submission: bytes, question: Question, checks: Checks) -> Grade:
    """Grade one submission.

    Raises
    ------
    BadSubmissionError
        If it cannot be read as an answer to the question: nothing was run then.
    """
    began_s = time.monotonic()
    author = read_author(question.source)
    rebuilt = rebuild(author, read_submission(submission))
    judged = _judged(submission, question, author, rebuilt, checks)
    seen = read(question, rebuilt, checks.inspector, measured=checks.measured)
    case = _Case(question, author, rebuilt, judged, seen)
    outcomes = {
        part.name: by_signature(_outcome(case, part, checks.queries), part, seen)
        for part in question.parts
    }
    grade = _put_together(submission, case, outcomes, checks)
    seconds = round(time.monotonic() - began_s, 4)
    return replace(grade, aside={"total_s": seconds, "traces": _traces(judged), **judged.aside})


def _traces(judged: Judged) -> dict[str, Json]:
    """Give each part's exception with the candidate's lines that it went through."""
    return {
        part: {
            "error": verdict.facts.get("error"),
            "message": verdict.message,
            "through": [[place.cell, place.line] for place in verdict.places],
        }
        for part, verdict in judged.verdicts.items()
        if verdict.facts.get("error") or verdict.places
    }


def _judged(
    submission: bytes,
    question: Question,
    author: tuple[AuthorCell, ...],
    rebuilt: Rebuilt,
    checks: Checks,
) -> Judged:
    work = work_of(question, author, rebuilt, submission=submission, measured=checks.measured)
    if work is None:
        return Judged(complete=True)
    judged, rows = Judged(), partial(checks.queries.run_for_frame, question)
    for attempt in range(1, _ATTEMPTS + 1):
        judged = checks.tests.judge(work, question.limits, rows)
        judged.aside["attempts"] = attempt
        whole = all(name in judged.verdicts for name in work.points)
        if whole and not judged.reason and not unfinished(judged):
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
    again = checks.measured and (bool(case.judged.reason) or unfinished(case.judged))
    shares = make_shares(
        correctness(auto_score, question.max_score), items, efforts,
        quality=_quality(submission, case, checks),
        reproduction=_reproduction(case, outcomes) if checks.measured else None,
    )  # fmt: skip
    penalties = [] if case.seen is None else forbidden_penalties(case.seen, question.forbidden)
    penalties += error_penalties(outcomes, checks.penalties)
    return Grade(
        status=GradeStatus.GRADED if known and not again else GradeStatus.INCOMPLETE,
        submission_sha256=hashlib.sha256(submission).hexdigest(),
        question=question.slug,
        question_sha256=question.sha256,
        items=items,
        auto_score=auto_score,
        max_score=question.max_score,
        deterministic_score=(
            None if again else deterministic_score(shares, checks.weights, penalties)
        ),
        shares=share_documents(shares, checks.weights, numbered),
        penalties=tuple(penalty_document(each, numbered) for each in penalties),
        evidence=tuple(numbered.evidence),
        environment=dict(checks.environment),
        cells=cells,
    )


def _reproduction(case: _Case, outcomes: Mapping[str, Outcome]) -> Measure | None:
    """Put the candidate's own notebook, run twice, and the queries, asked twice, together."""
    queries = {
        part.query.solution: repeats
        for part in case.question.parts
        if part.query and (repeats := outcomes[part.name].repeats) is not None
    }
    return with_queries(case.judged.reproduction, queries)


def _quality(submission: bytes, case: _Case, checks: Checks) -> Measure | None:
    if case.seen is None or not checks.measured:
        return None
    measure = measure_quality(case.seen, checks.quality)
    claims = submitted_state(submission)
    if not claims:
        return measure
    data: dict[str, Json] = {each.cell: each.said for each in reversed(claims)}
    return replace(measure, facts=(*measure.facts, Fact("submitted_state", data)))
