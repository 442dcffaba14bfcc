"""One connection that consumes, from its opening to its loss.

pika's connections are for one thread. So one thread owns it and serves it (`pump`); other threads
hand it closures (`ConsumerConnection.call`).

Nothing is published on it: a broker that is short of memory blocks connections that publish, and
acknowledgements must get through.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from pika.channel import Channel
from pika.spec import Basic, BasicProperties

from consumers.deliveries import Delivery
from consumers.names import QUEUES
from consumers.rabbit.driver import (
    FOREIGN_TYPES,
    PUBLISHED_MS,
    PUBLISHER,
    REPEAT,
    REPLY_TOKEN,
    TRACEPARENT,
    translated,
)
from consumers.rabbit.served import ServedConnection
from consumers.rabbit.topology import Topology
from judgecore.errors import QueueUnavailable

TICK_S = 1.0
# The headers of a dead letter must fit into one frame.
_MAX_HEADER = 200

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Token:
    """Which delivery of which connection."""

    generation: int
    tag: int


def token_of(delivery: Delivery) -> Token:
    """The token that this module put into a delivery."""
    assert isinstance(delivery.token, Token)
    return delivery.token


class ConsumerConnection(ServedConnection):
    """One connection, from its opening to its loss. Only `call` is for other threads."""

    def __init__(
        self,
        url: str,
        generation: int,
        topology: Topology,
        user: str,
        deliver: Callable[[Delivery], bool],
    ) -> None:
        super().__init__(url, channels=1)
        self.generation = generation
        (self.consuming,) = self._channels
        self.consuming.add_on_cancel_callback(self._on_cancel)
        self.consuming.add_callback(self._on_empty, [Basic.GetEmpty], one_shot=False)
        self.on_tick: Callable[[], None] = lambda: None
        self._topology = topology
        self._user = user
        self._deliver = deliver
        self._unsettled: set[int] = set()
        self._consumers: list[str] = []
        self._ahead: list[str] = []
        self._fetched: list[Delivery | None] = []
        self._asked: deque[Callable[[], None] | int] = deque()  # or which delivery to acknowledge
        self._finished = False
        self._lock = threading.Lock()
        self._waiting: set[Future[Any]] = set()
        self._ended = False

    def consume(self, prefetch: int) -> None:
        """Ask for deliveries of both queues, `prefetch` of each at a time."""
        if not self._consumers:
            self._consume(self._consumers, prefetch)

    def consume_ahead(self, count: int) -> None:
        """Ask for so many more of each queue at a time."""
        if not self._ahead:
            self._consume(self._ahead, count)

    def _consume(self, consumers: list[str], prefetch: int) -> None:
        # The broker counts what is unsettled for each consumer apart.
        answers: list[object] = []
        self.consuming.basic_qos(prefetch_count=prefetch, callback=answers.append)
        consumers += [
            self.consuming.basic_consume(
                self._topology.queue(name),
                partial(self._on_message, name),
                callback=answers.append,
            )
            for name in QUEUES
        ]
        self._serve_until(lambda: len(answers) == 1 + len(QUEUES))

    def pump(self) -> None:
        """Serve the connection until `finish`; raises when it is lost."""
        self._tick()
        while not self._finished:
            self._turn()
            self._do_what_was_asked()
            self.on_tick()
            self._check()

    def call(self, act: Callable[[], _T]) -> Future[_T]:
        """Have the owner thread do something, after everything it was asked before."""
        future: Future[_T] = Future()

        def run() -> None:
            with self._lock:
                self._waiting.discard(future)
            try:
                future.set_result(act())
            except FOREIGN_TYPES as exc:
                future.set_exception(translated(exc))
            except Exception as exc:
                future.set_exception(exc)

        with self._lock:
            self._ask(run)
            self._waiting.add(future)
        return future

    def acknowledge(self, tag: int) -> None:
        """Have the owner thread acknowledge a delivery, with others if it can."""
        with self._lock:
            self._ask(tag)

    def requeue(self, tag: int, *, counted: bool) -> None:
        """Have the owner thread give a delivery back."""
        act = self.consuming.basic_reject if counted else self.consuming.basic_nack
        self.call(lambda: self.settle(tag, partial(act, requeue=True)))

    def _ask(self, what: Callable[[], None] | int) -> None:
        if self._ended:
            raise QueueUnavailable("the connection to the broker is lost")
        sleeps = not self._asked
        self._asked.append(what)
        if sleeps:  # else the owner thread has yet to come to the one before
            self._loop.add_callback_threadsafe(_nothing)

    def _do_what_was_asked(self) -> None:
        tags: list[int] = []
        while self._asked:
            asked = self._asked.popleft()
            if isinstance(asked, int):
                tags.append(asked)
            else:
                self._acknowledge(tags)
                tags = []
                asked()
        self._acknowledge(tags)

    def _acknowledge(self, tags: Sequence[int]) -> None:
        """One acknowledgement for all below the first delivery that is not settled."""
        settled = self._unsettled.intersection(tags)
        if not settled:
            return
        self._unsettled -= settled
        first = min(self._unsettled, default=None)
        together = [tag for tag in settled if first is None or tag < first]
        if together:  # the broker takes all up to it as acknowledged
            self.consuming.basic_ack(max(together), multiple=len(together) > 1)
        for tag in settled.difference(together):
            self.consuming.basic_ack(tag)

    def settle(self, tag: int, act: Callable[[int], None]) -> None:
        """Settle a delivery once; a second time is harmless, where the broker would hang up."""
        if tag in self._unsettled:
            self._unsettled.remove(tag)
            act(tag)

    def fetch(self, queues: Sequence[str]) -> Delivery | None:
        """The next message of these queues, the first of which comes first."""
        for name in queues:
            self._fetched.clear()
            self.consuming.basic_get(self._topology.queue(name), partial(self._on_got, name))
            self._serve_until(lambda: bool(self._fetched))
            if (found := self._fetched[0]) is not None:
                return found
        return None

    def give_back(self, delivery: Delivery) -> bool:
        """Requeue a delivery in the owner thread; False when it is of another connection."""
        token = token_of(delivery)
        if token.generation != self.generation:
            return False
        self.settle(token.tag, partial(self.consuming.basic_nack, requeue=True))
        return True

    def stop_consuming(self) -> None:
        """Ask for no more; returns when nothing more comes. What comes meanwhile is delivered."""
        consumers, self._consumers = self._consumers, []
        self.stop_ahead()
        self._cancel(consumers)

    def stop_ahead(self) -> None:
        """The same of what `consume_ahead` asked for."""
        consumers, self._ahead = self._ahead, []
        self._cancel(consumers)

    def _cancel(self, consumers: list[str]) -> None:
        answers: list[object] = []
        for consumer in consumers:
            self.consuming.basic_cancel(consumer, answers.append)
        self._serve_until(lambda: len(answers) == len(consumers))

    def finish(self) -> None:
        """Let `pump` return."""
        self._finished = True

    def end(self) -> None:
        """Close, and tell everybody who still waits."""
        with self._lock:
            self._ended = True
            waiting, self._waiting = self._waiting, set()
        self.close()
        for future in waiting:
            if not future.done():
                future.set_exception(QueueUnavailable("the connection to the broker was lost"))

    def _on_message(
        self,
        queue: str,
        _: Channel,
        method: Basic.Deliver,
        properties: BasicProperties,
        body: bytes,
    ) -> None:
        delivery = self._delivery(queue, method.delivery_tag, properties, body)
        if not self._deliver(delivery):
            self.give_back(delivery)

    def _on_got(
        self,
        queue: str,
        _: Channel,
        method: Basic.GetOk,
        properties: BasicProperties,
        body: bytes,
    ) -> None:
        self._fetched.append(self._delivery(queue, method.delivery_tag, properties, body))

    def _on_empty(self, _: object) -> None:
        self._fetched.append(None)

    def _delivery(
        self, queue: str, tag: int | None, properties: BasicProperties, body: bytes
    ) -> Delivery:
        assert tag is not None  # only the stubs think it might be
        self._unsettled.add(tag)
        headers = properties.headers or {}
        published_ms = _whole(headers.get(PUBLISHED_MS))
        if published_ms is None and properties.timestamp is not None:
            published_ms = properties.timestamp * 1000
        return Delivery(
            body,
            Token(self.generation, tag),
            queue,
            redeliveries=_whole(headers.get("x-delivery-count")) or 0,
            traceparent=_text(headers.get(TRACEPARENT)),
            published_ms=published_ms,
            wants_repeat=headers.get(REPEAT) is True,
            message_id=properties.message_id,
            reply_token=_text(headers.get(REPLY_TOKEN)),
            publisher=self._publisher(properties.user_id, headers.get(PUBLISHER)),
        )

    def _publisher(self, user: str | None, said: object) -> str | None:
        """Who published a message: its user, which the broker has checked.

        A worker, who is of the same user as we, says who published a batch.
        """
        if said is None:
            return user
        return (_text(said) or None) if user == self._user else None

    def _on_cancel(self, _: object) -> None:
        why = QueueUnavailable("the broker cancelled a consumer; its queue may be gone")
        self._on_lost(None, why)

    def _tick(self) -> None:
        self._loop.call_later(TICK_S, self._tick)


def _nothing() -> None:
    """What wakes the owner thread."""


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and len(value) <= _MAX_HEADER else None


def _whole(value: object) -> int | None:
    # Anybody may publish anything in a header; pika's long is an int.
    return int(value) if isinstance(value, int) and 0 <= value < 1 << 53 else None
