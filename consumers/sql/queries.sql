-- Every statement of postgres.py, by name.

-- lock_schema: one migrator at a time; freed with the transaction
SELECT pg_advisory_xact_lock(%(key)s);

-- create_schema_version: what was applied, and what it looked like then
CREATE TABLE IF NOT EXISTS schema_version (
    version integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

-- applied_migrations
SELECT version, checksum FROM schema_version;

-- record_migration
INSERT INTO schema_version (version, name, checksum) VALUES (%(version)s, %(name)s, %(checksum)s);

-- problem_hash: cheap enough to ask before every use of the cache
SELECT content_hash FROM problems WHERE slug = %(slug)s;

-- load_problem: one statement, so that it sees one version of the problem and its tests
SELECT p.content_hash, p.title, p.limits, p.checker, t.name, t.input, t.expected
FROM problems AS p
JOIN test_cases AS t ON t.problem_id = p.id
WHERE p.slug = %(slug)s
ORDER BY t.ordinal;

-- put_problem
INSERT INTO problems (slug, title, limits, checker, content_hash)
VALUES (%(slug)s, %(title)s, %(limits)s::jsonb, %(checker)s::jsonb, %(content_hash)s)
ON CONFLICT (slug) DO UPDATE SET
    title = EXCLUDED.title,
    limits = EXCLUDED.limits,
    checker = EXCLUDED.checker,
    content_hash = EXCLUDED.content_hash,
    updated_at = now()
RETURNING id;

-- clear_test_cases
DELETE FROM test_cases WHERE problem_id = %(problem_id)s;

-- put_test_cases
INSERT INTO test_cases (problem_id, ordinal, name, input, expected) VALUES %s;

-- put_user
INSERT INTO users (name) VALUES (%(user)s) ON CONFLICT (name) DO NOTHING;

-- begin: nothing comes back when the submission is final already
INSERT INTO submissions AS s
    (shard, id, user_id, problem_id, language, source, verdict, attempt, started_at)
VALUES (
    %(shard)s, %(id)s::uuid,
    (SELECT id FROM users WHERE name = %(user)s),
    (SELECT id FROM problems WHERE slug = %(problem)s),
    %(language)s, %(source)s, 'JUDGING', 1, now()
)
ON CONFLICT (shard, id) DO UPDATE SET
    verdict = 'JUDGING', attempt = s.attempt + 1, started_at = now()
WHERE s.verdict IN ('PENDING', 'JUDGING')
RETURNING attempt;

-- finish: touches no row when the submission is final already
UPDATE submissions SET
    verdict = %(verdict)s,
    language = %(language)s,
    cpu_ms = %(cpu_ms)s,
    wall_ms = %(wall_ms)s,
    memory_bytes = %(memory_bytes)s,
    tier = %(tier)s,
    compile = %(compile)s::jsonb,
    cause = %(cause)s,
    judged_at = now()
WHERE shard = %(shard)s AND id = %(id)s::uuid AND verdict IN ('PENDING', 'JUDGING');

-- put_results
INSERT INTO submission_results
    (shard, submission_id, ordinal, name, verdict, detail, stderr, cpu_ms, wall_ms,
     memory_bytes, exit_code, signal, cpu_source, memory_source)
VALUES %s;

-- put_event
INSERT INTO outbox (shard, submission_id, payload)
VALUES (%(shard)s, %(id)s::uuid, %(payload)s::jsonb);

-- refuse
UPDATE submissions SET verdict = 'CANCELLED', cause = %(reason)s, judged_at = now()
WHERE shard = %(shard)s AND id = %(id)s::uuid AND verdict IN ('PENDING', 'JUDGING');

-- unsent
SELECT payload FROM outbox
WHERE sent_at IS NULL AND created_at <= now() - make_interval(secs => %(age_s)s)
ORDER BY created_at
LIMIT %(limit)s;

-- forget_sent: the outbox is no archive
DELETE FROM outbox WHERE sent_at < now() - interval '7 days';

-- mark_sent
UPDATE outbox SET sent_at = now()
WHERE shard = %(shard)s AND submission_id = %(id)s::uuid AND sent_at IS NULL;

-- result: the submission's own row
SELECT language, verdict, cpu_ms, wall_ms, memory_bytes, tier, compile, cause
FROM submissions
WHERE shard = %(shard)s AND id = %(id)s::uuid AND judged_at IS NOT NULL;

-- result_tests
SELECT name, verdict, detail, stderr, cpu_ms, wall_ms, memory_bytes, exit_code, signal,
       cpu_source, memory_source
FROM submission_results
WHERE shard = %(shard)s AND submission_id = %(id)s::uuid
ORDER BY ordinal;
