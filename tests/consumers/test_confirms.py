"""What the broker answered for, and what it did not."""

from __future__ import annotations

from uuid import uuid4

import pika
import pytest
from brokers import RealBroker
from doubles import result_of
from pika.exceptions import NackError, UnroutableError
from pika.frame import Method
from pika.spec import Basic

from consumers.deliveries import RefusedByBroker
from consumers.events import VerdictEvent
from consumers.rabbit.confirms import Confirms


def test_one_answer_for_several() -> None:
    """An answer is about one message, or about all up to it; a returned one was not taken."""
    sent: Confirms[str] = Confirms(str)
    for name in "abcd":
        sent.add(name)
    sent.returned("b")
    second = list(sent.answered(Method(1, Basic.Ack(2, multiple=True))))
    fourth = list(sent.answered(Method(1, Basic.Nack(4))))

    assert ["a", "b", "d"] == [name for name, _ in (*second, *fourth)]
    assert [type(None), UnroutableError, NackError] == [type(why) for _, why in (*second, *fourth)]
    assert ["c"] == sent.unanswered


@pytest.mark.services
def test_a_refusal_is_of_one_among_many(broker_url: str, prefix: str) -> None:
    """Of results that are published together, the broker refuses one and takes the others."""
    broker = RealBroker(broker_url, prefix)
    events = [VerdictEvent.of(result_of(uuid4())) for _ in range(20)]
    broker.publisher.publish_results(events[:1])
    full = {"x-max-length": 0, "x-overflow": "reject-publish"}
    with pika.BlockingConnection(pika.URLParameters(broker_url)) as connection:
        channel = connection.channel()
        channel.queue_declare(f"{prefix}.full", exclusive=True, arguments=full)
        key = events[7].routing_key
        channel.queue_bind(f"{prefix}.full", f"{prefix}.verdicts", key)
        answers = broker.publisher.publish_results(events)
    broker.close()

    assert [RefusedByBroker] == [type(one) for one in answers if one is not None]
    assert isinstance(answers[7], RefusedByBroker)
