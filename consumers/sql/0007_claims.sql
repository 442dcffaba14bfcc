-- Who is judging a submission, and until when others leave it alone.

ALTER TABLE submissions
    ADD COLUMN holder uuid,
    ADD COLUMN held_until timestamptz,
    ADD COLUMN given_back integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN submissions.holder IS 'The worker that began the newest start; NULL: given back.';
COMMENT ON COLUMN submissions.held_until IS
    'Until then no other worker begins it. The worker moves it on every few seconds while it judges,
     so it passes soon after a worker has died.';
COMMENT ON COLUMN submissions.given_back IS
    'How many of the starts were given back: they do not count towards an internal error.';
