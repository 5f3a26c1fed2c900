from dataclasses import replace

import pytest
from viva_grader.checks.query import QueryVerdict, check_query
from viva_grader.databases.port import Answer, ProblemKind, QueryLimits, QueryProblem
from viva_grader.domain.fixture import Fixture
from viva_grader.domain.grade import Status, canonical
from viva_grader.domain.question import Limits, Part, PartKind, QueryRule

from tests.fakes.databases_suite import colours
from tests.fakes.sqlite_databases import SqliteDatabases

FIXTURE = colours("first", "second", "third")
RULE = QueryRule(solution="q")
PART = Part("test_q", PartKind.QUERY, 6, "Colours", ("q",), RULE)
REFERENCE = "%%sql q <<\nselect name, weight from colours where weight is not null"


def verdict(
    submitted: str,
    *,
    part: Part = PART,
    reference: str = REFERENCE,
    databases: SqliteDatabases | None = None,
) -> QueryVerdict:
    return check_query(
        part,
        submitted=submitted,
        reference=reference,
        fixture=FIXTURE,
        databases=databases or SqliteDatabases(),
        limits=Limits(),
    )


class BrokenOn(SqliteDatabases):
    """Answers as SQLite does, but one variant ends in a given way."""

    def __init__(self, variant: str, problem: QueryProblem) -> None:
        super().__init__()
        self._variant, self._problem = variant, problem

    def query(self, fixture: Fixture, variant: str, sql: str, limits: QueryLimits) -> Answer:
        if variant == self._variant and "submitted" in sql:
            self.asked.append((variant, sql))
            return self._problem
        return super().query(fixture, variant, sql, limits)


def test_same_answer_on_every_variant_gets_all_points() -> None:
    said = verdict("%%sql mine <<\nselect weight, name from colours where weight >= 0")
    assert (said.status, said.points) == (Status.PASS, 6)
    assert [entry["variant"] for entry in said.evidence] == ["first", "second", "third"]


def test_answer_that_fits_some_variants_gets_nothing() -> None:
    said = verdict("%%sql q <<\nselect name, weight from colours where name in ('red', 'first')")
    assert (said.status, said.points) == (Status.FAIL, 0)
    assert said.message.startswith("Right on 1 of 3 hidden data sets: ")
    assert said.evidence[1]["missing"] == [["second", "7"]]


def test_answer_that_fits_some_variants_gets_a_share_where_the_rule_says_so() -> None:
    part = replace(PART, query=replace(RULE, credit="by_variant"))
    said = verdict(
        "%%sql q <<\nselect name, weight from colours where name in ('red', 'first')", part=part
    )
    assert (said.status, said.points) == (Status.FAIL, 2)


def test_hidden_rows_stand_in_the_evidence_alone() -> None:
    said = verdict("%%sql q <<\nselect name, weight from colours where weight = 3")
    assert "second" not in said.message
    assert ["second", "7"] in said.evidence[1]["missing"]
    assert canonical(list(said.evidence))


@pytest.mark.parametrize("source", ["%%sql q <<\n-- YOUR QUERY HERE", "import os", ""])
def test_cell_without_a_query_is_the_candidates_error(source: str) -> None:
    databases = SqliteDatabases()
    said = verdict(source, databases=databases)
    assert (said.status, said.points) == (Status.CANDIDATE_ERROR, 0)
    assert databases.asked == []


def test_what_the_grader_cannot_run_gets_no_points_instead_of_zero() -> None:
    said = verdict("%%sql q <<\nselect * from {{ snippet }}")
    assert (said.status, said.points) == (Status.UNSUPPORTED, None)


def test_error_of_the_query_is_the_candidates() -> None:
    said = verdict("%%sql q <<\nselect no_such from colours")
    assert (said.status, said.points) == (Status.CANDIDATE_ERROR, 0)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (ProblemKind.REFUSED, Status.CANDIDATE_ERROR),
        (ProblemKind.ERROR, Status.CANDIDATE_ERROR),
        (ProblemKind.CRASHED, Status.CANDIDATE_ERROR),
        (ProblemKind.TOO_BIG, Status.FAIL),
        (ProblemKind.TIMEOUT, Status.TIMEOUT),
    ],
)
def test_problem_on_one_variant_decides_the_status(kind: ProblemKind, status: Status) -> None:
    databases = BrokenOn("second", QueryProblem(kind, "why", "XX000", "hidden words"))
    said = verdict("%%sql q <<\n/* submitted */ select name, weight from colours where 1",
                   databases=databases)  # fmt: skip
    assert (said.status, said.points) == (status, 0)
    assert "hidden words" not in said.message


def test_timeout_asks_no_further_variant() -> None:
    databases = BrokenOn("first", QueryProblem(ProblemKind.TIMEOUT, "too long"))
    verdict("%%sql q <<\nselect 1 -- submitted", databases=databases)
    assert {variant for variant, _ in databases.asked} == {"first"}


@pytest.mark.parametrize(
    "reference",
    ["%%sql q <<\nselect name from colours where weight > 99", "%%sql q <<\nselect oops from t"],
)
def test_reference_without_an_answer_is_never_the_candidates_fault(reference: str) -> None:
    # an empty result that equals an empty reference would be right about nothing
    said = verdict("%%sql q <<\nselect name from colours where 1 = 2", reference=reference)
    assert (said.status, said.points) == (Status.INFRA_ERROR, None)


def test_part_without_a_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="no query rule"):
        verdict("%%sql q <<\nselect 1", part=replace(PART, query=None))
