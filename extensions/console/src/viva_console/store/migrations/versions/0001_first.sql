-- State: what may change.

CREATE TABLE users (
    name text PRIMARY KEY,
    first_seen_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL
);

-- A candidate is erased by setting wrapped_key to NULL.
CREATE TABLE candidate_keys (
    candidate_id text PRIMARY KEY,
    wrapped_key bytea,
    created_at timestamptz NOT NULL,
    destroyed_at timestamptz,
    CONSTRAINT candidate_keys_gone_or_not_check
        CHECK ((wrapped_key IS NULL) = (destroyed_at IS NOT NULL))
);

CREATE TABLE interview_sessions (
    id text PRIMARY KEY,
    candidate_id text NOT NULL REFERENCES candidate_keys (candidate_id),
    alias_sealed bytea NOT NULL,
    role text NOT NULL,
    questions jsonb NOT NULL,
    minutes integer NOT NULL,
    state text NOT NULL,
    hub_user text NOT NULL UNIQUE,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    invite_expires_at timestamptz NOT NULL,
    consent_version text,
    consented_at timestamptz,
    starting_at timestamptz,
    start_attempts integer NOT NULL,
    started_at timestamptz,
    ends_at timestamptz,
    submitted_at timestamptz,
    submitted_by text,
    room_ended_at timestamptz,
    erased_at timestamptz
);
CREATE INDEX interview_sessions_state_idx ON interview_sessions (state);

-- What interviews used of the library, by hash.
CREATE TABLE questions (
    sha256 text PRIMARY KEY,
    slug text NOT NULL,
    title text NOT NULL,
    document jsonb NOT NULL,
    source bytea NOT NULL,
    first_used_at timestamptz NOT NULL
);

CREATE TABLE rubrics (
    sha256 text PRIMARY KEY,
    slug text NOT NULL,
    version text NOT NULL,
    document jsonb NOT NULL,
    first_used_at timestamptz NOT NULL
);

-- Evidence: written once.

CREATE TABLE question_test_cases (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    question_sha256 text NOT NULL REFERENCES questions (sha256),
    position integer NOT NULL,
    part text NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    max_points double precision NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (question_sha256, part)
);

CREATE TABLE submissions (
    id text PRIMARY KEY,
    interview_id text NOT NULL REFERENCES interview_sessions (id),
    question_slug text NOT NULL,
    question jsonb NOT NULL,
    sha256 text,
    size_bytes bigint NOT NULL,
    content_sealed bytea,
    problem text NOT NULL,
    submitted_at timestamptz NOT NULL,
    submitted_by text NOT NULL,
    UNIQUE (interview_id, question_slug),
    CONSTRAINT submissions_hash_or_problem_check
        CHECK ((sha256 IS NULL) = (content_sealed IS NULL))
);

-- State: how far a grading has come. A regrade is a new run.
CREATE TABLE runs (
    id text PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    submission_id text NOT NULL REFERENCES submissions (id),
    interview_id text NOT NULL REFERENCES interview_sessions (id),
    question_sha256 text NOT NULL REFERENCES questions (sha256),
    state text NOT NULL,
    attempts integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    failure text NOT NULL
);
CREATE INDEX runs_submission_id_idx ON runs (submission_id);
CREATE INDEX runs_interview_id_idx ON runs (interview_id);

-- Evidence again: at most one result of each kind per run.

CREATE TABLE execution_results (
    run_id text PRIMARY KEY REFERENCES runs (id),
    grade_sha256 text NOT NULL,
    question_sha256 text NOT NULL,
    status text NOT NULL,
    auto_score double precision,
    max_score double precision NOT NULL,
    deterministic_score double precision,
    environment jsonb NOT NULL,
    grade_sealed bytea NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE gpt_evaluations (
    run_id text PRIMARY KEY REFERENCES runs (id),
    rubric text NOT NULL,
    rubric_sha256 text NOT NULL,
    status text NOT NULL,
    rubric_score double precision,
    communication_score double precision,
    evaluation_sealed bytea NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE final_scores (
    run_id text PRIMARY KEY REFERENCES runs (id),
    overall double precision,
    verdict text,
    document jsonb NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE audit_logs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    actor_kind text NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    interview_id text REFERENCES interview_sessions (id),
    data jsonb NOT NULL,
    prev_sha256 text NOT NULL UNIQUE,
    sha256 text NOT NULL UNIQUE
);
CREATE INDEX audit_logs_interview_id_idx ON audit_logs (interview_id);

CREATE TABLE overrides (
    id text PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    interview_id text NOT NULL REFERENCES interview_sessions (id),
    by text NOT NULL,
    at timestamptz NOT NULL,
    recommended text,
    verdict text NOT NULL,
    reason text NOT NULL
);
CREATE INDEX overrides_interview_id_idx ON overrides (interview_id);

-- The refusal. ENABLE ALWAYS: session_replication_role does not switch it off.

CREATE FUNCTION viva_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;

DO $$
DECLARE
    evidence text;
BEGIN
    FOREACH evidence IN ARRAY ARRAY[
        'question_test_cases', 'submissions', 'execution_results', 'gpt_evaluations',
        'final_scores', 'audit_logs', 'overrides'
    ] LOOP
        EXECUTE format(
            'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
            'FOR EACH STATEMENT EXECUTE FUNCTION viva_refuse_change()', evidence);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only', evidence);
    END LOOP;
END
$$;
