"""A publisher's plain connection, for one thread: sends, and may listen for one verdict."""

from __future__ import annotations

import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from pika.adapters.blocking_connection import BlockingChannel
from pika.spec import Basic, BasicProperties

from consumers.events import binding
from consumers.rabbit.seam import FOREIGN_TYPES, REASON, connect, mapped, publish, trace_headers
from consumers.rabbit.topology import Topology, declare


@dataclass(frozen=True, slots=True)
class Heard:
    """What a listening client heard: a verdict event, or a dead letter with its reason."""

    body: bytes
    message_id: str | None
    reason: str | None


class RabbitClient:
    """A connection of one thread that publishes submissions and may listen for one verdict."""

    def __init__(self, url: str, topology: Topology) -> None:
        self._topology = topology
        self._heard: deque[Heard] = deque()
        self._ear = ""
        with mapped():
            self._connection = connect(url)
            declare(self._connection, topology)
            self._channel = self._connection.channel()
            self._channel.confirm_delivery()

    def send(
        self, body: bytes, message_id: str, queue: str, traceparent: str | None = None
    ) -> None:
        """Publish a submission; returns when it is in the queue."""
        headers = trace_headers(traceparent)
        with mapped():
            publish(
                self._channel, self._topology.submissions, queue, body, message_id, headers=headers
            )

    def listen(self, message_id: str) -> None:
        """Hear of this submission from now on: its verdict, or that it is a dead letter."""
        with mapped():
            if not self._ear:
                self._ear = self._channel.queue_declare("", exclusive=True).method.queue
                self._channel.queue_bind(self._ear, self._topology.dead)
                self._channel.basic_consume(self._ear, self._on_message, auto_ack=True)
            self._channel.queue_bind(self._ear, self._topology.verdicts, _result_of(message_id))

    def forget(self, message_id: str) -> None:
        """Stop listening for this submission."""
        with mapped():
            self._channel.queue_unbind(self._ear, self._topology.verdicts, _result_of(message_id))

    def hear(self, timeout_s: float) -> Heard | None:
        """The next thing heard, or None when there was nothing in time."""
        deadline = time.monotonic() + timeout_s
        while not self._heard and (left := deadline - time.monotonic()) > 0:
            with mapped():
                self._connection.process_data_events(time_limit=left)
        return self._heard.popleft() if self._heard else None

    def close(self) -> None:
        """Disconnect."""
        with suppress(*FOREIGN_TYPES):
            self._connection.close()

    def _on_message(
        self, _: BlockingChannel, method: Basic.Deliver, properties: BasicProperties, body: bytes
    ) -> None:
        reason = None
        if method.exchange == self._topology.dead:
            # Without our header it was the broker itself: a delivery limit, a full queue.
            headers = properties.headers or {}
            reason = str(headers.get(REASON) or headers.get("x-first-death-reason"))
        self._heard.append(Heard(body, properties.message_id, reason))


def _result_of(message_id: str) -> str:
    return binding("result", submission_id=UUID(message_id))
