-- Groups of a problem's tests may be compared in different ways.

ALTER TABLE test_cases ADD COLUMN checker jsonb;
COMMENT ON COLUMN test_cases.checker IS 'JSON; NULL: the problem''s.';
