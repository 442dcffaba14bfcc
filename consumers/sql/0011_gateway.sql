-- What the HTTP gateway has accepted: tokens, what the client sent, and callbacks that are due.

CREATE TABLE gateway_entries (
    token uuid PRIMARY KEY,
    submission_shard smallint NOT NULL,
    submission_id uuid NOT NULL,
    api text NOT NULL,
    first_test integer NOT NULL,
    tests integer NOT NULL,
    request jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    callback_due_at timestamptz,
    callback_tries integer NOT NULL DEFAULT 0,
    FOREIGN KEY (submission_shard, submission_id) REFERENCES submissions (shard, id)
        ON DELETE CASCADE
);
COMMENT ON TABLE gateway_entries IS
    'A submission as a client of the gateway sees it: some tests of a row of submissions, since
     equal programs of a batch are judged together. Deleted with that row.';
COMMENT ON COLUMN gateway_entries.request IS
    'What the client sent, as its API keeps it; bytes are {"base64": "..."}.';
COMMENT ON COLUMN gateway_entries.callback_due_at IS
    'When the callback is tried next, once there is a verdict; NULL: there is none, or it is done.';

CREATE INDEX gateway_entries_by_time ON gateway_entries (api, created_at);
CREATE INDEX gateway_entries_of_submission ON gateway_entries (submission_shard, submission_id);
CREATE INDEX gateway_callbacks ON gateway_entries (callback_due_at)
    WHERE callback_due_at IS NOT NULL;
