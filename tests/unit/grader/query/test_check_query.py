from dataclasses import replace

import pytest
from viva_grader.checks.query import check_query
from viva_grader.databases.port import Answer, ProblemKind, QueryLimits, QueryProblem
from viva_grader.domain.fixture import Fixture
from viva_grader.domain.grade import Status, canonical
from viva_grader.domain.outcome import Fact, Outcome
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
) -> Outcome:
    return check_query(
        part,
        submitted=submitted,
        reference=reference,
        fixture=FIXTURE,
        databases=databases or SqliteDatabases(),
        limits=Limits(),
    )


def diffs(said: Outcome) -> list[Fact]:
    return [fact for fact in said.facts if fact.kind == "query_diff"]


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
    assert [fact.data["variant"] for fact in diffs(said)] == ["first", "second", "third"]


def test_answer_that_fits_some_variants_gets_nothing() -> None:
    said = verdict("%%sql q <<\nselect name, weight from colours where name in ('red', 'first')")
    assert (said.status, said.points) == (Status.FAIL, 0)
    assert said.message.startswith("Right on 1 of 3 hidden data sets: ")
    assert diffs(said)[1].data["missing"] == [["second", "7"]]
    assert said.effort is None


def test_answer_that_fits_some_variants_gets_a_share_where_the_rule_says_so() -> None:
    part = replace(PART, query=replace(RULE, credit="by_variant"))
    said = verdict(
        "%%sql q <<\nselect name, weight from colours where name in ('red', 'first')", part=part
    )
    assert (said.status, said.points) == (Status.FAIL, 2)


def test_hidden_rows_stand_in_the_evidence_alone() -> None:
    said = verdict("%%sql q <<\nselect name, weight from colours where weight = 3")
    assert "first" not in said.message
    assert ["first", "7"] in diffs(said)[0].data["missing"]
    assert canonical([fact.data for fact in said.facts])


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
        (ProblemKind.LIMIT, Status.CANDIDATE_ERROR),
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
    assert {variant for variant, sql in databases.asked if "submitted" in sql} == {"first"}


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


def test_machine_that_was_too_busy_is_never_the_candidates_fault() -> None:
    databases = BrokenOn("second", QueryProblem(ProblemKind.UNDECIDED, "busy"))
    said = verdict("%%sql q <<\nselect name from colours -- submitted", databases=databases)
    assert (said.status, said.points) == (Status.INFRA_ERROR, None)


ONLY_SECOND = "%%sql q <<\nselect name, weight from colours where name = 'second'"


def test_empty_results_agree_where_another_data_set_has_rows() -> None:
    said = verdict(ONLY_SECOND, reference=ONLY_SECOND)
    assert (said.status, said.points) == (Status.PASS, 6)
    nothing = "%%sql q <<\nselect name, weight from colours where 1 = 2"
    assert verdict(nothing, reference=ONLY_SECOND).points == 0


def test_empty_results_alone_earn_no_share() -> None:
    part = replace(PART, query=replace(RULE, credit="by_variant"))
    nothing = "%%sql q <<\nselect name, weight from colours where 1 = 2"
    said = verdict(nothing, part=part, reference=ONLY_SECOND)
    assert (said.status, said.points) == (Status.FAIL, 0)


def test_rows_are_shown_of_the_smallest_counterexample_alone() -> None:
    reference = """%%sql q <<
select name from colours where name <> 'blue' and not (name = 'red' and exists
    (select 1 from colours where name = 'second'))"""
    said = verdict("%%sql q <<\nselect name || '!' as name from colours", reference=reference)
    shown = [fact.data["variant"] for fact in diffs(said) if "missing" in fact.data]
    assert shown == ["second"]
    assert diffs(said)[1].data["counterexample"]
    assert diffs(said)[0].data["missing_count"] == 2
    assert "missing" not in diffs(said)[0].data


def test_rule_that_speaks_of_an_unknown_column_is_the_authors_fault() -> None:
    part = replace(PART, query=replace(RULE, order_by=("wieght",)))
    said = verdict(REFERENCE, part=part)
    assert said.status is Status.INFRA_ERROR
    assert "wieght" in said.facts[0].data["detail"]


def test_work_is_measured_for_a_right_answer_beside_the_authors() -> None:
    longer = REFERENCE + " -- " + "x" * 100 * len(REFERENCE)
    said = verdict(longer)
    assert said.effort is not None
    assert said.effort.value == 0
    assert [fact.data["variant"] for fact in said.effort.facts] == ["first"]
    same = verdict(REFERENCE)
    assert same.effort is not None
    assert same.effort.value == 1


CHANGED = replace(
    PART,
    query=replace(RULE, changes=True, look=("select name, weight from colours where weight > 5",)),
)
DOUBLE = "%%sql\nupdate colours set weight = weight * 2 where weight > 5"


@pytest.mark.parametrize(
    ("submitted", "status"),
    [
        ("%%sql\nupdate colours set weight = weight + 7 where weight = 7", Status.PASS),
        ("%%sql\nupdate colours set weight = weight * 2", Status.FAIL),
        ("%%sql\nselect 1", Status.FAIL),
        ("%%sql\nupdate colours set wieght = 1", Status.CANDIDATE_ERROR),
        ("%%sql\ndrop table colours", Status.CANDIDATE_ERROR),
        ("%%sql\nselect 1; drop table colours", Status.CANDIDATE_ERROR),
    ],
)
def test_change_is_judged_by_what_is_seen_after_it(submitted: str, status: Status) -> None:
    said = verdict(submitted, part=CHANGED, reference=DOUBLE)
    assert said.status is status
    assert (said.points == 6) is (status is Status.PASS)


def test_change_by_several_statements_runs_where_the_rule_allows_them() -> None:
    assert CHANGED.query is not None
    part = replace(CHANGED, query=replace(CHANGED.query, statements="several"))
    said = verdict(
        "%%sql\ncreate table t as select 2 as n;\n"
        "update colours set weight = weight * (select n from t) where weight > 5",
        part=part,
        reference=DOUBLE,
    )
    assert said.status is Status.PASS


def test_reference_that_changes_nothing_to_be_seen_is_the_authors_fault() -> None:
    quiet = "%%sql\nupdate colours set weight = 4 where name = 'red'"
    said = verdict(quiet, part=CHANGED, reference=quiet)
    assert (said.status, said.points) == (Status.INFRA_ERROR, None)
    assert said.facts[0].data["detail"] == "what it changes cannot be seen"


def of_large(problem: QueryProblem, submitted: str) -> tuple[Outcome, BrokenOn]:
    databases = BrokenOn("second", problem)
    fixture = replace(
        FIXTURE, hidden=tuple(replace(v, scale=v.name == "second") for v in FIXTURE.hidden)
    )
    said = check_query(
        PART, submitted=submitted, reference=REFERENCE, fixture=fixture, databases=databases,
        limits=Limits(),
    )  # fmt: skip
    return said, databases


RIGHT = f"{REFERENCE} -- submitted"


def test_right_query_that_is_late_on_a_large_data_set_loses_performance_alone() -> None:
    slow = QueryProblem(ProblemKind.TIMEOUT, "the query takes longer than 10 s")
    said, databases = of_large(slow, RIGHT)
    assert (said.status, said.points) == (Status.PASS, 6)
    assert said.effort is not None
    assert said.effort.value == 0
    assert said.effort.said == "the query takes longer than 10 s on second, a large data set"
    assert [fact.data["outcome"] for fact in diffs(said)] == ["same", "same", "timeout"]
    assert databases.asked[-1][0] != "second", "no plan is asked for where it was late"


def test_wrong_query_that_is_late_on_a_large_data_set_is_wrong() -> None:
    slow = QueryProblem(ProblemKind.TIMEOUT, "the query takes longer than 10 s")
    said, _ = of_large(slow, "%%sql q <<\nselect name, weight from colours -- submitted")
    assert (said.status, said.points) == (Status.FAIL, 0)
    assert said.message.startswith("Right on 0 of 2 hidden data sets")


def test_error_on_a_large_data_set_counts_like_any_other() -> None:
    said, _ = of_large(QueryProblem(ProblemKind.ERROR, "division by zero"), RIGHT)
    assert (said.status, said.points) == (Status.CANDIDATE_ERROR, 0)
