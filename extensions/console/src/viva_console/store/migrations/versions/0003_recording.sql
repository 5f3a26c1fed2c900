-- Evidence: each update of each notebook, in order, on the recorder's clock.

CREATE TABLE recorded_updates (
    interview_id text NOT NULL REFERENCES interview_sessions (id),
    path text NOT NULL,
    seq bigint NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    content_sealed bytea NOT NULL,
    PRIMARY KEY (interview_id, path, seq)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON recorded_updates
    FOR EACH STATEMENT EXECUTE FUNCTION viva_refuse_change();
ALTER TABLE recorded_updates ENABLE ALWAYS TRIGGER append_only;

-- State: how far each notebook's recording has come, and why it does not go on.

CREATE TABLE recorded_documents (
    interview_id text NOT NULL REFERENCES interview_sessions (id),
    path text NOT NULL,
    seq bigint NOT NULL,
    size_bytes bigint NOT NULL,
    changed_at timestamptz,
    work_sha256 text,
    problem text NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (interview_id, path)
);
