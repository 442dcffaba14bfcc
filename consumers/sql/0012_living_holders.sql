-- A killed worker's claims pass at once: others see that its session is gone.

ALTER TABLE submissions ADD COLUMN shown_holder uuid;
COMMENT ON COLUMN submissions.shown_holder IS
    'The holder, if others can see whether it lives (holder_key). Otherwise only held_until tells.';

-- The advisory lock of a holder. The database releases it when the session of the worker ends.
CREATE FUNCTION holder_key(holder uuid) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT hashtextextended('judgecore holder ' || holder::text, 0) $$;

-- The keys of the holders whose sessions are there now.
CREATE FUNCTION living_holders() RETURNS SETOF bigint
LANGUAGE sql STABLE
AS $$
    SELECT (classid::bigint << 32) | objid::bigint
    FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
$$;
