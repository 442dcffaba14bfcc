-- What the models of judgecore say beyond the columns, so that a new figure needs no migration.

ALTER TABLE submissions ADD COLUMN more jsonb;
ALTER TABLE submission_results ADD COLUMN more jsonb;
ALTER TABLE attempts ADD COLUMN more jsonb;
COMMENT ON COLUMN submissions.more IS
    'Fields of the result that have no column and are not at their default; NULL when all are.';
COMMENT ON COLUMN submission_results.more IS
    'Fields of the test that have no column and are not at their default (what it printed, which
     limit it met); NULL when all are.';
