"""Decides what a small graded interview looks like: Python, SQL and a written part."""

import json
from collections.abc import Mapping

from viva_grader.domain.evaluation import DimensionScore, Evaluation, Quote
from viva_grader.domain.grade import Citation, Evidence, Grade, GradeStatus, Item, Status
from viva_grader.domain.question import Part, PartKind, Question
from viva_grader.domain.rubric import Check, Dimension, Rubric, Share, Twin
from viva_grader.score.levels import share_score

PYTHON_SOURCE = """\
def top_customers(orders, n):
    paid = orders[orders["status"] != "refunded"]
    totals = paid.groupby("customer_id")["amount"].sum()
    return totals.sort_values(ascending=False).head(n)"""

SQL_SOURCE = """\
%%sql
SELECT customer_id, count(*) AS late
FROM orders
JOIN shipments USING (order_id)
WHERE delivered_at > promised_at
GROUP BY customer_id
ORDER BY late DESC"""

WRITTEN_SOURCE = """\
I would watch the share of late orders per carrier and day.
An alert at twice the four-week median goes to the logistics lead."""

SOURCE_NOTEBOOK = json.dumps(
    {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [
            {
                "cell_type": "code",
                "id": "late",
                "metadata": {
                    "nbgrader": {
                        "grade": False,
                        "grade_id": "late",
                        "locked": False,
                        "schema_version": 3,
                        "solution": True,
                        "task": False,
                    }
                },
                "outputs": [],
                "execution_count": None,
                "source": "### BEGIN SOLUTION\nSELECT 'the author''s way' FROM orders\n"
                "JOIN shipments"
                " USING (order_id) GROUP BY customer_id\n### END SOLUTION",
            }
        ],
    }
).encode()


def rubric(*, least_confidence: float = 0.5) -> Rubric:
    """Two dimensions by a model for the rubric's share, one for communication, one by tests."""

    def dimension(name: str, feeds: Share, weight: float, twin: Twin = Twin.NONE) -> Dimension:
        return Dimension(
            name=name,
            title=name.replace("_", " ").capitalize(),
            description=f"How good the {name} is.",
            feeds=feeds,
            weight=weight,
            anchors={level: f"{name} at level {level}" for level in range(1, 6)},
            checklist=(
                Check("first", "one thing to look for"),
                Check("second", "another thing to look for"),
            ),
            twin=twin,
        )

    return Rubric(
        slug="sample",
        version="1",
        title="Sample",
        dimensions=(
            dimension("correctness", Share.DETERMINISTIC, 1.0),
            dimension("efficiency", Share.RUBRIC, 0.25, Twin.NEUTRAL),
            dimension("code_quality", Share.RUBRIC, 0.75),
            dimension("communication", Share.COMMUNICATION, 1.0),
        ),
        weights={Share.DETERMINISTIC: 0.45, Share.RUBRIC: 0.45, Share.COMMUNICATION: 0.10},
        deterministic={"correctness": 70, "performance": 15, "quality": 10, "reproducibility": 5},
        verdicts=(
            ("Strong Hire", 85.0),
            ("Hire", 70.0),
            ("Borderline", 55.0),
            ("Needs Improvement", 0.0),
        ),
        sha256="ab" * 32,
        least_confidence=least_confidence,
    )


def question(slug: str = "late_orders") -> Question:
    """A question with a query part and a written one."""
    return Question(
        slug=slug,
        title=slug.replace("_", " ").capitalize(),
        kind="sql",
        level="senior",
        skills=("sql",),
        minutes=25,
        brief="Count late orders per customer.",
        parts=(
            Part("late_query", PartKind.QUERY, 4.0, "Late orders per customer", ("late",)),
            Part("monitor", PartKind.WRITTEN, 0.0, "What would you monitor?", ("monitor",)),
        ),
        source=SOURCE_NOTEBOOK,
        sha256="cd" * 32,
    )


def shares(correctness: float | None) -> dict[str, object]:
    """Only correctness is measured."""
    return {
        "correctness": {"weight": 70.0, "value": correctness},
        "performance": {"weight": 15.0, "value": None},
        "quality": {"weight": 10.0, "value": None},
        "reproducibility": {"weight": 5.0, "value": None},
    }


def python_grade(source: str = PYTHON_SOURCE) -> Grade:
    """Passes one part of two: 3 of 6 points."""
    lines = source.count("\n") + 1
    return Grade(
        status=GradeStatus.GRADED,
        submission_sha256="11" * 32,
        question="top_customers",
        question_sha256="22" * 32,
        items=(
            Item(
                "test_totals",
                "tests",
                Status.PASS,
                3.0,
                3.0,
                "All tests passed.",
                (Citation("top_customers", 1, lines),),
                ("F001",),
            ),
            Item(
                "test_ties",
                "tests",
                Status.FAIL,
                0.0,
                3.0,
                "Ties at the last place must all be returned.",
                (Citation("top_customers", 1, lines),),
                ("F002",),
            ),
        ),
        evidence=(
            Evidence("F001", "test", "test_totals", {"assertions": 4, "calls": 3}),
            Evidence("F002", "test", "test_ties", {"raised": "AssertionError: 3 rows, not 4"}),
        ),
        auto_score=3.0,
        max_score=6.0,
        deterministic_score=50.0,
        shares=shares(0.5),
        environment={"python": "3.11.7", "pandas": "2.3.3"},
        cells=({"cell": "top_customers", "type": "code", "source": source},),
    )


def sql_grade(
    source: str = SQL_SOURCE, written: str = WRITTEN_SOURCE, *, right: bool = False
) -> Grade:
    """A query that differs on one hidden variant, and a written part."""
    difference = {
        "variant": "late_events",
        "outcome": "different",
        "reason": "rows differ",
        "columns": ["customer_id", "late"],
        "expected_rows": 3,
        "rows": 4,
        "missing": [["7", "2"], [None, "1"]],
        "missing_count": 2,
        "unexpected": [["7", "3"], ["9", "1"]],
        "unexpected_count": 12,
    }
    same = {"variant": "plain", "outcome": "same", "expected_rows": 3}
    return Grade(
        status=GradeStatus.GRADED,
        submission_sha256="33" * 32,
        question="late_orders",
        question_sha256="cd" * 32,
        items=(
            Item(
                "late_query",
                "query",
                Status.PASS if right else Status.FAIL,
                4.0 if right else 2.0,
                4.0,
                "Right on 1 of 2 hidden data sets: rows differ.",
                (Citation("late", 1, source.count("\n") + 1),),
                ("F001", "F002"),
            ),
            Item(
                "monitor",
                "written",
                Status.UNSCORED,
                None,
                4.0,
                "Not for tests: a rubric or a person scores it",
                (Citation("monitor", 1, written.count("\n") + 1),),
            ),
        ),
        evidence=(
            Evidence("F001", "query_diff", "late_query", same),
            Evidence("F002", "query_diff", "late_query", same if right else difference),
        ),
        auto_score=4.0 if right else 2.0,
        max_score=4.0,
        deterministic_score=100.0 if right else 50.0,
        shares=shares(1.0 if right else 0.5),
        environment={"postgresql": "18.4"},
        cells=(
            {"cell": "late", "type": "code", "source": source},
            {"cell": "monitor", "type": "markdown", "source": written},
        ),
    )


def refused_grade() -> Grade:
    """Not an answer to the question."""
    return Grade(
        status=GradeStatus.REFUSED,
        submission_sha256="44" * 32,
        question="late_orders",
        question_sha256="cd" * 32,
        items=(),
        evidence=(),
        auto_score=None,
        max_score=4.0,
        deterministic_score=None,
    )


def evaluation(
    by: Rubric,
    levels: dict[str, int | None],
    *,
    cell: str = "late",
    confidence: float = 0.8,
    samples: Mapping[str, tuple[int | None, ...]] | None = None,
) -> Evaluation:
    """Scores with one citation each, as if a model had given them; of one reading without more."""
    read = samples or {}
    scores = tuple(
        DimensionScore(
            dimension=name,
            score=level,
            rationale=f"Because of what stands there about {name}.",
            quotes=() if level is None else (Quote(Citation(cell, 2, 3), "the quoted words"),),
            confidence=None if level is None else confidence,
            red_flags=("It tells the assessor what to do.",) if level == 1 else (),
            follow_ups=() if level is None else ("Which index would help?",),
            reason="The model saw nothing to score this by." if level is None else "",
            samples=read.get(name, (level,)),
        )
        for name, level in levels.items()
    )
    missing = sum(level is None for level in levels.values())
    return Evaluation(
        rubric=by.name,
        rubric_sha256=by.sha256,
        status="scored" if not missing else "unscored" if missing == len(levels) else "partial",
        dimensions=scores,
        rubric_score=share_score(by, Share.RUBRIC, scores),
        communication_score=share_score(by, Share.COMMUNICATION, scores),
        reason=f"{missing} of {len(levels)} dimensions are unscored." if missing else "",
        record={"response": {"model_answered": "judge-2026", "fingerprint": "fp"}},
    )
