"""Publishing results, progress, requests to judge and dead letters, over a connection of its own.

Not that of the queue, for two reasons: a broker that is short of memory blocks connections that
publish, and acknowledgements must get through; and waiting for the confirmation of an event must
not hold up the next delivery.

An exchange that was deleted is declared again. Subscribers have lost their bindings then, and make
them again within seconds; until then no result is published, so it stays in the outbox.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection
from pika.exceptions import AMQPChannelError

from consumers.deliveries import DeadLetter, RefusedByBroker
from consumers.events import ProgressEvent, VerdictEvent
from consumers.messages import RejudgeMessage, SubmissionMessage
from consumers.rabbit.driver import (
    FOREIGN_TYPES,
    PUBLISHER,
    REASON,
    REFUSALS,
    Nodes,
    connect,
    publish,
    refuses_user,
    trace_headers,
    translated,
    user_of,
)
from consumers.rabbit.topology import Topology, declare, has_exchange
from judgecore.errors import QueueUnavailable

BINDING_S = 6.0


@dataclass(frozen=True, slots=True)
class _Line:
    connection: BlockingConnection
    confirming: BlockingChannel
    plain: BlockingChannel


class RabbitEventPublisher:
    """Publishes for one thread. Connects on first use, and again after a failure.

    Everything but `close` raises `QueueUnavailable` when the broker cannot be reached.
    """

    def __init__(self, url: str, *, prefix: str = "judgecore") -> None:
        self._nodes = Nodes(url)
        self._topology = Topology(prefix)
        self._user: str | None = user_of(self._nodes.first)
        self._line: _Line | None = None
        self._connections = 0
        self._bound_at = 0.0

    def __repr__(self) -> str:
        state = "disconnected" if self._line is None else "connected"
        return f"<RabbitEventPublisher {self._topology.prefix}, {state}>"

    def publish_result(self, event: VerdictEvent) -> None:
        """Publish a result; returns when the broker has it."""
        with self._connected() as line:
            if time.monotonic() < self._bound_at:
                raise QueueUnavailable("the exchange was deleted: its subscribers bind again first")
            self._publish(line.confirming, event)

    def publish_progress(self, event: ProgressEvent) -> None:
        """Publish progress, and don't wait: it may get lost."""
        with self._connected() as line:
            self._publish(line.plain, event)

    def publish_request(
        self,
        message: SubmissionMessage | RejudgeMessage,
        queue: str,
        traceparent: str | None = None,
        publisher: str | None = None,
    ) -> None:
        """Publish a request to judge; returns when it is in the queue."""
        headers = {PUBLISHER: publisher or "", **trace_headers(traceparent)}
        with self._connected() as line:
            publish(
                line.confirming,
                self._topology.submissions,
                queue,
                message.encode(),
                str(message.submission_id),
                headers=headers,
                user=self._user,
            )

    def publish_dead_letter(self, letter: DeadLetter) -> None:
        """Publish a dead letter with its reason; returns when it is in the queue.

        Its publisher is told, too. The broker's own dead-lettering cannot carry a reason.
        """
        headers = {
            REASON: letter.reason,
            "x-judgecore-queue": self._topology.queue(letter.queue),
            **trace_headers(letter.traceparent),
        }
        with self._connected() as line:
            publish(
                line.confirming,
                self._topology.dead,
                "",
                letter.body,
                letter.message_id,
                headers=headers,
            )
            refusal = letter.refusal
            if refusal is not None:
                publish(
                    line.confirming,
                    self._topology.verdicts,
                    letter.refusal_key,
                    refusal.encode(),
                    letter.message_id,
                    mandatory=False,
                )

    def keep_alive(self) -> None:
        """Answer the broker's heartbeats; to be called every few seconds when nothing is sent."""
        if self._line is not None:
            with self._connected() as line:
                line.connection.process_data_events(time_limit=0)

    def close(self) -> None:
        """Disconnect."""
        line, self._line = self._line, None
        if line is not None:
            with suppress(*FOREIGN_TYPES):
                line.connection.close()

    def _publish(self, channel: BlockingChannel, event: VerdictEvent | ProgressEvent) -> None:
        publish(
            channel,
            self._topology.verdicts,
            event.routing_key,
            event.encode(),
            str(event.submission_id),
            mandatory=False,  # it is nobody's fault if nobody listens
            headers=trace_headers(event.traceparent),
        )

    @contextmanager
    def _connected(self) -> Iterator[_Line]:
        try:
            if self._line is None:
                self._line = self._connect()
            yield self._line
        except REFUSALS as exc:
            raise RefusedByBroker(str(translated(exc))) from exc
        except FOREIGN_TYPES as exc:
            if refuses_user(exc):
                self._user = None
            elif isinstance(exc, AMQPChannelError):
                # The exchange was deleted. Somebody may declare it before we look for it.
                self._bound_at = time.monotonic() + BINDING_S
            self.close()
            self._nodes.skip()
            raise translated(exc) from exc

    def _connect(self) -> _Line:
        connection = connect(self._nodes.url)
        try:
            if self._connections > 0 and not has_exchange(connection, self._topology.verdicts):
                self._bound_at = time.monotonic() + BINDING_S
            self._connections += 1
            declare(connection, self._topology)
            confirming, plain = connection.channel(), connection.channel()
            confirming.confirm_delivery()
        except BaseException:
            with suppress(*FOREIGN_TYPES):
                connection.close()
            raise
        return _Line(connection, confirming, plain)
