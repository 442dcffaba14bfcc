-- A submission belongs to the broker's user who published it.

ALTER TABLE submissions ADD COLUMN publisher text;
COMMENT ON COLUMN submissions.publisher IS
    'The user of the broker who published it, as the broker has checked. Messages of other users
     under this id become dead letters. NULL: not known, and nobody is refused.';
