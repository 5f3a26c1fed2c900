"""Decides how submissions, newest runs and scores are read for many interviews at once."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from viva_console.domain.run import RunState
from viva_console.domain.views import GradingLine
from viva_console.store.documents import ref_from
from viva_console.store.tables import (
    execution_results,
    final_scores,
    gpt_evaluations,
    runs,
    submissions,
)


def grading_lines(
    connection: sa.Connection, interview_ids: list[str]
) -> dict[str, list[GradingLine]]:
    """Give, per interview, a line per question in order; without submissions there is none."""
    lines: dict[str, list[GradingLine]] = {}
    for row in connection.execute(_query(interview_ids)):
        lines.setdefault(row.interview_id, []).append(_line(row))
    return lines


def _query(interview_ids: list[str]) -> sa.Executable:
    newest = (
        sa.select(runs)
        .where(runs.c.interview_id.in_(interview_ids))
        .ext(distinct_on(runs.c.submission_id))
        .order_by(runs.c.submission_id, runs.c.seq.desc())
        .subquery("newest")
    )
    return (
        sa.select(
            submissions.c.id,
            submissions.c.interview_id,
            submissions.c.question,
            submissions.c.sha256,
            submissions.c.size_bytes,
            submissions.c.problem,
            newest.c.id.label("run_id"),
            newest.c.state.label("run_state"),
            newest.c.failure,
            execution_results.c.auto_score,
            execution_results.c.max_score,
            execution_results.c.deterministic_score,
            execution_results.c.grade_sha256,
            gpt_evaluations.c.rubric_score,
            final_scores.c.overall,
            final_scores.c.verdict,
        )
        .select_from(submissions)
        .outerjoin(newest, newest.c.submission_id == submissions.c.id)
        .outerjoin(execution_results, execution_results.c.run_id == newest.c.id)
        .outerjoin(gpt_evaluations, gpt_evaluations.c.run_id == newest.c.id)
        .outerjoin(final_scores, final_scores.c.run_id == newest.c.id)
        .where(submissions.c.interview_id.in_(interview_ids))
        .order_by(submissions.c.interview_id, submissions.c.question["number"].as_integer())
    )


def _line(row: sa.Row[Any]) -> GradingLine:
    return GradingLine(
        question=ref_from(row.question),
        submission_id=row.id,
        submission_sha256=row.sha256,
        size_bytes=row.size_bytes,
        problem=row.problem,
        run_id=row.run_id,
        run_state=RunState(row.run_state) if row.run_state else None,
        failure=row.failure or "",
        auto_score=row.auto_score,
        max_score=row.max_score,
        deterministic_score=row.deterministic_score,
        rubric_score=row.rubric_score,
        overall=row.overall,
        verdict=row.verdict,
        grade_sha256=row.grade_sha256,
    )
