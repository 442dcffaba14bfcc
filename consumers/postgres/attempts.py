"""Cancelling and rejudging: what people do to submissions that are stored."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from consumers.contracts import Attempt, Selection
from consumers.events import VerdictEvent
from consumers.postgres.keys import key_of, notice
from consumers.postgres.seam import Connections, Cursor, one, query, storable
from judgecore.submission import Result
from judgecore.verdict import Verdict

CHUNK = 500

_Key = tuple[int, str]  # the shard and the id, as the database has them
_BEFORE_ALL: _Key = (-1, str(UUID(int=0)))


class Attempts:
    """The attempts at the submissions of one database. Thread-safe."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def cancel(self, submission_id: UUID, reason: str) -> bool:
        """Cancel what has no verdict yet; False when it has one.

        Also what has not arrived yet: it is cancelled on arrival. A program that runs is left
        to run, and its verdict dropped.
        """
        values = {**key_of(submission_id), "reason": storable(reason)}
        with self._connections.transaction() as cursor:
            cursor.execute(query("cancel"), values)
            row = cursor.fetchone()
            if row is None:
                return False
            attempt, language, batch_id = row
            event = cancelled(submission_id, language, reason, attempt, batch_id)
            payload = {**values, "attempt": attempt, "event": event.model_dump_json()}
            cursor.execute(query("put_event"), payload)
            cursor.execute(query("notify"), {"notice": notice(event)})
        return True

    def rejudge(self, selection: Selection, queue: str = "batch") -> int:
        """Ask for another attempt at each of a selection; returns how many.

        The attempt so far goes into the history, the submission is PENDING, and the request for
        a worker is in the outbox: all in one transaction per chunk. What is judged meanwhile is
        not rejudged twice.
        """
        with self._connections.statement() as cursor:
            cursor.execute(query("now"))
            before: datetime = one(cursor)[0]
        count, after = 0, _BEFORE_ALL
        while chosen := self._rejudge_chunk(selection, queue, before, after):
            count, after = count + len(chosen), chosen[-1]
        return count

    def history(self, submission_id: UUID) -> list[Attempt]:
        """Every attempt, the oldest first."""
        with self._connections.statement() as cursor:
            cursor.execute(query("history"), key_of(submission_id))
            return [Attempt(row[0], Verdict(row[1]), row[3]) for row in cursor.fetchall()]

    def _rejudge_chunk(
        self, selection: Selection, queue: str, before: datetime, after: _Key
    ) -> list[_Key]:
        with self._connections.transaction() as cursor:
            chosen = _chosen(cursor, selection, before, after)
            if chosen:
                values = {
                    "shards": [shard for shard, _ in chosen],
                    "ids": [str(submission_id) for _, submission_id in chosen],
                    "queue": queue,
                }
                cursor.execute(query("archive"), values)
                cursor.execute(query("clear_results"), values)
                cursor.execute(query("next_attempt"), values)
        return chosen


def _chosen(cursor: Cursor, selection: Selection, before: datetime, after: _Key) -> list[_Key]:
    ids = selection.submission_ids
    values = {
        "ids": None if ids is None else [str(one_id) for one_id in ids],
        "problem": selection.problem,
        "user": selection.user,
        "language": selection.language,
        "verdict": None if selection.verdict is None else selection.verdict.value,
        "since": selection.since,
        "cancelled": selection.cancelled_too,
        "before": before,
        "after_shard": after[0],
        "after_id": str(after[1]),
        "limit": CHUNK,
    }
    cursor.execute(query("choose"), values)
    return cursor.fetchall()


def cancelled(
    submission_id: UUID, language: str | None, reason: str, attempt: int, batch_id: str | None
) -> VerdictEvent:
    """The event of a submission that somebody cancelled; its language may not be known."""
    result = Result(
        submission_id=submission_id,
        language=language or "",
        verdict=Verdict.CANCELLED,
        cause=reason,
    )
    return VerdictEvent.of(
        result, attempt=attempt, batch_id=None if batch_id is None else UUID(str(batch_id))
    )
