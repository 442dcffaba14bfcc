-- The first schema: who submits, what for, what came of it, and what is still to be told.
--
-- Tables that grow with every submission carry a shard key and are partitioned by it, so that
-- they can be spread over disks, or over machines with Citus, without being rewritten.

CREATE TYPE verdict AS ENUM (
    'AC', 'WA', 'PE', 'PS', 'TLE', 'MLE', 'OLE', 'RE', 'CE', 'IE',
    'PENDING', 'JUDGING', 'SKIPPED', 'CANCELLED'
);
COMMENT ON TYPE verdict IS
    'PENDING -> JUDGING (a worker began) -> JUDGING (another one began, after a failure)
     -> AC | WA | PE | PS | TLE | MLE | OLE | RE | CE | IE (judged) | CANCELLED (cannot be judged).
     Nothing follows a final one. SKIPPED is of single tests: an earlier one had decided.';

CREATE TABLE users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE users IS 'Whoever submits, by the name the publisher uses; made on first sight.';

CREATE TABLE problems (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug text NOT NULL UNIQUE,
    title text NOT NULL,
    limits jsonb NOT NULL,
    checker jsonb NOT NULL,
    content_hash text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN problems.content_hash IS
    'SHA-256 of limits, checker and tests: workers cache a problem until it changes.';

CREATE TABLE test_cases (
    problem_id bigint NOT NULL REFERENCES problems (id) ON DELETE CASCADE,
    ordinal integer NOT NULL,
    name text,
    input bytea NOT NULL,
    expected bytea NOT NULL,
    PRIMARY KEY (problem_id, ordinal)
);
COMMENT ON COLUMN test_cases.input IS 'UTF-8; bytea because a test may hold NUL, which text may not.';

CREATE TABLE submissions (
    shard smallint NOT NULL CHECK (shard = get_byte(uuid_send(id), 15) % 64),
    id uuid NOT NULL,
    user_id bigint REFERENCES users (id),
    problem_id bigint REFERENCES problems (id),
    language text NOT NULL,
    source text NOT NULL,
    verdict verdict NOT NULL DEFAULT 'PENDING',
    attempt integer NOT NULL DEFAULT 0,
    cpu_ms double precision,
    wall_ms double precision,
    memory_bytes bigint,
    tier text,
    compile jsonb,
    cause text,
    submitted_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    judged_at timestamptz,
    PRIMARY KEY (shard, id)
) PARTITION BY HASH (shard);
COMMENT ON COLUMN submissions.shard IS
    'Last byte of the id modulo 64. The last, since the first ones of a UUIDv7 are the time.
     As it follows from the id, the primary key makes the id itself unique.';
COMMENT ON COLUMN submissions.verdict IS
    'PENDING -> JUDGING -> JUDGING (next attempt) -> a judged verdict | CANCELLED; then final.';
COMMENT ON COLUMN submissions.attempt IS
    'How often judging began. More than once: a worker died, or its judge failed.';
COMMENT ON COLUMN submissions.cause IS
    'What broke in the judge (IE), or why it could not be judged (CANCELLED); else NULL.';

CREATE TABLE submission_results (
    shard smallint NOT NULL,
    submission_id uuid NOT NULL,
    ordinal integer NOT NULL,
    name text NOT NULL,
    verdict verdict NOT NULL,
    detail text NOT NULL,
    stderr text NOT NULL,
    cpu_ms double precision NOT NULL,
    wall_ms double precision NOT NULL,
    memory_bytes bigint NOT NULL,
    exit_code integer,
    signal integer,
    cpu_source text NOT NULL,
    memory_source text NOT NULL,
    PRIMARY KEY (shard, submission_id, ordinal),
    FOREIGN KEY (shard, submission_id) REFERENCES submissions (shard, id) ON DELETE CASCADE
) PARTITION BY HASH (shard);
COMMENT ON TABLE submission_results IS 'One row per test of a judged submission.';

CREATE TABLE outbox (
    shard smallint NOT NULL,
    submission_id uuid NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    PRIMARY KEY (shard, submission_id)
);
COMMENT ON COLUMN outbox.sent_at IS
    'NULL: the verdict is stored but its event may not be out -> set: the broker confirmed it
     -> the row is removed after a week. Written in the transaction that stores the verdict.';

DO $$
BEGIN
    FOR part IN 0..7 LOOP
        EXECUTE format(
            'CREATE TABLE submissions_%s PARTITION OF submissions
             FOR VALUES WITH (MODULUS 8, REMAINDER %s)', part, part);
        EXECUTE format(
            'CREATE TABLE submission_results_%s PARTITION OF submission_results
             FOR VALUES WITH (MODULUS 8, REMAINDER %s)', part, part);
    END LOOP;
END
$$;

CREATE INDEX submissions_by_user ON submissions (user_id, submitted_at);
CREATE INDEX submissions_by_problem ON submissions (problem_id, submitted_at);
CREATE INDEX submissions_unfinished ON submissions (started_at)
    WHERE verdict IN ('PENDING', 'JUDGING');
CREATE INDEX outbox_unsent ON outbox (created_at) WHERE sent_at IS NULL;
CREATE INDEX outbox_sent ON outbox (sent_at) WHERE sent_at IS NOT NULL;
