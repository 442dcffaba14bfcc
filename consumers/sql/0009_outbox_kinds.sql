-- Dead letters leave through the outbox; what a broker refuses is tried again later, then kept.

ALTER TABLE outbox
    DROP CONSTRAINT outbox_kind_check,
    ADD CONSTRAINT outbox_kind_check CHECK (kind IN ('result', 'rejudge', 'dead')),
    ADD COLUMN tries integer NOT NULL DEFAULT 0,
    ADD COLUMN cause text;
COMMENT ON COLUMN outbox.tries IS
    'How often the broker refused it. After the last try due_at is infinity: `judgecore outbox`.';

-- Results are claimed before requests, however many of these wait.
CREATE INDEX outbox_due_of_kind ON outbox (kind, due_at);
DROP INDEX outbox_due;
