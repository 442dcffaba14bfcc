"""Publishing what happened, in a thread of its own, so that no slot waits for the broker.

A result is in the outbox, in the transaction of its verdict, before the thread has it. If the
thread falls behind or the process dies, results stay there, and some worker publishes them within
OWN_S + CLAIM_EVERY_S (20 s). A first result is published at once, those that follow soon together:
they share one wait for the broker's confirms. Progress is published at most ten times a second for
each submission, and before its result; it is dropped when there is too much of it: listeners can do
without.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, field
from functools import partial

from consumers.deliveries import OutboxEntry
from consumers.events import ProgressEvent, VerdictEvent
from consumers.large import LARGE_BYTES, OUTBOX_BYTES
from consumers.messages import SubmissionMessage
from consumers.progress import EVERY_S, HeldProgress
from consumers.publishing import (
    CLAIM_LIMIT,
    EventPublisher,
    Outbox,
    publish_claimed,
    publish_events,
)
from judgecore.errors import InfrastructureError, QueueUnavailable, StoreUnavailable
from judgecore.result import TestResult

log = logging.getLogger(__name__)

KEEPALIVE_S = 5.0
MARK_AFTER_S = 2.0  # others claim what is not marked after OWN_S
# The first of many verdicts is told at once, those that follow soon together.
TOGETHER_S = 0.03
CLAIM_EVERY_S = 5.0
CLAIM_MORE_S = 0.2
SEND_S = 60.0
MOST_WAITING = 1_000


@dataclass(slots=True)
class _PendingSend:
    """Something to send that another thread waits for."""

    send: Callable[[], None]
    done: Future[None] = field(default_factory=Future)

    def run(self) -> None:
        """Send it, and let the waiting thread know how that ended."""
        try:
            self.send()
        except Exception as exc:
            self.done.set_exception(exc)
        else:
            self.done.set_result(None)


_Item = VerdictEvent | _PendingSend | None


class OutboxPublisher:
    """A thread that publishes results, progress and requests; its methods are for any thread.

    `on_dropped` is called for each progress event that there was no time for, `on_published` with
    how many results the broker took together. Results that are claimed from the outbox later do not
    count.
    """

    def __init__(
        self,
        publisher: EventPublisher,
        store: Outbox,
        *,
        claim_every_s: float = CLAIM_EVERY_S,
        on_dropped: Callable[[], None] = lambda: None,
        on_published: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._publisher = publisher
        self._store = store
        self._claim_every_s = claim_every_s
        self._inbox: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        self._progress = HeldProgress(on_first=self._wake_for_progress)
        self._sent: list[OutboxEntry] = []
        self._sent_bytes = 0
        self._mark_at = self._together_at = self._wakes_at = 0.0
        self._claim_at = time.monotonic()
        self._lock = threading.Lock()
        self._waiting_bytes = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
        self._on_dropped = on_dropped
        self._on_published = on_published

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def publish(self, event: VerdictEvent) -> None:
        """Publish a result soon; when too much is waiting, it stays in the outbox for later."""
        with self._lock:
            if self._inbox.qsize() >= MOST_WAITING or self._waiting_bytes >= OUTBOX_BYTES:
                return
            self._waiting_bytes += len(event.json_text)
        self._inbox.put(event)

    def report(self, begun: ProgressEvent, done: int = 0, tests: Sequence[TestResult] = ()) -> None:
        """Publish soon that judging began, then that so many tests are done, these of them new."""
        if not self._progress.hold(begun, done, tests):
            self._on_dropped()

    def claim_soon(self) -> None:
        """Look into the outbox now: something was put there."""
        self._claim_at = 0.0
        self._inbox.put(None)

    def forward(
        self,
        messages: Sequence[SubmissionMessage],
        queue: str,
        traceparent: str | None,
        publisher: str | None,
    ) -> int:
        """Publish each of `publisher`'s batch, in order; returns how many are in the queue.

        Fewer than all: the queue is full, or the broker takes nothing just now.
        """
        taken, given_up = 0, False

        def send() -> None:
            nonlocal taken
            for message in messages:
                if given_up:
                    return
                self._publisher.publish_request(message, queue, traceparent, publisher)
                taken += 1

        try:
            self._send(send)
        except QueueUnavailable as exc:
            given_up = True
            log.warning("%d of %d submissions were published: %s", taken, len(messages), exc)
        return taken

    def stop(self, within_s: float) -> None:
        """Publish what came before, as long as there is time, then end."""
        self._stopping.set()
        self._inbox.put(None)
        if self._thread.ident is not None:
            self._thread.join(within_s)

    def _send(self, send: Callable[[], None]) -> None:
        if self._stopping.is_set():
            raise QueueUnavailable("the worker is stopping")
        pending = _PendingSend(send)
        self._inbox.put(pending)
        try:
            pending.done.result(SEND_S)
        except FutureTimeout:
            raise QueueUnavailable(f"the broker did not take it within {SEND_S:.0f} s") from None

    # In the thread -----------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            if time.monotonic() >= self._claim_at and not self._stopping.is_set():
                self._safely(self._claim)
            items = self._next(max(0.0, self._claim_at - time.monotonic()))
            self._handle(items)
            self._publish_progress(self._progress.due())
            stopping = self._stopping.is_set()  # read first: what came before it is in the inbox
            ends = stopping and self._inbox.empty()
            if ends or (self._sent and time.monotonic() >= self._mark_at):
                self._safely(self._mark)
            if ends:
                break
        self._publisher.close()

    def _next(self, timeout_s: float) -> list[_Item]:
        """What has come; a result waits for those that follow soon after the one before."""
        timeout_s = min(timeout_s, KEEPALIVE_S)
        if self._sent:
            timeout_s = min(timeout_s, max(0.0, self._mark_at - time.monotonic()))
        self._wakes_at = time.monotonic() + timeout_s  # before it looks at what is held
        try:
            items = [self._inbox.get(timeout=min(timeout_s, self._progress.wait_s()))]
        except queue.Empty:
            self._safely(self._publisher.keep_alive)
            return []
        if isinstance(items[0], VerdictEvent):
            self._stopping.wait(max(0.0, self._together_at - time.monotonic()))
            self._together_at = time.monotonic() + TOGETHER_S
            items += self._waiting(LARGE_BYTES - len(items[0].json_text))
        return items

    def _waiting(self, most_bytes: int) -> Iterator[_Item]:
        """What is in the inbox now, so many items and bytes of results at most, or one more."""
        for _ in range(CLAIM_LIMIT):
            if most_bytes <= 0 or self._inbox.empty():
                return
            item = self._inbox.get()
            most_bytes -= len(item.json_text) if isinstance(item, VerdictEvent) else 0
            yield item

    def _wake_for_progress(self) -> None:
        if self._wakes_at > time.monotonic() + EVERY_S:  # later than a first one may wait
            self._inbox.put(None)

    def _publish_progress(self, events: Sequence[ProgressEvent]) -> None:
        # Nothing that happens to progress may happen to the result behind it.
        published = 0
        try:
            for event in events:
                self._publisher.publish_progress(event)
                published += 1
        except QueueUnavailable:
            # A broker that does not take one takes none, and each try takes time.
            for _ in events[published:]:
                self._on_dropped()
        except Exception:
            log.exception("outbox publisher: unexpected error with progress, continuing")

    def _handle(self, items: Sequence[_Item]) -> None:
        if events := [item for item in items if isinstance(item, VerdictEvent)]:
            self._safely(partial(self._publish_results, events))
        for item in items:
            if isinstance(item, _PendingSend):
                self._safely(item.run)

    def _publish_results(self, events: Sequence[VerdictEvent]) -> None:
        with self._lock:
            self._waiting_bytes -= sum(len(event.json_text) for event in events)
        for event in events:
            self._publish_progress(self._progress.before(event))
        before = len(self._sent)
        try:
            publish_events(self._publisher, self._store, events, self._on_sent)
        finally:
            if (count := len(self._sent) - before) > 0:
                self._on_published(count)

    def _on_sent(self, entry: OutboxEntry) -> None:
        self._sent.append(entry)
        if len(self._sent) == 1:
            self._mark_at = time.monotonic() + MARK_AFTER_S
        self._sent_bytes += len(entry.json_text) if isinstance(entry, VerdictEvent) else 0
        if len(self._sent) >= CLAIM_LIMIT or self._sent_bytes > LARGE_BYTES:
            self._mark_at = time.monotonic()

    def _claim(self) -> None:
        self._claim_at = time.monotonic() + self._claim_every_s  # should it fail
        self._mark()  # first, or it would be given what it has sent
        if publish_claimed(self._publisher, self._store, self._on_sent):
            self._claim_at = time.monotonic() + CLAIM_MORE_S
        self._mark()

    def _mark(self) -> None:
        if self._sent:
            self._mark_at = time.monotonic() + self._claim_every_s  # should it fail
            self._store.mark_sent(self._sent)
            self._sent, self._sent_bytes = [], 0

    def _safely(self, act: Callable[[], object]) -> None:
        try:
            act()
        except (QueueUnavailable, StoreUnavailable) as exc:
            log.warning("results that could not be published stay in the outbox: %s", exc)
        except InfrastructureError as exc:
            log.warning("%s", exc)
        except Exception:
            log.exception("outbox publisher: unexpected error, continuing")
