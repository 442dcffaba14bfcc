"""The whole way: publisher, RabbitMQ, worker, PostgreSQL, verdict event. A scripted judge."""

from __future__ import annotations

import psycopg2
import pytest
from doubles import Running, ScriptedJudge, message

from consumers.client import Client
from consumers.contracts import Judge
from consumers.messages import InvalidMessage
from consumers.outbox import OutboxPublisher
from consumers.postgres import PostgresStore, migrate
from consumers.rabbit import RabbitEventPublisher, RabbitQueue
from consumers.worker import Worker
from judgecore.errors import SlotLost
from judgecore.verdict import Verdict

pytestmark = pytest.mark.services


def worker_on(
    queue: RabbitQueue, broker_url: str, prefix: str, database_url: str, judge: Judge, slots: int
) -> Worker:
    store = PostgresStore(database_url)
    outbox = OutboxPublisher(RabbitEventPublisher(broker_url, prefix=prefix), store)
    return Worker(queue, store, judge, outbox, slots=slots, backoff_s=0.01)


def count(database_url: str, table: str) -> int:
    connection = psycopg2.connect(database_url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")
            return int(cursor.fetchone()[0])  # type: ignore[index]
    finally:
        connection.close()


def test_submission_in_verdict_out(broker_url: str, prefix: str, database_url: str) -> None:
    """A published submission comes back as an event, is a row, and leaves no event unsent."""
    migrate(database_url)
    judge = ScriptedJudge(Verdict.WA, SlotLost("gone"))
    queue = RabbitQueue.open(broker_url, prefetch=2, prefix=prefix)
    worker = worker_on(queue, broker_url, prefix, database_url, judge, slots=2)
    first, second = message(user="ada"), message()
    with Running(worker), Client(broker_url, prefix=prefix) as client:
        wrong = client.wait(client.submit(first), 20)
        right = client.wait(client.submit(second, queue="batch"), 20)
        with pytest.raises(InvalidMessage, match="brainrot"):
            client.wait(client.submit(message(language="brainrot")), 20)

    store = PostgresStore(database_url)
    stored = [store.result(sent.submission_id) for sent in (first, second)]
    store.close()

    assert [Verdict.WA, Verdict.AC] == [wrong.verdict, right.verdict]
    assert [wrong.result, right.result] == stored
    assert 0 == count(database_url, "outbox")


def test_stopping_loses_nothing(broker_url: str, prefix: str, database_url: str) -> None:
    """What a stopped worker did not begin is judged by its successor, each exactly once."""
    migrate(database_url)
    sent = [message() for _ in range(40)]
    judges = [ScriptedJudge(), ScriptedJudge()]
    with Client(broker_url, prefix=prefix) as client:
        for one in sent:
            client.submit(one)
    for judge in judges:
        queue = RabbitQueue.open(broker_url, prefetch=4, prefix=prefix)
        worker = worker_on(queue, broker_url, prefix, database_url, judge, slots=4)
        with Running(worker):
            done = len(judges[0].judged)
            while sum(len(j.judged) for j in judges) < (done + 10 if judge is judges[0] else 40):
                judge.started.wait(0.01)

    store = PostgresStore(database_url)
    verdicts = [
        result and result.verdict for result in map(store.result, [m.submission_id for m in sent])
    ]
    store.close()

    assert [Verdict.AC] * 40 == verdicts
    assert 40 == sum(len(judge.judged) for judge in judges)
