"""What a client reads from the database: verdicts whose events it missed, and newer attempts."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from consumers.contracts import Cancellation
from consumers.kept import KEPT_BYTES
from consumers.pending import Gap, PendingVerdicts
from judgecore.errors import InvalidConfig, QueueUnavailable, StoreUnavailable
from judgecore.limits import MIB

if TYPE_CHECKING:
    from consumers.postgres import PostgresStore

log = logging.getLogger(__name__)


class MissedVerdicts:
    """Completes `pending` from the database at `url`, if there is one. Thread-safe.

    `check` raises `QueueUnavailable` when no event will ever be received again.
    """

    def __init__(
        self, url: str | None, pending: PendingVerdicts, check: Callable[[], None]
    ) -> None:
        self._url = url
        self._pending = pending
        self._check = check
        self._lock = threading.Lock()
        self._opened: PostgresStore | None = None

    def newest(self, submission_id: UUID) -> int:
        """Forget a verdict that a rejudge has replaced; the attempt that counts, or 1."""
        if self._url is None or not self._pending.has_ended(submission_id):
            return 1
        try:
            attempts = self._store(self._url).history(submission_id)
        except StoreUnavailable:
            return 1  # what is kept was the newest when it came
        newest = max((one.attempt for one in attempts), default=1)
        self._pending.outdate(submission_id, newest)
        return newest

    def recover(self, submission_id: UUID, gap: Gap) -> bool:
        """Read the stored verdict; false when the database is not reachable at the moment.

        Raises `QueueUnavailable` when there is no way to know.
        """
        if not self._pending.has_gap(submission_id):
            return True  # it has ended, and the inbox has that, or it was sent since
        if self._url is None:
            self._check()
            if gap.is_certain:
                raise _lost(submission_id, gap)
            return True
        try:
            event = self._store(self._url).verdict(submission_id)
        except StoreUnavailable as exc:
            self._check()
            log.warning(
                "cannot read a missed verdict from the database, trying again in a second: %s", exc
            )
            return False
        if event is None:
            self._check()
        else:
            self._pending.finish(submission_id, event)
        return True

    def cancel(self, submission_id: UUID, reason: str) -> Cancellation:
        """Cancel in the database; whoever waits here gets the verdict at once."""
        if self._url is None:
            raise InvalidConfig(
                "database_url: cancelling needs the database; give it to the client"
            )
        store = self._store(self._url)
        done = store.cancel(submission_id, reason)
        event = store.verdict(submission_id)
        if event is not None:
            self._pending.finish(submission_id, event)
        return done

    def close(self) -> None:
        """Let go of the database."""
        if self._opened is not None:
            self._opened.close()

    def _store(self, url: str) -> PostgresStore:
        from consumers.postgres import PostgresStore

        with self._lock:
            if self._opened is None:
                self._opened = PostgresStore(url)
            return self._opened


def _lost(submission_id: UUID, gap: Gap) -> QueueUnavailable:
    if gap.is_forgotten:
        return QueueUnavailable(
            f"the verdict on {submission_id} came and was forgotten: more than"
            f" {KEPT_BYTES // MIB} MiB of verdicts came that nobody asked for; ask sooner, or give"
            " this client the database"
        )
    return QueueUnavailable(
        f"events of {submission_id} may have been missed while the broker was away:"
        " ask the database, or submit it again"
    )
