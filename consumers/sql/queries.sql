-- Every statement of consumers/postgres, by name.
--
-- What a crash of the database may forget without harm is committed with synchronous_commit off:
-- whoever finishes a submission whose beginning was forgotten begins it again.
--
-- The database's clock may be set back. A time that is further ahead than any of these statements
-- sets counts as past. Otherwise claims would be held, and entries of the outbox wait, that much longer.

-- lock_schema: one migrator at a time; freed with the transaction
SELECT pg_advisory_xact_lock(%(key)s);

-- bound_waiting: how long a migration waits for a table; how long it takes is not bounded
SELECT set_config('lock_timeout', %(lock_ms)s, true), set_config('statement_timeout', '0', true);

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

-- missing_rights: what a worker does and our role may not; nothing while there are no tables
SELECT needed."right" || ' on ' || needed.name
FROM (VALUES
    ('submissions', 'SELECT'), ('submissions', 'INSERT'), ('submissions', 'UPDATE'),
    ('submission_results', 'SELECT'), ('submission_results', 'INSERT'),
    ('outbox', 'SELECT'), ('outbox', 'INSERT'), ('outbox', 'UPDATE'), ('outbox', 'DELETE'),
    ('users', 'SELECT'), ('users', 'INSERT'), ('users', 'UPDATE'),
    ('problems', 'SELECT'), ('test_cases', 'SELECT')
) AS needed (name, "right")
WHERE NOT has_table_privilege(to_regclass(needed.name), needed."right");

-- load_problem: one statement, so that it sees one version of the problem and its tests
SELECT p.content_hash, p.title, p.limits, p.checker, p.more, t.name AS test_name,
       t.input AS test_input, t.expected AS test_expected, t.checker AS test_checker,
       t.more AS test_more
FROM problems AS p
JOIN test_cases AS t ON t.problem_id = p.id
WHERE p.slug = %(slug)s
ORDER BY t.ordinal;

-- problem_hash
SELECT content_hash, title FROM problems WHERE slug = %(slug)s;

-- list_problems: how large the tests are, about, since what is in `more` is compressed
SELECT p.slug, p.title, p.content_hash, p.updated_at, t.tests, t.size_bytes
FROM problems AS p
CROSS JOIN LATERAL (
    SELECT count(*) AS tests,
           coalesce(sum(length(input) + coalesce(length(expected), 0)
                        + coalesce(pg_column_size(more), 0)), 0)::bigint AS size_bytes
    FROM test_cases WHERE problem_id = p.id
) AS t
ORDER BY p.slug;

-- put_problem
INSERT INTO problems (slug, title, limits, checker, more, content_hash)
VALUES (%(slug)s, %(title)s, %(limits)s::jsonb, %(checker)s::jsonb, %(more)s::jsonb,
        %(content_hash)s)
ON CONFLICT (slug) DO UPDATE SET
    title = EXCLUDED.title,
    limits = EXCLUDED.limits,
    checker = EXCLUDED.checker,
    more = EXCLUDED.more,
    content_hash = EXCLUDED.content_hash,
    updated_at = now()
RETURNING id;

-- clear_test_cases
DELETE FROM test_cases WHERE problem_id = %(problem_id)s;

-- put_test_cases
INSERT INTO test_cases (problem_id, ordinal, name, input, expected, checker, more) VALUES %s;

-- lock_problem: no submission for it can begin meanwhile
SELECT id FROM problems WHERE slug = %(slug)s FOR UPDATE;

-- problem_uses
SELECT count(*) FROM submissions WHERE problem_id = %(problem_id)s;

-- forget_problem: its submissions keep their verdicts, and cannot be judged again
UPDATE submissions SET problem_id = NULL WHERE problem_id = %(problem_id)s;

-- delete_problem: its tests go along
DELETE FROM problems WHERE id = %(problem_id)s;

-- begin: always one row, in JSON; its attempt is NULL when the submission is final, or ahead of us
WITH problem AS (
    SELECT id, content_hash FROM problems WHERE slug = %(problem)s
), begun AS (
    INSERT INTO submissions AS s
        (shard, id, batch_id, user_id, problem_id, language, source, inline, verdict, starts,
         started_at, submitted_at, holder, held_until, shown_holder, publisher)
    SELECT %(shard)s, %(id)s::uuid, %(batch)s::uuid, user_of(%(user)s),
           (SELECT id FROM problem), %(language)s, %(source)s, %(inline)s, 'JUDGING', 1, now(),
           coalesce(to_timestamp(%(published_s)s), now()),
           %(holder)s::uuid, now() + make_interval(secs => %(lease_s)s),
           %(shown_holder)s::uuid, %(publisher)s
    WHERE %(problem)s IS NULL OR EXISTS (SELECT FROM problem)
    ON CONFLICT (shard, id) DO UPDATE SET
        verdict = 'JUDGING', starts = s.starts + 1, started_at = now(),
        holder = EXCLUDED.holder, held_until = EXCLUDED.held_until,
        shown_holder = EXCLUDED.shown_holder
    WHERE s.verdict IN ('PENDING', 'JUDGING') AND s.attempt = 1
      AND (s.publisher IS NULL OR s.publisher = EXCLUDED.publisher)
      AND (s.held_until IS NULL OR s.held_until <= now() OR s.holder = EXCLUDED.holder
           OR s.held_until > now() + 10 * make_interval(secs => %(lease_s)s)
           OR s.shown_holder = s.holder
               AND holder_key(s.holder) NOT IN (SELECT living_holders()))
    RETURNING attempt, starts, failures, given_back
)
SELECT set_config(%(slot)s,
           json_build_array(b.attempt, b.starts, b.failures, b.given_back, p.content_hash)::text,
           false),
       CASE WHEN %(hasty)s THEN set_config('synchronous_commit', 'off', true) END
FROM (SELECT) AS one
LEFT JOIN begun AS b ON true
LEFT JOIN problem AS p ON true;

-- fill: a submission that was cancelled before it arrived
UPDATE submissions SET
    batch_id = %(batch)s::uuid, user_id = user_of(%(user)s),
    problem_id = (SELECT id FROM problems WHERE slug = %(problem)s),
    language = %(language)s, source = %(source)s, inline = %(inline)s, publisher = %(publisher)s
WHERE shard = %(shard)s AND id = %(id)s::uuid AND source IS NULL;

-- is_anothers: whether it belongs to another publisher
SELECT EXISTS (
    SELECT FROM submissions
    WHERE shard = %(shard)s AND id = %(id)s::uuid
      AND publisher IS NOT NULL AND publisher IS DISTINCT FROM %(publisher)s);

-- recall: a stored submission, as the message that it once was
SELECT s.language, s.source, s.inline, s.batch_id, u.name AS user, p.slug AS problem
FROM submissions AS s
LEFT JOIN users AS u ON u.id = s.user_id
LEFT JOIN problems AS p ON p.id = s.problem_id
WHERE s.shard = %(shard)s AND s.id = %(id)s::uuid AND s.source IS NOT NULL;

-- begin_again: the start of a later attempt; no row when that is over, another one, or held
UPDATE submissions AS s SET
    verdict = 'JUDGING', starts = starts + 1, started_at = now(),
    holder = %(holder)s::uuid, held_until = now() + make_interval(secs => %(lease_s)s),
    shown_holder = %(shown_holder)s::uuid
WHERE shard = %(shard)s AND id = %(id)s::uuid AND attempt = %(attempt)s
  AND verdict IN ('PENDING', 'JUDGING')
  AND (held_until IS NULL OR held_until <= now() OR holder = %(holder)s::uuid
       OR held_until > now() + 10 * make_interval(secs => %(lease_s)s)
       OR shown_holder = holder AND holder_key(holder) NOT IN (SELECT living_holders()))
RETURNING s.attempt, s.starts, s.failures, s.given_back,
    (SELECT content_hash FROM problems AS p WHERE p.id = s.problem_id),
    set_config('synchronous_commit', 'off', true);

-- leave: to the worker that holds it; the request is in the outbox, due when the claim has passed
WITH held AS (
    SELECT shard, id, attempt, batch_id, greatest(held_until, now()) AS held_until
    FROM submissions
    WHERE shard = %(shard)s AND id = %(id)s::uuid AND attempt = %(attempt)s
      AND verdict IN ('PENDING', 'JUDGING')
), request AS (
    INSERT INTO outbox (shard, submission_id, attempt, kind, payload, due_at)
    SELECT shard, id, attempt, 'rejudge', jsonb_build_object(
               'version', 1, 'kind', 'rejudge', 'submission_id', id, 'attempt', attempt,
               'queue', %(queue)s::text),
           held_until
    FROM held
    ON CONFLICT (shard, submission_id, attempt, kind)
        DO UPDATE SET due_at = greatest(outbox.due_at, EXCLUDED.due_at)
)
SELECT batch_id FROM held;

-- over: which of these need no verdict any more
SELECT s.id
FROM unnest(%(shards)s::smallint[], %(ids)s::uuid[], %(attempts)s::integer[])
    AS run (shard, id, attempt)
JOIN submissions AS s ON s.shard = run.shard AND s.id = run.id
WHERE s.attempt <> run.attempt OR s.verdict NOT IN ('PENDING', 'JUDGING');

-- renew: the claims of what is still being judged, whose requests are in the outbox from now on
WITH ours AS (
    UPDATE submissions AS s SET held_until = now() + make_interval(secs => %(lease_s)s)
    FROM unnest(%(shards)s::smallint[], %(ids)s::uuid[], %(attempts)s::integer[],
                %(starts)s::integer[], %(queues)s::text[])
        AS run (shard, id, attempt, starts, queue)
    WHERE (s.shard, s.id) = (run.shard, run.id)
      AND s.attempt = run.attempt AND s.starts = run.starts
      AND s.verdict IN ('PENDING', 'JUDGING')
    RETURNING s.shard, s.id, s.attempt, s.held_until, run.queue
), requests AS (
    INSERT INTO outbox (shard, submission_id, attempt, kind, payload, due_at)
    SELECT shard, id, attempt, 'rejudge', jsonb_build_object(
               'version', 1, 'kind', 'rejudge', 'submission_id', id, 'attempt', attempt,
               'queue', queue),
           held_until
    FROM ours
    ON CONFLICT (shard, submission_id, attempt, kind) DO UPDATE SET due_at = EXCLUDED.due_at
)
SELECT id FROM ours;

-- show_holder: again harmless; false where a pooler has left the lock to another session of ours
SELECT pg_try_advisory_lock(holder_key(%(holder)s::uuid));

-- wake: the requests of what dead workers held are due
UPDATE outbox AS o SET due_at = now()
FROM submissions AS s
WHERE o.kind = 'rejudge' AND o.due_at > now() AND o.due_at < 'infinity'
  AND (s.shard, s.id, s.attempt) = (o.shard, o.submission_id, o.attempt)
  AND s.verdict = 'JUDGING' AND s.held_until > now()
  AND s.shown_holder = s.holder AND holder_key(s.holder) NOT IN (SELECT living_holders());

-- clock_set_back: makes entries due whose time is further ahead than entries are ever postponed
UPDATE outbox SET due_at = now()
WHERE (shard, submission_id, attempt, kind) IN (
    SELECT shard, submission_id, attempt, kind FROM outbox
    WHERE kind IN ('result', 'rejudge', 'dead', 'repeat')  -- by the index
      AND due_at > now() + 2 * make_interval(secs => %(longest_s)s) AND due_at < 'infinity'
    FOR UPDATE SKIP LOCKED);

-- release: starts that end without a verdict; others may begin them now
WITH released AS (
    UPDATE submissions AS s SET
        verdict = 'PENDING', holder = NULL, held_until = NULL, shown_holder = NULL,
        given_back = s.given_back + CASE WHEN %(given_back)s THEN 1 ELSE 0 END
    FROM unnest(%(shards)s::smallint[], %(ids)s::uuid[], %(attempts)s::integer[],
                %(starts)s::integer[]) AS run (shard, id, attempt, starts)
    WHERE (s.shard, s.id) = (run.shard, run.id)
      AND s.attempt = run.attempt AND s.starts = run.starts
      AND s.verdict IN ('PENDING', 'JUDGING')
    RETURNING s.shard, s.id, s.attempt
)
UPDATE outbox AS o SET due_at = now()
FROM released
WHERE (o.shard, o.submission_id, o.attempt, o.kind)
    = (released.shard, released.id, released.attempt, 'rejudge');

-- fail: the judge failed; how often, in this attempt
UPDATE submissions SET failures = failures + 1, cause = %(cause)s
WHERE shard = %(shard)s AND id = %(id)s::uuid AND attempt = %(attempt)s
  AND verdict IN ('PENDING', 'JUDGING')
RETURNING failures, set_config('synchronous_commit', 'off', true);

-- finish: verdict, tests and event; `stored`, `superseded` or `unknown`, in JSON
WITH done AS (
    UPDATE submissions SET
        verdict = %(verdict)s,
        language = %(language)s,
        cpu_ms = %(cpu_ms)s,
        wall_ms = %(wall_ms)s,
        memory_bytes = %(memory_bytes)s,
        tier = %(tier)s,
        compile = %(compile)s::jsonb,
        cause = %(cause)s,
        more = %(more)s::jsonb,
        judged_at = now()
    WHERE shard = %(shard)s AND id = %(id)s::uuid AND attempt = %(attempt)s
      AND starts <= %(starts)s AND verdict IN ('PENDING', 'JUDGING')
    RETURNING shard, id
), results AS (
    INSERT INTO submission_results
        (shard, submission_id, ordinal, name, verdict, detail, stderr, cpu_ms, wall_ms,
         memory_bytes, exit_code, signal, cpu_source, memory_source, more)
    SELECT done.shard, done.id, t.ordinal, t.name, t.verdict, t.detail, t.stderr, t.cpu_ms,
           t.wall_ms, t.memory_bytes, t.exit_code, t.signal, t.cpu_source, t.memory_source,
           t.more
    FROM done, jsonb_to_recordset(%(tests)s::jsonb) AS t (
        ordinal integer, name text, verdict verdict, detail text, stderr text,
        cpu_ms double precision, wall_ms double precision, memory_bytes bigint,
        exit_code integer, signal integer, cpu_source text, memory_source text, more jsonb)
), event AS (
    INSERT INTO outbox (shard, submission_id, attempt, kind, payload, due_at)
    SELECT shard, id, %(attempt)s, 'result', %(event)s::jsonb,
           now() + make_interval(secs => %(own_s)s)
    FROM done
), request AS (
    -- Not joined with `done`, which the planner takes for several rows: it would read all entries.
    DELETE FROM outbox
    WHERE shard = %(shard)s AND submission_id = %(id)s::uuid AND attempt = %(attempt)s
      AND kind = 'rejudge' AND EXISTS (SELECT FROM done)
)
SELECT set_config(%(slot)s, json_build_array(CASE
    WHEN EXISTS (SELECT FROM done) THEN 'stored'
    WHEN EXISTS (SELECT FROM submissions WHERE shard = %(shard)s AND id = %(id)s::uuid)
        THEN 'superseded'
    ELSE 'unknown'
END)::text, false);

-- refuse: it can never be judged
UPDATE submissions SET verdict = 'CANCELLED', cause = %(reason)s, judged_at = now()
WHERE shard = %(shard)s AND id = %(id)s::uuid AND attempt = %(attempt)s
  AND verdict IN ('PENDING', 'JUDGING');

-- cancel: also one that has not arrived yet; no row when it is final
INSERT INTO submissions AS s (shard, id, verdict, cause, judged_at)
VALUES (%(shard)s, %(id)s::uuid, 'CANCELLED', %(reason)s, now())
ON CONFLICT (shard, id) DO UPDATE SET
    verdict = 'CANCELLED', cause = EXCLUDED.cause, judged_at = now()
WHERE s.verdict IN ('PENDING', 'JUDGING')
RETURNING attempt, language, batch_id, source IS NOT NULL;

-- put_event
INSERT INTO outbox (shard, submission_id, attempt, kind, payload, due_at)
VALUES (%(shard)s, %(id)s::uuid, %(attempt)s, 'result', %(event)s::jsonb, now());

-- notify: commits that notify wait for each other, so never together with what waits for the disk
SELECT pg_notify('judgecore_verdicts', notice), set_config('synchronous_commit', 'off', true)
FROM unnest(%(notices)s::text[]) AS notice;

-- now
SELECT now();

-- missing: which of these a rejudge cannot know, since no program has come with them
SELECT wanted.id
FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS wanted (id, n)
WHERE NOT EXISTS (SELECT FROM submissions AS s WHERE s.id = wanted.id AND s.source IS NOT NULL)
ORDER BY wanted.n;

-- unknown_names: what a selection names and is not there
SELECT 'problem', %(problem)s
WHERE %(problem)s IS NOT NULL AND NOT EXISTS (SELECT FROM problems WHERE slug = %(problem)s)
UNION ALL
SELECT 'user', %(user)s
WHERE %(user)s IS NOT NULL AND NOT EXISTS (SELECT FROM users WHERE name = %(user)s);

-- choose: submissions to rejudge
SELECT s.id
FROM submissions AS s
WHERE (%(ids)s::uuid[] IS NULL OR s.id = ANY (%(ids)s::uuid[]))
  AND (%(problem)s IS NULL OR s.problem_id = (SELECT id FROM problems WHERE slug = %(problem)s))
  AND (%(user)s IS NULL OR s.user_id = (SELECT id FROM users WHERE name = %(user)s))
  AND (%(language)s IS NULL OR s.language = %(language)s)
  AND (%(verdict)s IS NULL OR s.verdict = %(verdict)s::verdict)
  AND (%(since)s::timestamptz IS NULL OR s.submitted_at >= %(since)s)
  AND (s.verdict <> 'CANCELLED' OR %(cancelled)s)
  AND (s.verdict <> 'PENDING' OR %(pending)s)
  AND s.source IS NOT NULL;

-- lock: a chunk of what was chosen, unless its state has changed since; no verdict slips in now
SELECT s.shard, s.id, s.verdict = 'PENDING'
FROM submissions AS s
WHERE s.id = ANY (%(ids)s::uuid[])
  AND (%(verdict)s IS NULL OR s.verdict = %(verdict)s::verdict)
  AND (s.verdict <> 'CANCELLED' OR %(cancelled)s)
  AND (s.verdict <> 'PENDING' OR %(pending)s)
  AND coalesce(s.judged_at, s.started_at, s.asked_at, s.submitted_at)
      NOT BETWEEN %(before)s AND clock_timestamp()
ORDER BY s.shard, s.id
FOR UPDATE;

-- archive: what a rejudge replaces
INSERT INTO attempts
    (shard, submission_id, attempt, verdict, language, cpu_ms, wall_ms, memory_bytes, tier,
     compile, cause, starts, started_at, judged_at, more, tests)
SELECT s.shard, s.id, s.attempt,
       CASE s.verdict WHEN 'JUDGING' THEN 'CANCELLED' ELSE s.verdict END,
       s.language, s.cpu_ms, s.wall_ms, s.memory_bytes, s.tier, s.compile,
       CASE s.verdict WHEN 'JUDGING' THEN 'replaced by a rejudge while it ran' ELSE s.cause END,
       s.starts, s.started_at, s.judged_at, s.more,
       coalesce((
           SELECT jsonb_agg(to_jsonb(r) - 'shard' - 'submission_id' ORDER BY r.ordinal)
           FROM submission_results AS r
           WHERE r.shard = s.shard AND r.submission_id = s.id), '[]')
FROM unnest(%(shards)s::smallint[], %(ids)s::uuid[]) AS chosen (shard, id)
JOIN submissions AS s USING (shard, id);

-- clear_results
DELETE FROM submission_results AS r
USING unnest(%(shards)s::smallint[], %(ids)s::uuid[]) AS chosen (shard, id)
WHERE (r.shard, r.submission_id) = (chosen.shard, chosen.id);

-- next_attempt: and the requests for it, in one statement
WITH again AS (
    UPDATE submissions AS s SET
        attempt = s.attempt + 1, starts = 0, failures = 0, verdict = 'PENDING',
        cpu_ms = NULL, wall_ms = NULL, memory_bytes = NULL, tier = NULL, compile = NULL,
        cause = NULL, more = NULL, started_at = NULL, judged_at = NULL, asked_at = now(),
        holder = NULL, held_until = NULL, given_back = 0
    FROM unnest(%(shards)s::smallint[], %(ids)s::uuid[]) AS chosen (shard, id)
    WHERE (s.shard, s.id) = (chosen.shard, chosen.id)
    RETURNING s.shard, s.id, s.attempt
)
INSERT INTO outbox (shard, submission_id, attempt, kind, payload)
SELECT shard, id, attempt, 'rejudge', jsonb_build_object(
    'version', 1, 'kind', 'rejudge', 'submission_id', id, 'attempt', attempt,
    'queue', %(queue)s::text)
FROM again;

-- ask_again: the same attempt, whose request may have been lost
WITH again AS (
    UPDATE submissions AS s SET asked_at = now()
    FROM unnest(%(shards)s::smallint[], %(ids)s::uuid[]) AS chosen (shard, id)
    WHERE (s.shard, s.id) = (chosen.shard, chosen.id)
    RETURNING s.shard, s.id, s.attempt
)
INSERT INTO outbox (shard, submission_id, attempt, kind, payload)
SELECT shard, id, attempt, 'rejudge', jsonb_build_object(
    'version', 1, 'kind', 'rejudge', 'submission_id', id, 'attempt', attempt,
    'queue', %(queue)s::text)
FROM again
ON CONFLICT (shard, submission_id, attempt, kind)
    DO UPDATE SET due_at = now(), payload = EXCLUDED.payload;

-- unfinished: what has no verdict, the oldest first; reads the whole table
SELECT s.id, s.attempt, s.verdict, coalesce(s.started_at, s.asked_at, s.submitted_at),
       s.starts, s.failures, s.cause, s.language, u.name, p.slug
FROM submissions AS s
LEFT JOIN users AS u ON u.id = s.user_id
LEFT JOIN problems AS p ON p.id = s.problem_id
WHERE s.verdict IN ('PENDING', 'JUDGING')
  AND coalesce(s.started_at, s.asked_at, s.submitted_at)
      < now() - make_interval(secs => %(older_than_s)s)
ORDER BY 4
LIMIT %(limit)s;

-- old: final submissions to delete
SELECT s.shard, s.id
FROM submissions AS s
WHERE s.verdict NOT IN ('PENDING', 'JUDGING')
  AND (%(older_than_s)s IS NULL OR s.judged_at < now() - make_interval(secs => %(older_than_s)s))
  AND (%(user)s IS NULL OR s.user_id = (SELECT id FROM users WHERE name = %(user)s));

-- purge: results and attempts go along; not what is to be judged again by now
WITH gone AS (
    DELETE FROM submissions AS s
    USING unnest(%(shards)s::smallint[], %(ids)s::uuid[]) AS chosen (shard, id)
    WHERE (s.shard, s.id) = (chosen.shard, chosen.id) AND s.verdict NOT IN ('PENDING', 'JUDGING')
    RETURNING s.shard, s.id
), untold AS (
    DELETE FROM outbox AS o USING gone
    WHERE (o.shard, o.submission_id) = (gone.shard, gone.id)
)
SELECT count(*) FROM gone;

-- count_unfinished: of a user, or of all
SELECT count(*) FROM submissions AS s
WHERE s.verdict IN ('PENDING', 'JUDGING')
  AND (%(user)s IS NULL OR s.user_id = (SELECT id FROM users WHERE name = %(user)s));

-- purge_user: once none of their submissions is left
DELETE FROM users AS u
WHERE u.name = %(user)s AND NOT EXISTS (SELECT FROM submissions WHERE user_id = u.id);

-- register: whether it is new, and whether the problem is there
WITH problem AS (
    SELECT id FROM problems WHERE slug = %(problem)s
), made AS (
    INSERT INTO submissions
        (shard, id, batch_id, user_id, problem_id, language, source, inline, verdict, publisher)
    SELECT %(shard)s, %(id)s::uuid, %(batch)s::uuid, user_of(%(user)s),
           (SELECT id FROM problem), %(language)s, %(source)s, %(inline)s, 'PENDING', %(publisher)s
    WHERE %(problem)s IS NULL OR EXISTS (SELECT FROM problem)
    ON CONFLICT (shard, id) DO NOTHING
    RETURNING shard, id
), request AS (
    INSERT INTO outbox (shard, submission_id, attempt, kind, payload, due_at)
    SELECT shard, id, 1, 'rejudge', jsonb_build_object(
               'version', 1, 'kind', 'rejudge', 'submission_id', id, 'attempt', 1,
               'queue', %(queue)s::text),
           now() + make_interval(secs => %(own_s)s)
    FROM made
)
SELECT EXISTS (SELECT FROM made), %(problem)s IS NULL OR EXISTS (SELECT FROM problem);

-- claim: what is due, of one kind or any, up to so many bytes, for a few seconds ours to send
UPDATE outbox AS o SET due_at = now() + make_interval(secs => %(own_s)s)
FROM (
    SELECT d.*, sum(d.size) OVER (ORDER BY d.due_at, d.submission_id, d.attempt, d.kind) - d.size
        AS size_before
    FROM (
        SELECT shard, submission_id, attempt, kind, due_at,
            -- What is small is not compressed.
            CASE WHEN pg_column_size(payload) < 1000 THEN pg_column_size(payload)
                ELSE octet_length(payload::text) END AS size
        FROM outbox
        WHERE due_at <= now() AND (%(kind)s IS NULL OR kind = %(kind)s)
        ORDER BY due_at
        LIMIT %(limit)s
        FOR UPDATE SKIP LOCKED
    ) AS d
) AS due
WHERE due.size_before < %(most_bytes)s AND (o.shard, o.submission_id, o.attempt, o.kind)
    = (due.shard, due.submission_id, due.attempt, due.kind)
RETURNING o.payload, o.created_at, o.kind, due.size,
    set_config('synchronous_commit', 'off', true);

-- mark_sent: but the request for what is being judged stays, as `renew` would put it there
DELETE FROM outbox AS o
USING unnest(%(shards)s::smallint[], %(ids)s::uuid[], %(attempts)s::integer[], %(kinds)s::text[])
    AS sent (shard, submission_id, attempt, kind)
WHERE (o.shard, o.submission_id, o.attempt, o.kind)
    = (sent.shard, sent.submission_id, sent.attempt, sent.kind)
  AND NOT (o.kind = 'rejudge' AND EXISTS (
      SELECT FROM submissions AS s
      WHERE (s.shard, s.id, s.attempt) = (o.shard, o.submission_id, o.attempt)
        AND s.verdict = 'JUDGING' AND s.held_until > now()))
RETURNING set_config('synchronous_commit', 'off', true);

-- postpone: what the broker refused; tried again later and later, and in the end no more
UPDATE outbox SET
    tries = tries + 1, cause = %(cause)s,
    due_at = CASE WHEN tries + 1 >= %(most)s THEN 'infinity'
             ELSE now() + make_interval(secs => least(%(first_s)s * 2.0 ^ tries, %(longest_s)s)) END
WHERE (shard, submission_id, attempt, kind) = (%(shard)s, %(id)s::uuid, %(attempt)s, %(kind)s);

-- refused: what the broker refused and has not taken since
SELECT submission_id, attempt, kind, tries, cause, created_at, due_at = 'infinity'
FROM outbox WHERE tries > 0 ORDER BY created_at LIMIT %(limit)s;

-- publish_refused: once more
UPDATE outbox SET due_at = now(), tries = 0, cause = NULL WHERE tries > 0;

-- put_repeat: a verdict that somebody wants to hear once more
INSERT INTO outbox (shard, submission_id, attempt, kind, payload)
VALUES (%(shard)s, %(id)s::uuid, %(attempt)s, 'repeat', %(event)s::jsonb)
ON CONFLICT (shard, submission_id, attempt, kind)
    DO UPDATE SET payload = EXCLUDED.payload, due_at = now();

-- put_dead: a dead letter, known by an id of its own
INSERT INTO outbox (shard, submission_id, attempt, kind, payload)
VALUES (%(shard)s, %(id)s::uuid, 1, 'dead', %(letter)s::jsonb);

-- verdict: the submission's own row
SELECT attempt, batch_id, language, verdict, cpu_ms, wall_ms, memory_bytes, tier, compile, cause, more
FROM submissions
WHERE shard = %(shard)s AND id = %(id)s::uuid AND judged_at IS NOT NULL;

-- result_tests
SELECT name, verdict, detail, stderr, cpu_ms, wall_ms, memory_bytes, exit_code, signal,
       cpu_source, memory_source, more
FROM submission_results
WHERE shard = %(shard)s AND submission_id = %(id)s::uuid
ORDER BY ordinal;

-- history: every attempt, the oldest first
SELECT attempt, verdict, language, cause, judged_at
FROM submission_history
WHERE shard = %(shard)s AND submission_id = %(id)s::uuid
ORDER BY attempt;

-- gateway_add: an entry of the gateway; one that is there stays as it is
INSERT INTO gateway_entries
    (token, submission_shard, submission_id, api, first_test, tests, request, created_at,
     callback_due_at)
VALUES (%(token)s::uuid, %(shard)s, %(id)s::uuid, %(api)s, %(first_test)s, %(tests)s,
    %(request)s::jsonb, %(created_at)s, CASE WHEN %(callback)s THEN now() END)
ON CONFLICT (token) DO NOTHING;

-- gateway_get: an entry by its token
SELECT token, submission_id, api, first_test, tests, request, created_at
FROM gateway_entries WHERE token = %(token)s::uuid;

-- gateway_page: entries of an API, the newest first
SELECT token, submission_id, api, first_test, tests, request, created_at
FROM gateway_entries WHERE api = %(api)s
ORDER BY created_at DESC, token LIMIT %(limit)s OFFSET %(offset)s;

-- gateway_count: how many entries an API has
SELECT count(*) FROM gateway_entries WHERE api = %(api)s;

-- gateway_lock: the submission of an entry, so that of two that are removed at once one is the last
SELECT FROM submissions AS s
JOIN gateway_entries AS e ON (s.shard, s.id) = (e.submission_shard, e.submission_id)
WHERE e.token = %(token)s::uuid
FOR UPDATE OF s;

-- gateway_remove: forget an entry, and its submission where that has a verdict and no other entry
WITH forgotten AS (
    DELETE FROM gateway_entries WHERE token = %(token)s::uuid
    RETURNING submission_shard, submission_id
), gone AS (
    DELETE FROM submissions AS s USING forgotten AS f
    WHERE (s.shard, s.id) = (f.submission_shard, f.submission_id)
      AND s.verdict NOT IN ('PENDING', 'JUDGING')
      AND NOT EXISTS (
          SELECT FROM gateway_entries AS e
          WHERE (e.submission_shard, e.submission_id) = (s.shard, s.id)
            AND e.token <> %(token)s::uuid)
    RETURNING s.shard, s.id
)
DELETE FROM outbox AS o USING gone WHERE (o.shard, o.submission_id) = (gone.shard, gone.id);

-- gateway_callbacks: due ones whose submissions have ended; for a minute nobody else's
UPDATE gateway_entries AS e SET callback_due_at = now() + interval '1 minute'
FROM (
    SELECT e.token
    FROM gateway_entries AS e
    JOIN submissions AS s ON (s.shard, s.id) = (e.submission_shard, e.submission_id)
    WHERE e.callback_due_at <= now() AND s.verdict NOT IN ('PENDING', 'JUDGING')
    ORDER BY e.callback_due_at
    LIMIT %(limit)s
    FOR UPDATE OF e SKIP LOCKED
) AS due
WHERE e.token = due.token
RETURNING e.token, e.request ->> 'callback_url', e.callback_tries;

-- gateway_settle: a callback was tried once more
UPDATE gateway_entries SET
    callback_tries = callback_tries + 1,
    callback_due_at = now() + make_interval(secs => %(again_s)s)
WHERE token = %(token)s::uuid;

-- gateway_state: the verdict of a submission, and since when it is known
SELECT verdict, judged_at FROM submissions WHERE shard = %(shard)s AND id = %(id)s::uuid;

-- gateway_ended: those of these that have a verdict
SELECT s.id FROM submissions AS s
JOIN unnest(%(shards)s::smallint[], %(ids)s::uuid[]) AS w (shard, id)
    ON (s.shard, s.id) = (w.shard, w.id)
WHERE s.verdict NOT IN ('PENDING', 'JUDGING');

-- gateway_load: how many wait and are being judged, and how long the first has waited
SELECT count(*) FILTER (WHERE verdict = 'PENDING'), count(*) FILTER (WHERE verdict = 'JUDGING'),
    coalesce(extract(epoch FROM now() - min(submitted_at) FILTER (WHERE verdict = 'PENDING')), 0)
FROM submissions WHERE verdict IN ('PENDING', 'JUDGING');
