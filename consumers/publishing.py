"""Publishing one portion of what is due in the outbox, and what that needs of broker and store."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from consumers.deliveries import DeadLetter, OutboxEntry, RefusedByBroker, RepeatedEvent
from consumers.events import ProgressEvent, VerdictEvent
from consumers.messages import RejudgeMessage, SubmissionMessage
from judgecore.errors import QueueUnavailable, StoreUnavailable

log = logging.getLogger(__name__)

Told = VerdictEvent | RepeatedEvent

CLAIM_LIMIT = 100
# How many of each kind are claimed at once, and in which order; dead letters may be large.
PORTIONS = {"result": CLAIM_LIMIT, "repeat": CLAIM_LIMIT, "dead": 5, "rejudge": CLAIM_LIMIT}


class EventPublisher(Protocol):
    """Publishes for one thread. Raises `QueueUnavailable`, and recovers by itself.

    `RefusedByBroker` is about one message; others may be published.
    """

    def publish_results(self, events: Sequence[VerdictEvent]) -> list[QueueUnavailable | None]:
        """Publish results in order; returns when the broker has answered for all, or is lost.

        For each: None when the broker has it, `RefusedByBroker`, or why there was no answer.
        """

    def publish_progress(self, event: ProgressEvent) -> None:
        """Publish progress, and don't wait: it may get lost."""

    def publish_request(
        self,
        message: SubmissionMessage | RejudgeMessage,
        queue: str,
        traceparent: str | None = None,
        publisher: str | None = None,
    ) -> None:
        """Publish a request to judge, which is `publisher`'s; returns when it is in the queue."""

    def publish_dead_letter(self, letter: DeadLetter) -> None:
        """Publish a dead letter; returns when it is in the queue."""

    def keep_alive(self) -> None:
        """Called every few seconds when there is nothing to publish."""

    def close(self) -> None:
        """Disconnect."""


class Outbox(Protocol):
    """What is stored and may not have been published. Raises `StoreUnavailable` in an outage."""

    def claim(self, limit: int, kind: str | None = None) -> list[OutboxEntry]:
        """What is due, of one kind, the oldest first; for some seconds nobody else is given it."""

    def notify(self, events: Sequence[VerdictEvent]) -> None:
        """Notify listeners of the store itself of these verdicts, at least once."""

    def mark_sent(self, entries: Sequence[OutboxEntry]) -> None:
        """The broker has these; they leave the outbox."""

    def postpone(self, entry: OutboxEntry, cause: str) -> None:
        """The broker refused it: it is due again after a pause, longer each time."""


def publish_due(publisher: EventPublisher, store: Outbox) -> int:
    """Publish one portion of what is due in the outbox; returns how many the broker took."""
    sent: list[OutboxEntry] = []
    try:
        publish_claimed(publisher, store, sent.append)
    finally:
        if sent:
            store.mark_sent(sent)
    return len(sent)


def publish_claimed(
    publisher: EventPublisher, store: Outbox, on_sent: Callable[[OutboxEntry], None]
) -> bool:
    """Claim a portion of each kind and publish it; returns whether more may be due.

    Results first, however many requests wait. What the broker refuses holds up nothing else.
    """
    more = False
    for kind, limit in PORTIONS.items():
        entries = store.claim(limit, kind)
        more = more or bool(entries)  # bytes may bound a portion, too
        if events := [entry for entry in entries if isinstance(entry, VerdictEvent)]:
            _notify(store, events)
        _publish(publisher, store, entries, on_sent)
    return more


def _notify(store: Outbox, events: Sequence[VerdictEvent]) -> None:
    try:
        store.notify(events)
    except StoreUnavailable as exc:
        # Its queue of notifications may be full, since one listener reads nothing.
        log.warning("listeners are not notified of %d verdicts: %s", len(events), exc)


def _publish(
    publisher: EventPublisher,
    store: Outbox,
    entries: Sequence[OutboxEntry],
    on_sent: Callable[[OutboxEntry], None],
) -> None:
    publish_events(publisher, store, [one for one in entries if isinstance(one, Told)], on_sent)
    refusing: set[str] = set()
    for entry in entries:
        if isinstance(entry, RejudgeMessage):
            if entry.queue in refusing or not _requested(publisher, entry):
                refusing.add(entry.queue)
                continue
            on_sent(entry)
        elif isinstance(entry, DeadLetter) and _is_published(publisher, store, entry):
            on_sent(entry)


def publish_events(
    publisher: EventPublisher,
    store: Outbox,
    entries: Sequence[Told],
    on_sent: Callable[[OutboxEntry], None],
) -> None:
    """Publish them together; what the broker refuses is tried again later.

    A queue that a subscriber has bound, and that is full, refuses what others take. Raises
    `QueueUnavailable` when there was no answer for some.
    """
    if not entries:
        return
    answers = publisher.publish_results([_event_of(entry) for entry in entries])
    answered = list(zip(entries, answers, strict=True))
    for entry, answer in answered:
        if answer is None:
            on_sent(entry)
    for entry, answer in answered:
        if isinstance(answer, RefusedByBroker):
            _postpone(store, entry, answer)
        elif answer is not None:
            raise answer


def _event_of(entry: Told) -> VerdictEvent:
    return entry.event if isinstance(entry, RepeatedEvent) else entry


def _is_published(publisher: EventPublisher, store: Outbox, letter: DeadLetter) -> bool:
    try:
        publisher.publish_dead_letter(letter)
    except RefusedByBroker as exc:
        _postpone(store, letter, exc)
        return False
    return True


def _postpone(store: Outbox, entry: OutboxEntry, why: RefusedByBroker) -> None:
    log.warning("an event stays in the outbox and is published again later: %s", why)
    store.postpone(entry, str(why))


def _requested(publisher: EventPublisher, request: RejudgeMessage) -> bool:
    # Its queue may be full: that must not hold up the results behind it.
    try:
        publisher.publish_request(request, request.queue)
    except QueueUnavailable as exc:
        log.warning("requests to rejudge stay in the outbox until the queue takes them: %s", exc)
        return False
    return True
