"""A part's cases make one verdict: points by weight, a status that says how they ended."""

import pytest
from viva_grader.checks.cases import CaseResult, verdict_of
from viva_grader.domain.grade import Status
from viva_grader.domain.question import Case

PASS, FAIL, ERROR, LATE = Status.PASS, Status.FAIL, Status.CANDIDATE_ERROR, Status.TIMEOUT


@pytest.mark.parametrize(
    ("statuses", "status", "points"),
    [
        ((PASS, PASS, PASS), PASS, 2.0),
        ((PASS, FAIL, PASS), FAIL, 1.333333),
        ((FAIL, FAIL, FAIL), FAIL, 0.0),
        ((ERROR, ERROR, ERROR), ERROR, 0.0),
        ((LATE, LATE, LATE), LATE, 0.0),
        ((LATE, ERROR, ERROR), FAIL, 0.0),
        ((ERROR, PASS, ERROR), FAIL, 0.666667),
    ],
)
def test_status_and_points_follow_from_the_cases(
    statuses: tuple[Status, ...], status: Status, points: float
) -> None:
    results = [CaseResult(Case(str(n), "f()"), each, "so") for n, each in enumerate(statuses)]
    verdict = verdict_of(results, 2.0)
    assert (verdict.status, verdict.points) == (status, points)
    assert [case["status"] for case in verdict.facts["cases"]] == [s.value for s in statuses]


def test_weights_decide_the_share() -> None:
    one, other = Case("a", "f()", weight=3.0), Case("b", "f()")
    verdict = verdict_of([CaseResult(one, PASS, ""), CaseResult(other, FAIL, "no")], 8.0)
    assert verdict.points == 6.0
    assert verdict.message == "1 of 2 cases pass; case b: no"
