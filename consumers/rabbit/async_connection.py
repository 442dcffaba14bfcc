"""One asynchronous connection to the broker, from its opening to its loss.

Where a blocking connection waits for each answer, this one has any number of messages on their
way, each with a confirm of its own.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from pika.channel import Channel
from pika.frame import Method
from pika.spec import Basic, BasicProperties

from consumers.rabbit.confirms import Confirms
from consumers.rabbit.driver import (
    ACCESS_REFUSED,
    NOT_FOUND,
    REPEAT,
    REPLY_TOKEN,
    parameters,
    persistent,
    refuses_user,
    trace_headers,
    translated,
)
from consumers.rabbit.tolerant_headers import Connection
from consumers.rabbit.topology import Topology

_PREFETCH = 200
_MOST_RECENT = 1_000
_RECENT_S = 10.0  # longer than it takes a broker to write a binding down


@dataclass(frozen=True, slots=True)
class Incoming:
    """An event that came to a reply queue."""

    body: bytes
    key: str


@dataclass(slots=True)
class Publication:
    """A submission on its way; `done` when the broker has it on disk, or refused it.

    `given_up` is set by a publisher who waits no longer: it is not sent once more.
    """

    body: bytes
    message_id: str
    queue: str
    traceparent: str | None = None
    given_up: bool = False
    is_copy: bool = False
    done: Future[None] = field(default_factory=Future)

    def copy(self) -> Publication:
        """The same once more, for which nobody waits."""
        return Publication(self.body, self.message_id, self.queue, self.traceparent, is_copy=True)


class AsyncConnection:
    """A connection with one channel, served by the thread that calls `serve`.

    Only `wake` is for other threads. `busy` while nothing may be asked of it. `replies` is the
    queue to consume from, if any. `token` goes with each submission, for its refusal to come back.
    `user` goes with it, too, for workers to know whose it is; the broker checks that.
    `refused`: the broker ended it because of a right that the user lacks; `refused_user`: because
    it does not know us by that name; `missed_exchange`: because an exchange is gone.
    """

    def __init__(
        self,
        url: str,
        topology: Topology,
        replies: str | None,
        token: str,
        user: str | None,
        on_ready: Callable[[AsyncConnection], None],
        on_incoming: Callable[[Incoming], None],
    ) -> None:
        self.busy = True
        self.left_no_replies = False
        self.refused = self.refused_user = self.missed_exchange = False
        self._topology = topology
        self._replies = replies
        self._token = token
        self._user = user
        self._on_ready = on_ready
        self._on_incoming = on_incoming
        self._reason = ""
        self._sent: Confirms[Publication] = Confirms(lambda publication: publication.message_id)
        self._confirmed: deque[tuple[float, Publication]] = deque(maxlen=_MOST_RECENT)
        self._channel: Channel | None = None
        self._connection = Connection(
            parameters(url),
            on_open_callback=lambda connection: connection.channel(on_open_callback=self._opened),
            on_open_error_callback=self._ended,
            on_close_callback=self._ended,
        )

    def serve(self) -> str:
        """Serve the connection until it ends; returns why it did."""
        loop = self._connection.ioloop
        try:
            loop.start()
        finally:
            self.busy = True
            loop.close()
        return self._reason

    def wake(self, act: Callable[[], None]) -> None:
        """Have the serving thread do something soon; forgotten when the connection has ended."""
        self._connection.ioloop.add_callback_threadsafe(act)

    def unconfirmed(self) -> list[Publication]:
        """What the broker has not answered for, and somebody still waits for."""
        return [publication for publication in self._sent.unanswered if not publication.given_up]

    def recent(self) -> list[Publication]:
        """What the broker has confirmed in the last seconds."""
        self._forget_old()
        return [publication for _, publication in self._confirmed]

    def publish(self, publication: Publication) -> bool:
        """Send a message; false when the channel has just gone."""
        if self._channel is None or not self._channel.is_open:
            return False
        self._sent.add(publication)
        headers: dict[str, Any] = trace_headers(publication.traceparent)
        if self._replies is not None:
            headers[REPEAT] = True  # the first time may have been before we listened
            headers[REPLY_TOKEN] = self._token
        self._channel.basic_publish(
            self._topology.submissions,
            publication.queue,
            publication.body,
            persistent(publication.message_id, headers, self._user),
            mandatory=True,
        )
        return True

    def repeat(self, every_s: float, act: Callable[[], None]) -> None:
        """Have the serving thread do something again and again, until the connection ends."""

        def again() -> None:
            act()
            self.repeat(every_s, act)

        self._connection.ioloop.call_later(every_s, again)

    def bind(self, key: str) -> None:
        """Bind the reply queue. Needs no answer: a broker does in order what a channel asks."""
        if self._channel is not None and self._channel.is_open and self._replies:
            self._channel.queue_bind(self._replies, self._topology.verdicts, key)

    def unbind(self, key: str, then: Callable[[], None]) -> None:
        """Unbind it. Busy until the answer: pika would hold back bindings, but no messages."""

        def done(_: object) -> None:
            self.busy = False
            then()

        if self._channel is not None and self._channel.is_open and self._replies:
            self.busy = True
            self._channel.queue_unbind(self._replies, self._topology.verdicts, key, callback=done)

    def hang_up(self) -> None:
        """End the connection, and the reply queue with it."""
        if self._channel is not None and self._channel.is_open and self._replies:
            self._channel.queue_delete(self._replies, callback=self._deleted)
        else:
            self._close()

    # pika's callbacks ------------------------------------------------------------------------

    def _opened(self, channel: Channel) -> None:
        self._channel = channel
        channel.add_on_close_callback(self._channel_closed)
        channel.add_on_return_callback(self._returns)
        channel.confirm_delivery(self._confirms)
        if self._replies is None:
            self._ready(None)
            return
        channel.basic_qos(prefetch_count=_PREFETCH)
        channel.add_on_cancel_callback(lambda _: self._close())
        channel.basic_consume(self._replies, self._receives, callback=self._ready)

    def _ready(self, _: object) -> None:
        self.busy = False
        self._on_ready(self)

    def _channel_closed(self, _: Channel, why: BaseException) -> None:
        self._reason = f"{why} "
        self.refused = getattr(why, "reply_code", None) == ACCESS_REFUSED
        self.missed_exchange = getattr(why, "reply_code", None) == NOT_FOUND
        self.refused_user = refuses_user(why)
        self._close()

    def _deleted(self, _: object) -> None:
        self.left_no_replies = True
        self._close()

    def _close(self) -> None:
        if self._connection.is_open:
            self._connection.close()

    def _ended(self, _: object, why: BaseException | str) -> None:
        self._reason += str(why)
        self._connection.ioloop.stop()

    def _confirms(self, frame: Method[Any]) -> None:
        for publication, refusal in self._sent.answered(frame):
            if refusal is not None:
                publication.done.set_exception(translated(refusal))
            else:
                publication.done.set_result(None)
                self._remember(publication)

    def _remember(self, publication: Publication) -> None:
        if self._replies is not None and not publication.is_copy:
            self._confirmed.append((time.monotonic(), publication))
        self._forget_old()

    def _forget_old(self) -> None:
        until = time.monotonic() - _RECENT_S
        while self._confirmed and self._confirmed[0][0] < until:
            self._confirmed.popleft()

    def _returns(self, _: Channel, __: object, properties: BasicProperties, ___: bytes) -> None:
        self._sent.returned(properties.message_id)

    def _receives(
        self, channel: Channel, method: Basic.Deliver, _: BasicProperties, body: bytes
    ) -> None:
        self._on_incoming(Incoming(body, method.routing_key or ""))
        channel.basic_ack(method.delivery_tag or 0)
