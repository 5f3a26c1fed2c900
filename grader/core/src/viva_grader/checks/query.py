"""Decides what a query part is worth: the same answer as the author's, on every hidden data set."""

from dataclasses import dataclass, replace

from viva_grader.checks.answers import Asked, UnusableReferenceError
from viva_grader.checks.compare import Difference, compare
from viva_grader.checks.pairing import TextRow
from viva_grader.checks.plan import facts_of, measure
from viva_grader.checks.sql_cell import NotSqlCellError, UnsupportedSqlCellError, parse_sql_cell
from viva_grader.databases.port import (
    Answer,
    Databases,
    ProblemKind,
    QueryLimits,
    QueryProblem,
    ResultSet,
)
from viva_grader.domain.fixture import Fixture
from viva_grader.domain.grade import Json, Status
from viva_grader.domain.outcome import Fact, Measure, Outcome
from viva_grader.domain.question import Limits, Part, QueryRule

_STATUS = {
    ProblemKind.REFUSED: Status.CANDIDATE_ERROR,
    ProblemKind.ERROR: Status.CANDIDATE_ERROR,
    ProblemKind.LIMIT: Status.CANDIDATE_ERROR,
    ProblemKind.CRASHED: Status.CANDIDATE_ERROR,
    ProblemKind.TOO_BIG: Status.FAIL,
    ProblemKind.TIMEOUT: Status.TIMEOUT,
    ProblemKind.UNDECIDED: Status.INFRA_ERROR,
}

_SLOW = {ProblemKind.TIMEOUT, ProblemKind.LIMIT, ProblemKind.CRASHED}


@dataclass(frozen=True, slots=True)
class _Said:
    """What one variant says of an answer; ``rows`` are those of the author's answer.

    ``slow`` says that it met a limit of time or space: on a large data set that is a matter of
    work, not of being right.
    """

    status: Status
    message: str
    data: dict[str, Json]
    rows: int = 0
    apart: int = 0
    shows: tuple[tuple[TextRow, ...], tuple[TextRow, ...]] = ((), ())
    slow: bool = False


def check_query(
    part: Part,
    *,
    submitted: str,
    reference: str,
    fixture: Fixture,
    databases: Databases,
    limits: Limits,
) -> Outcome:
    """Run a candidate's ``%%sql`` cell and the author's on every hidden variant, and compare.

    Parameters
    ----------
    part : Part
        A part of kind QUERY, with its rule.
    submitted, reference : str
        Whole sources of the candidate's and of the author's solution cell.

    Returns
    -------
    Outcome
        Its message holds no value of a hidden row; its facts do: kind ``query_diff``, one for each
        variant that was asked, and ``query_plan``. Its effort is measured where it is right.

    Raises
    ------
    DatabaseUnavailableError
        If no database can be started.
    ValueError
        If the part has no query rule.
    """
    if part.query is None:
        raise ValueError(f"part {part.name} has no query rule")
    try:
        cell = parse_sql_cell(submitted)
    except UnsupportedSqlCellError as error:
        return Outcome(Status.UNSUPPORTED, None, f"{error}: a person decides")
    except NotSqlCellError as error:
        return Outcome(Status.CANDIDATE_ERROR, 0.0, f"No query: {error}.")
    if cell.blank:
        return Outcome(Status.CANDIDATE_ERROR, 0.0, "No query: the cell holds only comments.")
    asked = Asked(
        part.query,
        fixture,
        databases,
        query_limits(limits),
        cell.sql,
        parse_sql_cell(reference).sql,
    )
    try:
        expected = asked.expected()
    except UnusableReferenceError as error:
        data = _data(error.variant, "reference_unusable", detail=str(error))
        message = "The author's own query has no answer to compare with."
        return Outcome(Status.INFRA_ERROR, None, message, (Fact("query_diff", data),))
    said = [_on(part.query, v, expected[v], answer) for v, answer in asked.answers()]
    slow = [each for each in said if each.slow and asked.is_scale(each.data["variant"])]
    judged = [each for each in said if each not in slow]
    of = len(expected) - len(slow)
    outcome = _verdict(part, part.query, judged, of)
    return _with_plans(replace(outcome, facts=_facts(said)), asked, slow)


def query_limits(limits: Limits) -> QueryLimits:
    """Say what one query may use where a question gives one call these limits."""
    return QueryLimits(seconds=limits.call_s, result_bytes=limits.message_mib * 1024 * 1024)


def _on(
    rule: QueryRule,
    variant: str,
    expected: tuple[ResultSet, ...],
    answer: tuple[Answer, ...] | QueryProblem,
) -> _Said:
    if isinstance(answer, QueryProblem):
        return _problem(variant, answer)
    rows = sum(len(each.rows) for each in expected)
    for place, (want, got) in enumerate(zip(expected, answer, strict=True)):
        if isinstance(got, QueryProblem):
            message = f"after the change: {got.message}" if rule.changes else got.message
            return _problem(variant, replace(got, message=message))
        difference = compare(want, got, rule)
        if difference:
            data = _different(variant, want, got, difference)
            if rule.changes:
                data["look"] = rule.look[place]
            count = difference.missing_count + difference.unexpected_count
            shows = (difference.missing, difference.unexpected)
            message = f"after the change {difference.message}" if rule.changes else ""
            return _Said(Status.FAIL, message or difference.message, data, rows, count, shows)
    return _Said(Status.PASS, "", _data(variant, "same", expected_rows=rows), rows)


def _problem(variant: str, problem: QueryProblem) -> _Said:
    data = _data(variant, problem.kind.value, sqlstate=problem.sqlstate, detail=problem.detail)
    if problem.limit:
        data["limit"] = problem.limit
    return _Said(_STATUS[problem.kind], problem.message, data, slow=problem.kind in _SLOW)


def _verdict(part: Part, rule: QueryRule, said: list[_Said], variants: int) -> Outcome:
    wrong = [each for each in said if each.status is not Status.PASS]
    if not wrong:
        message = f"The same answer as expected on all {variants} hidden data sets."
        return Outcome(Status.PASS, part.max_points, message)
    broken = [each for each in wrong if each.status is Status.INFRA_ERROR]
    if broken:
        return Outcome(Status.INFRA_ERROR, None, _sentence(broken[0].message))
    # what happened says more than what came out wrong
    first = next((each for each in wrong if each.status is not Status.FAIL), wrong[0])
    right = len(said) - len(wrong)
    # to give nothing where nothing is right is no answer yet
    earned = right if any(each.status is Status.PASS and each.rows for each in said) else 0
    points = part.max_points * earned / variants if rule.credit == "by_variant" else 0.0
    message = first.message
    if right or first.status is Status.FAIL:
        message = f"right on {right} of {variants} hidden data sets: {message}"
    return Outcome(first.status, round(points, 6), _sentence(message))


def _with_plans(outcome: Outcome, asked: Asked, slow: list[_Said]) -> Outcome:
    if outcome.status not in {Status.PASS, Status.FAIL}:
        return outcome
    planned = asked.plans(without=[str(each.data["variant"]) for each in slow])
    facts = facts_of(planned)
    whole = replace(outcome, facts=outcome.facts + facts, repeats=asked.repeats())
    if outcome.status is Status.FAIL:
        return whole
    if slow:
        said = f"{slow[0].message} on {slow[0].data['variant']}, a large data set"
        return replace(whole, effort=Measure(0.0, said, facts))
    return replace(whole, effort=measure(planned, facts)) if planned else whole


def _facts(said: list[_Said]) -> tuple[Fact, ...]:
    """Show the rows of the smallest counter-example alone: the others only say that they differ."""
    different = [each for each in said if each.data["outcome"] == "different"]
    smallest = min(different, key=lambda each: (each.rows, each.apart), default=None)
    for each in different:
        if each is smallest:
            missing, unexpected = each.shows
            each.data["counterexample"] = True
            each.data["missing"] = [list(row) for row in missing]
            each.data["unexpected"] = [list(row) for row in unexpected]
    return tuple(Fact("query_diff", each.data) for each in said)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."


def _data(variant: str, outcome: str, **more: Json) -> dict[str, Json]:
    return {"variant": variant, "outcome": outcome, **more}


def _different(
    variant: str, expected: ResultSet, got: ResultSet, difference: Difference
) -> dict[str, Json]:
    return _data(
        variant,
        "different",
        reason=difference.plainly,
        columns=[column.name for column in expected.columns],
        expected_rows=len(expected.rows),
        rows=len(got.rows),
        missing_count=difference.missing_count,
        unexpected_count=difference.unexpected_count,
    )
