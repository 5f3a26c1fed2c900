-- Evidence: who was shown a model's scores of a submission, and who began, gave or declined a rating.

CREATE TABLE rating_steps (
    submission_id text NOT NULL REFERENCES submissions (id),
    rater text NOT NULL,
    step text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (submission_id, rater, step)
);
CREATE INDEX rating_steps_rater_idx ON rating_steps (rater);

-- One rating of each person; notes speak of the candidate's work and are sealed with its key.

CREATE TABLE human_ratings (
    id text PRIMARY KEY,
    submission_id text NOT NULL REFERENCES submissions (id),
    rubric text NOT NULL,
    rubric_sha256 text NOT NULL REFERENCES rubrics (sha256),
    rater text NOT NULL,
    at timestamptz NOT NULL,
    levels jsonb NOT NULL,
    notes_sealed bytea NOT NULL,
    UNIQUE (submission_id, rater)
);

-- Ratings made elsewhere, as their file gave them.

CREATE TABLE imported_ratings (
    id text PRIMARY KEY,
    document jsonb NOT NULL,
    imported_by text NOT NULL,
    imported_at timestamptz NOT NULL
);

DO $$
DECLARE
    evidence text;
BEGIN
    FOREACH evidence IN ARRAY ARRAY['rating_steps', 'human_ratings', 'imported_ratings'] LOOP
        EXECUTE format(
            'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
            'FOR EACH STATEMENT EXECUTE FUNCTION viva_refuse_change()', evidence);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only', evidence);
    END LOOP;
END
$$;
