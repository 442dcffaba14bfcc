"""What only RabbitMQ does: losing connections, refusing logins, being there in another shape."""

from __future__ import annotations

import inspect
import logging
import re
import socket
import ssl
import struct
import threading
import time
from collections import deque
from collections.abc import Iterator
from itertools import repeat
from uuid import uuid4

import pika
import pika.data
import pika.exceptions
import pytest
from brokers import Service, rabbitmq_url
from doubles import message, result_of, until
from pika.adapters.utils import connection_workflow
from processes import Gate

from consumers.client import Client
from consumers.deliveries import DeadLetter, Delivery
from consumers.events import ProgressEvent, VerdictEvent
from consumers.large import LARGE_BYTES, InHand
from consumers.rabbit import FOREIGN, RabbitEventPublisher, RabbitQueue, Topology, translated
from consumers.rabbit.confirming import MOST_UNSENT_BYTES
from consumers.rabbit.driver import FOREIGN_TYPES, connect, may_come_up
from consumers.rabbit.management import ManagementApi, ensure_limits
from consumers.rabbit.queue import STOP_S
from consumers.rabbit.served import ServedConnection
from judgecore.errors import QueueUnavailable


def pika_exceptions() -> list[type[Exception]]:
    modules = (pika.exceptions, connection_workflow)
    found = [kind for module in modules for _, kind in inspect.getmembers(module, inspect.isclass)]
    return [kind for kind in found if issubclass(kind, Exception)]


def example(kind: type[Exception]) -> Exception:
    """An instance, however many arguments its constructor wants."""
    for arguments in ((), ([],), ([OSError("down")],), (406, "said"), (2, 1)):
        try:
            made = kind(*arguments)
            repr(made)
        except (TypeError, IndexError, AssertionError):
            continue
        return made
    raise AssertionError(f"cannot make a {kind.__name__}")


@pytest.mark.parametrize("kind", pika_exceptions())
def test_every_exception_of_pika_is_mapped(kind: type[Exception]) -> None:
    """No exception of pika gets past the driver, and each has a sentence."""
    known = tuple(mapped for mapped, _ in FOREIGN)

    assert issubclass(kind, known)
    assert isinstance(translated(example(kind)), QueueUnavailable)


def test_a_silent_broker_is_waited_for() -> None:
    """One that takes the connection and never answers may come up, as one that is not there."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"amqp://127.0.0.1:{silent.getsockname()[1]}/?stack_timeout=0.3"
        with pytest.raises(FOREIGN_TYPES) as caught:
            connect(url)

    assert may_come_up(caught.value)
    assert "handshake" in str(translated(caught.value))


def test_a_served_connection_that_is_refused() -> None:
    """It says why, as every other connection, and may be tried again."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"amqp://127.0.0.1:{free.getsockname()[1]}/"
        with pytest.raises(FOREIGN_TYPES) as caught:
            ServedConnection(url, channels=1)

    assert "Connection refused" in str(translated(caught.value))
    assert may_come_up(caught.value)


def answering(said: bytes) -> tuple[socket.socket, str]:
    """A port that says so much to whoever connects and hangs up, once; and its address."""
    server = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        accepted, _ = server.accept()
        with accepted:
            accepted.recv(1000)
            accepted.sendall(said)

    threading.Thread(target=answer, daemon=True).start()
    return server, f"127.0.0.1:{server.getsockname()[1]}/"


@pytest.mark.parametrize(
    ("scheme", "said", "passes"), [("amqps", b"AMQP\0\0\x09\x01", False), ("amqp", b"", True)]
)
def test_a_port_of_the_other_kind(scheme: str, said: bytes, passes: bool) -> None:
    """TLS to a port without it is an error at once; both ways the setting is named, and TLS."""
    server, address = answering(said)
    with server, pytest.raises(FOREIGN_TYPES) as caught:
        connect(f"{scheme}://{address}")

    assert passes is may_come_up(caught.value)
    assert re.match("RABBITMQ_URL.*TLS", str(translated(caught.value)))


def test_a_refused_certificate_is_an_error_at_once() -> None:
    """Waiting does not help against a certificate that is not trusted; a lost handshake passes."""
    refused = ssl.SSLCertVerificationError("certificate has expired")

    assert not may_come_up(refused)
    assert "RABBITMQ_URL" in str(translated(refused))
    assert may_come_up(ssl.SSLEOFError())


def test_missing_file_of_certificates() -> None:
    """A file in the URL that is not there is named as what it is."""
    url = "amqps://judge:hush@host/?ssl_options=%7B%27cafile%27%3A%27/nowhere%27%7D"
    with pytest.raises(QueueUnavailable, match="RABBITMQ_URL: ssl_options: No such file") as caught:
        connect(url)

    assert "hush" not in str(caught.value)


def test_arguments_only_on_request() -> None:
    """By default a queue is declared with its type alone; limits are a policy's business."""
    assert {"x-queue-type": "quorum"} == Topology().arguments
    assert "x-delivery-limit" in Topology(as_arguments=True).arguments


def test_bad_url_is_refused_at_once() -> None:
    """A URL that cannot be read is refused without quoting the password in it."""
    with pytest.raises(QueueUnavailable, match="RABBITMQ_URL") as caught:
        RabbitQueue.open("amqp://judge:hush@host:notaport/", prefetch=1)

    assert "hush" not in str(caught.value)


def test_waits_for_a_broker_that_is_not_up() -> None:
    """A broker that is not there yet is waited for, until asked to stop."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"amqp://127.0.0.1:{free.getsockname()[1]}/"
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    started = time.monotonic()

    with pytest.raises(QueueUnavailable, match="asked to stop"):
        RabbitQueue.open(url, prefetch=1, stop=stop)

    assert time.monotonic() - started >= 0.4


@pytest.fixture
def queue(broker_url: str, prefix: str) -> Iterator[RabbitQueue]:
    opened = RabbitQueue.open(broker_url, prefetch=2, prefix=prefix)
    yield opened
    opened.close()


class Raw(bytes):
    """A header value as it is on the wire, its type included."""


def nested(depth: int) -> bytes:
    value = b"V"
    for _ in range(depth):
        table = b"\x01a" + value
        value = b"F" + struct.pack(">I", len(table)) + table
    return value


# RabbitMQ itself refuses what Erlang cannot read, NaN for one.
UNREADABLE = {
    "year 146 billion": Raw(b"T" + struct.pack(">Q", 1 << 62)),
    "deep": Raw(nested(5_000)),
}


@pytest.fixture
def raw_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets pika publish headers that it cannot read."""
    encode_value = pika.data.encode_value

    def encode(pieces: list[bytes], value: object) -> int:
        if isinstance(value, Raw):
            pieces.append(bytes(value))
            return len(value)
        return encode_value(pieces, value)

    monkeypatch.setattr(pika.data, "encode_value", encode)


@pytest.mark.services
class TestWithBroker:
    """With a real broker."""

    @pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"vhost": "nowhere"}])
    def test_refusal_is_no_loop(self, rabbitmq: Service, wrong: dict[str, str]) -> None:
        """A wrong password or virtual host is an error at once."""
        started = time.monotonic()
        with pytest.raises(QueueUnavailable, match="refused"):
            RabbitQueue.open(rabbitmq_url(rabbitmq, **wrong), prefetch=1)

        assert time.monotonic() - started < 10

    def test_lost_connection(
        self, rabbitmq: Service, queue: RabbitQueue, broker_url: str, prefix: str
    ) -> None:
        """After a lost connection an old acknowledgement is dropped and the message comes again."""
        sent = message()
        with Client(broker_url, prefix=prefix) as client:
            client.submit(sent)
        first = queue.take(10)
        assert first is not None
        rabbitmq.run(["rabbitmqctl", "close_all_connections", "test"])
        until(lambda: "connection 2" in repr(queue), within_s=20)
        queue.ack(first)

        second = queue.take(10)

        assert second is not None
        assert first.body == second.body
        queue.ack(second)
        assert queue.take(0.5) is None

    def test_deleted_queue_is_declared_again(
        self, queue: RabbitQueue, broker_url: str, prefix: str
    ) -> None:
        """A queue that somebody deletes is declared again, and work goes on."""
        connection = pika.BlockingConnection(pika.URLParameters(broker_url))
        connection.channel().queue_delete(f"{prefix}.default")
        connection.close()
        until(lambda: "connection 2" in repr(queue), within_s=20)
        with Client(broker_url, prefix=prefix) as client:
            client.submit(message())

        assert queue.take(10) is not None

    def test_other_queue_is_used_as_it_is(
        self, broker_url: str, prefix: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A queue declared otherwise by the operator is used, with a warning."""
        connection = pika.BlockingConnection(pika.URLParameters(broker_url))
        connection.channel().queue_declare(f"{prefix}.default", durable=True)
        with caplog.at_level(logging.WARNING, "consumers.rabbit"):
            queue = RabbitQueue.open(broker_url, prefetch=1, prefix=prefix)
        with Client(broker_url, prefix=prefix) as client:
            client.submit(message())

        taken = queue.take(10)
        queue.close()
        connection.close()

        assert taken is not None
        assert f"queue {prefix}.default exists with other settings" in caplog.text

    def test_limits_as_arguments(self, broker_url: str, prefix: str) -> None:
        """A broker where policies are out of reach takes the limits with the queue."""
        queue = RabbitQueue.open(broker_url, prefetch=1, prefix=prefix, queue_arguments=True)
        with Client(broker_url, prefix=prefix) as client:
            client.submit(message())

        taken = queue.take(10)
        queue.close()

        assert taken is not None

    def test_prefetch_is_the_number_of_slots(
        self, queue: RabbitQueue, broker_url: str, prefix: str
    ) -> None:
        """No more is handed to us than we have slots; the rest is there for other workers."""
        with Client(broker_url, prefix=prefix) as client:
            for _ in range(5):
                client.submit(message())
        taken = [queue.take(5), queue.take(5)]

        third = queue.take(0.5)

        assert None not in taken
        assert third is None

    def test_unknown_queue(self, broker_url: str, prefix: str) -> None:
        """A message that no queue takes is not silently lost."""
        with (
            Client(broker_url, prefix=prefix) as client,
            pytest.raises(QueueUnavailable, match="no queue took the message"),
        ):
            client.submit(message(), queue="urgent")

    def test_headers_that_pika_cannot_read(
        self, queue: RabbitQueue, broker_url: str, prefix: str, raw_headers: None
    ) -> None:
        """A header that pika stumbles over costs the headers, not the connection or the worker."""
        connection = pika.BlockingConnection(pika.URLParameters(broker_url))
        channel = connection.channel()
        for name, value in UNREADABLE.items():
            properties = pika.BasicProperties(
                "text/plain", "gzip", {"k": value}, delivery_mode=2, message_id=name, timestamp=7
            )
            channel.basic_publish("", f"{prefix}.default", name.encode(), properties)
        connection.close()
        seen = {}
        for _ in UNREADABLE:
            delivery = queue.take(10)
            assert delivery is not None
            seen[delivery.body.decode()] = delivery.message_id, delivery.published_ms
            queue.ack(delivery)

        assert {name: (name, 7_000) for name in UNREADABLE} == seen
        assert "connection 1" in repr(queue)

    def test_dead_letter_with_large_headers(
        self, queue: RabbitQueue, broker_url: str, prefix: str
    ) -> None:
        """Headers that fill a frame leave room for the reason: they do not come along."""
        connection = pika.BlockingConnection(pika.URLParameters(broker_url))
        channel = connection.channel()
        headers = {"traceparent": "0" * 65_000, "more": "x" * 65_000}
        channel.basic_publish("", f"{prefix}.batch", b"?", pika.BasicProperties(headers=headers))
        delivery = queue.take(10)
        assert delivery is not None
        publisher = RabbitEventPublisher(broker_url, prefix=prefix)
        publisher.publish_dead_letter(DeadLetter.of(delivery, "\U0001f600" * 5_000))
        publisher.close()
        queue.ack(delivery)
        method, _, _ = channel.basic_get(f"{prefix}.dead", auto_ack=True)
        connection.close()

        assert method is not None
        assert "connection 1" in repr(queue)

    def test_large_messages_come_a_few_at_a_time(self, broker_url: str, prefix: str) -> None:
        """However many slots are free, only so many bytes are taken; nothing gets lost."""
        most = 10 * LARGE_BYTES
        queue = RabbitQueue.open(broker_url, prefetch=8, prefix=prefix, in_hand=InHand(most))
        connection = pika.BlockingConnection(pika.URLParameters(broker_url))
        channel = connection.channel()
        for n in range(12):
            body = bytes([n]) * 3 * LARGE_BYTES
            channel.basic_publish(f"{prefix}.submissions", "default", body)
        connection.close()
        held: dict[int, int] = {}
        taken: list[tuple[int, int]] = []

        def judge() -> None:
            me = threading.get_ident()
            while len({first for first, _ in taken}) < 12:
                held[me] = 0
                delivery = queue.take(0.2)
                if delivery is not None:
                    held[me] = len(delivery.body)
                    taken.append((delivery.body[0], sum(list(held.values()))))
                    time.sleep(0.2)
                    queue.ack(delivery)
                    queue.forget(delivery)

        threads = [threading.Thread(target=judge) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        queue.close()

        assert list(range(12)) == sorted(first for first, _ in taken)
        assert max(size for _, size in taken) <= most + 3 * LARGE_BYTES

    def test_large_message_that_is_acknowledged_before_its_verdict(
        self, broker_url: str, prefix: str
    ) -> None:
        """As that of a long run: its bytes count as long as somebody has them."""
        in_hand = InHand(LARGE_BYTES)
        queue = RabbitQueue.open(broker_url, prefetch=1, prefix=prefix, in_hand=in_hand)
        connection = pika.BlockingConnection(pika.URLParameters(broker_url))
        connection.channel().basic_publish(f"{prefix}.submissions", "default", b" " * LARGE_BYTES)
        connection.close()
        delivery = queue.take(10)
        assert delivery is not None
        queue.ack(delivery)
        had_room = in_hand.has_room()
        queue.forget(delivery)
        has_room = in_hand.has_room()
        queue.close()

        assert (False, True) == (had_room, has_room)

    def test_stops_although_the_broker_is_silent(self, rabbitmq: Service, prefix: str) -> None:
        """A broker that does not answer holds up nobody who is to end."""
        gate = Gate(rabbitmq.host, rabbitmq.port)
        gate.open()
        url = rabbitmq_url(Service("127.0.0.1", gate.port, rabbitmq.run))
        queue = RabbitQueue.open(url, prefetch=1, prefix=prefix)
        gate.flowing.clear()
        began = time.monotonic()
        queue.stop_taking()
        queue.close()
        queue.close()
        took_s = time.monotonic() - began
        gate.close()

        assert took_s < 3 * STOP_S

    def test_progress_is_dropped_while_the_broker_reads_nothing(
        self, rabbitmq: Service, prefix: str
    ) -> None:
        """Unsent progress takes bounded memory; once the broker reads again, all goes on."""
        gate = Gate(rabbitmq.host, rabbitmq.port)
        gate.open()
        url = rabbitmq_url(Service("127.0.0.1", gate.port, rabbitmq.run))
        publisher = RabbitEventPublisher(url, prefix=prefix)
        result = VerdictEvent.of(result_of(uuid4()))
        tests = [result.result.tests[0].model_copy(update={"detail": "x" * 50_000})]
        progress = ProgressEvent(submission_id=uuid4(), language="c", done=0, total=2).then(
            1, tests
        )
        publisher.publish_results([result])
        gate.flowing.clear()
        with pytest.raises(QueueUnavailable, match="reads nothing"):
            deque(map(publisher.publish_progress, repeat(progress, 1_000)), maxlen=0)
        assert publisher._connection is not None
        unsent_bytes = publisher._connection._connection.unsent_bytes
        gate.flowing.set()
        answers = publisher.publish_results([result])
        publisher.publish_progress(progress)
        publisher.close()
        gate.close()

        assert MOST_UNSENT_BYTES < unsent_bytes < MOST_UNSENT_BYTES + 200_000
        assert [None] == answers

    def test_another_number_ahead(self, broker_url: str, prefix: str) -> None:
        """More are pushed, or fewer and the rest is given back, while the queue goes on."""
        queue = RabbitQueue.open(broker_url, prefetch=1, prefix=prefix)
        with pika.BlockingConnection(pika.URLParameters(broker_url)) as publishing:
            for n in range(9):
                publishing.channel().basic_publish(f"{prefix}.submissions", "default", b"%d" % n)
        until(lambda: len(queue._buffer) == 1)
        for count, there in ((2, 3), (4, 7), (1, 2)):  # what has come stays when more are wanted
            queue.take_ahead(count)
            until(lambda there=there: len(queue._buffer) == there, 2)  # type: ignore[misc]
        taken = [delivery for _ in range(9) if (delivery := _taken(queue)) is not None]
        queue.close()

        assert sorted(b"012345678") == sorted(ord(one.body) for one in taken)

    def test_acknowledged_together(self, rabbitmq: Service, broker_url: str, prefix: str) -> None:
        """Those that are acknowledged at once are gone, each once, and no other one."""
        queue = RabbitQueue.open(broker_url, prefetch=8, prefix=prefix)
        with pika.BlockingConnection(pika.URLParameters(broker_url)) as publishing:
            for n in range(7):
                publishing.channel().basic_publish(f"{prefix}.submissions", "default", b"%d" % n)
        taken = [delivery for _ in range(7) if (delivery := queue.take(5)) is not None]
        queue._current().call(lambda: time.sleep(0.3))  # so that they are sent at once
        for n in (4, 0, 2, 1, 2, 6):
            queue.ack(taken[n])
        queue.requeue(taken[4], counted=False)  # too late
        again = queue.take(0.5)
        queue.close()
        successor = RabbitQueue.open(broker_url, prefetch=8, prefix=prefix)
        left = [one.body for _ in range(3) if (one := successor.take(1)) is not None]
        successor.close()

        assert again is None
        assert [b"3", b"5"] == sorted(left)

    def test_progress_that_nobody_hears(
        self, rabbitmq: Service, prefix: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is published again after a while, and then to who listens by now."""
        monkeypatch.setattr("consumers.rabbit.confirming.UNHEARD_S", 1.0)
        publisher = RabbitEventPublisher(rabbitmq_url(rabbitmq), prefix=prefix)
        progress, other = (
            ProgressEvent(submission_id=uuid4(), language="c", done=1, total=2) for _ in range(2)
        )
        heard: list[bytes | None] = []
        publisher.publish_progress(progress)
        connection = publisher._connection
        assert connection is not None
        until(lambda: (connection.serve(), connection._unheard)[1])
        with pika.BlockingConnection(pika.URLParameters(rabbitmq_url(rabbitmq))) as listening:
            channel = listening.channel()
            queue = channel.queue_declare("", exclusive=True).method.queue
            channel.queue_bind(queue, f"{prefix}.verdicts", "progress.#")

            def hears(count: int) -> bool:
                heard.append(channel.basic_get(queue, auto_ack=True)[2])
                return len(list(filter(None, heard))) == count

            for event in (progress, other):
                publisher.publish_progress(event)
            until(lambda: hears(1))
            time.sleep(1)
            publisher.publish_progress(progress)
            until(lambda: hears(2))
        publisher.close()

        assert [other.encode(), progress.encode()] == list(filter(None, heard))


def _taken(queue: RabbitQueue) -> Delivery | None:
    delivery = queue.take(5)
    if delivery is not None:
        queue.ack(delivery)
    return delivery


class TestLimits:
    """The policy of the queues, over the management API."""

    pytestmark = pytest.mark.services

    @pytest.fixture
    def api(self, rabbitmq: Service) -> str:
        return f"http://judge:secret@{rabbitmq.host}:{rabbitmq.management}"

    @pytest.mark.usefixtures("queue")
    def test_missing_policy_is_set(
        self, broker_url: str, prefix: str, api: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Queues without limits are an error in the log and get their policy; then all is well."""
        _until_known(api, prefix)
        with caplog.at_level("WARNING", "consumers"):
            ensure_limits(broker_url, api, prefix)
            first = list(caplog.messages)
            until(lambda: _policy(api, prefix))
            caplog.clear()
            ensure_limits(broker_url, api, prefix)

        assert ["has no delivery-limit and no dead-letter-exchange" in said for said in first] == [
            True,
            True,
            False,
        ]
        assert [] == caplog.messages

    @pytest.mark.parametrize("where", [None, "http://judge:wrong@{}", "http://127.0.0.1:9"])
    def test_says_what_to_do(
        self,
        broker_url: str,
        prefix: str,
        rabbitmq: Service,
        where: str | None,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """Where the policy can be neither seen nor set, the log has the command that sets it."""
        place = where and where.format(f"{rabbitmq.host}:{rabbitmq.management}")
        with caplog.at_level("WARNING", "consumers"):
            ensure_limits(broker_url, place, prefix)

        (said,) = caplog.messages

        assert f"rabbitmqctl set_policy --vhost / --apply-to queues {prefix}-submissions" in said


def _policy(api: str, prefix: str) -> str | None:
    found = ManagementApi(api).call("GET", f"queues/%2F/{prefix}.batch")
    return found.get("effective_policy_definition") and found.get("policy")


def _until_known(api: str, prefix: str) -> None:
    """The management API knows of a new queue after a moment."""

    def known() -> bool:
        try:
            return bool(ManagementApi(api).call("GET", f"queues/%2F/{prefix}.batch"))
        except QueueUnavailable:
            return False

    until(known, 30)
