"""Problems of every kind the whole way: RabbitMQ, a worker that judges, PostgreSQL, the event."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from doubles import Running, message

from consumers.client import Client
from consumers.outbox import OutboxPublisher
from consumers.postgres import PostgresStore, migrate
from consumers.rabbit import RabbitEventPublisher, RabbitQueue
from consumers.worker import Worker
from judgecore import Judge, Problem
from judgecore.problems.package import load_all

pytestmark = [pytest.mark.services, pytest.mark.local]
EXAMPLES = Path(__file__).parent.parent.parent / "examples"
# Each kind: a submission and the verdict and score that it gets.
EXPECTED = {
    "divisor": ("wrong_answer/one.py", "WA", None),
    "guess": ("accepted/search.py", "AC", None),
    "relay": ("accepted/letters.py", "AC", None),
    "stairs": ("mixed/recursive.py", "PS", Decimal(30)),
}


@pytest.mark.parametrize("stored", [True, False])
def test_every_kind_through_the_pipeline(
    stored: bool, broker_url: str, prefix: str, database_url: str
) -> None:
    """Stored under a slug or brought by the message, a problem is judged as in the library."""
    migrate(database_url)
    store = PostgresStore(database_url)
    sent = []
    for slug, (name, *_) in EXPECTED.items():
        problem, labelled = load_all(EXAMPLES / slug, strict=True)
        store.add_problem(slug, problem)
        code = next(one.code for one in labelled if one.name == name)
        sent.append((code, problem))
    outbox = OutboxPublisher(RabbitEventPublisher(broker_url, prefix=prefix), store)
    queue = RabbitQueue.open(broker_url, prefetch=1, prefix=prefix)
    with (
        Judge(engine="local", slots=1) as judge,
        Running(Worker(queue, store, judge, outbox, slots=1)),
        Client(broker_url, prefix=prefix) as client,
    ):
        results = []
        for code, problem in sent:
            given: Problem | str | None = problem.slug if stored else problem
            one = message(language=code.language, source=code.source, tests=None, problem=given)
            results.append(client.wait(client.submit(one), 60).result)

    assert list(EXPECTED.values()) == [
        (name, result.verdict, result.score)
        for (name, *_), result in zip(EXPECTED.values(), results, strict=True)
    ]
