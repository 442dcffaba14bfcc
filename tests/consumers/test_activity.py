"""`judgecore top`: what it hears, counts and shows."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from brokers import RealBroker
from doubles import message, result_of

from consumers.activity import Activity, slots_of
from consumers.events import VerdictEvent
from consumers.health import HealthPort
from consumers.metrics import Metrics
from judgecore.errors import QueueUnavailable
from judgecore.verdict import Verdict


@pytest.fixture
def real(broker_url: str, prefix: str) -> Iterator[RealBroker]:
    made = RealBroker(broker_url, prefix)
    yield made
    made.close()


@pytest.fixture
def worker() -> Iterator[str]:
    """The address of a health port whose worker has three of four slots busy."""
    metrics = Metrics(slots=4)
    metrics.count_busy(lambda: 3)
    port = HealthPort(0, live=list, ready=list, metrics=metrics.page)
    yield f"http://127.0.0.1:{port.port}"
    port.close()


def verdict(value: Verdict) -> VerdictEvent:
    return VerdictEvent.of(result_of(message().submission_id, value))


@pytest.mark.services
def test_hears_and_counts(real: RealBroker, worker: str) -> None:
    """Verdicts by kind and language, the length of each queue, the slots of a worker."""
    real.queue.stop_taking()
    real.publish(message().encode())
    with Activity(real.url, prefix=real.prefix, workers=(worker,)) as activity:
        until = time.monotonic() + 10
        told = 0
        while not (now := activity.now()).verdicts and time.monotonic() < until:
            real.publisher.publish_results([verdict(Verdict.WA)])
            told += 1
        for _ in range(3):
            real.publisher.publish_results([verdict(Verdict.AC)])
        while now.verdicts.get(Verdict.AC) != 3 and time.monotonic() < until:
            now = activity.now()

    assert 3 == now.verdicts[Verdict.AC]
    assert 0 < now.verdicts[Verdict.WA] <= told
    assert {"python"} == set(now.languages)
    assert 0 < now.per_s
    assert (1, 0) == (now.queues["default"].waiting, now.queues["dead"].waiting)
    assert [(3, 1, "")] == [(w.busy, w.idle, w.trouble) for w in now.workers]


def test_a_worker_that_does_not_answer_is_said(worker: str) -> None:
    """Its trouble is part of the picture, and no reason to stop watching."""
    assert "refused" in slots_of("http://127.0.0.1:9").trouble
    assert "http" in slots_of("nonsense").trouble or "url" in slots_of("nonsense").trouble


def test_no_broker_is_an_error() -> None:
    """Without a broker there is nothing to watch."""
    with pytest.raises(QueueUnavailable):
        Activity("amqp://judge:secret@127.0.0.1:9/", prefix="x")


@pytest.mark.services
def test_top_once(real: RealBroker, worker: str) -> None:
    """`--once` shows one picture for people, `--once --json` one line for machines."""
    command = [sys.executable, "-m", "judgecore", "top", "--once", "--every", "0.2"]
    env = {"RABBITMQ_URL": real.url, "JUDGECORE_QUEUE_PREFIX": real.prefix, "COLUMNS": "100"}
    people = subprocess.run([*command, "--worker", worker], env=env, capture_output=True, text=True)
    machines = subprocess.run([*command, "--json"], env=env, capture_output=True, text=True)

    assert "3 of 4 slots busy" in people.stdout, people.stderr
    assert {"default", "batch", "dead"} == set(json.loads(machines.stdout)["queues"])
