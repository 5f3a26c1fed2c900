"""Decides what the tables of people's words are: decisions, comments and ratings, written once."""

import sqlalchemy as sa

from viva_console.store.columns import (
    document,
    identifier,
    metadata,
    moment,
    persons_word,
    sealed,
    sequence,
    text,
)

overrides = sa.Table(
    "overrides",
    metadata,
    *persons_word(),
    text("recommended", nullable=True),
    text("verdict"),
    text("reason"),
    text("as_decided", nullable=True),
    sa.Index(None, "interview_id"),
)

judgements = sa.Table(
    "judgements",
    metadata,
    identifier(),
    sequence(),
    text("interview_id", sa.ForeignKey("interview_sessions.id")),
    text("run_id", sa.ForeignKey("runs.id")),
    text("dimension"),
    text("by"),
    moment("at"),
    sa.Column("original", sa.SmallInteger, nullable=True),
    sa.Column("level", sa.SmallInteger, nullable=False),
    sealed("reason_sealed"),
    sa.CheckConstraint("level BETWEEN 1 AND 5", name="level"),
    sa.Index(None, "interview_id"),
)

comments = sa.Table(
    "comments",
    metadata,
    *persons_word(),
    text("about"),
    text("question"),
    text("name"),
    text("corrects", sa.ForeignKey("comments.id"), nullable=True),
    sealed("text_sealed"),
    sa.Index(None, "interview_id"),
)

rating_steps = sa.Table(
    "rating_steps",
    metadata,
    sa.Column("submission_id", sa.Text, sa.ForeignKey("submissions.id"), primary_key=True),
    sa.Column("rater", sa.Text, primary_key=True),
    sa.Column("step", sa.Text, primary_key=True),
    moment("at"),
    sa.Index(None, "rater"),
)

human_ratings = sa.Table(
    "human_ratings",
    metadata,
    identifier(),
    text("submission_id", sa.ForeignKey("submissions.id")),
    text("rubric"),
    text("rubric_sha256", sa.ForeignKey("rubrics.sha256")),
    text("rater"),
    moment("at"),
    document("levels"),
    sealed("notes_sealed"),
    sa.UniqueConstraint("submission_id", "rater"),
)

imported_ratings = sa.Table(
    "imported_ratings",
    metadata,
    identifier(),
    document(),
    text("imported_by"),
    moment("imported_at"),
)

REVIEW_TABLES = (
    overrides,
    judgements,
    comments,
    rating_steps,
    human_ratings,
    imported_ratings,
)
"""All of them: none is ever changed."""
