"""By what others see that a worker lives: locks of a session that ends with its process.

A claim passes some seconds after its worker has stopped renewing it. Where the worker was killed,
its connections ended in that moment, and others need not wait: the database has released the lock
of the claim's holder. A machine that vanished, or a pooler that keeps the session, is waited for.
"""

from __future__ import annotations

import logging
import threading
from uuid import UUID

from consumers.postgres.driver import Connection, close, connect, mapped
from consumers.postgres.statements import query
from judgecore.errors import StoreUnavailable

log = logging.getLogger(__name__)

_UNANSWERED_MS = 4_000  # renewals of claims must not wait for it until these have passed


class Presence:
    """Holds the locks of one process's holders. Thread-safe."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._holders: set[UUID] = set()
        self._shown: set[UUID] = set()

    def shows(self, holder: UUID) -> bool:
        """Whether others can see from now on that this holder lives."""
        with self._lock:
            self._holders.add(holder)
            return holder in self._shown or self._show(holder)

    def renew(self) -> None:
        """Take again what was lost with a session, as when the database was started anew."""
        with self._lock:
            self._shown.clear()
            for holder in self._holders:
                self._show(holder)

    def close(self) -> None:
        """End the session: the holders live no more."""
        with self._lock:
            self._holders.clear()
            self._shown.clear()
            self._disconnect()

    def _show(self, holder: UUID) -> bool:
        try:
            if self._connection is None:
                self._connection = connect(self._url, autocommit=True, unanswered_ms=_UNANSWERED_MS)
            with mapped(), self._connection.cursor() as cursor:
                cursor.execute(query("show_holder"), {"holder": str(holder)})
        except StoreUnavailable as exc:
            log.info("claims of this worker pass by time alone: %s", exc)
            self._disconnect()
            return False
        self._shown.add(holder)
        return True

    def _disconnect(self) -> None:
        if self._connection is not None:
            close(self._connection)
            self._connection = None
