"""Cancelling what runs: the program ends, its slot is free, and the verdict is CANCELLED."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from doubles import Running, message, until
from engines import REAL, SLOWNESS, make

from consumers.client import Client
from consumers.contracts import Cancellation, Queue, Store
from consumers.memory import MemoryQueue, MemoryStore
from consumers.outbox import OutboxPublisher
from consumers.postgres import PostgresStore, migrate
from consumers.publishing import EventPublisher, Outbox
from consumers.rabbit import RabbitEventPublisher, RabbitQueue
from consumers.worker import Worker
from judgecore import Judge, Limits
from judgecore.config import Config
from judgecore.verdict import Verdict

SOON_S = 1.0 * SLOWNESS
FOREVER = {"source": "while True: pass", "limits": Limits(cpu_ms=120_000, wall_ms=120_000)}


@pytest.fixture(params=[REAL[0], REAL[3]])
def small(request: pytest.FixtureRequest) -> Iterator[Judge]:
    """A judge with one warm slot."""
    with Judge(Config(min_tier="process"), engine=make(request.param), slots=1) as judge:
        judge.warm()
        yield judge


def working(queue: Queue, store: Store, publisher: EventPublisher, judge: Judge) -> Running:
    """A worker with one slot."""
    assert isinstance(store, MemoryStore | PostgresStore)
    outbox: Outbox = store
    return Running(Worker(queue, store, judge, OutboxPublisher(publisher, outbox), slots=1))


def test_a_slot_is_free_within_a_second(small: Judge) -> None:
    """Once cancelled, a program that would run for minutes gives its slot to the next one."""
    queue, store = MemoryQueue(), MemoryStore()
    sent, following = message(**FOREVER), message()
    queue.put(sent.encode())
    with working(queue, store, queue, small):
        until(lambda: small.busy, 20)
        time.sleep(1)
        began = time.monotonic()
        store.cancel(sent.submission_id, "a mistake")
        until(lambda: not small.busy, 20)
        took_s = time.monotonic() - began
        queue.put(following.encode())
        until(lambda: store.result(following.submission_id), 60)

    assert took_s < SOON_S
    assert Verdict.CANCELLED == store.rows[sent.submission_id].verdict
    assert [] == queue.dead


@pytest.mark.services
def test_a_client_cancels_what_runs(
    small: Judge, broker_url: str, prefix: str, database_url: str
) -> None:
    """Through the broker and the database likewise; who waits has the verdict at once."""
    migrate(database_url)
    store, queue = (
        PostgresStore(database_url),
        RabbitQueue.open(broker_url, prefetch=2, prefix=prefix),
    )
    publisher = RabbitEventPublisher(broker_url, prefix=prefix)
    with (
        Client(broker_url, prefix=prefix, database_url=database_url) as client,
        working(queue, store, publisher, small),
    ):
        sent = client.submit(message(**FOREVER))
        until(lambda: small.busy, 20)
        time.sleep(1)
        began = time.monotonic()
        done = client.cancel(str(sent), "a mistake")
        event = client.wait(sent, 5)
        until(lambda: not small.busy, 20)
        took_s = time.monotonic() - began

    assert Cancellation.CANCELLED is done
    assert (Verdict.CANCELLED, "a mistake") == (event.verdict, event.result.cause)
    assert took_s < SOON_S
