-- A verdict that is published once more, for who submitted again, waits in the outbox like any other.
ALTER TABLE outbox
    DROP CONSTRAINT outbox_kind_check,
    ADD CONSTRAINT outbox_kind_check CHECK (kind IN ('result', 'repeat', 'rejudge', 'dead'));
