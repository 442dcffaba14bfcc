"""Where a submission lives, and what is said about it on the notification channel."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from consumers.events import VerdictEvent

SHARDS = 64
CHANNEL = "judgecore_verdicts"


def shard(submission_id: UUID) -> int:
    """Where a submission lives: its last byte, since the first ones of a UUIDv7 are the time."""
    return submission_id.bytes[15] % SHARDS


def key_of(submission_id: UUID) -> dict[str, Any]:
    """The primary key of a submission."""
    return {"shard": shard(submission_id), "id": str(submission_id)}


def notice(event: VerdictEvent) -> str:
    """The payload of NOTIFY `judgecore_verdicts`: enough to know whether to look."""
    return json.dumps(
        {
            "submission_id": str(event.submission_id),
            "attempt": event.attempt,
            "verdict": event.verdict.value,
        }
    )
