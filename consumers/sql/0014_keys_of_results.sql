-- A row of a test refers to its submission in the partition with the same shards.
--
-- The foreign key of the whole table looked through all partitions of submissions for each of them,
-- which was a sixth of what the database did for a small submission. Where somebody has made other
-- partitions, that key stays.
--
-- NOT VALID: that key has checked the rows that are there. To check them again would read all of them,
-- and as long no worker could store a verdict.

DO $$
DECLARE
    pair record;
BEGIN
    IF (SELECT relkind FROM pg_class WHERE oid = 'submission_results'::regclass) <> 'p' OR EXISTS (
        SELECT pg_get_expr(c.relpartbound, c.oid)
        FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'submission_results'::regclass
        EXCEPT
        SELECT pg_get_expr(c.relpartbound, c.oid)
        FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'submissions'::regclass AND c.relkind = 'r'
    ) THEN
        RETURN;
    END IF;
    ALTER TABLE submission_results DROP CONSTRAINT submission_results_shard_submission_id_fkey;
    FOR pair IN
        SELECT r.oid::regclass AS results, s.oid::regclass AS submissions, r.relname
        FROM pg_inherits AS i
        JOIN pg_class AS r ON r.oid = i.inhrelid
        JOIN pg_class AS s ON pg_get_expr(s.relpartbound, s.oid) = pg_get_expr(r.relpartbound, r.oid)
        JOIN pg_inherits AS j ON j.inhrelid = s.oid AND j.inhparent = 'submissions'::regclass
        WHERE i.inhparent = 'submission_results'::regclass
    LOOP
        EXECUTE format(
            'ALTER TABLE %s ADD CONSTRAINT %I FOREIGN KEY (shard, submission_id)
             REFERENCES %s (shard, id) ON DELETE CASCADE NOT VALID',
            pair.results, pair.relname || '_submission_fkey', pair.submissions);
    END LOOP;
END
$$;
