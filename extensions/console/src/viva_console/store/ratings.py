"""Decides how people's ratings are kept: levels in the open, notes sealed with the candidate."""

import json
from collections import defaultdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import insert
from viva_grader.calibration.ratings import Rating

from viva_console.domain.rating import HumanRating, Level, Standing, Step
from viva_console.store.keys import CandidateKeys
from viva_console.store.review_tables import human_ratings, imported_ratings, rating_steps
from viva_console.store.tables import submissions

_RATING = TypeAdapter(Rating)


class PostgresRatings:
    """Ratings on one connection."""

    def __init__(self, connection: sa.Connection, keys: CandidateKeys) -> None:
        self._connection = connection
        self._keys = keys

    def take_step(self, submission_id: str, rater: str, step: Step, at: datetime) -> None:
        """Note a step; a second one of the same kind is dropped."""
        self._connection.execute(
            insert(rating_steps)
            .values(submission_id=submission_id, rater=rater, step=step.value, at=at)
            .on_conflict_do_nothing()
        )

    def standings(self, rater: str) -> dict[str, Standing]:
        """Give how a person stands to each submission."""
        steps: defaultdict[str, set[Step]] = defaultdict(set)
        query = sa.select(rating_steps).where(rating_steps.c.rater == rater)
        for row in self._connection.execute(query):
            steps[row.submission_id].add(Step(row.step))
        return {one: Standing(frozenset(taken)) for one, taken in steps.items()}

    def add(self, rating: HumanRating) -> None:
        """Keep a person's rating."""
        notes = json.dumps({one.dimension: one.note for one in rating.levels}).encode()
        candidate = self._keys.of_interview(self._interview_of(rating.submission_id))
        self._connection.execute(
            human_ratings.insert().values(
                id=rating.id,
                submission_id=rating.submission_id,
                rubric=rating.rubric,
                rubric_sha256=rating.rubric_sha256,
                rater=rating.rater,
                at=rating.at,
                levels=[[one.dimension, one.score] for one in rating.levels],
                notes_sealed=self._keys.seal(candidate, notes, _place(rating.id)),
            )
        )

    def of_interview(self, interview_id: str) -> list[HumanRating]:
        """Give all ratings of an interview's submissions, oldest first."""
        query = (
            sa.select(human_ratings)
            .join(submissions, submissions.c.id == human_ratings.c.submission_id)
            .where(submissions.c.interview_id == interview_id)
            .order_by(human_ratings.c.at, human_ratings.c.id)
        )
        rows = self._connection.execute(query).all()
        candidate = self._keys.of_interview(interview_id) if rows else ""
        return [self._rating(row, candidate) for row in rows]

    def add_imported(self, rating: Rating, by: str, at: datetime) -> None:
        """Keep a rating that was made elsewhere."""
        document = _RATING.dump_python(rating, mode="json")
        self._connection.execute(
            insert(imported_ratings)
            .values(id=rating.id, document=document, imported_by=by, imported_at=at)
            .on_conflict_do_nothing()
        )

    def imported(self) -> list[Rating]:
        """Give what was made elsewhere, by id."""
        query = sa.select(imported_ratings.c.document).order_by(
            sa.collate(imported_ratings.c.id, "C")
        )
        return [_RATING.validate_python(row[0]) for row in self._connection.execute(query)]

    def _interview_of(self, submission_id: str) -> str:
        query = sa.select(submissions.c.interview_id).where(submissions.c.id == submission_id)
        return self._connection.execute(query).scalar_one()

    def _rating(self, row: sa.Row[Any], candidate: str) -> HumanRating:
        notes = json.loads(self._keys.unseal(candidate, row.notes_sealed, _place(row.id)))
        levels = tuple(Level(name, score, notes.get(name, "")) for name, score in row.levels)
        return HumanRating(
            row.id, row.submission_id, row.rubric, row.rubric_sha256, row.rater, row.at, levels
        )


def _place(rating_id: str) -> str:
    return f"human_ratings.notes:{rating_id}"
