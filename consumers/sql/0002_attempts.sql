-- Attempts: fencing, failures, rejudging with its history, cancelling, batches, and the views
-- that a site shows its users.

-- What was called an attempt counted starts; an attempt is a judgement that stands in the history.
ALTER TABLE submissions
    ADD COLUMN batch_id uuid,
    ADD COLUMN starts integer NOT NULL DEFAULT 0,
    ADD COLUMN failures integer NOT NULL DEFAULT 0,
    ADD COLUMN inline bytea,
    ADD CONSTRAINT submissions_whole CHECK (
        verdict = 'CANCELLED' OR (language IS NOT NULL AND source IS NOT NULL)
    ),
    ALTER COLUMN language DROP NOT NULL,
    ALTER COLUMN source DROP NOT NULL,
    ALTER COLUMN attempt SET DEFAULT 1;
UPDATE submissions SET starts = attempt, attempt = 1;

COMMENT ON COLUMN submissions.attempt IS
    'Which judgement this is: 1, and one more with each rejudge. Older ones are in attempts.';
COMMENT ON COLUMN submissions.starts IS
    'How often a worker began this attempt. Together with attempt it is the fencing token: who
     began earlier than the newest start can store nothing.';
COMMENT ON COLUMN submissions.failures IS
    'How often the judge failed in this attempt; beyond the retries the verdict is IE.';
COMMENT ON COLUMN submissions.inline IS
    'JSON of the tests, limits and checker that came with the message, for a rejudge; else NULL.';
COMMENT ON COLUMN submissions.source IS
    'NULL: cancelled before it arrived.';
COMMENT ON COLUMN submissions.verdict IS
    'JUDGING -> JUDGING (next start) -> a judged verdict | CANCELLED; then final,
     until a rejudge makes it PENDING again, as the next attempt.';
COMMENT ON TYPE verdict IS
    'JUDGING (a worker began) -> JUDGING (another one began, after a failure)
     -> AC | WA | PE | PS | TLE | MLE | OLE | RE | CE | IE (judged) | CANCELLED (by somebody, or
     because it cannot be judged) -> PENDING (rejudged) -> JUDGING and so on.
     SKIPPED is of single tests: an earlier one had decided.';

CREATE TABLE attempts (
    shard smallint NOT NULL,
    submission_id uuid NOT NULL,
    attempt integer NOT NULL,
    verdict verdict NOT NULL,
    language text,
    cpu_ms double precision,
    wall_ms double precision,
    memory_bytes bigint,
    tier text,
    compile jsonb,
    cause text,
    starts integer NOT NULL,
    started_at timestamptz,
    judged_at timestamptz,
    tests jsonb NOT NULL,
    PRIMARY KEY (shard, submission_id, attempt),
    FOREIGN KEY (shard, submission_id) REFERENCES submissions (shard, id) ON DELETE CASCADE
) PARTITION BY HASH (shard);
COMMENT ON TABLE attempts IS
    'Attempts that a rejudge has replaced, with their tests as JSON. The newest is in submissions.';

DO $$
BEGIN
    FOR part IN 0..7 LOOP
        EXECUTE format(
            'CREATE TABLE attempts_%s PARTITION OF attempts
             FOR VALUES WITH (MODULUS 8, REMAINDER %s)', part, part);
    END LOOP;
END
$$;

-- The outbox: events to announce and rejudge requests to publish. A row is there until it is out.
DELETE FROM outbox WHERE sent_at IS NOT NULL;
DROP INDEX outbox_unsent;
ALTER TABLE outbox
    DROP COLUMN sent_at,
    ADD COLUMN attempt integer NOT NULL DEFAULT 1,
    ADD COLUMN kind text NOT NULL DEFAULT 'result' CHECK (kind IN ('result', 'rejudge')),
    ADD COLUMN due_at timestamptz NOT NULL DEFAULT now(),
    DROP CONSTRAINT outbox_pkey,
    ADD PRIMARY KEY (shard, submission_id, attempt, kind);
CREATE INDEX outbox_due ON outbox (due_at);
COMMENT ON TABLE outbox IS
    'What is stored but may not have been told: written with the verdict, in its transaction,
     and deleted when the broker has confirmed it.';
COMMENT ON COLUMN outbox.due_at IS
    'When somebody else may send it: whoever wrote or claimed the row has a few seconds first.';

CREATE FUNCTION user_of(wanted text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE found bigint;
BEGIN
    IF wanted IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT id INTO found FROM users WHERE name = wanted;
    IF found IS NULL THEN
        INSERT INTO users (name) VALUES (wanted)
        ON CONFLICT (name) DO UPDATE SET name = EXCLUDED.name
        RETURNING id INTO found;
    END IF;
    RETURN found;
END
$$;
COMMENT ON FUNCTION user_of IS
    'The id of a user, made on first sight. A function, since each of its statements sees what
     others have committed meanwhile: two workers may meet the same new user.';

CREATE INDEX submissions_by_batch ON submissions (batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX submissions_solved ON submissions (user_id, problem_id, submitted_at)
    WHERE verdict = 'AC';

CREATE VIEW submission_history AS
    SELECT id AS submission_id, attempt, true AS current, verdict, language, cpu_ms, wall_ms,
           memory_bytes, tier, compile, cause, starts, started_at, judged_at, shard
    FROM submissions
    UNION ALL
    SELECT submission_id, attempt, false, verdict, language, cpu_ms, wall_ms,
           memory_bytes, tier, compile, cause, starts, started_at, judged_at, shard
    FROM attempts;
COMMENT ON VIEW submission_history IS
    'Every attempt at every submission. Ask with the shard too, and it is two look-ups.';

CREATE VIEW solved AS
    SELECT user_id, problem_id, min(submitted_at) AS first_solved_at, count(*) AS times
    FROM submissions
    WHERE verdict = 'AC' AND user_id IS NOT NULL AND problem_id IS NOT NULL
    GROUP BY user_id, problem_id;
COMMENT ON VIEW solved IS 'Who has solved what, since when; by the current verdicts.';

CREATE VIEW user_progress AS
    SELECT user_id,
           count(*) AS submissions,
           count(*) FILTER (WHERE verdict = 'AC') AS accepted,
           count(DISTINCT problem_id) AS problems_tried,
           count(DISTINCT problem_id) FILTER (WHERE verdict = 'AC') AS problems_solved,
           max(submitted_at) AS last_submitted_at
    FROM submissions
    WHERE user_id IS NOT NULL
    GROUP BY user_id;
COMMENT ON VIEW user_progress IS 'How far each user has come; ask for one user_id at a time.';

CREATE VIEW batch_progress AS
    SELECT batch_id,
           count(*) AS arrived,
           count(*) FILTER (WHERE verdict NOT IN ('PENDING', 'JUDGING')) AS finished,
           count(*) FILTER (WHERE verdict = 'AC') AS accepted
    FROM submissions
    WHERE batch_id IS NOT NULL
    GROUP BY batch_id;
COMMENT ON VIEW batch_progress IS 'How far each batch has come; what nobody has begun is not in it.';
