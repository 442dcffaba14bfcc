-- A problem is stored whole: what it says beyond the columns, and tests of which nothing is expected.

ALTER TABLE problems ADD COLUMN more jsonb;
ALTER TABLE test_cases ADD COLUMN more jsonb;
ALTER TABLE test_cases ALTER COLUMN expected DROP NOT NULL;
COMMENT ON COLUMN problems.more IS
    'Fields of the problem that have no column and are not at their default (how it is run and
     scored, whether programs may write files); NULL when all are.';
COMMENT ON COLUMN problems.content_hash IS
    'SHA-256 of all that can change a verdict: workers cache a problem until it changes.';
COMMENT ON COLUMN test_cases.more IS
    'Fields of the test that have no column and are not at their default (arguments, files, a time
     limit of its own, its group); NULL when all are. Bytes that are no UTF-8, and text with NUL,
     are {"base64": "..."}.';
COMMENT ON COLUMN test_cases.input IS 'bytea because a test may hold NUL, or bytes that are no UTF-8.';
COMMENT ON COLUMN test_cases.expected IS 'NULL: the program is only run, and its verdict is OK.';
