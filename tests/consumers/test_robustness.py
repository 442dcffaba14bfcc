"""Things that go wrong around a worker, as a process, with real services."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pika
import psycopg2
import pytest
from anything import TEXT
from brokers import Service, postgres_url, rabbitmq_url
from doubles import message, until
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from processes import Gate, start

from consumers.ahead import MOST_AHEAD
from consumers.client import Client
from consumers.events import VerdictEvent, decode_event
from consumers.messages import InvalidMessage, decode
from consumers.rabbit import REASON
from judgecore.verdict import Verdict

# How much later than the worker its services come up, each, beyond the first failed attempt.
LATE_S = float(os.environ.get("JUDGECORE_TEST_LATE_S", "0"))

pytestmark = [
    pytest.mark.services,
    pytest.mark.local,
    pytest.mark.skipif(os.geteuid() != 0, reason="the local engine needs its slots as root"),
]

SUM = "a, b = map(int, input().split())\nprint(a + b)\n"
FINAL = "verdict NOT IN ('PENDING', 'JUDGING')"
MALFORMED = 1_000


@pytest.fixture
def environ(broker_url: str, prefix: str, database_url: str) -> dict[str, str]:
    return {
        "RABBITMQ_URL": broker_url,
        "DATABASE_URL": database_url,
        "JUDGECORE_QUEUE_PREFIX": prefix,
        "JUDGECORE_ENGINE": "local",
        "JUDGECORE_SLOTS": "2",
    }


@contextmanager
def consumer(environ: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A consumer whose log nobody reads; killed if it has not ended by itself."""
    with start(stderr=subprocess.DEVNULL, **environ) as process:
        try:
            yield process
        finally:
            process.kill()


def count(database_url: str, query: str) -> int:
    """How many rows, none while there are no tables."""
    connection = psycopg2.connect(database_url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return len(cursor.fetchall())
    except psycopg2.errors.UndefinedTable:
        return 0
    finally:
        connection.close()


@pytest.fixture
def channel(broker_url: str) -> Iterator[Any]:
    connection = pika.BlockingConnection(pika.URLParameters(broker_url))
    yield connection.channel()
    connection.close()


def waiting(channel: Any, queue: str) -> int:
    return int(channel.queue_declare(queue, passive=True).method.message_count)


# Malformed messages -------------------------------------------------------------------------

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
_GOOD = json.loads(message(user="ada").encode())
_CHANGED = st.builds(
    lambda key, value: json.dumps({**_GOOD, key: value}).encode(),
    st.sampled_from([*_GOOD, "colour"]),
    _JSON,
)
_CUT = st.integers(0, len(json.dumps(_GOOD)) - 1).map(lambda n: json.dumps(_GOOD).encode()[:n])
_BODIES = st.binary(max_size=200) | _JSON.map(lambda v: json.dumps(v).encode()) | _CHANGED | _CUT


def malformed() -> list[bytes]:
    """So many bodies that are no message, the same in each run."""
    found: list[bytes] = []

    @settings(
        max_examples=MALFORMED // 5,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(_BODIES, min_size=15, max_size=15))
    def collect(bodies: list[bytes]) -> None:
        for body in bodies:
            try:
                decode(body)
            except InvalidMessage:
                found.append(body)

    collect()
    assert len(found) >= MALFORMED
    return found[:MALFORMED]


def memory_kib(process: subprocess.Popen[str]) -> int:
    said = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", said)[1])  # type: ignore[index]


def test_malformed_messages(environ: dict[str, str], prefix: str, channel: Any) -> None:
    """A thousand of them: each in the dead-letter queue with a reason, and no memory is lost."""
    bodies = malformed()
    with consumer(environ) as process:
        Client(environ["RABBITMQ_URL"], prefix=prefix, listen=False).close()  # declares
        for n, body in enumerate(bodies):
            channel.basic_publish(f"{prefix}.submissions", "default", body)
            if n == MALFORMED // 4:
                until(lambda: waiting(channel, f"{prefix}.dead") >= MALFORMED // 4, 60)
                before_kib = memory_kib(process)
        until(lambda: waiting(channel, f"{prefix}.dead") == MALFORMED, 120)
        grown_kib = memory_kib(process) - before_kib
        process.send_signal(signal.SIGTERM)
        code = process.wait(30)
    letters = [channel.basic_get(f"{prefix}.dead", auto_ack=True) for _ in range(MALFORMED)]

    assert 0 == code
    assert sorted(bodies) == sorted(body for *_, body in letters)
    assert all(": " in properties.headers[REASON] for _, properties, _ in letters)
    assert grown_kib < 8 * 1024


# Starting and stopping ----------------------------------------------------------------------


def test_services_come_up_later(
    environ: dict[str, str], rabbitmq: Service, postgres: Service, prefix: str, database_url: str
) -> None:
    """A worker that is started before its database and its broker waits for both, then works."""
    database, broker = Gate(postgres.host, postgres.port), Gate(rabbitmq.host, rabbitmq.port)
    late = {
        **environ,
        "DATABASE_URL": re.sub(r"@[^/]+", f"@127.0.0.1:{database.port}", database_url),
        "RABBITMQ_URL": re.sub(r"@[^/]+", f"@127.0.0.1:{broker.port}", environ["RABBITMQ_URL"]),
        "JUDGECORE_HEALTH_PORT": str(free_port()),
    }
    with start(**late) as process:
        said = iter(process.stderr or ())
        wait_for_line(said, "waiting for the database")
        time.sleep(LATE_S)
        live = status(late["JUDGECORE_HEALTH_PORT"], "live")
        database.open()
        wait_for_line(said, "waiting for the broker")
        time.sleep(LATE_S)
        broker.open()
        wait_for_line(said, "taking submissions")
        ready = status(late["JUDGECORE_HEALTH_PORT"], "ready")
        with Client(environ["RABBITMQ_URL"], prefix=prefix) as client:
            result = client.wait(client.submit(message(source=SUM)), 60)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    for gate in (database, broker):
        gate.close()

    assert (Verdict.AC, 0, 200, 200) == (result.verdict, process.returncode, live, ready)


@pytest.mark.parametrize(
    ("service", "wrong"),
    [
        ("broker", {"password": "wrong"}),
        ("broker", {"vhost": "nowhere"}),
        ("database", {"password": "wrong"}),
        ("database", {"database": "nowhere"}),
    ],
)
def test_refusal_is_an_error(
    environ: dict[str, str],
    rabbitmq: Service,
    postgres: Service,
    service: str,
    wrong: dict[str, str],
) -> None:
    """A wrong password, an unknown virtual host or database: one sentence, exit code 1."""
    if service == "broker":
        environ["RABBITMQ_URL"] = rabbitmq_url(rabbitmq, **wrong)
    else:
        environ["DATABASE_URL"] = postgres_url(postgres, **{"database": "judge", **wrong})
    with start(**environ) as process:
        _, said = process.communicate(timeout=60)

    assert 1 == process.returncode
    assert 1 == len(re.findall(r" ERROR .*(refused|failed|does not exist)", said)), said
    assert "Traceback" not in said


def test_stopped_in_mid_load(
    environ: dict[str, str], prefix: str, database_url: str, channel: Any
) -> None:
    """SIGTERM, several times, under load: it ends in time, and nothing is lost or doubled."""
    sent = [message(source=SUM) for _ in range(80)]
    ear = channel.queue_declare("", exclusive=True).method.queue
    with Client(environ["RABBITMQ_URL"], prefix=prefix, listen=False) as client:
        channel.queue_bind(ear, f"{prefix}.verdicts", "result.#")
        client.submit_many(sent)
    with consumer(environ) as first:
        until(lambda: count(database_url, f"SELECT 1 FROM submissions WHERE {FINAL}") > 5, 60)
        asked = time.monotonic()
        for _ in range(3):
            first.send_signal(signal.SIGTERM)
            time.sleep(0.02)
        code = first.wait(30)
        took_s = time.monotonic() - asked
    stored = count(database_url, f"SELECT 1 FROM submissions WHERE {FINAL}")
    begun = count(database_url, "SELECT 1 FROM submissions")
    # What was taken ahead waits again, is held by nobody, and had no start that counts.
    ahead = "verdict = 'PENDING' AND holder IS NULL AND starts = 1 AND given_back = 1"
    returned = count(database_url, f"SELECT 1 FROM submissions WHERE {ahead}")
    left = waiting(channel, f"{prefix}.default")
    with consumer(environ) as second:
        until(lambda: count(database_url, f"SELECT 1 FROM submissions WHERE {FINAL}") == 80, 60)
        until(lambda: count(database_url, "SELECT 1 FROM outbox") == 0, 40)
        second.send_signal(signal.SIGINT)
        second.wait(30)
    events = []
    while (got := channel.basic_get(ear, auto_ack=True))[0] is not None:
        events.append(decode_event(got[2]))

    assert 0 == code
    assert took_s < 25
    assert 80 == stored + left
    assert stored + returned == begun
    assert returned <= MOST_AHEAD
    once = "verdict = 'AC' AND starts - given_back = 1"
    assert 80 == count(database_url, f"SELECT 1 FROM submissions WHERE {once}")
    assert {one.submission_id for one in sent} == {event.submission_id for event in events}
    assert all(isinstance(event, VerdictEvent) for event in events)
    assert [0, 0] == [waiting(channel, f"{prefix}.{name}") for name in ("default", "dead")]


def free_port() -> int:
    gate = Gate("127.0.0.1", 0)
    gate.close()
    return gate.port


def wait_for_line(lines: Iterator[str], wanted: str) -> None:
    for line in lines:
        if wanted in line:
            return
    pytest.fail(f"it ended without saying: {wanted}")


def status(port: str, check: str) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{check}", timeout=5) as answer:
        return int(answer.status)
