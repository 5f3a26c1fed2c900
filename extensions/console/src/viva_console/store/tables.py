"""Decides what the store's tables are: evidence that is written once, and state beside it."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from viva_console.store.columns import identifier, moment, text
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
    sa.Column("alias_sealed", sa.LargeBinary, nullable=False),
    text("role"),
    sa.Column("questions", JSONB, nullable=False),
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
    sa.Column("credits", JSONB, nullable=False),
    sa.Index(None, "state"),
)

questions = sa.Table(
    "questions",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    text("slug"),
    text("title"),
    sa.Column("document", JSONB, nullable=False),
    sa.Column("source", sa.LargeBinary, nullable=False),
    moment("first_used_at"),
)

rubrics = sa.Table(
    "rubrics",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    text("slug"),
    text("version"),
    sa.Column("document", JSONB, nullable=False),
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
    sa.Column("max_points", sa.Float(53), nullable=False),
    moment("created_at"),
    sa.UniqueConstraint("question_sha256", "part"),
)

submissions = sa.Table(
    "submissions",
    metadata,
    identifier(),
    text("interview_id", sa.ForeignKey("interview_sessions.id")),
    text("question_slug"),
    sa.Column("question", JSONB, nullable=False),
    text("sha256", nullable=True),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("content_sealed", sa.LargeBinary, nullable=True),
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
    sa.Column("seq", sa.BigInteger, sa.Identity(always=True), unique=True, nullable=False),
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
    sa.Column("run_id", sa.Text, sa.ForeignKey("runs.id"), primary_key=True),
    text("grade_sha256"),
    text("question_sha256"),
    text("status"),
    sa.Column("auto_score", sa.Float(53), nullable=True),
    sa.Column("max_score", sa.Float(53), nullable=False),
    sa.Column("deterministic_score", sa.Float(53), nullable=True),
    sa.Column("environment", JSONB, nullable=False),
    sa.Column("grade_sealed", sa.LargeBinary, nullable=False),
    moment("created_at"),
)

gpt_evaluations = sa.Table(
    "gpt_evaluations",
    metadata,
    sa.Column("run_id", sa.Text, sa.ForeignKey("runs.id"), primary_key=True),
    text("rubric"),
    text("rubric_sha256"),
    text("status"),
    sa.Column("rubric_score", sa.Float(53), nullable=True),
    sa.Column("communication_score", sa.Float(53), nullable=True),
    sa.Column("evaluation_sealed", sa.LargeBinary, nullable=False),
    moment("created_at"),
)

final_scores = sa.Table(
    "final_scores",
    metadata,
    sa.Column("run_id", sa.Text, sa.ForeignKey("runs.id"), primary_key=True),
    sa.Column("overall", sa.Float(53), nullable=True),
    text("verdict", nullable=True),
    sa.Column("document", JSONB, nullable=False),
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
    sa.Column("data", JSONB, nullable=False),
    sa.Column("prev_sha256", sa.Text, nullable=False, unique=True),
    sa.Column("sha256", sa.Text, nullable=False, unique=True),
    sa.Index(None, "interview_id"),
)

recorded_updates = sa.Table(
    "recorded_updates",
    metadata,
    sa.Column("interview_id", sa.Text, sa.ForeignKey("interview_sessions.id"), primary_key=True),
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    moment("at"),
    text("kind"),
    sa.Column("content_sealed", sa.LargeBinary, nullable=False),
)

recorded_documents = sa.Table(
    "recorded_documents",
    metadata,
    sa.Column("interview_id", sa.Text, sa.ForeignKey("interview_sessions.id"), primary_key=True),
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    moment("changed_at", nullable=True),
    text("work_sha256", nullable=True),
    text("problem"),
    moment("seen_at"),
)
