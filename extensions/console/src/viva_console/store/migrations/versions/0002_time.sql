-- The candidate's own share of the time, and what is known of time lost by our fault.

ALTER TABLE interview_sessions
    ADD COLUMN time_percent integer NOT NULL DEFAULT 100,
    ADD COLUMN credit_limit_s integer NOT NULL DEFAULT 0,
    ADD COLUMN room_seen_at timestamptz,
    ADD COLUMN lost_since timestamptz,
    ADD COLUMN lost_by text,
    ADD COLUMN credits jsonb NOT NULL DEFAULT '[]';

-- Interviews that were made before: half of their minutes, as is the default of new ones.
UPDATE interview_sessions SET credit_limit_s = minutes * 30;

ALTER TABLE interview_sessions
    ALTER COLUMN time_percent DROP DEFAULT,
    ALTER COLUMN credit_limit_s DROP DEFAULT,
    ALTER COLUMN credits DROP DEFAULT;

-- When a notebook was last saved, as its room said; unknown of those submitted before.
ALTER TABLE submissions ADD COLUMN saved_at timestamptz;
