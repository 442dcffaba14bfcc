"""The broker of a test: what happens around a queue, in memory or on RabbitMQ."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pika

from consumers.contracts import Queue
from consumers.events import ProgressEvent, VerdictEvent, decode_event
from consumers.memory import MemoryQueue
from consumers.publishing import EventPublisher
from consumers.rabbit import REASON, RabbitEventPublisher, RabbitQueue, persistent

PREFETCH = 4


@dataclass(frozen=True)
class Service:
    """A container that runs, and how to reach it. `run` executes a command inside.

    `management` is the port of RabbitMQ's management API.
    """

    host: str
    port: int
    run: Callable[[list[str]], Any]
    management: int = 0


def rabbitmq_url(service: Service, *, password: str = "secret", vhost: str = "%2F") -> str:
    return f"amqp://judge:{password}@{service.host}:{service.port}/{vhost}"


def postgres_url(service: Service, database: str, *, password: str = "secret") -> str:
    return f"postgres://judge:{password}@{service.host}:{service.port}/{database}"


class MemoryBroker:
    """What a test does around the queue in memory."""

    def __init__(self) -> None:
        self.queue = MemoryQueue()
        self.publisher: EventPublisher = self.queue
        self._before: list[MemoryQueue] = []

    def publish(self, body: bytes, queue: str = "default") -> None:
        self.queue.put(body, queue)

    def dead(self) -> list[tuple[bytes, str]]:
        queues = (*self._before, self.queue)
        return [(letter.body, letter.reason) for queue in queues for letter in queue.dead]

    def events(self) -> list[VerdictEvent]:
        return self.queue.events

    def progress(self) -> list[ProgressEvent]:
        return self.queue.progress

    def successor(self) -> Queue:
        """The queue as the next worker finds it, after this one was closed."""
        self._before.append(self.queue)
        self.queue = MemoryQueue()
        for body in self._before[-1].waiting:
            self.queue.put(body)
        return self.queue

    def close(self) -> None:
        self.queue.close()


class RealBroker:
    """The same around RabbitMQ."""

    def __init__(self, url: str, prefix: str) -> None:
        self.url, self.prefix = url, prefix
        self.queue = self._open()
        self.publisher: EventPublisher = RabbitEventPublisher(url, prefix=prefix)
        self._connection = pika.BlockingConnection(pika.URLParameters(url))
        self._channel = self._connection.channel()
        self._channel.confirm_delivery()
        self._read: list[VerdictEvent | ProgressEvent] = []
        self._verdicts = self._channel.queue_declare("", exclusive=True).method.queue
        self._channel.queue_bind(self._verdicts, f"{prefix}.verdicts", "#")

    def _open(self) -> RabbitQueue:
        return RabbitQueue.open(self.url, prefetch=PREFETCH, prefix=self.prefix)

    def publish(self, body: bytes, queue: str = "default") -> None:
        properties = persistent(str(uuid.uuid4()))
        self._channel.basic_publish(f"{self.prefix}.submissions", queue, body, properties)

    def dead(self) -> list[tuple[bytes, str]]:
        return [(body, str(p.headers[REASON])) for body, p in self._got(f"{self.prefix}.dead")]

    def events(self) -> list[VerdictEvent]:
        self._read += [decode_event(body) for body, _ in self._got(self._verdicts)]
        return [event for event in self._read if isinstance(event, VerdictEvent)]

    def progress(self) -> list[ProgressEvent]:
        self.events()
        return [event for event in self._read if isinstance(event, ProgressEvent)]

    def _got(self, queue: str) -> list[tuple[bytes, Any]]:
        found = []
        while (got := self._channel.basic_get(queue, auto_ack=True))[0] is not None:
            found.append((got[2], got[1]))
        return found

    def successor(self) -> Queue:
        self.queue = self._open()
        return self.queue

    def close(self) -> None:
        self.queue.close()
        self.publisher.close()
        for name in ("default", "batch", "dead"):
            self._channel.queue_delete(f"{self.prefix}.{name}")
        for name in ("submissions", "verdicts", "dead"):
            self._channel.exchange_delete(f"{self.prefix}.{name}")
        self._connection.close()
