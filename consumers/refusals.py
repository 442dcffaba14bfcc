"""Making dead letters of deliveries that no worker can judge."""

from __future__ import annotations

import logging
from functools import partial

from consumers.cases import Refused
from consumers.contracts import Queue, Store
from consumers.deliveries import DeadLetter, Delivery
from consumers.metrics import Metrics
from consumers.outbox import OutboxPublisher
from consumers.steps import aside
from consumers.waiting import Retries

log = logging.getLogger(__name__)


class Refusals:
    """Puts dead letters into the outbox, for any thread. `retrying`: how the store is called."""

    def __init__(
        self,
        queue: Queue,
        store: Store,
        outbox: OutboxPublisher,
        metrics: Metrics,
        retrying: Retries,
    ) -> None:
        self._queue, self._store, self._outbox = queue, store, outbox
        self._metrics = metrics
        self._retrying = retrying

    async def refuse(self, delivery: Delivery, reason: str, refused: Refused | None = None) -> None:
        """Dead letter and row in one transaction, then the acknowledgement, then publishing.

        Whoever dies before the acknowledgement is given it again, and makes a second dead letter;
        never none.
        """
        await aside()
        self.put(delivery, reason, refused)
        self._queue.ack(delivery)

    def put(self, delivery: Delivery, reason: str, refused: Refused | None = None) -> None:
        """The same without the acknowledgement. Waits for the store."""
        log.warning("put among the dead letters: %s", reason)
        letter = DeadLetter.of(delivery, reason)
        asked = None if refused is None else refused.submission_id
        if letter.named not in (None, asked):  # a publisher may call its message what it likes
            private = self._retrying(
                partial(self._store.is_anothers, letter.named, delivery.publisher)
            )
            letter = letter.model_copy(update={"private": private})
        row = None if refused is None else (refused.submission_id, refused.attempt)
        self._retrying(partial(self._store.put_dead, letter, row))
        self._metrics.dead_lettered()
        self._outbox.claim_soon()
