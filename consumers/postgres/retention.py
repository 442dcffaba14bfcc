"""Deleting what is old, or a user's, in small steps; and listing what has no verdict yet."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from consumers.contracts import Purge, Unfinished
from consumers.postgres.driver import Connections
from consumers.postgres.statements import one, portions, query
from judgecore.verdict import Verdict

CHUNK = 500


class Retention:
    """What leaves one database, and what stays in it too long. Thread-safe."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def unfinished(self, older_than_s: float, limit: int) -> list[Unfinished]:
        """Submissions without a verdict whose newest start or request is that old."""
        values = {"older_than_s": older_than_s, "limit": limit}
        with self._connections.statement() as cursor:
            cursor.execute(query("unfinished"), values)
            return [
                Unfinished(UUID(str(row[0])), row[1], Verdict(row[2]), *row[3:])
                for row in cursor.fetchall()
            ]

    def purge(self, what: Purge, *, dry_run: bool) -> Iterator[int]:
        """Delete; yields how many submissions each step deleted, or would.

        Each step is a transaction of its own. Results, attempts and outbox rows go along.
        """
        chunks = portions(self._connections, query("old"), _values(what), CHUNK)
        for chunk in chunks:
            keys = {"shards": [row[0] for row in chunk], "ids": [str(row[1]) for row in chunk]}
            if dry_run:
                yield len(chunk)
                continue
            with self._connections.statement() as cursor:
                cursor.execute(query("purge"), keys)
                count: int = one(cursor)[0]
            yield count
        if what.user is not None and what.older_than_s is None and not dry_run:
            with self._connections.statement() as cursor:
                cursor.execute(query("purge_user"), {"user": what.user})

    def count_unfinished(self, user: str | None) -> int:
        """How many submissions of a user, or of all, have no verdict: a purge leaves them."""
        with self._connections.statement() as cursor:
            cursor.execute(query("count_unfinished"), {"user": user})
            count: int = one(cursor)[0]
        return count


def _values(what: Purge) -> dict[str, object]:
    return {"older_than_s": what.older_than_s, "user": what.user}
