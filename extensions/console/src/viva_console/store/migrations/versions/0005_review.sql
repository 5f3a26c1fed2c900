-- What the scores recommended with the levels that people had given, when the verdict was decided.

ALTER TABLE overrides ADD COLUMN as_decided text;

-- A person's level of one dimension, made on one run; its reason speaks of the candidate and is sealed with its key.

CREATE TABLE judgements (
    id text PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    interview_id text NOT NULL REFERENCES interview_sessions (id),
    run_id text NOT NULL REFERENCES runs (id),
    dimension text NOT NULL,
    by text NOT NULL,
    at timestamptz NOT NULL,
    original smallint,
    level smallint NOT NULL,
    reason_sealed bytea NOT NULL,
    CONSTRAINT judgements_level_check CHECK (level BETWEEN 1 AND 5)
);
CREATE INDEX judgements_interview_id_idx ON judgements (interview_id);

-- What staff wrote about an interview, a question, a part or a dimension; a correction names the one before.

CREATE TABLE comments (
    id text PRIMARY KEY,
    seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    interview_id text NOT NULL REFERENCES interview_sessions (id),
    by text NOT NULL,
    at timestamptz NOT NULL,
    about text NOT NULL,
    question text NOT NULL,
    name text NOT NULL,
    corrects text REFERENCES comments (id),
    text_sealed bytea NOT NULL
);
CREATE INDEX comments_interview_id_idx ON comments (interview_id);

DO $$
DECLARE
    evidence text;
BEGIN
    FOREACH evidence IN ARRAY ARRAY['judgements', 'comments'] LOOP
        EXECUTE format(
            'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
            'FOR EACH STATEMENT EXECUTE FUNCTION viva_refuse_change()', evidence);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only', evidence);
    END LOOP;
END
$$;
