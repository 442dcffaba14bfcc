"""The outbox publisher, between the twins of outbox and broker."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

import pytest
from doubles import message, result_of, until

from consumers.contracts import RejudgeFilter
from consumers.deliveries import OutboxEntry, RefusedByBroker
from consumers.events import ProgressEvent, VerdictEvent
from consumers.memory import MemoryQueue, MemoryStore
from consumers.messages import RejudgeMessage, SubmissionMessage
from consumers.outbox import OutboxPublisher
from consumers.progress import MOST_HELD
from consumers.publishing import CLAIM_LIMIT, publish_due
from judgecore.errors import QueueUnavailable, StoreUnavailable


def stored(store: MemoryStore) -> VerdictEvent:
    """The event of a verdict that is in the outbox."""
    sent = message()
    store.begin(sent, "python")
    event = VerdictEvent.of(result_of(sent.submission_id))
    store.finish(event, 1)
    return event


def test_progress_cannot_harm_the_result() -> None:
    """The result behind progress that cannot even be written down is told all the same."""

    class Picky(MemoryQueue):
        def publish_progress(self, event: ProgressEvent) -> None:
            raise UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")

    broker, store = Picky(), MemoryStore()
    event = stored(store)
    outbox = OutboxPublisher(broker, store)
    begun = ProgressEvent(submission_id=event.submission_id, language="c", done=0, total=2)
    outbox.report(begun, done=1)
    outbox.publish(event)
    outbox.start()
    until(lambda: broker.events)
    outbox.stop(5)

    assert [] == store.unsent()


def test_progress_that_the_broker_does_not_take_is_counted() -> None:
    """Progress is dropped and counted while the broker takes none; the thread goes on."""
    broker, store = MemoryQueue(), MemoryStore()
    broker.outage = True
    dropped: list[None] = []
    outbox = OutboxPublisher(broker, store, on_dropped=lambda: dropped.append(None))
    outbox.start()
    for _ in range(3):
        outbox.report(ProgressEvent(submission_id=uuid4(), language="c", done=0, total=2), done=1)
    until(lambda: len(dropped) == 3)
    broker.outage = False
    outbox.report(ProgressEvent(submission_id=uuid4(), language="c", done=0, total=2), done=1)
    until(lambda: broker.progress)
    outbox.stop(5)

    assert 3 == len(dropped)


def test_marks_again_after_an_outage() -> None:
    """What was told is told once, although the database was away when it was to be marked."""

    class Fickle(MemoryStore):
        marks = 0

        def mark_sent(self, entries: Sequence[OutboxEntry]) -> None:
            self.marks += 1
            if self.marks == 1:
                raise StoreUnavailable("away")
            super().mark_sent(entries)

    broker, store = MemoryQueue(), Fickle(own_s=60)
    outbox = OutboxPublisher(broker, store, claim_every_s=0.1)
    outbox.start()
    outbox.publish(stored(store))
    until(lambda: not store.unsent())
    outbox.stop(5)

    assert (2, 1) == (store.marks, len(broker.events))


def test_large_ones_are_marked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was published stays in memory until it is marked: so little of it waits for more."""
    monkeypatch.setattr("consumers.outbox.MARK_AFTER_S", 3600)
    monkeypatch.setattr("consumers.outbox.LARGE_BYTES", 1)
    broker, store = MemoryQueue(), MemoryStore(own_s=60)
    outbox = OutboxPublisher(broker, store, claim_every_s=3600)
    outbox.start()
    outbox.publish(stored(store))
    until(lambda: not store.unsent())
    outbox.stop(5)

    assert 1 == len(broker.events)


def test_many_requests_are_no_trickle() -> None:
    """Thousands of requests to rejudge go out in portions, and results are told in between."""
    broker, store = MemoryQueue(), MemoryStore(own_s=60)
    for _ in range(3 * CLAIM_LIMIT):
        stored(store)
    store.mark_sent(store.unsent())
    store.rejudge(RejudgeFilter())
    events = [stored(store) for _ in range(10)]
    outbox = OutboxPublisher(broker, store, claim_every_s=60)
    for event in events:
        outbox.publish(event)
    outbox.start()
    until(lambda: not store.unsent())
    outbox.stop(5)

    assert 3 * CLAIM_LIMIT == len(broker.waiting)
    assert events == broker.events


def test_publishes_many_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first result is published alone and at once, those that soon follow it together."""
    monkeypatch.setattr("consumers.outbox.TOGETHER_S", 3600)
    portions = []

    class Counting(MemoryQueue):
        def publish_results(self, events: Sequence[VerdictEvent]) -> list[QueueUnavailable | None]:
            portions.append(len(events))
            return super().publish_results(events)

    broker, store = Counting(), MemoryStore()
    outbox = OutboxPublisher(broker, store)
    outbox.start()
    outbox.publish(stored(store))
    until(lambda: portions)
    for _ in range(5):
        outbox.publish(stored(store))
    outbox.stop(5)

    assert ([1, 5], 6) == (portions, len(broker.events))


def test_full_queue_is_tried_once() -> None:
    """A queue that refuses a request is not asked to take the others of the portion."""
    asked = []

    class Full(MemoryQueue):
        def publish_request(
            self,
            message: SubmissionMessage | RejudgeMessage,
            queue: str,
            traceparent: str | None = None,
            publisher: str | None = None,
        ) -> None:
            asked.append(queue)
            raise QueueUnavailable("the queue may be full")

    broker, store = Full(), MemoryStore(own_s=0)
    for _ in range(20):
        stored(store)
    store.mark_sent(store.unsent())
    store.rejudge(RejudgeFilter())
    event = stored(store)

    sent = publish_due(broker, store)

    assert (1, [event], ["batch"]) == (sent, broker.events, asked)
    assert 20 == len(store.unsent())


def test_what_the_broker_took_is_counted() -> None:
    """A portion that the broker did not take is none that was published."""

    class Away(MemoryQueue):
        def publish_results(self, events: Sequence[VerdictEvent]) -> list[QueueUnavailable | None]:
            asked.append(len(events))
            if len(asked) == 1:
                raise QueueUnavailable("away")
            return super().publish_results(events)

    asked: list[int] = []
    counted: list[int] = []
    store = MemoryStore(own_s=60)
    outbox = OutboxPublisher(Away(), store, on_published=counted.append)
    outbox.start()
    outbox.publish(stored(store))
    until(lambda: asked)
    outbox.publish(stored(store))
    outbox.stop(5)

    assert ([1, 1], [1]) == (asked, counted)


def test_claimed_results_are_notified() -> None:
    """The results of a worker that died before it notified are notified by who claims them."""
    store = MemoryStore(own_s=0)
    event = stored(store)
    store.notified.clear()

    publish_due(MemoryQueue(), store)

    assert [event] == store.notified


def test_published_when_nobody_can_be_notified() -> None:
    """Listeners of the database hold up nothing: its queue for them may be full."""

    class Full(MemoryStore):
        def notify(self, events: Sequence[VerdictEvent]) -> None:
            raise StoreUnavailable("too many notifications")

    broker, store = MemoryQueue(), Full(own_s=0)
    event = stored(store)
    sent = publish_due(broker, store)

    assert (1, [event], []) == (sent, broker.events, store.unsent())


def test_progress_is_dropped_when_there_is_too_much() -> None:
    """A publisher that lags behind drops progress, and counts it; results stay in the outbox."""
    dropped: list[None] = []
    outbox = OutboxPublisher(MemoryQueue(), MemoryStore(), on_dropped=lambda: dropped.append(None))
    for _ in range(MOST_HELD + 3):
        outbox.report(ProgressEvent(submission_id=uuid4(), language="c", done=0, total=1))

    assert 3 == len(dropped)


def test_refusal_holds_up_nobody_else() -> None:
    """A result that a subscriber's full queue refuses is tried again later; others go out."""
    store = MemoryStore(own_s=0)
    refused, *fine = [stored(store) for _ in range(5)]

    class Picky(MemoryQueue):
        def publish_results(self, events: Sequence[VerdictEvent]) -> list[QueueUnavailable | None]:
            super().publish_results([event for event in events if event != refused])
            refusal = RefusedByBroker("the queue may be full")
            return [refusal if event == refused else None for event in events]

    broker = Picky()
    outbox = OutboxPublisher(broker, store)
    for event in (refused, *fine[:2]):
        outbox.publish(event)
    outbox.start()
    until(lambda: len(broker.events) >= 4)
    outbox.stop(5)

    assert {one.submission_id for one in fine} == {one.submission_id for one in broker.events}
    assert [refused] == store.unsent()
    assert ["the queue may be full"] == list(store.causes.values())


def test_results_go_before_many_requests() -> None:
    """A result that another worker left is published before thousands of requests that waited."""
    broker, store = MemoryQueue(), MemoryStore(own_s=0)
    for _ in range(2 * CLAIM_LIMIT):
        stored(store)
    store.mark_sent(store.unsent())
    store.rejudge(RejudgeFilter())
    event = stored(store)

    publish_due(broker, store)

    assert [event] == broker.events
