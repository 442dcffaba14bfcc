-- The outbox keeps its pages when it is emptied.
--
-- A table without pages is read from end to end in every plan, and the plans of a worker are kept:
-- planned while the outbox was empty, each verdict read all of it until the next (auto)vacuum.

ALTER TABLE outbox SET (vacuum_truncate = off);
