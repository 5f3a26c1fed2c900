"""Decides what the store's tables are: evidence that is written once, and state beside it."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

APPEND_ONLY = (
    "question_test_cases",
    "submissions",
    "execution_results",
    "gpt_evaluations",
    "final_scores",
    "audit_logs",
    "overrides",
    "recorded_updates",
    "rating_steps",
    "human_ratings",
    "imported_ratings",
)
"""Tables whose rows the database refuses to change or remove, by triggers."""

metadata = sa.MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)


def _time(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, *args: sa.ForeignKey, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, *args, nullable=nullable)


def _id() -> "sa.Column[str]":
    return sa.Column("id", sa.Text, primary_key=True)


users = sa.Table(
    "users",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    _time("first_seen_at"),
    _time("last_seen_at"),
)

candidate_keys = sa.Table(
    "candidate_keys",
    metadata,
    sa.Column("candidate_id", sa.Text, primary_key=True),
    sa.Column("wrapped_key", sa.LargeBinary, nullable=True),
    _time("created_at"),
    _time("destroyed_at", nullable=True),
    sa.CheckConstraint("(wrapped_key IS NULL) = (destroyed_at IS NOT NULL)", name="gone_or_not"),
)

interview_sessions = sa.Table(
    "interview_sessions",
    metadata,
    _id(),
    _text("candidate_id", sa.ForeignKey("candidate_keys.candidate_id")),
    sa.Column("alias_sealed", sa.LargeBinary, nullable=False),
    _text("role"),
    sa.Column("questions", JSONB, nullable=False),
    sa.Column("minutes", sa.Integer, nullable=False),
    _text("state"),
    sa.Column("hub_user", sa.Text, nullable=False, unique=True),
    _text("created_by"),
    _time("created_at"),
    _time("invite_expires_at"),
    _text("consent_version", nullable=True),
    _time("consented_at", nullable=True),
    _time("starting_at", nullable=True),
    sa.Column("start_attempts", sa.Integer, nullable=False),
    _time("started_at", nullable=True),
    _time("ends_at", nullable=True),
    _time("submitted_at", nullable=True),
    _text("submitted_by", nullable=True),
    _time("room_ended_at", nullable=True),
    _time("erased_at", nullable=True),
    sa.Column("time_percent", sa.Integer, nullable=False),
    sa.Column("credit_limit_s", sa.Integer, nullable=False),
    _time("room_seen_at", nullable=True),
    _time("lost_since", nullable=True),
    _text("lost_by", nullable=True),
    sa.Column("credits", JSONB, nullable=False),
    sa.Index(None, "state"),
)

questions = sa.Table(
    "questions",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    _text("slug"),
    _text("title"),
    sa.Column("document", JSONB, nullable=False),
    sa.Column("source", sa.LargeBinary, nullable=False),
    _time("first_used_at"),
)

rubrics = sa.Table(
    "rubrics",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    _text("slug"),
    _text("version"),
    sa.Column("document", JSONB, nullable=False),
    _time("first_used_at"),
)

question_test_cases = sa.Table(
    "question_test_cases",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    _text("question_sha256", sa.ForeignKey("questions.sha256")),
    sa.Column("position", sa.Integer, nullable=False),
    _text("part"),
    _text("kind"),
    _text("title"),
    sa.Column("max_points", sa.Float(53), nullable=False),
    _time("created_at"),
    sa.UniqueConstraint("question_sha256", "part"),
)

submissions = sa.Table(
    "submissions",
    metadata,
    _id(),
    _text("interview_id", sa.ForeignKey("interview_sessions.id")),
    _text("question_slug"),
    sa.Column("question", JSONB, nullable=False),
    _text("sha256", nullable=True),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("content_sealed", sa.LargeBinary, nullable=True),
    _text("problem"),
    _time("saved_at", nullable=True),
    _time("submitted_at"),
    _text("submitted_by"),
    sa.UniqueConstraint("interview_id", "question_slug"),
    sa.CheckConstraint("(sha256 IS NULL) = (content_sealed IS NULL)", name="hash_or_problem"),
)

runs = sa.Table(
    "runs",
    metadata,
    _id(),
    sa.Column("seq", sa.BigInteger, sa.Identity(always=True), unique=True, nullable=False),
    _text("submission_id", sa.ForeignKey("submissions.id")),
    _text("interview_id", sa.ForeignKey("interview_sessions.id")),
    _text("question_sha256", sa.ForeignKey("questions.sha256")),
    _text("state"),
    sa.Column("attempts", sa.Integer, nullable=False),
    _time("created_at"),
    _time("updated_at"),
    _text("failure"),
    sa.Index(None, "submission_id"),
    sa.Index(None, "interview_id"),
)

execution_results = sa.Table(
    "execution_results",
    metadata,
    sa.Column("run_id", sa.Text, sa.ForeignKey("runs.id"), primary_key=True),
    _text("grade_sha256"),
    _text("question_sha256"),
    _text("status"),
    sa.Column("auto_score", sa.Float(53), nullable=True),
    sa.Column("max_score", sa.Float(53), nullable=False),
    sa.Column("deterministic_score", sa.Float(53), nullable=True),
    sa.Column("environment", JSONB, nullable=False),
    sa.Column("grade_sealed", sa.LargeBinary, nullable=False),
    _time("created_at"),
)

gpt_evaluations = sa.Table(
    "gpt_evaluations",
    metadata,
    sa.Column("run_id", sa.Text, sa.ForeignKey("runs.id"), primary_key=True),
    _text("rubric"),
    _text("rubric_sha256"),
    _text("status"),
    sa.Column("rubric_score", sa.Float(53), nullable=True),
    sa.Column("communication_score", sa.Float(53), nullable=True),
    sa.Column("evaluation_sealed", sa.LargeBinary, nullable=False),
    _time("created_at"),
)

final_scores = sa.Table(
    "final_scores",
    metadata,
    sa.Column("run_id", sa.Text, sa.ForeignKey("runs.id"), primary_key=True),
    sa.Column("overall", sa.Float(53), nullable=True),
    _text("verdict", nullable=True),
    sa.Column("document", JSONB, nullable=False),
    _time("created_at"),
)

audit_logs = sa.Table(
    "audit_logs",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    _time("at"),
    _text("actor_kind"),
    _text("actor"),
    _text("action"),
    _text("interview_id", sa.ForeignKey("interview_sessions.id"), nullable=True),
    sa.Column("data", JSONB, nullable=False),
    sa.Column("prev_sha256", sa.Text, nullable=False, unique=True),
    sa.Column("sha256", sa.Text, nullable=False, unique=True),
    sa.Index(None, "interview_id"),
)

overrides = sa.Table(
    "overrides",
    metadata,
    _id(),
    sa.Column("seq", sa.BigInteger, sa.Identity(always=True), unique=True, nullable=False),
    _text("interview_id", sa.ForeignKey("interview_sessions.id")),
    _text("by"),
    _time("at"),
    _text("recommended", nullable=True),
    _text("verdict"),
    _text("reason"),
    sa.Index(None, "interview_id"),
)

recorded_updates = sa.Table(
    "recorded_updates",
    metadata,
    sa.Column("interview_id", sa.Text, sa.ForeignKey("interview_sessions.id"), primary_key=True),
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True),
    _time("at"),
    _text("kind"),
    sa.Column("content_sealed", sa.LargeBinary, nullable=False),
)

recorded_documents = sa.Table(
    "recorded_documents",
    metadata,
    sa.Column("interview_id", sa.Text, sa.ForeignKey("interview_sessions.id"), primary_key=True),
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    _time("changed_at", nullable=True),
    _text("work_sha256", nullable=True),
    _text("problem"),
    _time("seen_at"),
)

rating_steps = sa.Table(
    "rating_steps",
    metadata,
    sa.Column("submission_id", sa.Text, sa.ForeignKey("submissions.id"), primary_key=True),
    sa.Column("rater", sa.Text, primary_key=True),
    sa.Column("step", sa.Text, primary_key=True),
    _time("at"),
    sa.Index(None, "rater"),
)

human_ratings = sa.Table(
    "human_ratings",
    metadata,
    _id(),
    _text("submission_id", sa.ForeignKey("submissions.id")),
    _text("rubric"),
    _text("rubric_sha256", sa.ForeignKey("rubrics.sha256")),
    _text("rater"),
    _time("at"),
    sa.Column("levels", JSONB, nullable=False),
    sa.Column("notes_sealed", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("submission_id", "rater"),
)

imported_ratings = sa.Table(
    "imported_ratings",
    metadata,
    _id(),
    sa.Column("document", JSONB, nullable=False),
    _text("imported_by"),
    _time("imported_at"),
)
