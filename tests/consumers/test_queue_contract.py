"""What every queue promises, the twin in memory and RabbitMQ alike."""

from __future__ import annotations

import threading
import time
from uuid import uuid4

import pytest
from brokers import MemoryBroker, RealBroker
from doubles import result_of, until

from consumers.deliveries import DeadLetter, Delivery
from consumers.events import ProgressEvent, VerdictEvent
from consumers.messages import RejudgeMessage, decode
from judgecore.errors import QueueUnavailable

Broker = MemoryBroker | RealBroker


def take(broker: Broker) -> Delivery:
    delivery = broker.queue.take(10)
    assert delivery is not None, "nothing came"
    return delivery


def test_what_was_published_is_taken(broker: Broker) -> None:
    """A message arrives byte for byte, and for the first time."""
    broker.publish(b"\x00 any bytes \xff")

    delivery = take(broker)

    assert (b"\x00 any bytes \xff", "default", 0) == (
        delivery.body,
        delivery.queue,
        delivery.redeliveries,
    )


def test_nothing_to_take(broker: Broker) -> None:
    """An empty queue gives None when the time is up."""
    delivery = broker.queue.take(0.05)

    assert delivery is None


def test_who_waits_is_given_nothing(broker: Broker) -> None:
    """When no more are to be taken ahead, whoever waits returns at once, and may ask again."""
    broker.queue.take_ahead(1)
    threading.Timer(0.3, broker.queue.take_ahead, [0]).start()
    began = time.monotonic()
    taken = broker.queue.take(60)
    waited_s = time.monotonic() - began
    broker.publish(b"one")

    assert taken is None
    assert waited_s < 30
    assert b"one" == take(broker).body


def test_acknowledged_is_gone(broker: Broker) -> None:
    """An acknowledged message is not there for the next worker."""
    broker.publish(b"one")
    broker.queue.ack(take(broker))
    broker.queue.close()

    again = broker.successor().take(1)

    assert again is None


def test_given_back_comes_again(broker: Broker) -> None:
    """What is given back uncounted is delivered again."""
    broker.publish(b"one")
    broker.queue.requeue(take(broker), counted=False)

    assert b"one" == take(broker).body


def test_counted_retry_is_counted(broker: Broker) -> None:
    """What is given back as failed comes again with its count."""
    broker.publish(b"one")
    broker.queue.requeue(take(broker), counted=True)
    second = take(broker)
    broker.queue.requeue(second, counted=True)
    third = take(broker)

    assert [1, 2] == [second.redeliveries, third.redeliveries]


def test_dead_letter_has_its_reason(broker: Broker) -> None:
    """A dead-lettered message is among the dead letters with its reason, and nowhere else."""
    broker.publish(b"bad")
    delivery = take(broker)
    broker.publisher.publish_dead_letter(DeadLetter.of(delivery, "version: is missing"))
    broker.queue.ack(delivery)
    broker.queue.close()

    again = broker.successor().take(1)

    assert [(b"bad", "version: is missing")] == broker.dead()
    assert again is None


def test_long_reason_is_cut(broker: Broker) -> None:
    """A reason of any length and content does not keep a message from being dead-lettered."""
    broker.publish(b"bad")
    letter = DeadLetter.of(take(broker), "why \ud800 \0" * 100_000)
    broker.publisher.publish_dead_letter(letter)

    assert [b"bad"] == [body for body, _ in broker.dead()]


def test_event_is_published(broker: Broker) -> None:
    """A verdict event reaches whoever listens, whole."""
    event = VerdictEvent.of(result_of(uuid4()))
    broker.publisher.publish_results([event])

    assert [event] == broker.events()


def test_progress_is_told(broker: Broker) -> None:
    """Progress reaches whoever listens, too."""
    event = ProgressEvent(submission_id=uuid4(), language="c", done=0, total=2)
    broker.publisher.publish_progress(event)
    until(broker.progress)

    assert [event] == broker.progress()


def test_requests_are_published(broker: Broker) -> None:
    """A request to judge is taken like any other message, with its trace and its time."""
    request = RejudgeMessage(submission_id=uuid4(), attempt=2)
    broker.publisher.publish_request(request, "batch", f"00-{'a' * 32}-{'b' * 16}-01")
    broker.publisher.keep_alive()

    taken = take(broker)

    assert (request, "batch", f"00-{'a' * 32}-{'b' * 16}-01") == (
        decode(taken.body),
        taken.queue,
        taken.traceparent,
    )
    assert abs(time.time() - (taken.published_ms or 0) / 1000) < 60


def test_requests_need_a_queue(broker: Broker) -> None:
    """A request that no queue takes is not silently lost."""
    with pytest.raises(QueueUnavailable, match="no queue took the message"):
        broker.publisher.publish_request(RejudgeMessage(submission_id=uuid4(), attempt=2), "urgent")


def test_default_goes_before_batch(broker: Broker) -> None:
    """A batch waits while there is other work, but not for ever: each fifth turn is its own."""
    for n in range(4):
        broker.publish(b"batch %d" % n, "batch")
        broker.publish(b"default %d" % n)
    if isinstance(broker, RealBroker):
        until(lambda: len(broker.queue._buffer) == 8)

    order = [take(broker).body.split()[0] for _ in range(8)]

    assert [b"default"] * 4 + [b"batch"] * 4 == order


def test_every_fifth_turn_is_the_batch_s(broker: Broker) -> None:
    """A default queue that never runs dry lets a batch message through all the same."""
    broker.publish(b"batch", "batch")
    if isinstance(broker, RealBroker):
        until(lambda: len(broker.queue._buffer) == 1)
    order = []
    for _ in range(4):
        broker.publish(b"default")
        broker.publish(b"default")
    for _ in range(5):
        if isinstance(broker, RealBroker):
            until(lambda: len(broker.queue._buffer) > 1)
        delivery = take(broker)
        order.append(delivery.body)
        broker.queue.ack(delivery)

    assert [b"default"] * 4 + [b"batch"] == order


def test_stop_taking_gives_back(broker: Broker) -> None:
    """After `stop_taking` nothing is handed out, and what nobody took is there for others."""
    for n in range(3):
        broker.publish(b"%d" % n)
    running = take(broker)
    broker.queue.stop_taking()

    nothing = broker.queue.take(0.1)
    broker.queue.ack(running)
    broker.queue.close()
    successor = broker.successor()
    others = {d.body for d in (successor.take(10), successor.take(10)) if d is not None}

    assert nothing is None
    assert {b"0", b"1", b"2"} - {running.body} == others


def test_close_gives_back_what_is_unsettled(broker: Broker) -> None:
    """A worker that closes without settling loses nothing."""
    broker.publish(b"one")
    take(broker)
    broker.queue.close()

    again = broker.successor().take(10)

    assert again is not None
    assert b"one" == again.body


def test_settling_twice_is_harmless(broker: Broker) -> None:
    """Whatever is done to a settled delivery changes nothing, and the queue goes on."""
    broker.publish(b"one")
    first = take(broker)
    broker.queue.ack(first)
    broker.queue.ack(first)
    broker.queue.requeue(first, counted=True)
    broker.publish(b"two")

    assert b"two" == take(broker).body
    assert [] == broker.dead()
