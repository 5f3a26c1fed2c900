-- What staff know of a candidate, to be taken out before a model reads: sealed with the candidate's key.

ALTER TABLE interview_sessions ADD COLUMN known_sealed bytea;
