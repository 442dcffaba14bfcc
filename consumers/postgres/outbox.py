"""The table `outbox`: what is stored and may not have been published."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from consumers.deliveries import (
    FIRST_PAUSE_S,
    LONGEST_PAUSE_S,
    MOST_TRIES,
    DeadLetter,
    OutboxEntry,
    RepeatedEvent,
    Unpublished,
)
from consumers.events import VerdictEvent
from consumers.large import in_turn
from consumers.messages import RejudgeMessage
from consumers.postgres.driver import Connections
from consumers.postgres.shards import key_of, shard
from consumers.postgres.statements import query, storable
from judgecore.limits import MIB
from judgecore.validation import invalid

log = logging.getLogger(__name__)

CLAIM_BYTES = 4 * MIB  # in Python they are ten times as large


class OutboxTable:
    """The outbox of one database. Thread-safe.

    `own_s` is how long whoever claims an entry has for sending it before others may.
    """

    def __init__(self, connections: Connections, own_s: float) -> None:
        self._connections = connections
        self._own_s = own_s

    def claim(self, limit: int, kind: str | None) -> list[OutboxEntry]:
        """What is due, of one kind or of any, the oldest first."""
        values = {
            "limit": limit,
            "most_bytes": CLAIM_BYTES,
            "own_s": self._own_s,
            "kind": kind,
        }
        with in_turn(CLAIM_BYTES):
            with self._connections.statement() as cursor:
                if kind in ("rejudge", None):
                    cursor.execute(query("wake"))
                    cursor.execute(query("clock_set_back"), {"longest_s": LONGEST_PAUSE_S})
                cursor.execute(query("claim"), values)
                rows = sorted(cursor.fetchall(), key=lambda row: row[1])
                cursor.carried(sum(size_bytes for *_, size_bytes, _ in rows))
            entries = (_entry(payload, kind) for payload, _, kind, _, _ in rows)
            return [entry for entry in entries if entry is not None]

    def mark_sent(self, entries: Sequence[OutboxEntry]) -> None:
        """The broker has these; they leave the outbox."""
        values = {
            "shards": [shard(entry.submission_id) for entry in entries],
            "ids": [str(entry.submission_id) for entry in entries],
            "attempts": [entry.attempt for entry in entries],
            "kinds": [entry.kind for entry in entries],
        }
        with self._connections.statement() as cursor:
            cursor.execute(query("mark_sent"), values)

    def put_repeat(self, event: VerdictEvent) -> None:
        """A verdict that somebody wants to hear once more."""
        values = {
            **key_of(event.submission_id),
            "attempt": event.attempt,
            "event": event.json_text,
        }
        with self._connections.statement() as cursor:
            cursor.execute(query("put_repeat"), values)

    def put_dead(self, letter: DeadLetter, refused: tuple[UUID, int] | None) -> None:
        """A dead letter, and the end of the attempt that it asked for: in one transaction."""
        with in_turn(len(letter.body)), self._connections.transaction() as cursor:
            values = {**key_of(letter.id), "letter": letter.encode()}
            cursor.execute(query("put_dead"), values)
            if refused is not None:
                submission_id, attempt = refused
                end = {**key_of(submission_id), "attempt": attempt, "reason": letter.reason}
                cursor.execute(query("refuse"), end)

    def postpone(self, entry: OutboxEntry, cause: str) -> None:
        """The broker refused it: it is due again after a pause, longer each time."""
        values = {
            **key_of(entry.submission_id),
            "attempt": entry.attempt,
            "kind": entry.kind,
            "cause": storable(cause),
            "most": MOST_TRIES,
            "first_s": FIRST_PAUSE_S,
            "longest_s": LONGEST_PAUSE_S,
        }
        with self._connections.statement() as cursor:
            cursor.execute(query("postpone"), values)

    def refused(self, limit: int) -> list[Unpublished]:
        """What the broker refused and has not taken since, the oldest first."""
        with self._connections.statement() as cursor:
            cursor.execute(query("refused"), {"limit": limit})
            return [Unpublished(UUID(str(row[0])), *row[1:]) for row in cursor.fetchall()]

    def publish_refused(self) -> int:
        """Make that due now; returns how much it is."""
        with self._connections.statement() as cursor:
            cursor.execute(query("publish_refused"))
            return int(cursor.rowcount)


def _entry(payload: dict[str, Any], kind: str) -> OutboxEntry | None:
    try:
        if kind == "dead":  # bytes are base64 in JSON only
            return DeadLetter.model_validate_json(json.dumps(payload))
        if kind == "rejudge":
            return RejudgeMessage.model_validate(payload)
        event = VerdictEvent.model_validate(payload)
        return RepeatedEvent(event) if kind == "repeat" else event
    except ValidationError as exc:  # it must not hold up those it was claimed with
        log.error("skipping an outbox entry that this version cannot read: %s", invalid(exc))
        return None
