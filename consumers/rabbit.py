"""The broker. The only module that imports pika.

pika's `BlockingConnection` is for one thread. So one thread owns it and sits in
`process_data_events`; workers hand it closures (`_Session.call`). Each connection is a
`_Session`: a delivery remembers which one brought it, and an acknowledgement that outlives its
session is dropped, because the broker has given the delivery to somebody else already.

Declared, all durable, `<prefix>` being `judgecore` unless set:

    exchange <prefix>.submissions  direct   → queues <prefix>.default, <prefix>.batch (quorum)
    exchange <prefix>.dead         fanout   → queue  <prefix>.dead (quorum)
    exchange <prefix>.verdicts     topic    → whoever binds to it

A dead letter is published with a reason by us, then the original is acknowledged: the broker's
own dead-lettering cannot carry a reason. Die in between, and there are two of it; never none.

A counted retry is a reject, giving back a nack; but RabbitMQ 4.0 counts both, and a quorum queue
of 4.x drops what was delivered 20 times, unless a policy (or JUDGECORE_QUEUE_ARGUMENTS) gives it
another limit and a dead-letter exchange. So the worker counts its starts in the store.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import pika
import pika.exceptions as foreign
from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection
from pika.spec import Basic, BasicProperties
from tenacity import RetryCallState, Retrying, retry_if_exception, wait_random_exponential

from consumers.events import VerdictEvent, binding
from consumers.shelf import QUEUES, Shelf
from consumers.worker import Delivery
from judgecore.errors import QueueUnavailable

log = logging.getLogger(__name__)

HEARTBEAT_S = 30
BLOCKED_S = 60  # pika's default is to hang for ever while the broker is out of memory or disk
CALL_S = 15.0
REASON = "x-judgecore-reason"
_MAX_REASON = 2_000  # headers must fit into one frame, and a reason into a line
_QUORUM = {"x-queue-type": "quorum"}
_ACCESS_REFUSED, _PRECONDITION_FAILED = 403, 406

# First match wins: what happened, for each exception that pika can raise.
FOREIGN: tuple[tuple[type[Exception], str], ...] = (
    (foreign.UnroutableError, "no queue took the message"),
    (foreign.NackError, "the broker refused the message; the queue may be full"),
    (foreign.AuthenticationError, "the broker refused the login"),
    (foreign.ProbableAuthenticationError, "the broker refused the login"),
    (foreign.ProbableAccessDeniedError, "the broker refused the virtual host"),
    (foreign.ConnectionBlockedTimeout, "the broker is short of memory or disk"),
    (foreign.AMQPConnectionError, "the connection to the broker failed"),
    (foreign.AMQPChannelError, "the broker refused a call"),
    (foreign.AMQPError, "the broker and pika misunderstood each other"),
    (foreign.ChannelError, "the broker refused a call"),
    (foreign.ReentrancyError, "pika was called out of order"),
    (OSError, "the broker cannot be reached"),
)
_FOREIGN_TYPES: tuple[type[Exception], ...] = tuple(kind for kind, _ in FOREIGN)
_LOST: tuple[type[Exception], ...] = (QueueUnavailable, *_FOREIGN_TYPES)

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Topology:
    """The names on the broker, and where the queues' limits come from.

    With `as_arguments` they are declared with the queue; otherwise they are left to a policy,
    which can be changed later without deleting the queue.
    """

    prefix: str = "judgecore"
    as_arguments: bool = False

    @property
    def submissions(self) -> str:
        return f"{self.prefix}.submissions"

    @property
    def verdicts(self) -> str:
        return f"{self.prefix}.verdicts"

    @property
    def dead(self) -> str:
        return f"{self.prefix}.dead"

    def queue(self, name: str) -> str:
        return f"{self.prefix}.{name}"

    @property
    def arguments(self) -> dict[str, Any]:
        """Of a queue of submissions. Priority is two queues: a quorum queue has none."""
        if not self.as_arguments:
            return _QUORUM
        return {
            **_QUORUM,
            "x-delivery-limit": 50,
            "x-dead-letter-exchange": self.dead,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        }


@dataclass(frozen=True, slots=True)
class _Token:
    generation: int
    tag: int
    message_id: str | None


class RabbitQueue:
    """Submissions from RabbitMQ. Reconnects by itself; use `open`."""

    def __init__(
        self, url: str, *, prefetch: int, prefix: str = "judgecore", queue_arguments: bool = False
    ) -> None:
        self._url = url
        self._topology = Topology(prefix, queue_arguments)
        self._prefetch = prefetch
        self._shelf: Shelf[Delivery] = Shelf()
        self._session: _Session | None = None
        self._fatal: QueueUnavailable | None = None
        self._ready = threading.Event()
        self._stopped = False
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
        stop: threading.Event | None = None,
    ) -> RabbitQueue:
        """A queue that is connected. Waits for a broker that is not up yet, until `stop` is set.

        Raises `QueueUnavailable` at once when waiting is useless: a wrong password, no such
        virtual host, an unreadable URL.
        """
        queue = cls(url, prefetch=prefetch, prefix=prefix, queue_arguments=queue_arguments)
        queue._owner.start()
        while not queue._ready.wait(0.1):
            if stop is not None and stop.is_set():
                queue._closing.set()
                raise QueueUnavailable("asked to stop while waiting for the broker")
        if queue._fatal is not None:
            raise queue._fatal
        return queue

    def __repr__(self) -> str:
        session = self._session
        state = "disconnected" if session is None else f"connection {session.generation}"
        return f"<RabbitQueue {self._topology.prefix}, {state}, {len(self._shelf)} on the shelf>"

    # For the workers ---------------------------------------------------------------------

    def take(self, timeout_s: float) -> Delivery | None:
        if self._fatal is not None:
            raise self._fatal
        return self._shelf.take(timeout_s)

    def ack(self, delivery: Delivery) -> None:
        self._post(delivery, lambda s, tag: s.consuming.basic_ack(tag))

    def requeue(self, delivery: Delivery, *, counted: bool) -> None:
        if counted:
            self._post(delivery, lambda s, tag: s.consuming.basic_reject(tag, requeue=True))
        else:
            self._post(delivery, lambda s, tag: s.consuming.basic_nack(tag, requeue=True))

    def bury(self, delivery: Delivery, reason: str) -> None:
        session, token = self._current(), _token(delivery)
        if token.generation == session.generation:
            _wait(session.call(lambda: session.bury(token.tag, delivery, reason)))

    def announce(self, event: VerdictEvent) -> None:
        session, body = self._current(), event.encode()
        message_id, key = str(event.submission_id), event.routing_key
        exchange = self._topology.verdicts
        # Not mandatory: it is nobody's fault if nobody listens.
        _wait(
            session.call(
                lambda: _publish(
                    session.publishing, exchange, key, body, message_id, mandatory=False
                )
            )
        )

    def stop_taking(self) -> None:
        self._stopped = True
        rest = self._shelf.close()
        with suppress(QueueUnavailable):
            session = self._current()
            _wait(session.call(session.stop_consuming))
        for delivery in rest:
            self.requeue(delivery, counted=False)

    def close(self) -> None:
        self._closing.set()
        self._shelf.close()
        with suppress(QueueUnavailable):
            session = self._current()
            session.call(session.finish)  # behind every acknowledgement that was posted before
        if self._owner.ident is not None:
            self._owner.join(CALL_S)

    def _current(self) -> _Session:
        session = self._session
        if session is None:
            raise self._fatal or QueueUnavailable("not connected to the broker just now")
        return session

    def _post(self, delivery: Delivery, settle: Callable[[_Session, int], None]) -> None:
        token = _token(delivery)
        try:
            session = self._current()
            if session.generation == token.generation:
                session.call(lambda: session.settle(token.tag, partial(settle, session)))
        except QueueUnavailable as exc:
            log.info("a delivery of a lost connection will come again: %s", exc)

    # The owner thread --------------------------------------------------------------------

    def _own(self) -> None:
        generation = 0
        try:
            while not self._closing.is_set():
                generation += 1
                session = self._connected(generation)
                self._session = session
                self._ready.set()
                try:
                    session.pump()
                except _LOST as exc:
                    log.warning("lost the broker: %s", _sentence(exc))
                finally:
                    self._session = None
                    self._shelf.clear()  # the broker gives them out again
                    session.end()
        except _LOST as exc:
            self._fatal = exc if isinstance(exc, QueueUnavailable) else translated(exc)
        except Exception as exc:
            log.exception("the thread of the broker died")
            self._fatal = QueueUnavailable(f"the thread of the broker died: {exc}")
        finally:
            self._ready.set()

    def _connected(self, generation: int) -> _Session:
        def warn(state: RetryCallState) -> None:
            exc = state.outcome and state.outcome.exception()
            log.warning("waits for the broker: %s", exc and _sentence(exc))

        retrying = Retrying(
            retry=retry_if_exception(_may_come_up),
            stop=lambda _: self._closing.is_set(),
            wait=wait_random_exponential(multiplier=0.5, max=15),
            sleep=self._nap,
            before_sleep=warn,
            reraise=True,
        )
        return retrying(self._connect, generation)

    def _nap(self, seconds: float) -> None:
        self._closing.wait(seconds)

    def _connect(self, generation: int) -> _Session:
        connection = _connection(self._url)
        try:
            declare(connection, self._topology)
            session = _Session(connection, generation, self._topology, self._put)
            if not self._stopped:
                session.consume(self._prefetch)
        except BaseException:
            with suppress(*_FOREIGN_TYPES):
                connection.close()
            raise
        return session

    def _put(self, delivery: Delivery) -> bool:
        return self._shelf.put(delivery.queue, delivery)


class _Session:
    """One connection, from its opening to its loss. Only `call` is for other threads."""

    def __init__(
        self,
        connection: BlockingConnection,
        generation: int,
        topology: Topology,
        deliver: Callable[[Delivery], bool],
    ) -> None:
        self.generation = generation
        self.consuming = connection.channel()
        self.publishing = connection.channel()
        self.publishing.confirm_delivery()
        self._connection = connection
        self._topology = topology
        self._deliver = deliver
        self._unsettled: set[int] = set()
        self._consumers: list[str] = []
        self._broken: str | None = None
        self._finished = False
        self._lock = threading.Lock()
        self._waiting: set[Future[Any]] = set()
        self._ended = False

    def consume(self, prefetch: int) -> None:
        """Ask for deliveries of both queues, `prefetch` of each at a time."""
        self.consuming.basic_qos(prefetch_count=prefetch)
        self.consuming.add_on_cancel_callback(self._on_cancel)
        self._consumers = [
            self.consuming.basic_consume(
                self._topology.queue(name), partial(self._on_message, name)
            )
            for name in QUEUES
        ]

    def pump(self) -> None:
        """Serve the connection until `finish`; raises when it is lost."""
        while not self._finished:
            self._connection.process_data_events(time_limit=1)
            if self._broken is not None:
                raise QueueUnavailable(self._broken)
            if not (self.consuming.is_open and self.publishing.is_open):
                # pika says nothing when the broker closes a channel (a consumer's timeout, say).
                raise QueueUnavailable("the broker closed a channel")

    def call(self, act: Callable[[], _T]) -> Future[_T]:
        """Have the owner thread do something, after everything it was asked before."""
        future: Future[_T] = Future()

        def run() -> None:
            with self._lock:
                self._waiting.discard(future)
            try:
                future.set_result(act())
            except _FOREIGN_TYPES as exc:
                future.set_exception(translated(exc))
            except Exception as exc:
                future.set_exception(exc)

        with self._lock:
            if self._ended:
                raise QueueUnavailable("the connection to the broker is lost")
            self._waiting.add(future)
        try:
            self._connection.add_callback_threadsafe(run)
        except _FOREIGN_TYPES as exc:
            raise translated(exc) from exc
        return future

    def settle(self, tag: int, act: Callable[[int], None]) -> None:
        """Settle a delivery once; a second time is harmless, where the broker would hang up."""
        if tag in self._unsettled:
            self._unsettled.remove(tag)
            act(tag)

    def bury(self, tag: int, delivery: Delivery, reason: str) -> None:
        """Publish a dead letter with its reason, then acknowledge the original."""
        if tag not in self._unsettled:
            return
        headers = {
            REASON: reason[:_MAX_REASON].encode(errors="replace").decode(),
            "x-judgecore-queue": self._topology.queue(delivery.queue),
        }
        _publish(
            self.publishing,
            self._topology.dead,
            "",
            delivery.body,
            _token(delivery).message_id,
            headers=headers,
        )
        self.settle(tag, self.consuming.basic_ack)

    def stop_consuming(self) -> None:
        """Ask for no more; what pika holds undispatched it gives back itself."""
        consumers, self._consumers = self._consumers, []
        for consumer in consumers:
            self.consuming.basic_cancel(consumer)

    def finish(self) -> None:
        """Let `pump` return."""
        self._finished = True

    def end(self) -> None:
        """Close, and tell everybody who still waits."""
        with self._lock:
            self._ended = True
            waiting, self._waiting = self._waiting, set()
        with suppress(*_FOREIGN_TYPES):
            self._connection.close()
        for future in waiting:
            if not future.done():
                future.set_exception(QueueUnavailable("the connection to the broker was lost"))

    def _on_message(
        self,
        queue: str,
        channel: BlockingChannel,
        method: Basic.Deliver,
        properties: BasicProperties,
        body: bytes,
    ) -> None:
        tag = method.delivery_tag
        assert tag is not None  # only the stubs think it might be
        self._unsettled.add(tag)
        count = (properties.headers or {}).get("x-delivery-count", 0)  # pika's long is an int
        token = _Token(self.generation, tag, properties.message_id)
        if not self._deliver(
            Delivery(body, token, queue, int(count) if isinstance(count, int) else 0)
        ):
            self.settle(tag, partial(channel.basic_nack, requeue=True))

    def _on_cancel(self, _: object) -> None:
        self._broken = "the broker cancelled a consumer; its queue may be gone"


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
        with _mapped():
            self._connection = _connection(url)
            declare(self._connection, topology)
            self._channel = self._connection.channel()
            self._channel.confirm_delivery()

    def send(self, body: bytes, message_id: str, queue: str) -> None:
        """Publish a submission; returns when it is in the queue."""
        with _mapped():
            _publish(self._channel, self._topology.submissions, queue, body, message_id)

    def listen(self, message_id: str) -> None:
        """Hear of this submission from now on: its verdict, or that it is a dead letter."""
        with _mapped():
            if not self._ear:
                self._ear = self._channel.queue_declare("", exclusive=True).method.queue
                self._channel.queue_bind(self._ear, self._topology.dead)
                self._channel.basic_consume(self._ear, self._on_message, auto_ack=True)
            self._channel.queue_bind(self._ear, self._topology.verdicts, _verdict_on(message_id))

    def forget(self, message_id: str) -> None:
        """Stop listening for this submission."""
        with _mapped():
            self._channel.queue_unbind(self._ear, self._topology.verdicts, _verdict_on(message_id))

    def hear(self, timeout_s: float) -> Heard | None:
        """The next thing heard, or None when there was nothing in time."""
        deadline = time.monotonic() + timeout_s
        while not self._heard and (left := deadline - time.monotonic()) > 0:
            with _mapped():
                self._connection.process_data_events(time_limit=left)
        return self._heard.popleft() if self._heard else None

    def close(self) -> None:
        """Disconnect."""
        with suppress(*_FOREIGN_TYPES):
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


def _verdict_on(message_id: str) -> str:
    return binding("result", submission_id=UUID(message_id))


def declare(connection: BlockingConnection, topology: Topology) -> None:
    """Declare everything in the module's docstring; harmless if it is there."""
    exchanges = (
        (topology.submissions, "direct"),
        (topology.dead, "fanout"),
        (topology.verdicts, "topic"),
    )
    for name, kind in exchanges:
        _redeclare(connection, f"exchange {name}", partial(_declare_exchange, name, kind))
    queues = [
        (topology.queue(name), topology.arguments, topology.submissions, name) for name in QUEUES
    ]
    for name, arguments, exchange, key in (*queues, (topology.dead, _QUORUM, topology.dead, "")):
        _redeclare(connection, f"queue {name}", partial(_declare_queue, name, arguments))
        with connection.channel() as channel:
            channel.queue_bind(name, exchange, key)


def translated(exc: BaseException) -> QueueUnavailable:
    """The exception of judgecore that stands for one of pika."""
    return QueueUnavailable(_sentence(exc))


def _sentence(exc: BaseException) -> str:
    what = next((text for kind, text in FOREIGN if isinstance(exc, kind)), None)
    return str(exc) if what is None else f"{what} ({exc!r:.300})"


def _may_come_up(exc: BaseException) -> bool:
    # pika guesses "probably authentication" also when a broker that is starting hangs up; only
    # when the broker closed the connection in so many words is it a refusal.
    if isinstance(exc, foreign.ProbableAuthenticationError | foreign.ProbableAccessDeniedError):
        return foreign.ConnectionClosedByBroker.__name__ not in str(exc)
    if isinstance(exc, foreign.AuthenticationError):
        return False
    if isinstance(exc, foreign.ConnectionClosedByBroker | foreign.ChannelClosedByBroker):
        return exc.reply_code not in (_ACCESS_REFUSED, 530)
    return isinstance(exc, _FOREIGN_TYPES)


def _connection(url: str) -> BlockingConnection:
    try:
        parameters = pika.URLParameters(url)
    except Exception:  # pika raises whatever its parsing trips over, and may quote the password
        raise QueueUnavailable("RABBITMQ_URL: invalid AMQP URL") from None
    parameters.heartbeat = HEARTBEAT_S
    parameters.blocked_connection_timeout = BLOCKED_S
    parameters.client_properties = {"connection_name": "judgecore"}
    return BlockingConnection(parameters)


def _redeclare(
    connection: BlockingConnection, what: str, act: Callable[[BlockingChannel, bool], object]
) -> None:
    # A refused declaration closes its channel, so each gets one to throw away.
    try:
        with connection.channel() as channel:
            act(channel, False)
    except foreign.ChannelClosedByBroker as exc:
        if exc.reply_code not in (_ACCESS_REFUSED, _PRECONDITION_FAILED):
            raise
        log.warning("%s is used as it is: %s", what, exc.reply_text)
        with connection.channel() as channel:
            act(channel, True)


def _declare_exchange(name: str, kind: str, channel: BlockingChannel, passive: bool) -> None:
    channel.exchange_declare(name, kind, durable=True, passive=passive)


def _declare_queue(
    name: str, arguments: dict[str, Any], channel: BlockingChannel, passive: bool
) -> None:
    channel.queue_declare(name, durable=True, passive=passive, arguments=arguments)


def _publish(
    channel: BlockingChannel,
    exchange: str,
    key: str,
    body: bytes,
    message_id: str | None,
    *,
    mandatory: bool = True,
    headers: dict[str, Any] | None = None,
) -> None:
    """Publish, and return when the broker has confirmed it."""
    properties = BasicProperties(
        content_type="application/json",
        delivery_mode=2,
        message_id=message_id,
        app_id="judgecore",
        headers=headers,
    )
    channel.basic_publish(exchange, key, body, properties, mandatory=mandatory)


def _token(delivery: Delivery) -> _Token:
    assert isinstance(delivery.token, _Token)
    return delivery.token


def _wait(future: Future[_T]) -> _T:
    try:
        return future.result(CALL_S)
    except FutureTimeout:
        raise QueueUnavailable(f"the broker did not answer within {CALL_S:.0f} s") from None


@contextmanager
def _mapped() -> Iterator[None]:
    try:
        yield
    except _FOREIGN_TYPES as exc:
        raise translated(exc) from exc
