"""The table `gateway_entries`, and what the gateway asks about submissions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from consumers.postgres.driver import Connections
from consumers.postgres.rows import jsonb
from consumers.postgres.shards import key_of, shard
from consumers.postgres.statements import execute, one, query
from judgecore.verdict import Verdict


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A row, and whether it has a callback. `request` is JSON."""

    token: UUID
    submission_id: UUID
    api: str
    first: int
    tests: int
    request: dict[str, Any]
    created_at: datetime
    callback: bool = False


class GatewayTable:
    """The gateway's rows in one database. Thread-safe. Raises `StoreUnavailable` in an outage."""

    def __init__(self, url: str) -> None:
        self._connections = Connections(url)

    def add(self, rows: Sequence[EntryRow]) -> None:
        """Keep these, whose submissions there are: all or none."""
        with self._connections.transaction() as cursor:
            for row in rows:
                values = {
                    **key_of(row.submission_id),
                    "token": str(row.token),
                    "api": row.api,
                    "first_test": row.first,
                    "tests": row.tests,
                    "request": jsonb(row.request),
                    "created_at": row.created_at,
                    "callback": row.callback,
                }
                execute(cursor, "gateway_add", values)

    def get(self, token: UUID) -> EntryRow | None:
        """The row of a token."""
        with self._connections.statement() as cursor:
            execute(cursor, "gateway_get", {"token": str(token)})
            row = cursor.fetchone()
        return None if row is None else _row(row)

    def page(self, api: str, number: int, size: int) -> tuple[list[EntryRow], int]:
        """A page of an API's rows, the newest first, and how many there are in all."""
        values = {"api": api, "limit": size, "offset": (number - 1) * size}
        with self._connections.statement() as cursor:
            cursor.execute(query("gateway_page"), values)
            rows = [_row(row) for row in cursor.fetchall()]
            cursor.execute(query("gateway_count"), values)
            return rows, int(one(cursor)[0])

    def remove(self, token: UUID) -> None:
        """Delete a row, and its submission with source and results if that was its last row."""
        with self._connections.transaction() as cursor:
            cursor.execute(query("gateway_lock"), {"token": str(token)})
            cursor.execute(query("gateway_remove"), {"token": str(token)})

    def claim(self, most: int) -> list[tuple[UUID, str, int]]:
        """Callbacks that are due: token, address, and how often they were tried."""
        with self._connections.statement() as cursor:
            cursor.execute(query("gateway_callbacks"), {"limit": most})
            return [(UUID(str(row[0])), str(row[1]), int(row[2])) for row in cursor.fetchall()]

    def settle(self, token: UUID, again_s: float | None) -> None:
        """A callback was tried; None: it is done with."""
        with self._connections.statement() as cursor:
            cursor.execute(query("gateway_settle"), {"token": str(token), "again_s": again_s})

    def state(self, submission_id: UUID) -> tuple[Verdict, datetime | None] | None:
        """The verdict of a submission, and since when it is known; None: there is none such."""
        with self._connections.statement() as cursor:
            execute(cursor, "gateway_state", key_of(submission_id))
            row = cursor.fetchone()
        return None if row is None else (Verdict(row[0]), row[1])

    def ended(self, submission_ids: Sequence[UUID]) -> list[UUID]:
        """Those that have a verdict."""
        ids = list(submission_ids)
        values = {"shards": [shard(one_id) for one_id in ids], "ids": [str(i) for i in ids]}
        with self._connections.statement() as cursor:
            cursor.execute(query("gateway_ended"), values)
            return [UUID(str(row[0])) for row in cursor.fetchall()]

    def load(self) -> tuple[int, int, float]:
        """How many submissions wait and are being judged, and for how long the first waits."""
        with self._connections.statement() as cursor:
            cursor.execute(query("gateway_load"))
            waiting, judging, oldest_s = one(cursor)
        return int(waiting), int(judging), float(oldest_s)

    def close(self) -> None:
        """Let go of the connections."""
        self._connections.close()


def _row(row: Sequence[Any]) -> EntryRow:
    token, submission_id, api, first, tests, request, created_at = row
    ids = (UUID(str(token)), UUID(str(submission_id)))
    return EntryRow(*ids, api, first, tests, request, created_at)
