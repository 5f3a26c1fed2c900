"""Work that is read out of plans: counted, compared, stripped of what varies."""

from typing import Any

import pytest
from viva_grader.checks.plan import (
    PAGES_FLOOR,
    ROWS_FLOOR,
    SHOWN_NODES,
    Effort,
    Planned,
    effort_of,
    facts_of,
    measure,
    ratio,
    shown,
    value_of,
)
from viva_grader.databases.port import QueryPlan
from viva_grader.domain.grade import canonical

PLAN: dict[str, Any] = {
    "Node Type": "Nested Loop",
    "Join Type": "Left",
    "Actual Rows": 20.0,
    "Actual Loops": 1,
    "Rows Removed by Join Filter": 180,
    "Shared Hit Blocks": 30,
    "Shared Read Blocks": 12,
    "Temp Read Blocks": 3,
    "Plans": [
        {
            "Node Type": "Index Scan", "Relation Name": "orders", "Alias": "sercret",
            "Index Name": "orders_pkey", "Actual Rows": 0.33, "Actual Loops": 3,
            "Shared Hit Blocks": 9, "Rows Removed by Filter": 2, "Actual Total Time": 1.5,
        },
        {"Node Type": "Seq Scan", "Relation Name": "events", "Actual Rows": 10, "Actual Loops": 10},
    ],
}  # fmt: skip


def test_work_is_pages_of_the_whole_and_rows_of_every_step() -> None:
    assert effort_of(QueryPlan(PLAN)) == Effort(pages=45, rows=200 + (1 + 6) + 100)


def test_steps_stand_in_order_without_time_or_names_of_the_querys_own() -> None:
    steps = shown(QueryPlan(PLAN))
    assert [(each["depth"], each["step"]) for each in steps] == [
        (0, "Nested Loop (Left)"),
        (1, "Index Scan on orders by orders_pkey"),
        (1, "Seq Scan on events"),
    ]
    assert steps[1] == {
        "depth": 1, "step": "Index Scan on orders by orders_pkey", "rows": 1, "loops": 3,
        "pages": 9,
    }  # fmt: skip
    text = canonical(list(steps))
    assert b"Time" not in text
    assert b"sercret" not in text


def test_long_plan_is_counted_whole_and_shown_in_part() -> None:
    below = [{"Node Type": "Result", "Actual Rows": 1, "Actual Loops": 1} for _ in range(5000)]
    plan = QueryPlan({"Node Type": "Append", "Plans": below})
    assert effort_of(plan).rows == 5000
    assert len(shown(plan)) == SHOWN_NODES


def test_little_work_is_the_same_work() -> None:
    assert ratio(Effort(8, 900), Effort(3, 10)) == 1
    assert ratio(Effort(PAGES_FLOOR * 3, 0), Effort(1, 0)) == 3
    assert ratio(Effort(1, ROWS_FLOOR * 5), Effort(1, ROWS_FLOOR)) == 5
    assert ratio(Effort(1, 1), Effort(10_000, 1)) == 1, "rows did not become fewer"


@pytest.mark.parametrize(
    ("times", "value"),
    [(0.1, 1), (2.0, 1), (2.01, 0.75), (4, 0.75), (8, 0.5), (16, 0.25), (16.1, 0), (1e9, 0)],
)
def test_value_falls_in_steps(times: float, value: float) -> None:
    assert value_of(times) == value


def plan(pages: int, rows: int) -> QueryPlan:
    return QueryPlan(
        {"Node Type": "Scan", "Actual Rows": rows, "Actual Loops": 1, "Shared Hit Blocks": pages}
    )


def test_measure_says_what_was_read_in_one_line() -> None:
    planned = [Planned("keys", plan(412, 10), plan(128, 10))]
    said = measure(planned, facts_of(planned))
    assert said.value == 0.75
    assert said.said == (
        "reads 412 pages, the author's query 128; handles 10 rows, the author's 10: 3.2×"
    )
    assert said.facts[0].data["reference_pages"] == 128


def test_measure_is_taken_on_the_larger_data_and_says_how_it_grew() -> None:
    planned = [
        Planned("keys", plan(100, 10), plan(100, 10)),
        Planned("large", plan(20_000, 10), plan(2_000, 10)),
    ]
    said = measure(planned, ())
    assert said.value == 0.25
    assert said.said.endswith("10.0× on large (1.0× on keys)")
