"""The twin of the broker."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace

from consumers.buffer import PrefetchBuffer
from consumers.deliveries import DeadLetter, Delivery
from consumers.events import ProgressEvent, VerdictEvent
from consumers.messages import RejudgeMessage, SubmissionMessage
from consumers.names import QUEUES
from judgecore.errors import QueueUnavailable


class MemoryQueue:
    """A broker of one process: queue and event publisher. `events` is what was published."""

    def __init__(self) -> None:
        self.outage = False
        self.dead: list[DeadLetter] = []
        self.events: list[VerdictEvent] = []
        self.progress: list[ProgressEvent] = []
        self._lock = threading.Lock()
        self._buffer: PrefetchBuffer[Delivery] = PrefetchBuffer()
        self._unsettled: dict[object, Delivery] = {}
        self._left: list[Delivery] = []
        self._closed = False
        self._ahead = 0
        self._paused = threading.Event()

    def __repr__(self) -> str:
        return (
            f"<MemoryQueue {len(self._buffer) + len(self._left)} waiting, "
            f"{len(self._unsettled)} unsettled, {len(self.dead)} dead>"
        )

    def put(
        self,
        body: bytes,
        queue: str = "default",
        traceparent: str | None = None,
        *,
        wants_repeat: bool = False,
        message_id: str | None = None,
        publisher: str | None = None,
    ) -> None:
        """Put any bytes into a queue, as anybody might."""
        delivery = Delivery(
            body,
            object(),
            queue,
            traceparent=traceparent,
            published_ms=int(time.time() * 1000),
            wants_repeat=wants_repeat,
            message_id=message_id,
            publisher=publisher,
        )
        self._put(delivery)

    @property
    def waiting(self) -> list[bytes]:
        """What nobody has taken, or was given back after taking had stopped."""
        return [delivery.body for delivery in self._left]

    def take(self, timeout_s: float) -> Delivery | None:
        if self._paused.is_set():
            time.sleep(min(timeout_s, 0.01))
            return None
        delivery = self._buffer.take(timeout_s)
        if delivery is not None:
            with self._lock:
                self._unsettled[delivery.token] = delivery
        return delivery

    def ack(self, delivery: Delivery) -> None:
        self._settle(delivery)

    def requeue(self, delivery: Delivery, *, counted: bool) -> None:
        taken = self._settle(delivery)
        if taken is not None:
            count = taken.redeliveries + (1 if counted else 0)
            self._put(replace(taken, token=object(), redeliveries=count), first=True)

    def forget(self, delivery: Delivery) -> None:
        """Nothing to be done."""

    def publish_results(self, events: Sequence[VerdictEvent]) -> list[QueueUnavailable | None]:
        """Publish results."""
        self._check()
        self.events += events
        return [None] * len(events)

    def publish_progress(self, event: ProgressEvent) -> None:
        """Publish progress."""
        self._check()
        self.progress.append(event)

    def publish_request(
        self,
        message: SubmissionMessage | RejudgeMessage,
        queue: str,
        traceparent: str | None = None,
        publisher: str | None = None,
    ) -> None:
        """Publish a request to judge."""
        self._check()
        if queue not in QUEUES:
            raise QueueUnavailable("no queue took the message")
        self.put(message.encode(), queue, traceparent, publisher=publisher)

    def publish_dead_letter(self, letter: DeadLetter) -> None:
        """Publish a dead letter."""
        self._check()
        self.dead.append(letter)

    def keep_alive(self) -> None:
        """Nothing to keep alive."""

    def take_ahead(self, count: int) -> None:
        if count < self._ahead:
            self._buffer.release()
        self._ahead = count

    def pause(self) -> None:
        self._paused.set()

    def resume(self) -> None:
        self._paused.clear()

    def stop_taking(self) -> None:
        self._left += self._buffer.close()

    def close(self) -> None:
        self.stop_taking()
        self._closed = True
        with self._lock:
            unsettled = list(self._unsettled.values())
        for delivery in unsettled:
            self.requeue(delivery, counted=False)

    def _put(self, delivery: Delivery, *, first: bool = False) -> None:
        if not self._buffer.put(delivery.queue, delivery, first=first):
            self._left.append(delivery)

    def _settle(self, delivery: Delivery) -> Delivery | None:
        with self._lock:
            return self._unsettled.pop(delivery.token, None)

    def _check(self) -> None:
        if self.outage or self._closed:
            raise QueueUnavailable("the in-memory queue is closed or simulates an outage")
