"""Decides how questions and rubrics are mirrored: once per hash, with a snapshot of the parts."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from viva_grader.domain.question import Question
from viva_grader.domain.rubric import Rubric

from viva_console.domain.errors import UnknownError
from viva_console.store.documents import question_document, rubric_document, rubric_from
from viva_console.store.tables import question_test_cases, questions, rubrics


class PostgresLibrary:
    """What was used of the grader's library, on one connection."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def remember_question(self, question: Question, at: datetime) -> None:
        """Mirror a question, and snapshot its parts once per hash."""
        self._connection.execute(
            insert(questions)
            .values(
                sha256=question.sha256,
                slug=question.slug,
                title=question.title,
                document=question_document(question),
                source=question.source,
                first_used_at=at,
            )
            .on_conflict_do_nothing()
        )
        for position, part in enumerate(question.parts, start=1):
            self._connection.execute(
                insert(question_test_cases)
                .values(
                    question_sha256=question.sha256,
                    position=position,
                    part=part.name,
                    kind=part.kind.value,
                    title=part.title,
                    max_points=part.max_points,
                    created_at=at,
                )
                .on_conflict_do_nothing()
            )

    def remember_rubric(self, rubric: Rubric, at: datetime) -> None:
        """Mirror a rubric once per hash."""
        self._connection.execute(
            insert(rubrics)
            .values(
                sha256=rubric.sha256,
                slug=rubric.slug,
                version=rubric.version,
                document=rubric_document(rubric),
                first_used_at=at,
            )
            .on_conflict_do_nothing()
        )

    def question(self, sha256: str) -> dict[str, Any]:
        """Give a mirrored question's document."""
        query = sa.select(questions.c.document).where(questions.c.sha256 == sha256)
        return self._one(query, "question")

    def rubric(self, sha256: str) -> Rubric:
        """Give a mirrored rubric."""
        query = sa.select(rubrics.c.document).where(rubrics.c.sha256 == sha256)
        return rubric_from(self._one(query, "rubric"))

    def _one(self, query: sa.Select[Any], what: str) -> dict[str, Any]:
        document = self._connection.execute(query).scalar_one_or_none()
        if document is None:
            raise UnknownError(f"The store holds no such {what}.", code=f"{what}.unknown")
        return document
