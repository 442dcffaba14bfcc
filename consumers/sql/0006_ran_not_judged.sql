-- A submission whose tests have no expected output is only run: OK says that it ran well.
ALTER TYPE verdict ADD VALUE IF NOT EXISTS 'OK' AFTER 'AC';
