"""The client: what it submits, what it hears, and what an outage does to it."""

from __future__ import annotations

import os
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import suppress
from uuid import uuid4

import pika
import pytest
from brokers import Service, rabbitmq_url
from doubles import message, result_of, until
from processes import Gate

from consumers.client import Client
from consumers.contracts import Cancellation, RejudgeFilter
from consumers.deliveries import DeadLetter
from consumers.events import ProgressEvent, VerdictEvent, binding
from consumers.messages import InvalidMessage, SubmissionMessage
from consumers.postgres import PostgresStore, migrate
from consumers.rabbit import RabbitEventPublisher, RabbitQueue, Topology
from consumers.rabbit import publisher as publisher_connection
from consumers.rabbit.topology import declare_all
from judgecore.errors import InvalidConfig, InvalidSubmission, QueueUnavailable
from judgecore.verdict import Verdict

pytestmark = pytest.mark.services


@pytest.fixture
def queue(broker_url: str, prefix: str) -> Iterator[RabbitQueue]:
    """The other side of the broker."""
    queue = RabbitQueue.open(broker_url, prefetch=4, prefix=prefix)
    yield queue
    queue.close()


@pytest.fixture
def client(broker_url: str, prefix: str) -> Iterator[Client]:
    with Client(broker_url, prefix=prefix) as client:
        yield client


@pytest.fixture
def disconnected(
    rabbitmq: Service, broker_url: str, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> Client:
    """A client in the pause before it looks for the broker again."""
    monkeypatch.setattr(publisher_connection, "_PAUSE_S", 30)
    client = Client(broker_url, prefix=prefix)
    rabbitmq.run(["rabbitmqctl", "close_all_connections", "test"])
    until(lambda: client._connection._current is None)
    return client


@pytest.fixture
def publisher(broker_url: str, prefix: str) -> Iterator[RabbitEventPublisher]:
    """What a worker tells its results through."""
    publisher = RabbitEventPublisher(broker_url, prefix=prefix)
    yield publisher
    publisher.close()


def told(publisher: RabbitEventPublisher, event: VerdictEvent) -> None:
    """Announce, whatever happens to the connection meanwhile."""
    for _ in range(100):
        try:
            failures = publisher.publish_results([event])
        except QueueUnavailable as exc:
            failures = [exc]
        if failures == [None]:
            return
        time.sleep(0.1)


def replies(rabbitmq: Service, prefix: str) -> str:
    """The name of the client's reply queue."""
    listed = rabbitmq.run(["rabbitmqctl", "-q", "list_queues", "name"]).output.decode()
    (name,) = [line for line in listed.split() if line.startswith(f"{prefix}.replies.")]
    return name


def judged(
    store: PostgresStore, one: SubmissionMessage, verdict: Verdict, attempt: int = 1
) -> VerdictEvent:
    """Store a verdict, as a worker does."""
    start = store.begin(one, "python", attempt=attempt)
    assert start is not None
    event = VerdictEvent.of(result_of(one.submission_id, verdict), attempt=attempt)
    store.finish(event, start.starts)
    return event


def delete_replies(rabbitmq: Service, broker_url: str, prefix: str) -> None:
    """Take the client's reply queue away, as the broker does with an expired one."""
    connection = pika.BlockingConnection(pika.URLParameters(broker_url))
    connection.channel().queue_delete(replies(rabbitmq, prefix))
    connection.close()


def test_verdict_is_heard_once(client: Client, publisher: RabbitEventPublisher) -> None:
    """A verdict told twice is handed out once, and asking again is answered at once."""
    sent = client.submit(message())
    event = VerdictEvent.of(result_of(sent, Verdict.WA))
    told(publisher, event)
    told(publisher, event)

    assert [event] == list(client.stream(sent, timeout_s=20))
    assert event == client.wait(sent, 0)


def test_dead_letter_is_raised(
    client: Client, queue: RabbitQueue, publisher: RabbitEventPublisher
) -> None:
    """Whoever waits for a verdict learns why there will be none."""
    sent = client.submit(language="brainrot", source="x", problem="sum")
    delivery = queue.take(10)
    assert delivery is not None
    publisher.publish_dead_letter(DeadLetter.of(delivery, "language: unknown"))

    with pytest.raises(InvalidMessage, match="language: unknown"):
        client.wait(sent, 20)


def test_a_refusal_holds_nothing_of_the_program(
    client: Client,
    queue: RabbitQueue,
    publisher: RabbitEventPublisher,
    broker_url: str,
    prefix: str,
) -> None:
    """What a dead letter makes travel to clients is its id and the reason."""
    connection = pika.BlockingConnection(pika.URLParameters(broker_url))
    channel = connection.channel()
    spying = channel.queue_declare("", exclusive=True).method.queue
    channel.queue_bind(spying, f"{prefix}.verdicts", "#")
    sent = client.submit(message(source="print('secret')"))
    delivery = queue.take(10)
    assert delivery is not None
    publisher.publish_dead_letter(DeadLetter.of(delivery, "problem: there is none"))
    method, _, body = channel.basic_get(spying, auto_ack=True)
    connection.close()

    assert method is not None
    assert (True, False) == (str(sent).encode() in body, b"secret" in body)
    with pytest.raises(InvalidMessage, match="there is none"):
        client.wait(sent, 20)


def test_nonsense_under_an_id_of_ours(
    client: Client,
    queue: RabbitQueue,
    publisher: RabbitEventPublisher,
    broker_url: str,
    prefix: str,
) -> None:
    """A publisher that reuses an id is told of its own mistake, and ends nobody else's wait."""
    sent = client.submit(message())
    connection = pika.BlockingConnection(pika.URLParameters(broker_url))
    connection.channel().basic_publish(
        f"{prefix}.submissions", "default", b"nonsense", pika.BasicProperties(message_id=str(sent))
    )
    connection.close()
    for _ in range(2):
        delivery = queue.take(10)
        assert delivery is not None
        if delivery.body == b"nonsense":
            publisher.publish_dead_letter(DeadLetter.of(delivery, "body: not JSON"))
    told(publisher, VerdictEvent.of(result_of(sent)))

    assert Verdict.AC == client.wait(sent, 20).verdict


def test_ids_as_text(client: Client, publisher: RabbitEventPublisher) -> None:
    """An id may be text; what is no id is named."""
    sent = client.submit(message())
    told(publisher, VerdictEvent.of(result_of(sent)))

    assert Verdict.AC == client.wait(str(sent), 20).verdict
    with pytest.raises(InvalidSubmission, match=r"submission_id: not a UUID: 'text'"):
        client.wait("text", 1)


def test_more_verdicts_than_a_broker_sends_at_once(
    client: Client, publisher: RabbitEventPublisher
) -> None:
    """Verdicts that came before anybody waited are handed out, the first as well as the last."""
    batch = uuid4()
    sent = client.submit_many([message(batch_id=batch) for _ in range(300)])
    for one in sent:
        told(publisher, VerdictEvent.of(result_of(one), batch_id=batch))

    assert {Verdict.AC} == {client.wait(one, 20).verdict for one in sent}


def test_waiting_after_a_rejudge(
    publisher: RabbitEventPublisher, broker_url: str, prefix: str, database_url: str
) -> None:
    """Once a rejudge was asked for, waiting gives the new verdict, not the one that was heard."""
    migrate(database_url)
    store, one = PostgresStore(database_url), message()
    with Client(broker_url, prefix=prefix, database_url=database_url) as client:
        client.submit(one)
        told(publisher, judged(store, one, Verdict.WA))
        first = client.wait(one.submission_id, 20)
        store.rejudge(RejudgeFilter(submission_ids=(one.submission_id,)))
        with pytest.raises(TimeoutError):
            client.wait(one.submission_id, 0.5)
        told(publisher, judged(store, one, Verdict.AC, attempt=2))
        second = client.wait(one.submission_id, 20)
    store.close()

    assert [(Verdict.WA, 1), (Verdict.AC, 2)] == [(e.verdict, e.attempt) for e in (first, second)]


def test_cancelling(broker_url: str, prefix: str, database_url: str) -> None:
    """A client with a database cancels; its own wait ends with that verdict."""
    migrate(database_url)
    with Client(broker_url, prefix=prefix, database_url=database_url) as client:
        sent = client.submit(message())
        done = client.cancel(sent, "a mistake")
        event = client.wait(sent, 5)

    assert Cancellation.NOT_ARRIVED is done
    assert (Verdict.CANCELLED, "a mistake") == (event.verdict, event.result.cause)


def test_a_reply_queue_that_is_lost_with_its_node(
    client: Client,
    publisher: RabbitEventPublisher,
    rabbitmq: Service,
    broker_url: str,
    prefix: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name that cannot be declared, since its node is down, is given up for another."""
    lost = replies(rabbitmq, prefix)
    declare = publisher_connection.declare_replies

    def refuse(url: str, name: str, expires_s: int, *, replicated: bool) -> None:
        if name == lost:
            raise QueueUnavailable("home node of durable queue is down or inaccessible")
        declare(url, name, expires_s, replicated=replicated)

    monkeypatch.setattr(publisher_connection, "declare_replies", refuse)
    delete_replies(rabbitmq, broker_url, prefix)
    sent = client.submit(message(), timeout_s=20)
    told(publisher, VerdictEvent.of(result_of(sent)))

    assert Verdict.AC == client.wait(sent, 20).verdict
    assert lost != replies(rabbitmq, prefix)


def test_submitted_before_the_loss_was_noticed(
    client: Client,
    publisher: RabbitEventPublisher,
    rabbitmq: Service,
    broker_url: str,
    prefix: str,
) -> None:
    """What was not sent, or not confirmed, is sent when there is a queue again: none is missed."""
    batch = uuid4()
    for _ in range(3):
        delete_replies(rabbitmq, broker_url, prefix)
        sent = client.submit_many([message(batch_id=batch) for _ in range(5)])
        for one in sent:
            told(publisher, VerdictEvent.of(result_of(one), batch_id=batch))

        assert {Verdict.AC} == {client.wait(one, 5).verdict for one in sent}


def test_waiting_in_vain(client: Client) -> None:
    """No verdict in time is a TimeoutError that names the submission."""
    sent = client.submit(message())

    with pytest.raises(TimeoutError, match=str(sent)):
        client.wait(sent, 0.2)


def test_fields_that_will_not_do(client: Client) -> None:
    """A wrong field is named before anything is sent."""
    with pytest.raises(InvalidSubmission, match="source: "):
        client.submit(language="python", source="\ud800", problem="sum")


def test_many_in_flight(client: Client, publisher: RabbitEventPublisher) -> None:
    """Many share a batch and a binding; each has its own verdict, heard from two threads."""
    batch = uuid4()
    sent = client.submit_many([message(batch_id=batch) for _ in range(700)])
    events = [VerdictEvent.of(result_of(one), batch_id=batch) for one in sent]
    telling = threading.Thread(target=lambda: [told(publisher, event) for event in events])
    telling.start()
    heard: list[object] = []
    half = threading.Thread(target=lambda: heard.extend(client.stream(*sent[:350], timeout_s=30)))
    half.start()
    heard += client.stream(*sent[350:], timeout_s=30)
    half.join()
    telling.join()

    assert set(sent) == {event.submission_id for event in heard if isinstance(event, VerdictEvent)}
    assert len(sent) == len(heard)


def test_verdict_while_away(
    client: Client,
    publisher: RabbitEventPublisher,
    rabbitmq: Service,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A verdict that comes out while the client is disconnected is heard when it is back."""
    sent = client.submit(message())
    monkeypatch.setattr(publisher_connection, "_PAUSE_S", 3.0)
    rabbitmq.run(["rabbitmqctl", "close_all_connections", "test"])
    told(publisher, VerdictEvent.of(result_of(sent)))

    assert Verdict.AC == client.wait(sent, 20).verdict


def test_lost_binding_is_made_anew(
    client: Client, publisher: RabbitEventPublisher, rabbitmq: Service, broker_url: str, prefix: str
) -> None:
    """A broker that dies may forget the last binding: the next connection makes it again."""
    sent = client.submit(message())
    connection = pika.BlockingConnection(pika.URLParameters(broker_url))
    connection.channel().queue_unbind(
        replies(rabbitmq, prefix), f"{prefix}.verdicts", binding(submission_id=sent)
    )
    connection.close()
    rabbitmq.run(["rabbitmqctl", "close_all_connections", "test"])
    client.submit(message())  # confirmed, so it is connected again
    told(publisher, VerdictEvent.of(result_of(sent)))

    assert Verdict.AC == client.wait(sent, 20).verdict


@pytest.mark.parametrize("progress_first", [True, False])
def test_the_exchange_of_verdicts_is_deleted(
    client: Client,
    publisher: RabbitEventPublisher,
    broker_url: str,
    prefix: str,
    progress_first: bool,
) -> None:
    """Client and worker declare it again; no result is published before the client listens."""
    publisher.publish_results([VerdictEvent.of(result_of(uuid4()))])  # connected, as it is at work
    sent = client.submit(message())
    connection = pika.BlockingConnection(pika.URLParameters(broker_url))
    connection.channel().exchange_delete(f"{prefix}.verdicts")
    connection.close()
    if progress_first:  # another worker is the first to declare it again
        begun = ProgressEvent(submission_id=sent, language="python", done=0, total=1)
        for _ in range(3):
            with suppress(QueueUnavailable):
                publisher.publish_progress(begun)
            declare_all(broker_url, Topology(prefix))
            time.sleep(0.1)
    told(publisher, VerdictEvent.of(result_of(sent)))

    assert Verdict.AC == client.wait(sent, 30).verdict


def test_submitting_through_an_outage(client: Client, rabbitmq: Service) -> None:
    """What is submitted while the broker is down is confirmed once it is up again."""
    rabbitmq.run(["rabbitmqctl", "stop_app"])
    starting = threading.Thread(target=rabbitmq.run, args=(["rabbitmqctl", "start_app"],))
    starting.start()
    first = client.submit(message(), timeout_s=60)
    starting.join()

    assert first != client.submit(message())


def test_closed_while_disconnected(disconnected: Client, rabbitmq: Service, prefix: str) -> None:
    """A client that is closed before it has found back to the broker leaves no queue there."""
    disconnected.close()

    listed = rabbitmq.run(["rabbitmqctl", "-q", "list_queues", "name"]).output.decode()

    assert f"{prefix}.replies" not in listed


def test_lost_replies_without_a_database(
    client: Client, rabbitmq: Service, broker_url: str, prefix: str
) -> None:
    """When events may have been missed for good, whoever waits is told so, not left hanging."""
    sent = client.submit(message())
    threading.Timer(0.3, delete_replies, (rabbitmq, broker_url, prefix)).start()

    with pytest.raises(QueueUnavailable, match="may have been missed"):
        client.wait(sent, 20)


def test_lost_replies_are_in_the_database(
    rabbitmq: Service, broker_url: str, prefix: str, database_url: str
) -> None:
    """With a database at hand a missed verdict is found there."""
    migrate(database_url)
    store = PostgresStore(database_url)
    one = message()
    with Client(broker_url, prefix=prefix, database_url=database_url) as client:
        client.submit(one)
        start = store.begin(one, "python")
        assert start is not None
        store.finish(VerdictEvent.of(result_of(one.submission_id, Verdict.TLE)), start.starts)
        delete_replies(rabbitmq, broker_url, prefix)
        event = client.wait(one.submission_id, 20)
        by_somebody_else = Client(broker_url, prefix=prefix, database_url=database_url)
        with by_somebody_else:
            known = by_somebody_else.wait(one.submission_id, 20)
    store.close()

    assert [Verdict.TLE] * 2 == [event.verdict, known.verdict]


def test_closing_leaves_no_queue(rabbitmq: Service, broker_url: str, prefix: str) -> None:
    """A client that is closed takes its reply queue along, and waiting on it ends."""
    client = Client(broker_url, prefix=prefix)
    threading.Timer(0.3, client.close).start()
    with pytest.raises(QueueUnavailable, match="closed"):
        client.wait(uuid4(), 20)
    client.close()
    listed = rabbitmq.run(["rabbitmqctl", "-q", "list_queues", "name"]).output.decode()

    assert f"{prefix}.replies" not in listed


def test_only_submitting(broker_url: str, prefix: str) -> None:
    """A client that does not listen makes no reply queue, and says so when asked to wait."""
    with (
        Client(broker_url, prefix=prefix, listen=False) as client,
        pytest.raises(InvalidConfig, match="listen"),
    ):
        client.wait(client.submit(message()))


@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"vhost": "nowhere"}])
def test_refused(rabbitmq: Service, wrong: dict[str, str]) -> None:
    """A wrong password or virtual host is told at once."""
    with pytest.raises(QueueUnavailable, match="refused"):
        Client(rabbitmq_url(rabbitmq, **wrong))


def test_wait_ends_while_the_database_is_away(broker_url: str, prefix: str) -> None:
    """A database that does not answer does not make a wait last longer than was asked for."""
    url = "postgres://judge:secret@127.0.0.1:1/nowhere"
    with Client(broker_url, prefix=prefix, database_url=url) as client:
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            client.wait(uuid4(), 0.5)

        assert time.monotonic() - began < 5


def test_closed_while_the_database_is_away(broker_url: str, prefix: str) -> None:
    """Closing ends a wait that looks for a missed verdict in vain."""
    url = "postgres://judge:secret@127.0.0.1:1/nowhere"
    client = Client(broker_url, prefix=prefix, database_url=url)
    threading.Timer(0.3, client.close).start()

    with pytest.raises(QueueUnavailable, match="closed"):
        client.wait(uuid4(), 20)


def test_closed_with_posts_on_their_way(disconnected: Client) -> None:
    """Closing in an outage ends whoever submits at that time."""
    threading.Timer(0.3, disconnected.close).start()
    began = time.monotonic()
    with pytest.raises(QueueUnavailable, match="closed"):
        disconnected.submit(message())

    assert time.monotonic() - began < 5


def test_one_submission_many_waiters(client: Client, publisher: RabbitEventPublisher) -> None:
    """However many threads begin to wait for somebody else's submission, all of them hear."""
    one, heard = uuid4(), []
    waiters = [
        threading.Thread(target=lambda: heard.append(client.wait(one, 20).verdict))
        for _ in range(50)
    ]
    for waiter in waiters:
        waiter.start()
    until(lambda: len(client._pending._watched[one].inboxes) == len(waiters))
    client.submit(message())  # confirmed, so what was asked for before is bound
    told(publisher, VerdictEvent.of(result_of(one)))
    for waiter in waiters:
        waiter.join()

    assert [Verdict.AC] * len(waiters) == heard


def test_client_in_a_forked_process(client: Client) -> None:
    """A client made before a fork says so in the child, instead of waiting for ever."""
    reading, writing = os.pipe()
    sent = client.submit(message())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads and fork: that is the point
        child = os.fork()
    if child == 0:
        said = []
        for act in (lambda: client.submit(message()), lambda: client.wait(sent, 20)):
            try:
                act()
            except QueueUnavailable as exc:
                said.append(str(exc))
        os.write(writing, "|".join(said).encode())
        os._exit(0)
    os.waitpid(child, 0)
    said = os.read(reading, 1_000).decode()
    os.close(reading)
    os.close(writing)

    assert 2 == said.count("before the process forked")


def test_posted_again_after_the_broker_was_killed(
    client: Client, queue: RabbitQueue, rabbitmq: Service
) -> None:
    """What was submitted just before the broker went is asked for once more: it may be told by now.

    A broker that is killed may forget the binding, and what comes out before it is made anew.
    """
    sent = client.submit(message())
    first = queue.take(10)
    assert first is not None
    queue.ack(first)
    rabbitmq.run(["rabbitmqctl", "stop_app"])
    time.sleep(1)
    rabbitmq.run(["rabbitmqctl", "start_app"])
    second = queue.take(60)
    assert second is not None
    queue.ack(second)

    assert str(sent).encode() in second.body
    assert (first.body, True) == (second.body, second.wants_repeat)


def test_another_node(rabbitmq: Service, broker_url: str, prefix: str) -> None:
    """Whoever is given several addresses goes on with the next one when a node is lost."""
    gates = [Gate(rabbitmq.host, rabbitmq.port) for _ in range(2)]
    gates[1].open()  # nothing listens at the first one
    here = [broker_url.replace(f":{rabbitmq.port}/", f":{gate.port}/") for gate in gates]
    url = ",".join(one.replace(rabbitmq.host, "127.0.0.1") for one in (*here, broker_url))
    queue = RabbitQueue.open(url, prefetch=4, prefix=prefix)
    publisher = RabbitEventPublisher(url, prefix=prefix)
    with Client(url, prefix=prefix) as client:
        before = client.submit(message())
        told(publisher, VerdictEvent.of(result_of(before)))
        gates[1].close()
        after = client.submit(message())
        told(publisher, VerdictEvent.of(result_of(after)))
        heard = [client.wait(one, 20).submission_id for one in (before, after)]
        until(lambda: queue.connected)
        taken = queue.take(10)
    publisher.close()
    queue.close()
    gates[0].close()

    assert [before, after] == heard
    assert taken is not None
