"""Decides how runs and what their stages left are kept: at most one result of each kind per run."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from viva_grader.domain.evaluation import Evaluation
from viva_grader.domain.final_score import FinalScore, final_score_from
from viva_grader.domain.grade import Grade

from viva_console.domain.errors import UnknownError
from viva_console.domain.run import Pile, Run, RunState
from viva_console.domain.views import GradingLine
from viva_console.store import documents
from viva_console.store.keys import CandidateKeys
from viva_console.store.lines import grading_lines
from viva_console.store.tables import (
    execution_results,
    final_scores,
    gpt_evaluations,
    runs,
    submissions,
)

_RUN = [column for column in runs.c if column is not runs.c.seq]
_OVER = [state.value for state in RunState if state.is_over]


class PostgresRuns:
    """Runs and their results on one connection."""

    def __init__(self, connection: sa.Connection, keys: CandidateKeys) -> None:
        self._connection = connection
        self._keys = keys
        self._evaluations: dict[str, Evaluation] = {}
        """Read in this unit; they are written once, and large."""

    def add(self, run: Run) -> None:
        """Keep a new run."""
        self._connection.execute(
            runs.insert().values(
                id=run.id,
                submission_id=run.submission_id,
                interview_id=run.interview_id,
                question_sha256=run.question_sha256,
                created_at=run.created_at,
                **_changing(run),
            )
        )

    def get(self, run_id: str, *, lock: bool = False) -> Run:
        """Load one."""
        query = sa.select(*_RUN).where(runs.c.id == run_id)
        row = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise UnknownError("There is no such run.", code="run.unknown")
        return _run(row)

    def save(self, run: Run) -> None:
        """Write its state, attempts and failure."""
        self._connection.execute(runs.update().where(runs.c.id == run.id).values(**_changing(run)))

    def unfinished(self) -> list[Run]:
        """Give those that are not over, oldest first."""
        query = sa.select(*_RUN).where(runs.c.state.not_in(_OVER)).order_by(runs.c.seq)
        return [_run(row) for row in self._connection.execute(query)]

    def pile(self) -> Pile:
        """Count all runs by how far they have come."""
        query = sa.select(runs.c.state, sa.func.count()).group_by(runs.c.state)
        return Pile.of({RunState(row[0]): row[1] for row in self._connection.execute(query)})

    def latest_of_interview(self, interview_id: str) -> list[Run]:
        """Give the newest run of each submission, in the order of the questions."""
        newest = (
            sa.select(sa.func.max(runs.c.seq))
            .where(runs.c.interview_id == interview_id)
            .group_by(runs.c.submission_id)
        )
        query = (
            sa.select(*_RUN)
            .join(submissions, submissions.c.id == runs.c.submission_id)
            .where(runs.c.seq.in_(newest))
            .order_by(submissions.c.question["number"].as_integer())
        )
        return [_run(row) for row in self._connection.execute(query)]

    def of_interview(self, interview_id: str) -> list[Run]:
        """Give all runs of an interview, oldest first."""
        query = sa.select(*_RUN).where(runs.c.interview_id == interview_id).order_by(runs.c.seq)
        return [_run(row) for row in self._connection.execute(query)]

    def add_grade(self, run_id: str, grade: Grade, at: datetime) -> None:
        """Keep what the tests said; a second one for the run is dropped."""
        content = documents.grade_bytes(grade)
        self._once(
            execution_results,
            run_id=run_id,
            grade_sha256=grade.sha256,
            question_sha256=grade.question_sha256,
            status=grade.status.value,
            auto_score=grade.auto_score,
            max_score=grade.max_score,
            deterministic_score=grade.deterministic_score,
            environment=grade.environment,
            grade_sealed=self._seal(run_id, content, "execution_results.grade"),
            created_at=at,
        )

    def grade(self, run_id: str) -> Grade | None:
        """Give what the tests said, if they were run."""
        column = execution_results.c.grade_sealed
        content = self._unsealed(column, run_id, "execution_results.grade")
        return None if content is None else documents.grade_from(content)

    def add_evaluation(self, run_id: str, evaluation: Evaluation, at: datetime) -> None:
        """Keep the rubric's scores, prompt and response; a second one for the run is dropped."""
        content = documents.evaluation_bytes(evaluation)
        self._once(
            gpt_evaluations,
            run_id=run_id,
            rubric=evaluation.rubric,
            rubric_sha256=evaluation.rubric_sha256,
            status=evaluation.status,
            rubric_score=evaluation.rubric_score,
            communication_score=evaluation.communication_score,
            evaluation_sealed=self._seal(run_id, content, "gpt_evaluations.evaluation"),
            created_at=at,
        )

    def evaluation(self, run_id: str) -> Evaluation | None:
        """Give the rubric's scores, if they were asked for."""
        if run_id not in self._evaluations:
            column = gpt_evaluations.c.evaluation_sealed
            content = self._unsealed(column, run_id, "gpt_evaluations.evaluation")
            if content is None:
                return None
            self._evaluations[run_id] = documents.evaluation_read(content)
        return self._evaluations[run_id]

    def add_final(self, run_id: str, final: FinalScore, at: datetime) -> None:
        """Keep the final score; a second one for the run is dropped."""
        self._once(
            final_scores,
            run_id=run_id,
            overall=final.overall,
            verdict=final.verdict,
            document=final.document(),
            created_at=at,
        )

    def final(self, run_id: str) -> FinalScore | None:
        """Give the final score, if there is one."""
        query = sa.select(final_scores.c.document).where(final_scores.c.run_id == run_id)
        document = self._connection.execute(query).scalar_one_or_none()
        return None if document is None else final_score_from(document)

    def lines(self, interview_ids: list[str]) -> dict[str, list[GradingLine]]:
        """Give, per interview, a line per question with the scores of its newest run."""
        return grading_lines(self._connection, interview_ids)

    def _once(self, table: sa.Table, **values: Any) -> None:
        self._connection.execute(insert(table).values(**values).on_conflict_do_nothing())

    def _candidate(self, run_id: str) -> str:
        query = sa.select(runs.c.interview_id).where(runs.c.id == run_id)
        return self._keys.of_interview(self._connection.execute(query).scalar_one())

    def _seal(self, run_id: str, content: bytes, what: str) -> bytes:
        return self._keys.seal(self._candidate(run_id), content, f"{what}:{run_id}")

    def _unsealed(self, column: "sa.Column[bytes]", run_id: str, what: str) -> bytes | None:
        query = sa.select(column).where(column.table.c.run_id == run_id)
        sealed = self._connection.execute(query).scalar_one_or_none()
        if sealed is None:
            return None
        return self._keys.unseal(self._candidate(run_id), sealed, f"{what}:{run_id}")


def _changing(run: Run) -> dict[str, Any]:
    return {
        "state": run.state.value,
        "attempts": run.attempts,
        "updated_at": run.updated_at,
        "failure": run.failure,
    }


def _run(row: sa.Row[Any]) -> Run:
    return Run(
        id=row.id,
        submission_id=row.submission_id,
        interview_id=row.interview_id,
        question_sha256=row.question_sha256,
        state=RunState(row.state),
        attempts=row.attempts,
        created_at=row.created_at,
        updated_at=row.updated_at,
        failure=row.failure,
    )
