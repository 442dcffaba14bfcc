"""Judging that takes longer than the broker waits, or than a connection lasts. A scripted judge."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from uuid import UUID

import pytest
from brokers import Service
from doubles import Running, ScriptedJudge, message, until
from processes import Gate

from consumers.client import Client
from consumers.outbox import OutboxPublisher
from consumers.postgres import PostgresStore, migrate
from consumers.rabbit import RabbitEventPublisher, RabbitQueue
from consumers.worker import Worker
from judgecore.verdict import Verdict

pytestmark = pytest.mark.services

PATIENCE_S = 2.0
TICK_S = 0.5
LONG_S = 8.0


class SlowJudge(ScriptedJudge):
    """Takes its time for the submissions of one user."""

    def __init__(self, slow: UUID, seconds: float) -> None:
        super().__init__()
        self._slow = slow
        self._seconds = seconds

    def judge(self, submission, progress=None, **more):  # type: ignore[no-untyped-def]
        if submission.id == self._slow:
            time.sleep(self._seconds)
        return super().judge(submission, progress, **more)


class Pipeline:
    """Workers on one broker and one database, each with a scripted judge."""

    def __init__(self, broker_url: str, prefix: str, database_url: str) -> None:
        migrate(database_url)
        self._urls = (broker_url, prefix, database_url)
        self._opened = ExitStack()
        self.queues: list[RabbitQueue] = []
        self.store = PostgresStore(database_url)
        self._opened.callback(self.store.close)

    def work(self, judge: ScriptedJudge, *, slots: int, renew_s: float, broker: str = "") -> None:
        """Start a worker, whose broker may be behind a gate."""
        url, prefix, database_url = self._urls
        url = broker or url
        self.queues.append(RabbitQueue.open(url, prefetch=slots, prefix=prefix))
        store = PostgresStore(database_url)
        outbox = OutboxPublisher(RabbitEventPublisher(url, prefix=prefix), store)
        worker = Worker(
            self.queues[-1], store, judge, outbox, slots=slots, backoff_s=0.01, renew_s=renew_s
        )
        self._opened.enter_context(Running(worker))

    def close(self) -> None:
        self._opened.close()


@pytest.fixture
def pipeline(broker_url: str, prefix: str, database_url: str) -> Iterator[Pipeline]:
    made = Pipeline(broker_url, prefix, database_url)
    yield made
    made.close()


@pytest.fixture
def impatient(rabbitmq: Service, prefix: str) -> None:
    """A broker that takes a submission back after two seconds; it looks every half second."""
    tick = f"application:set_env(rabbit, channel_tick_interval, {TICK_S * 1000:.0f})."
    rabbitmq.run(["rabbitmqctl", "eval", tick])
    definition = json.dumps({"consumer-timeout": int(PATIENCE_S * 1000)})
    rabbitmq.run(["rabbitmqctl", "set_policy", prefix, f"^{prefix}", definition])


@pytest.mark.usefixtures("impatient")
def test_longer_than_the_broker_waits(pipeline: Pipeline, broker_url: str, prefix: str) -> None:
    """What takes four times as long as the broker waits is judged once, and so are others."""
    slow, others = message(), [message() for _ in range(20)]
    judges = [SlowJudge(slow.submission_id, LONG_S) for _ in range(2)]
    for judge in judges:
        pipeline.work(judge, slots=2, renew_s=0.5)
    with Client(broker_url, prefix=prefix) as client:
        client.submit(slow)
        for one in others:
            client.submit(one)
            time.sleep(0.2)
        events = [client.wait(one.submission_id, 60) for one in (*others, slow)]

    judged = [submission.id for judge in judges for submission in judge.judged]

    assert {Verdict.AC} == {event.verdict for event in events}
    assert sorted(one.submission_id for one in (*others, slow)) == sorted(judged)
    assert all("connection 1," in repr(queue) for queue in pipeline.queues)


def test_connection_cut_again_and_again(
    pipeline: Pipeline, rabbitmq: Service, broker_url: str, prefix: str
) -> None:
    """A run goes on through lost connections: it is judged once, also with another worker there."""
    slow = message()
    judges = [SlowJudge(slow.submission_id, 6) for _ in range(2)]
    gate = Gate(rabbitmq.host, rabbitmq.port)
    gate.open()
    here = broker_url.replace(f"{rabbitmq.host}:{rabbitmq.port}", f"127.0.0.1:{gate.port}")
    for judge in judges:
        pipeline.work(judge, slots=1, renew_s=60, broker=here)
    with Client(broker_url, prefix=prefix) as client:
        client.submit(slow)
        for _ in range(5):
            time.sleep(1)
            gate.cut()
        event = client.wait(slow.submission_id, 60)
    until(lambda: pipeline.store.unfinished() == [])
    gate.close()

    assert Verdict.AC == event.verdict
    assert 1 == sum(len(judge.judged) for judge in judges)


def test_busy_worker_leaves_the_rest_to_others(
    pipeline: Pipeline, broker_url: str, prefix: str
) -> None:
    """What waits at a worker with long work is judged by an idle one within seconds."""
    busy, idle = ScriptedJudge(), ScriptedJudge()
    busy.hold.clear()
    pipeline.work(busy, slots=2, renew_s=60)
    with Client(broker_url, prefix=prefix) as client:
        for _ in range(2):
            client.submit(message(), queue="batch")
        until(lambda: len(busy.judged) == 2)
        others = [client.submit(message()) for _ in range(4)]
        time.sleep(0.5)
        pipeline.work(idle, slots=2, renew_s=60)
        events = [client.wait(one, 15) for one in others]
        busy.hold.set()

    assert {Verdict.AC} == {event.verdict for event in events}
    assert 4 == len(idle.judged)
