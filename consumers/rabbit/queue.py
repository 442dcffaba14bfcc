"""Submissions from RabbitMQ, for many threads.

Each connection is a `ConsumerConnection`: a delivery remembers which one brought it, and an
acknowledgement that outlives its connection is dropped, because the broker has given the delivery
to somebody else already.

A counted retry is a reject, giving back a nack; but RabbitMQ 4.0 counts both, and a quorum queue
of 4.x drops what was delivered 20 times, unless a policy (or JUDGECORE_QUEUE_ARGUMENTS) gives it
another limit and a dead-letter exchange. So the worker counts its starts in the store.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TypeVar

from consumers.buffer import PrefetchBuffer
from consumers.deliveries import MOST_RETURNS, Delivery
from consumers.large import InHand
from consumers.rabbit.connection import ConsumerConnection, token_of
from consumers.rabbit.driver import (
    LOST,
    Nodes,
    connect,
    may_come_up,
    sentence,
    translated,
    user_of,
)
from consumers.rabbit.flow import Flow
from consumers.rabbit.topology import Topology, declare
from consumers.waiting import wait_for
from judgecore.errors import QueueUnavailable

log = logging.getLogger(__name__)

CALL_S = 15.0
# While stopping, wait briefly, twice at most: SIGKILL follows. Unacknowledged messages are
# redelivered, and the next worker finds them judged.
STOP_S = 2.0

_T = TypeVar("_T")


class RabbitQueue:
    """Submissions from RabbitMQ. Reconnects by itself; use `open`."""

    def __init__(
        self,
        url: str,
        *,
        prefetch: int,
        prefix: str = "judgecore",
        queue_arguments: bool = False,
        in_hand: InHand | None = None,
    ) -> None:
        self._nodes = Nodes(url)
        self._topology = Topology(prefix, queue_arguments)
        self._prefetch = prefetch
        self._buffer: PrefetchBuffer[Delivery] = PrefetchBuffer()
        self._connection: ConsumerConnection | None = None
        self._fatal: QueueUnavailable | None = None
        self._ready = threading.Event()
        self._flow = Flow(prefetch)
        self._in_hand = in_hand or InHand()
        self._declined: list[Delivery] = []
        self._ahead = 0
        self._stopped = False
        self._paused = False
        self._closing = threading.Event()
        self._owner = threading.Thread(target=self._own, name="rabbitmq", daemon=True)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        prefetch: int,
        prefix: str = "judgecore",
        queue_arguments: bool = False,
        in_hand: InHand | None = None,
        stop: threading.Event | None = None,
    ) -> RabbitQueue:
        """A queue that is connected. Waits for a broker that is not up yet, until `stop` is set.

        Raises `QueueUnavailable` at once when waiting is useless: a wrong password, no such
        virtual host, an unreadable URL.
        """
        queue = cls(
            url,
            prefetch=prefetch,
            prefix=prefix,
            queue_arguments=queue_arguments,
            in_hand=in_hand,
        )
        queue._owner.start()
        while not queue._ready.wait(0.1):
            if stop is not None and stop.is_set():
                queue._closing.set()
                raise QueueUnavailable("asked to stop while waiting for the broker")
        if queue._fatal is not None:
            raise queue._fatal
        return queue

    def __repr__(self) -> str:
        connection = self._connection
        state = "disconnected" if connection is None else f"connection {connection.generation}"
        return f"<RabbitQueue {self._topology.prefix}, {state}, {len(self._buffer)} in the buffer>"

    @property
    def connected(self) -> bool:
        """Whether the broker is there just now."""
        return self._connection is not None

    # For the workers ---------------------------------------------------------------------

    def take(self, timeout_s: float) -> Delivery | None:
        if self._fatal is not None:
            raise self._fatal
        self._flow.thread_waits()
        try:
            delivery = self._buffer.take(timeout_s) if self._pushed else self._fetch(timeout_s)
        finally:
            self._flow.thread_works()
        if delivery is not None:
            self._in_hand.took(delivery.token, len(delivery.body))
        return delivery

    @property
    def _pushed(self) -> bool:
        return self._flow.push or self._paused or self._stopped or len(self._buffer) > 0

    def _fetch(self, timeout_s: float) -> Delivery | None:
        if not self._in_hand.wait_for_room(timeout_s):
            return None
        future: Future[Delivery | None] | None = None
        try:
            connection = self._current()
            future = connection.call(partial(self._fetch_now, connection))
            return _wait(future)
        except QueueUnavailable:
            if future is not None:
                future.add_done_callback(self._give_back_late)
            self._closing.wait(timeout_s)
            return None

    def _give_back_late(self, future: Future[Delivery | None]) -> None:
        delivery = None if future.exception() else future.result()
        if delivery is not None:
            self.requeue(delivery, counted=False)
            self.forget(delivery)

    def ack(self, delivery: Delivery) -> None:
        self._post(delivery, ConsumerConnection.acknowledge)

    def requeue(self, delivery: Delivery, *, counted: bool) -> None:
        self._post(delivery, partial(ConsumerConnection.requeue, counted=counted))

    def forget(self, delivery: Delivery) -> None:
        self._in_hand.done(delivery.token)

    def take_ahead(self, count: int) -> None:
        fewer = count < self._ahead
        self._ahead = count
        if fewer:
            self._buffer.release()
        with suppress(QueueUnavailable):  # once connected again, as many are asked for
            connection = self._current()
            connection.call(partial(self._switch, connection, fewer))

    def pause(self) -> None:
        self._paused = True
        with suppress(QueueUnavailable):
            connection = self._current()
            _wait(connection.call(connection.stop_consuming))
        for delivery in self._buffer.clear():
            self.requeue(delivery, counted=False)

    def resume(self) -> None:
        self._paused = False
        with suppress(QueueUnavailable):  # consumes from the beginning, once connected again
            connection = self._current()
            connection.call(partial(self._consume, connection))

    def stop_taking(self) -> None:
        self._stopped = True
        rest = self._buffer.close()
        with suppress(QueueUnavailable):
            connection = self._current()
            _wait(connection.call(connection.stop_consuming), STOP_S)
        for delivery in rest:
            self.requeue(delivery, counted=False)

    def close(self) -> None:
        if self._closing.is_set():
            return
        self._closing.set()
        self._buffer.close()
        with suppress(QueueUnavailable):
            connection = self._current()
            connection.call(
                connection.finish
            )  # behind every acknowledgement that was posted before
        if self._owner.ident is not None:
            self._owner.join(STOP_S)

    def _current(self) -> ConsumerConnection:
        connection = self._connection
        if connection is None:
            raise self._fatal or QueueUnavailable("not connected to the broker just now")
        return connection

    def _post(self, delivery: Delivery, settle: Callable[[ConsumerConnection, int], None]) -> None:
        token = token_of(delivery)
        try:
            connection = self._current()
            if connection.generation == token.generation:
                settle(connection, token.tag)
        except QueueUnavailable as exc:
            log.info("a message is not acknowledged, the broker will redeliver it: %s", exc)

    # The owner thread --------------------------------------------------------------------

    def _own(self) -> None:
        generation = 0
        try:
            while not self._closing.is_set():
                generation += 1
                connection = self._connected(generation)
                self._connection = connection
                self._ready.set()
                try:
                    connection.pump()
                except LOST as exc:
                    log.warning(
                        "lost the connection to the broker, connecting again: %s", sentence(exc)
                    )
                finally:
                    self._connection = None
                    self._nodes.skip()
                    self._buffer.clear()  # the broker gives them out again
                    self._declined.clear()
                    connection.end()
        except LOST as exc:
            self._fatal = exc if isinstance(exc, QueueUnavailable) else translated(exc)
        except Exception as exc:
            log.exception("the thread of the broker's connection failed")
            self._fatal = QueueUnavailable(f"the thread of the broker's connection failed: {exc}")
        finally:
            self._ready.set()

    def _connected(self, generation: int) -> ConsumerConnection:
        return wait_for(
            "the broker",
            partial(self._connect, generation),
            passing=may_come_up,
            stop=self._closing,
            say=sentence,
        )

    def _connect(self, generation: int) -> ConsumerConnection:
        with connect(self._nodes.url) as declaring:
            declare(declaring, self._topology)
        user = user_of(self._nodes.first)
        connection = ConsumerConnection(
            self._nodes.url, generation, self._topology, user, self._put
        )
        try:
            connection.on_tick = partial(self._regulate, connection)
            self._consume(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _consume(self, connection: ConsumerConnection) -> None:
        if not (self._stopped or self._paused) and self._flow.push:
            connection.consume(self._prefetch)
            if self._ahead:
                connection.consume_ahead(self._ahead)

    def _switch(self, connection: ConsumerConnection, fewer: bool) -> None:
        connection.stop_ahead()
        if fewer:
            self._give_back_waiting(connection)
        self._consume(connection)

    def _regulate(self, connection: ConsumerConnection) -> None:
        """Called about once a second, and after each delivery: stop the pushing where it is no use.

        That is when every thread is busy for long, or when large messages fill the memory.
        """
        if self._declined:
            self._flow.stop()
            log.info("large messages: the rest is requeued until these are judged")
            connection.stop_consuming()
            declined, self._declined = self._declined, []
            for delivery in declined:
                connection.give_back(delivery)
            return
        if not self._flow.stops_pushing(self._buffer.oldest_s()):
            return
        log.info("every slot is busy: messages that wait here are requeued for other workers")
        connection.stop_consuming()
        self._give_back_waiting(connection)

    def _give_back_waiting(self, connection: ConsumerConnection) -> None:
        for delivery in self._buffer.clear():
            if delivery.redeliveries >= MOST_RETURNS:
                self._buffer.put(delivery.queue, delivery)
            else:
                connection.give_back(delivery)

    def _fetch_now(self, connection: ConsumerConnection) -> Delivery | None:
        if not self._in_hand.has_room():  # another thread was quicker
            return None
        found = None
        if not (self._stopped or self._paused):
            found = connection.fetch(self._flow.order())
        if found is not None:
            self._in_hand.took(found.token, len(found.body))
        try:
            if self._flow.fetched(found is not None):
                self._consume(connection)
        except BaseException:
            if found is not None:  # `take` does not get it
                self.forget(found)
            raise
        return found

    def _put(self, delivery: Delivery) -> bool:
        """Keep it for a thread; false: it is to be given back at once."""
        if self._paused:
            return False
        waiting_bytes = self._buffer.total(lambda one: len(one.body))
        if not self._in_hand.has_room(waiting_bytes) and delivery.redeliveries < MOST_RETURNS:
            # Given back once nothing is pushed any more, or it would come again at once.
            self._declined.append(replace(delivery, body=b""))
            return True
        return self._buffer.put(delivery.queue, delivery)


def _wait(future: Future[_T], within_s: float = CALL_S) -> _T:
    try:
        return future.result(within_s)
    except FutureTimeout:
        raise QueueUnavailable(f"the broker did not answer within {within_s:.0f} s") from None
