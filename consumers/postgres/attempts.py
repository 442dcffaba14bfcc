"""Cancelling and rejudging: what people do to submissions that are stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from consumers.contracts import Attempt, Cancellation, RejudgeFilter
from consumers.events import VerdictEvent
from consumers.postgres.driver import Connections
from consumers.postgres.shards import key_of, notice
from consumers.postgres.statements import one, portions, query, storable
from judgecore.errors import InvalidSubmission
from judgecore.result import Result
from judgecore.verdict import Verdict

CHUNK = 500


class Attempts:
    """The attempts at the submissions of one database. Thread-safe."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def cancel(self, submission_id: UUID, reason: str) -> Cancellation:
        """Cancel what has no verdict yet.

        Also what has not arrived yet: it is cancelled on arrival. The worker ends a
        program that runs within a second.
        """
        values = {**key_of(submission_id), "reason": storable(reason)}
        with self._connections.transaction() as cursor:
            cursor.execute(query("cancel"), values)
            row = cursor.fetchone()
            if row is None:
                return Cancellation.FINAL
            attempt, language, batch_id, arrived = row
            event = cancelled(submission_id, language, reason, attempt, batch_id)
            payload = {**values, "attempt": attempt, "event": event.model_dump_json()}
            cursor.execute(query("put_event"), payload)
        self.notify([event])  # no worker may be running that does it
        return Cancellation.CANCELLED if arrived else Cancellation.NOT_ARRIVED

    def notify(self, events: Sequence[VerdictEvent]) -> None:
        """Tell listeners of `judgecore_verdicts` of committed verdicts, many in one commit."""
        with self._connections.statement() as cursor:
            cursor.execute(query("notify"), {"notices": [notice(event) for event in events]})

    def rejudge(self, wanted: RejudgeFilter, queue: str = "batch") -> int:
        """Ask for another attempt at each wanted submission; returns how many were asked for.

        The attempt so far goes into the history, the submission is PENDING, and the request for
        a worker is in the outbox: all in one transaction per chunk. What is judged meanwhile is
        not rejudged twice. For what is PENDING already, the same attempt is requested again.

        Raises `InvalidSubmission` for a problem or a user that is not there.
        """
        values = _values(wanted)
        with self._connections.statement() as cursor:
            cursor.execute(query("unknown_names"), values)
            for field, name in cursor.fetchall():
                raise InvalidSubmission(field, f"no {field} is called {name!r}")
            cursor.execute(query("now"))
            values["before"] = one(cursor)[0]
        chunks = portions(self._connections, query("choose"), values, CHUNK)
        return sum(
            self._rejudge_chunk([one_id for (one_id,) in chunk], values, queue) for chunk in chunks
        )

    def missing(self, submission_ids: Sequence[UUID]) -> list[UUID]:
        """Those of these ids that cannot be rejudged: no program has come with them."""
        with self._connections.statement() as cursor:
            cursor.execute(query("missing"), {"ids": [str(one_id) for one_id in submission_ids]})
            return [UUID(str(one_id)) for (one_id,) in cursor.fetchall()]

    def history(self, submission_id: UUID) -> list[Attempt]:
        """Every attempt, the oldest first."""
        with self._connections.statement() as cursor:
            cursor.execute(query("history"), key_of(submission_id))
            return [Attempt(row[0], Verdict(row[1]), row[3]) for row in cursor.fetchall()]

    def _rejudge_chunk(self, ids: list[str], values: dict[str, Any], queue: str) -> int:
        with self._connections.transaction() as cursor:
            cursor.execute(query("lock"), {**values, "ids": ids})
            rows = cursor.fetchall()
            again, pending = ([row for row in rows if row[2] is one] for one in (False, True))
            if again:
                keys = _keys(again, queue)
                cursor.execute(query("archive"), keys)
                cursor.execute(query("clear_results"), keys)
                cursor.execute(query("next_attempt"), keys)
            if pending:
                cursor.execute(query("ask_again"), _keys(pending, queue))
        return len(rows)


def _values(wanted: RejudgeFilter) -> dict[str, Any]:
    ids = wanted.submission_ids
    return {
        "ids": None if ids is None else [str(one_id) for one_id in ids],
        "problem": wanted.problem,
        "user": wanted.user,
        "language": wanted.language,
        "verdict": None if wanted.verdict is None else wanted.verdict.value,
        "since": wanted.since,
        "cancelled": wanted.cancelled_too,
        "pending": wanted.pending_too,
    }


def _keys(rows: Sequence[tuple[Any, ...]], queue: str) -> dict[str, Any]:
    return {
        "shards": [row[0] for row in rows],
        "ids": [str(row[1]) for row in rows],
        "queue": queue,
    }


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
