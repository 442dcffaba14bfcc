"""Publishing results, progress, requests to judge and dead letters, over a connection of its own.

Not that of the queue, for two reasons: a broker that is short of memory blocks connections that
publish, and acknowledgements must get through; and waiting for the confirmation of an event must
not hold up the next delivery.

An exchange that was deleted is declared again. Subscribers have lost their bindings then, and make
them again within seconds; until then no result is published, so it stays in the outbox.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from pika.exceptions import AMQPChannelError

from consumers.deliveries import DeadLetter, RefusedByBroker
from consumers.events import ProgressEvent, VerdictEvent
from consumers.messages import RejudgeMessage, SubmissionMessage
from consumers.rabbit.confirming import Answer, ConfirmingConnection, Sending
from consumers.rabbit.driver import (
    FOREIGN_TYPES,
    PUBLISHER,
    REASON,
    REFUSALS,
    Nodes,
    connect,
    persistent,
    refuses_user,
    trace_headers,
    translated,
    user_of,
)
from consumers.rabbit.topology import Topology, declare, has_exchange
from judgecore.errors import QueueUnavailable

BINDING_S = 6.0


class RabbitEventPublisher:
    """Publishes for one thread. Connects on first use, and again after a failure.

    Everything but `close` raises `QueueUnavailable` when the broker cannot be reached.
    """

    def __init__(self, url: str, *, prefix: str = "judgecore") -> None:
        self._nodes = Nodes(url)
        self._topology = Topology(prefix)
        self._user: str | None = user_of(self._nodes.first)
        self._connection: ConfirmingConnection | None = None
        self._connections = 0
        self._bound_at = 0.0

    def __repr__(self) -> str:
        state = "disconnected" if self._connection is None else "connected"
        return f"<RabbitEventPublisher {self._topology.prefix}, {state}>"

    def publish_results(self, events: Sequence[VerdictEvent]) -> list[QueueUnavailable | None]:
        """Publish results; returns when the broker has answered for all, or is lost.

        For each: None when the broker has it, `RefusedByBroker`, or why there was no answer.
        """
        with self._connected():  # which may find that the exchange is gone
            if time.monotonic() < self._bound_at:
                raise QueueUnavailable("the exchange was deleted: its subscribers bind again first")
        return self._publish([self._event(event) for event in events])

    def publish_progress(self, event: ProgressEvent) -> None:
        """Publish progress, and don't wait: it may get lost.

        While nobody listens to a submission, its progress is published once a second. Raises
        `QueueUnavailable`, too, while the broker reads nothing and much is unsent.
        """
        with self._connected() as connection:
            connection.publish_unconfirmed(replace(self._event(event), mandatory=True))

    def publish_request(
        self,
        message: SubmissionMessage | RejudgeMessage,
        queue: str,
        traceparent: str | None = None,
        publisher: str | None = None,
    ) -> None:
        """Publish a request to judge; returns when it is in the queue."""
        headers = {PUBLISHER: publisher or "", **trace_headers(traceparent)}
        properties = persistent(str(message.submission_id), headers, self._user)
        self._publish_one(Sending(self._topology.submissions, queue, message.encode(), properties))

    def publish_dead_letter(self, letter: DeadLetter) -> None:
        """Publish a dead letter with its reason; returns when it is in the queue.

        Its publisher is told, too. The broker's own dead-lettering cannot carry a reason.
        """
        headers = {
            REASON: letter.reason,
            "x-judgecore-queue": self._topology.queue(letter.queue),
            **trace_headers(letter.traceparent),
        }
        properties = persistent(letter.message_id, headers)
        self._publish_one(Sending(self._topology.dead, "", letter.body, properties))
        if (refusal := letter.refusal) is not None:
            said = self._optional(letter.refusal_key, refusal.encode(), letter.message_id)
            self._publish_one(said)

    def keep_alive(self) -> None:
        """Answer the broker's heartbeats; to be called every few seconds when nothing is sent."""
        if self._connection is not None:
            with self._connected() as connection:
                connection.serve()

    def close(self) -> None:
        """Disconnect."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _event(self, event: VerdictEvent | ProgressEvent) -> Sending:
        headers = trace_headers(event.traceparent)
        return self._optional(event.routing_key, event.encode(), str(event.submission_id), headers)

    def _optional(
        self,
        key: str,
        body: bytes,
        message_id: str | None,
        headers: Mapping[str, Any] | None = None,
    ) -> Sending:
        # Not mandatory: it is nobody's fault if nobody listens.
        properties = persistent(message_id, headers)
        return Sending(self._topology.verdicts, key, body, properties, mandatory=False)

    def _publish_one(self, sending: Sending) -> None:
        (failure,) = self._publish([sending])
        if failure is not None:
            raise failure

    def _publish(self, sendings: Sequence[Sending]) -> list[QueueUnavailable | None]:
        with self._connected() as connection:
            answers = connection.publish(sendings)
        lost = next((one for one in answers if one and not isinstance(one, REFUSALS)), None)
        failure = None if lost is None else self._failed(lost)

        def said(answer: Answer) -> QueueUnavailable | None:
            if isinstance(answer, REFUSALS):
                return RefusedByBroker(str(translated(answer)))
            return None if answer is None else failure

        return [said(answer) for answer in answers]

    @contextmanager
    def _connected(self) -> Iterator[ConfirmingConnection]:
        try:
            if self._connection is None:
                self._connection = self._connect()
            yield self._connection
        except FOREIGN_TYPES as exc:
            raise self._failed(exc) from exc

    def _failed(self, exc: BaseException) -> QueueUnavailable:
        """The connection is lost, or was not made; the next call connects anew."""
        if refuses_user(exc):
            self._user = None
        elif isinstance(exc, AMQPChannelError):
            # The exchange was deleted. Somebody may declare it before we look for it.
            self._bound_at = time.monotonic() + BINDING_S
        self.close()
        self._nodes.skip()
        return translated(exc)

    def _connect(self) -> ConfirmingConnection:
        with connect(self._nodes.url) as declaring:
            if self._connections > 0 and not has_exchange(declaring, self._topology.verdicts):
                self._bound_at = time.monotonic() + BINDING_S
            self._connections += 1
            declare(declaring, self._topology)
        return ConfirmingConnection(self._nodes.url)
