"""Decides what a query part is worth: the same answer as the author's, on every hidden data set."""

from dataclasses import dataclass

from viva_grader.checks.compare import Difference, TextRow, compare
from viva_grader.checks.sql_cell import NotSqlCellError, UnsupportedSqlCellError, parse_sql_cell
from viva_grader.databases.port import (
    Databases,
    ProblemKind,
    QueryLimits,
    QueryProblem,
    ResultSet,
)
from viva_grader.domain.fixture import Fixture
from viva_grader.domain.grade import Json, Status
from viva_grader.domain.question import Limits, Part, QueryRule

_STATUS = {
    ProblemKind.REFUSED: Status.CANDIDATE_ERROR,
    ProblemKind.ERROR: Status.CANDIDATE_ERROR,
    ProblemKind.CRASHED: Status.CANDIDATE_ERROR,
    ProblemKind.TOO_BIG: Status.FAIL,
    ProblemKind.TIMEOUT: Status.TIMEOUT,
}


@dataclass(frozen=True, slots=True)
class QueryVerdict:
    """The verdict on one query part.

    Attributes
    ----------
    points : float or None
        None where the status decides none.
    message : str
        One line, safe to show to a candidate: no value of a hidden row.
    evidence : tuple of dict
        One per hidden variant that was asked, for staff: kind ``query_diff``, up to five missing
        and five unexpected rows.
    """

    status: Status
    points: float | None
    message: str
    evidence: tuple[dict[str, Json], ...] = ()


@dataclass(frozen=True, slots=True)
class _Outcome:
    status: Status
    message: str
    evidence: dict[str, Json]


def check_query(
    part: Part,
    *,
    submitted: str,
    reference: str,
    fixture: Fixture,
    databases: Databases,
    limits: Limits,
) -> QueryVerdict:
    """Run a candidate's ``%%sql`` cell and the author's on every hidden variant, and compare.

    Parameters
    ----------
    part : Part
        A part of kind QUERY, with its rule.
    submitted, reference : str
        Whole sources of the candidate's and of the author's solution cell.

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
        return QueryVerdict(Status.UNSUPPORTED, None, f"{error}: a person decides")
    except NotSqlCellError as error:
        return QueryVerdict(Status.CANDIDATE_ERROR, 0.0, f"No query: {error}.")
    if cell.blank:
        return QueryVerdict(Status.CANDIDATE_ERROR, 0.0, "No query: the cell holds only comments.")
    asked = _Asked(part.query, fixture, databases, query_limits(limits))
    outcomes: list[_Outcome] = []
    for variant in fixture.hidden:
        outcomes.append(asked.on(variant.name, cell.sql, parse_sql_cell(reference).sql))
        if outcomes[-1].status in {Status.TIMEOUT, Status.INFRA_ERROR}:
            break  # the others would take as long, and say no more
    return _verdict(part, part.query, outcomes, len(fixture.hidden))


def query_limits(limits: Limits) -> QueryLimits:
    """Say what one query may use where a question gives one call these limits."""
    return QueryLimits(seconds=limits.call_s, result_bytes=limits.message_mib * 1024 * 1024)


@dataclass(frozen=True, slots=True)
class _Asked:
    rule: QueryRule
    fixture: Fixture
    databases: Databases
    limits: QueryLimits

    def on(self, variant: str, submitted: str, reference: str) -> _Outcome:
        expected = self.databases.query(self.fixture, variant, reference, self.limits)
        if isinstance(expected, QueryProblem) or not expected.rows:
            # two empty results would agree about nothing
            why = expected.message if isinstance(expected, QueryProblem) else "it gives no rows"
            return _Outcome(
                Status.INFRA_ERROR,
                "the author's own query has no answer to compare with",
                _evidence(variant, "reference_unusable", detail=why),
            )
        got = self.databases.query(self.fixture, variant, submitted, self.limits)
        if isinstance(got, QueryProblem):
            return _Outcome(
                _STATUS[got.kind],
                got.message,
                _evidence(variant, got.kind.value, sqlstate=got.sqlstate, detail=got.detail),
            )
        difference = compare(expected, got, self.rule)
        if difference is None:
            same = _evidence(variant, "same", expected_rows=len(expected.rows))
            return _Outcome(Status.PASS, "", same)
        return _Outcome(Status.FAIL, difference.message, _shown(variant, expected, got, difference))


def _verdict(part: Part, rule: QueryRule, outcomes: list[_Outcome], variants: int) -> QueryVerdict:
    evidence = tuple(outcome.evidence for outcome in outcomes)
    wrong = [outcome for outcome in outcomes if outcome.status is not Status.PASS]
    if not wrong:
        message = f"The same answer as expected on all {variants} hidden data sets."
        return QueryVerdict(Status.PASS, part.max_points, message, evidence)
    broken = [outcome for outcome in wrong if outcome.status is Status.INFRA_ERROR]
    if broken:
        return QueryVerdict(Status.INFRA_ERROR, None, _sentence(broken[0].message), evidence)
    # what happened says more than what came out wrong
    first = next((o for o in wrong if o.status is not Status.FAIL), wrong[0])
    right = len(outcomes) - len(wrong)
    points = part.max_points * right / variants if rule.credit == "by_variant" else 0.0
    message = first.message
    if right or first.status is Status.FAIL:
        message = f"right on {right} of {variants} hidden data sets: {message}"
    return QueryVerdict(first.status, round(points, 6), _sentence(message), evidence)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."


def _evidence(variant: str, outcome: str, **data: Json) -> dict[str, Json]:
    return {"kind": "query_diff", "variant": variant, "outcome": outcome, **data}


def _shown(
    variant: str, expected: ResultSet, got: ResultSet, difference: Difference
) -> dict[str, Json]:
    def listed(rows: tuple[TextRow, ...]) -> list[list[str | None]]:
        return [list(row) for row in rows]

    return _evidence(
        variant,
        "different",
        reason=difference.message,
        columns=[column.name for column in expected.columns],
        expected_rows=len(expected.rows),
        rows=len(got.rows),
        missing=listed(difference.missing),
        missing_count=difference.missing_count,
        unexpected=listed(difference.unexpected),
        unexpected_count=difference.unexpected_count,
    )
