"""Advisory locks by which other workers see that this one is alive.

A claim expires some seconds after its worker has stopped renewing it. The locks belong to a session
of the database, which ends with the worker's process. So when a worker is killed, others see at
once that its claims' locks are released, and need not wait until the claims expire. When a machine
vanishes, or a pooler keeps the session, they wait.
"""

from __future__ import annotations

import logging
import threading
from uuid import UUID

from consumers.postgres.driver import Connection, close, connect, mapped
from consumers.postgres.statements import one, query
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
        """Take this holder's lock; whether others can see now that it is alive."""
        with self._lock:
            self._holders.add(holder)
            return holder in self._shown or self._show(holder)

    def has_shown(self, holder: UUID) -> bool:
        """Whether others see already that it is alive. Waits for nothing."""
        return holder in self._shown

    def renew(self) -> None:
        """Take the locks again that a session lost, as after a restart of the database."""
        with self._lock:
            self._shown.clear()
            for holder in self._holders:
                self._show(holder)

    def close(self) -> None:
        """End the session, and so release the locks."""
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
                taken = one(cursor)[0]
        except StoreUnavailable as exc:
            log.info("other workers cannot see whether this one is alive: %s", exc)
            self._disconnect()
            return False
        if taken:  # else a session that we lost has it still: when it ends, we would look dead
            self._shown.add(holder)
        return bool(taken)

    def _disconnect(self) -> None:
        if self._connection is not None:
            close(self._connection)
            self._connection = None
