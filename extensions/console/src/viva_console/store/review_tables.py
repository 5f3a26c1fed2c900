"""Decides what the tables of people's words are: decisions, comments and ratings, written once."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from viva_console.store.columns import identifier, metadata, moment, text

overrides = sa.Table(
    "overrides",
    metadata,
    identifier(),
    sa.Column("seq", sa.BigInteger, sa.Identity(always=True), unique=True, nullable=False),
    text("interview_id", sa.ForeignKey("interview_sessions.id")),
    text("by"),
    moment("at"),
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
    sa.Column("seq", sa.BigInteger, sa.Identity(always=True), unique=True, nullable=False),
    text("interview_id", sa.ForeignKey("interview_sessions.id")),
    text("run_id", sa.ForeignKey("runs.id")),
    text("dimension"),
    text("by"),
    moment("at"),
    sa.Column("original", sa.SmallInteger, nullable=True),
    sa.Column("level", sa.SmallInteger, nullable=False),
    sa.Column("reason_sealed", sa.LargeBinary, nullable=False),
    sa.CheckConstraint("level BETWEEN 1 AND 5", name="level"),
    sa.Index(None, "interview_id"),
)

comments = sa.Table(
    "comments",
    metadata,
    identifier(),
    sa.Column("seq", sa.BigInteger, sa.Identity(always=True), unique=True, nullable=False),
    text("interview_id", sa.ForeignKey("interview_sessions.id")),
    text("by"),
    moment("at"),
    text("about"),
    text("question"),
    text("name"),
    text("corrects", sa.ForeignKey("comments.id"), nullable=True),
    sa.Column("text_sealed", sa.LargeBinary, nullable=False),
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
    sa.Column("levels", JSONB, nullable=False),
    sa.Column("notes_sealed", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("submission_id", "rater"),
)

imported_ratings = sa.Table(
    "imported_ratings",
    metadata,
    identifier(),
    sa.Column("document", JSONB, nullable=False),
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
