"""The gateway before the pipeline: what was accepted ends in a verdict, whoever dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from doubles import Running, ScriptedJudge, message, until
from gateway.backend_contract import obeys
from gateway.serving import Http, serving

from consumers.config import Config
from consumers.gateway.backends import Overloaded
from consumers.gateway.callbacks import Due
from consumers.gateway.config import GatewayConfig
from consumers.gateway.entries import Entry
from consumers.gateway.pipeline import PipelineBackend, PipelineEntries
from consumers.gateway.starting import durable
from consumers.outbox import OutboxPublisher
from consumers.postgres import PostgresStore, migrate
from consumers.rabbit import RabbitEventPublisher, RabbitQueue
from consumers.worker import Worker
from judgecore.errors import StoreUnavailable
from judgecore.languages import Registry
from judgecore.verdict import Verdict

pytestmark = pytest.mark.services
PYTHON = {"source_code": "print(3)", "language_id": 71, "stdin": "", "expected_output": "3"}


@contextmanager
def worker(broker_url: str, prefix: str, database_url: str, judge: ScriptedJudge) -> Iterator[None]:
    """A worker with a judge that plays a script."""
    queue = RabbitQueue.open(broker_url, prefetch=4, prefix=prefix)
    store = PostgresStore(database_url)
    outbox = OutboxPublisher(RabbitEventPublisher(broker_url, prefix=prefix), store)
    with Running(Worker(queue, store, judge, outbox, slots=2)):
        yield
    queue.close()
    store.close()


@pytest.fixture
def backend(broker_url: str, prefix: str, database_url: str) -> Iterator[PipelineBackend]:
    migrate(database_url)
    made = PipelineBackend(broker_url, database_url, prefix=prefix)
    yield made
    made.close()


def test_a_submission_is_a_row_before_anybody_is_answered(
    backend: PipelineBackend, broker_url: str, prefix: str, database_url: str
) -> None:
    """It is pending without any worker, and its event ends the waiting at once."""
    one = message()
    backend.submit(one)
    before = backend.state(one.submission_id)
    waiting = backend.awaited(one.submission_id)
    with worker(broker_url, prefix, database_url, ScriptedJudge()):
        ended = waiting.result(60)
    after = backend.state(one.submission_id)

    assert before is not None
    assert Verdict.PENDING == before.verdict
    assert Verdict.AC == ended.result.verdict
    assert after is not None
    assert after.ended is not None
    assert Verdict.AC == after.verdict
    assert backend.state(uuid4()) is None
    assert backend.awaited(one.submission_id).done()


def test_the_pipeline_obeys(
    backend: PipelineBackend, broker_url: str, prefix: str, database_url: str
) -> None:
    """The backend before the pipeline obeys the contract of all backends."""
    with worker(broker_url, prefix, database_url, ScriptedJudge()):
        obeys(backend)


def test_a_verdict_is_found_whose_event_was_missed(
    backend: PipelineBackend, broker_url: str, prefix: str, database_url: str
) -> None:
    """Another gateway has submitted it; this one asks the database."""
    one = message()
    other = PipelineBackend(broker_url, database_url, prefix=prefix)
    other.submit(one)
    waiting = backend.awaited(one.submission_id)
    with worker(broker_url, prefix, database_url, ScriptedJudge()):
        ended = waiting.result(60)
    other.close()

    assert Verdict.AC == ended.result.verdict


def test_too_much_waiting_is_refused(broker_url: str, prefix: str, database_url: str) -> None:
    """Beyond the limit nothing is accepted, until less waits."""
    migrate(database_url)
    backend = PipelineBackend(broker_url, database_url, prefix=prefix, most_waiting=1)
    backend.submit(message())
    until(lambda: backend.load().waiting == 1, 30)

    with pytest.raises(Overloaded):
        backend.submit(message())
    backend.close()


def test_entries_and_callbacks_outlive_the_gateway(
    backend: PipelineBackend, database_url: str
) -> None:
    """What a client sent comes back as it was; a callback is due once there is a verdict."""
    entries = PipelineEntries(backend.table)
    one = message()
    backend.submit(one)
    request = {"source_code": b"\xff\0", "stdin": "text", "callback_url": "http://x/"}
    at = datetime(2026, 1, 2, 3, 4, 5, 678_000, UTC)
    entry = Entry(uuid4(), one.submission_id, "judge0", request, 2, 3, at)
    entries.add([entry])
    entries.add([entry])
    before = entries.claim(10)
    store = PostgresStore(database_url)
    store.cancel(one.submission_id, "enough")
    store.close()
    (due,) = entries.claim(10)
    entries.settle(due, 0.0)
    (again,) = entries.claim(10)
    entries.settle(again, None)

    assert entry == entries.get(entry.token)
    assert ([entry], 1) == entries.page("judge0", 1, 10)
    assert [] == before
    assert Due(entry.token, "http://x/", 0) == due
    assert 1 == again.tries
    assert [] == entries.claim(10)
    other = replace(entry, token=uuid4())
    entries.add([other])
    entries.remove(entry.token)
    assert entries.get(entry.token) is None
    assert backend.state(one.submission_id) is not None
    entries.remove(other.token)
    assert backend.state(one.submission_id) is None


def test_waiting_over_http(broker_url: str, prefix: str, database_url: str) -> None:
    """The answer comes with the verdict's event: long before the database would be asked."""
    migrate(database_url)
    config = GatewayConfig(port=0)
    environ = {
        "RABBITMQ_URL": broker_url,
        "DATABASE_URL": database_url,
        "JUDGECORE_QUEUE_PREFIX": prefix,
    }
    service, _ = durable(Config.from_env(environ), config, Registry())
    with (
        worker(broker_url, prefix, database_url, ScriptedJudge()),
        serving(service, config) as http,
    ):
        reply = http.ask("POST", "/submissions?wait=true&fields=*", PYTHON)
        shown = http.ask("GET", f"/submissions/{reply.data['token']}?fields=*")

    assert 201 == reply.status
    assert 3 == reply.data["status"]["id"]
    assert "print(3)" == reply.data["source_code"]
    assert reply.data == shown.data


def test_a_killed_gateway_loses_no_token(broker_url: str, prefix: str, database_url: str) -> None:
    """kill -9 in the middle of submitting: the next gateway knows every token, with its verdict."""
    migrate(database_url)
    environ = {
        **os.environ,
        "RABBITMQ_URL": broker_url,
        "DATABASE_URL": database_url,
        "JUDGECORE_QUEUE_PREFIX": prefix,
    }
    port, tokens = 20_000 + os.getpid() % 20_000, []
    command = [sys.executable, "-m", "judgecore", "serve", "--port", str(port)]
    http = Http(port)
    first = subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL)
    until(lambda: _answers(http), 150)
    killing = threading.Timer(0.1, first.send_signal, (signal.SIGKILL,))
    while True:
        if len(tokens) == 5:
            killing.start()
        try:
            reply = http.ask("POST", "/submissions", PYTHON)
        except OSError:
            break
        tokens.append(reply.data["token"])
    killing.join()
    first.wait()
    second = subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL)
    until(lambda: _answers(http), 150)
    with worker(broker_url, prefix, database_url, ScriptedJudge()):
        until(lambda: all(_status(http, token) == 3 for token in tokens), 150)
    second.terminate()

    assert 0 == second.wait(60)
    assert len(tokens) >= 5


@pytest.mark.local
@pytest.mark.timeout(600)
def test_a_killed_worker_loses_no_token(broker_url: str, prefix: str, database_url: str) -> None:
    """kill -9 while it judges: the next worker gives every token its verdict."""
    migrate(database_url)
    environ = {
        "RABBITMQ_URL": broker_url,
        "DATABASE_URL": database_url,
        "JUDGECORE_QUEUE_PREFIX": prefix,
        "JUDGECORE_ENGINE": "local",
        "JUDGECORE_MIN_TIER": "process",
        "JUDGECORE_SLOTS": "2",
    }
    command = [sys.executable, "-m", "consumers"]
    service, _ = durable(Config.from_env(environ), GatewayConfig(port=0), Registry())
    slow = {"language_id": 46, "source_code": "sleep 0.4; echo 3", "expected_output": "3"}
    with serving(service, GatewayConfig(port=0)) as http:
        first = subprocess.Popen(command, env={**os.environ, **environ})
        tokens = [http.ask("POST", "/submissions", slow).data["token"] for _ in range(8)]
        until(lambda: any(_status(http, token) == 3 for token in tokens), 200)
        first.kill()
        first.wait()
        judged = sum(_status(http, token) == 3 for token in tokens)
        second = subprocess.Popen(command, env={**os.environ, **environ})
        until(lambda: all(_status(http, token) == 3 for token in tokens), 200)
        second.terminate()

    assert 0 == second.wait(60)
    assert len(tokens) > judged


def _answers(http: Http) -> bool:
    try:
        return http.ask("GET", "/readyz").status == 200
    except OSError:
        return False


def _status(http: Http, token: str) -> int:
    found: int = http.ask("GET", f"/submissions/{token}").data["status"]["id"]
    return found


def test_an_outage_of_the_database_is_no_verdict(backend: PipelineBackend) -> None:
    """A closed store refuses submissions, and makes no row."""
    backend.close()

    with pytest.raises(StoreUnavailable):
        backend.submit(message())
