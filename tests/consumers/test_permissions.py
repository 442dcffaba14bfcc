"""The permissions that docs/operations.md gives to publishers that do not trust each other."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pika
import pika.exceptions as foreign
import pytest
from brokers import Service
from doubles import Running, ScriptedJudge, message, result_of
from pika.adapters.blocking_connection import BlockingChannel

from consumers.client import Client
from consumers.deliveries import DeadLetter
from consumers.events import VerdictEvent
from consumers.memory import MemoryStore
from consumers.messages import InvalidMessage
from consumers.outbox import OutboxPublisher
from consumers.rabbit import PUBLISHER, RabbitEventPublisher, RabbitQueue, persistent
from consumers.worker import Worker
from judgecore.verdict import Verdict

pytestmark = pytest.mark.services

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
FORBIDDEN: dict[str, Callable[[BlockingChannel, str], object]] = {
    "take submissions": lambda c, p: c.basic_get(f"{p}.default"),
    "read dead letters": lambda c, p: c.basic_get(f"{p}.dead"),
    "delete a queue": lambda c, p: c.queue_delete(f"{p}.default"),
    "read all verdicts": lambda c, p: c.queue_bind(f"{p}.replies.ada.mine", f"{p}.verdicts", "#"),
    "read verdicts by language": lambda c, p: c.queue_bind(
        f"{p}.replies.ada.mine", f"{p}.verdicts", "result.python.*.*.*"
    ),
    "read a reply queue of others": lambda c, p: c.basic_get(f"{p}.replies.bob.his"),
    "write into a reply queue": lambda c, p: published(c, "", f"{p}.replies.bob.his"),
    "make a dead letter": lambda c, p: published(c, f"{p}.dead", ""),
    "forge a verdict": lambda c, p: published(c, f"{p}.verdicts", "result.c.AC.x.-"),
}


def published(channel: BlockingChannel, exchange: str, key: str) -> None:
    """Publish, and wait for the broker's answer."""
    channel.confirm_delivery()
    channel.basic_publish(exchange, key, b"{}")


@pytest.fixture
def worker(broker_url: str, prefix: str) -> Iterator[RabbitQueue]:
    """The worker's queue, which has declared everything."""
    queue = RabbitQueue.open(broker_url, prefetch=4, prefix=prefix)
    yield queue
    queue.close()


@pytest.fixture
def ada(rabbitmq: Service, worker: RabbitQueue, prefix: str) -> Iterator[str]:
    """The URL of a user with the permissions of the page."""
    section = PAGE.read_text().split("## Permissions on the broker", 1)[1]
    (block,) = re.findall(r"```\n(.*?)```", section.split("\n## ")[0], re.DOTALL)
    for command in block.replace("\\\n", " ").replace("judgecore", prefix).splitlines():
        done = rabbitmq.run(shlex.split(command.replace("$PASSWORD", "secret")))
        assert done.exit_code == 0, done.output
    yield f"amqp://ada:secret@{rabbitmq.host}:{rabbitmq.port}/%2F"
    rabbitmq.run(["rabbitmqctl", "delete_user", "ada"])


@pytest.mark.parametrize("what", FORBIDDEN)
def test_what_a_publisher_may_not_do(what: str, ada: str, prefix: str) -> None:
    """The broker refuses whatever would show or change what is another publisher's."""
    connection = pika.BlockingConnection(pika.URLParameters(ada))
    connection.channel().queue_declare(f"{prefix}.replies.ada.mine", exclusive=True)
    with pytest.raises(foreign.ChannelClosedByBroker) as refused:
        FORBIDDEN[what](connection.channel(), prefix)
    connection.close()

    assert refused.value.reply_code == 403


def test_what_a_publisher_may_do(
    ada: str, worker: RabbitQueue, broker_url: str, prefix: str
) -> None:
    """A client with these permissions submits, and hears its verdicts and refusals."""
    publisher = RabbitEventPublisher(broker_url, prefix=prefix)
    with Client(ada, prefix=prefix) as client:
        batch = client.submit_many([message() for _ in range(3)])
        single = client.submit(message())
        refused = client.submit(message())
        for _ in range(5):
            delivery = worker.take(10)
            assert delivery is not None
            if str(refused).encode() in delivery.body:
                publisher.publish_dead_letter(DeadLetter.of(delivery, "problem: there is none"))
            worker.ack(delivery)
        publisher.publish_results([VerdictEvent.of(result_of(single))])
        publisher.close()

        assert Verdict.AC == client.wait(single, 20).verdict
        with pytest.raises(InvalidMessage, match="there is none"):
            client.wait(refused, 20)
        assert len(batch) == 3


def test_many_patterns_without_the_right_to_all(
    ada: str, worker: RabbitQueue, broker_url: str, prefix: str
) -> None:
    """A client that may not bind for everything binds for each submission instead."""
    publisher = RabbitEventPublisher(broker_url, prefix=prefix)
    with Client(ada, prefix=prefix) as client:
        sent = [client.submit(message()) for _ in range(120)]
        for one in sent:
            publisher.publish_results([VerdictEvent.of(result_of(one))])
        found = {client.wait(one, 20).verdict for one in sent}
    publisher.close()

    assert {Verdict.AC} == found


def test_an_id_of_another_user(ada: str, worker: RabbitQueue, broker_url: str, prefix: str) -> None:
    """Who uses Ada's id hears that it is hers; she hears her verdict, and of nothing else."""
    store, judge = MemoryStore(), ScriptedJudge(Verdict.WA)
    outbox = OutboxPublisher(RabbitEventPublisher(broker_url, prefix=prefix), store)
    sent = message()
    with (
        Running(Worker(worker, store, judge, outbox, slots=1, backoff_s=0.01)),
        Client(ada, prefix=prefix) as hers,
        Client(broker_url, prefix=prefix) as his,
    ):
        first = hers.wait(hers.submit(sent), 20)
        with pytest.raises(InvalidMessage, match="another publisher's"):
            his.wait(his.submit(sent), 20)
        again = Client(ada, prefix=prefix)
        second = again.wait(again.submit(sent), 20)
        again.close()

    assert [Verdict.WA] * 2 == [first.verdict, second.verdict]
    assert ("ada", 1) == (store.rows[sent.submission_id].publisher, len(judge.judged))


def test_who_published_a_batch(ada: str, worker: RabbitQueue, broker_url: str, prefix: str) -> None:
    """The broker has checked it; workers say it of a batch's submissions, and others may not."""
    publisher = RabbitEventPublisher(broker_url, prefix=prefix)
    publisher.publish_request(message(), "default", publisher="bob")
    connection = pika.BlockingConnection(pika.URLParameters(ada))
    channel = connection.channel()
    for user, headers in (("ada", {}), ("ada", {PUBLISHER: "bob"}), (None, {})):
        properties = persistent(None, headers, user)
        channel.basic_publish(f"{prefix}.submissions", "default", b"{}", properties)
    found = []
    for _ in range(4):
        delivery = worker.take(10)
        assert delivery is not None
        found.append(delivery.publisher)
        worker.ack(delivery)
    channel.basic_publish(f"{prefix}.submissions", "default", b"{}", persistent(None, {}, "bob"))
    with pytest.raises(foreign.ChannelClosedByBroker):
        channel.queue_declare("", passive=True)  # behind what was published
    connection.close()
    publisher.close()

    assert ["bob", "ada", None, None] == found


def test_a_name_that_the_broker_does_not_know(
    worker: RabbitQueue, broker_url: str, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the broker calls a user otherwise than the URL does, no publisher is known."""
    monkeypatch.setattr("consumers.rabbit.publisher.user_of", lambda _: "token")
    with Client(broker_url, prefix=prefix) as client:
        client.submit(message())
        delivery = worker.take(10)

    assert delivery is not None
    assert (None, None) == (delivery.publisher, client.user)
