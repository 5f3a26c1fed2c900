"""Decides what the store's tables are: evidence that is written once, and state beside it."""

import sqlalchemy as sa

from viva_console.store.columns import (
    chain_hash,
    document,
    identifier,
    moment,
    notebook_key,
    points,
    result_of_run,
    sealed,
    sequence,
    text,
)
from viva_console.store.columns import metadata as metadata  # given on: all tables are known here
from viva_console.store.review_tables import REVIEW_TABLES

APPEND_ONLY = (
    "question_test_cases",
    "submissions",
    "execution_results",
    "gpt_evaluations",
    "final_scores",
    "audit_logs",
    "recorded_updates",
    *(table.name for table in REVIEW_TABLES),
)
"""Tables whose rows the database refuses to change or remove, by triggers."""

users = sa.Table(
    "users",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    moment("first_seen_at"),
    moment("last_seen_at"),
)

candidate_keys = sa.Table(
    "candidate_keys",
    metadata,
    sa.Column("candidate_id", sa.Text, primary_key=True),
    sa.Column("wrapped_key", sa.LargeBinary, nullable=True),
    moment("created_at"),
    moment("destroyed_at", nullable=True),
    sa.CheckConstraint("(wrapped_key IS NULL) = (destroyed_at IS NOT NULL)", name="gone_or_not"),
)

interview_sessions = sa.Table(
    "interview_sessions",
    metadata,
    identifier(),
    text("candidate_id", sa.ForeignKey("candidate_keys.candidate_id")),
    sealed("alias_sealed"),
    text("role"),
    document("questions"),
    sa.Column("minutes", sa.Integer, nullable=False),
    text("state"),
    sa.Column("hub_user", sa.Text, nullable=False, unique=True),
    text("created_by"),
    moment("created_at"),
    moment("invite_expires_at"),
    text("consent_version", nullable=True),
    moment("consented_at", nullable=True),
    moment("starting_at", nullable=True),
    sa.Column("start_attempts", sa.Integer, nullable=False),
    moment("started_at", nullable=True),
    moment("ends_at", nullable=True),
    moment("submitted_at", nullable=True),
    text("submitted_by", nullable=True),
    moment("room_ended_at", nullable=True),
    moment("erased_at", nullable=True),
    sa.Column("time_percent", sa.Integer, nullable=False),
    sa.Column("credit_limit_s", sa.Integer, nullable=False),
    moment("room_seen_at", nullable=True),
    moment("lost_since", nullable=True),
    text("lost_by", nullable=True),
    document("credits"),
    sealed("known_sealed", nullable=True),
    sa.Index(None, "state"),
)

questions = sa.Table(
    "questions",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    text("slug"),
    text("title"),
    document(),
    sa.Column("source", sa.LargeBinary, nullable=False),
    moment("first_used_at"),
)

rubrics = sa.Table(
    "rubrics",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    text("slug"),
    text("version"),
    document(),
    moment("first_used_at"),
)

question_test_cases = sa.Table(
    "question_test_cases",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    text("question_sha256", sa.ForeignKey("questions.sha256")),
    sa.Column("position", sa.Integer, nullable=False),
    text("part"),
    text("kind"),
    text("title"),
    points("max_points", nullable=False),
    moment("created_at"),
    sa.UniqueConstraint("question_sha256", "part"),
)

submissions = sa.Table(
    "submissions",
    metadata,
    identifier(),
    text("interview_id", sa.ForeignKey("interview_sessions.id")),
    text("question_slug"),
    document("question"),
    text("sha256", nullable=True),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sealed("content_sealed", nullable=True),
    text("problem"),
    moment("saved_at", nullable=True),
    moment("submitted_at"),
    text("submitted_by"),
    sa.UniqueConstraint("interview_id", "question_slug"),
    sa.CheckConstraint("(sha256 IS NULL) = (content_sealed IS NULL)", name="hash_or_problem"),
)

runs = sa.Table(
    "runs",
    metadata,
    identifier(),
    sequence(),
    text("submission_id", sa.ForeignKey("submissions.id")),
    text("interview_id", sa.ForeignKey("interview_sessions.id")),
    text("question_sha256", sa.ForeignKey("questions.sha256")),
    text("state"),
    sa.Column("attempts", sa.Integer, nullable=False),
    moment("created_at"),
    moment("updated_at"),
    text("failure"),
    sa.Index(None, "submission_id"),
    sa.Index(None, "interview_id"),
)

execution_results = sa.Table(
    "execution_results",
    metadata,
    result_of_run(),
    text("grade_sha256"),
    text("question_sha256"),
    text("status"),
    points("auto_score"),
    points("max_score", nullable=False),
    points("deterministic_score"),
    document("environment"),
    sealed("grade_sealed"),
    moment("created_at"),
)

gpt_evaluations = sa.Table(
    "gpt_evaluations",
    metadata,
    result_of_run(),
    text("rubric"),
    text("rubric_sha256"),
    text("status"),
    points("rubric_score"),
    points("communication_score"),
    sealed("evaluation_sealed"),
    moment("created_at"),
)

final_scores = sa.Table(
    "final_scores",
    metadata,
    result_of_run(),
    points("overall"),
    text("verdict", nullable=True),
    document(),
    moment("created_at"),
)

audit_logs = sa.Table(
    "audit_logs",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    moment("at"),
    text("actor_kind"),
    text("actor"),
    text("action"),
    text("interview_id", sa.ForeignKey("interview_sessions.id"), nullable=True),
    document("data"),
    chain_hash("prev_sha256"),
    chain_hash("sha256"),
    sa.Index(None, "interview_id"),
)

recorded_updates = sa.Table(
    "recorded_updates",
    metadata,
    *notebook_key(),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    moment("at"),
    text("kind"),
    sealed("content_sealed"),
)

recorded_documents = sa.Table(
    "recorded_documents",
    metadata,
    *notebook_key(),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    moment("changed_at", nullable=True),
    text("work_sha256", nullable=True),
    text("problem"),
    moment("seen_at"),
)
