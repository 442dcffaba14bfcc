-- A row is found by its id alone, partitions are of one size, and an attempt says when it was
-- asked for.
--
-- The primary keys begin with the id now: a statement that knows no shard looks once into the
-- index of each partition, where it read every index from end to end. Rebuilding them locks the
-- tables for some seconds a million rows.
--
-- Hashing put between 5 and 12 of the 64 shards into a partition. Tables that are still empty are
-- made anew with 8 listed shards in each; docs/operations.md says how others get there.

ALTER TABLE submissions ADD COLUMN asked_at timestamptz;
COMMENT ON COLUMN submissions.asked_at IS
    'When this attempt was asked for by a rejudge; NULL for the first one, see submitted_at.';

DO $$
DECLARE
    grown text;
    shards text;
BEGIN
    IF EXISTS (SELECT FROM submissions) THEN
        RETURN;
    END IF;
    DROP VIEW submission_history, solved, user_progress, batch_progress;
    FOREACH grown IN ARRAY ARRAY['attempts', 'submission_results', 'submissions'] LOOP
        EXECUTE format('ALTER TABLE %I RENAME TO by_hash', grown);
        EXECUTE format(
            'CREATE TABLE %I (LIKE by_hash INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMMENTS)
             PARTITION BY LIST (shard)', grown);
        DROP TABLE by_hash;
        FOR part IN 0..7 LOOP
            SELECT string_agg(shard::text, ', ') INTO shards
            FROM generate_series(part, 63, 8) AS shard;
            EXECUTE format(
                'CREATE TABLE %I PARTITION OF %I FOR VALUES IN (%s)',
                grown || '_' || part, grown, shards);
        END LOOP;
    END LOOP;
    ALTER TABLE submissions
        ADD CONSTRAINT submissions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id),
        ADD CONSTRAINT submissions_problem_id_fkey FOREIGN KEY (problem_id) REFERENCES problems (id);
END
$$;

ALTER TABLE attempts
    DROP CONSTRAINT IF EXISTS attempts_shard_submission_id_fkey,
    DROP CONSTRAINT IF EXISTS attempts_pkey;
ALTER TABLE submission_results
    DROP CONSTRAINT IF EXISTS submission_results_shard_submission_id_fkey,
    DROP CONSTRAINT IF EXISTS submission_results_pkey;
ALTER TABLE submissions DROP CONSTRAINT IF EXISTS submissions_pkey;

ALTER TABLE submissions ADD PRIMARY KEY (id, shard);
ALTER TABLE submission_results
    ADD PRIMARY KEY (submission_id, ordinal, shard),
    ADD CONSTRAINT submission_results_shard_submission_id_fkey
        FOREIGN KEY (shard, submission_id) REFERENCES submissions (shard, id) ON DELETE CASCADE;
ALTER TABLE attempts
    ADD PRIMARY KEY (submission_id, attempt, shard),
    ADD CONSTRAINT attempts_shard_submission_id_fkey
        FOREIGN KEY (shard, submission_id) REFERENCES submissions (shard, id) ON DELETE CASCADE;

-- Once a rejudge had made many rows PENDING, statements for one row read this index instead of the
-- primary key: a partition's statistics are renewed only after a tenth of it has changed.
DROP INDEX IF EXISTS submissions_unfinished;
CREATE INDEX IF NOT EXISTS submissions_by_user ON submissions (user_id, submitted_at);
CREATE INDEX IF NOT EXISTS submissions_by_problem ON submissions (problem_id, submitted_at);
CREATE INDEX IF NOT EXISTS submissions_by_batch ON submissions (batch_id)
    WHERE batch_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS submissions_solved ON submissions (user_id, problem_id, submitted_at)
    WHERE verdict = 'AC';

COMMENT ON COLUMN submissions.shard IS
    'Last byte of the id modulo 64. The last, since the first ones of a UUIDv7 are the time.
     As it follows from the id, the primary key makes the id itself unique.';
COMMENT ON TABLE submission_results IS 'One row per test of a judged submission.';
COMMENT ON TABLE attempts IS
    'Attempts that a rejudge has replaced, with their tests as JSON. The newest is in submissions.';

CREATE OR REPLACE VIEW submission_history AS
    SELECT id AS submission_id, attempt, true AS current, verdict, language, cpu_ms, wall_ms,
           memory_bytes, tier, compile, cause, starts, started_at, judged_at, shard
    FROM submissions
    UNION ALL
    SELECT submission_id, attempt, false, verdict, language, cpu_ms, wall_ms,
           memory_bytes, tier, compile, cause, starts, started_at, judged_at, shard
    FROM attempts;
COMMENT ON VIEW submission_history IS 'Every attempt at every submission.';

CREATE OR REPLACE VIEW solved AS
    SELECT user_id, problem_id, min(submitted_at) AS first_solved_at, count(*) AS times
    FROM submissions
    WHERE verdict = 'AC' AND user_id IS NOT NULL AND problem_id IS NOT NULL
    GROUP BY user_id, problem_id;
COMMENT ON VIEW solved IS 'Who has solved what, since when; by the current verdicts.';

CREATE OR REPLACE VIEW user_progress AS
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

CREATE OR REPLACE VIEW batch_progress AS
    SELECT batch_id,
           count(*) AS arrived,
           count(*) FILTER (WHERE verdict NOT IN ('PENDING', 'JUDGING')) AS finished,
           count(*) FILTER (WHERE verdict = 'AC') AS accepted
    FROM submissions
    WHERE batch_id IS NOT NULL
    GROUP BY batch_id;
COMMENT ON VIEW batch_progress IS 'How far each batch has come; what nobody has begun is not in it.';
