"""The main job with nothing left out: RabbitMQ, `python -m consumers`, real slots, PostgreSQL."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID, uuid4

import docker
import pika
import psycopg2
import pytest
from doubles import message
from engines import GIVEN, IMAGE

from consumers.client import Client
from consumers.events import Event, VerdictEvent, decode_event
from consumers.messages import SubmissionMessage
from consumers.postgres import PostgresStore, migrate
from consumers.rabbit import RabbitQueue
from judgecore.engine import cgroups
from judgecore.engine.docker import OWNER_LABEL
from judgecore.problem import Problem, TestCase
from judgecore.verdict import Verdict
from scripts.docs.messages import REQUESTS, SAMPLE_ID

ROOT = Path(__file__).parents[2]
PROGRAMS = ROOT / "tests" / "programs"
FINAL = "verdict NOT IN ('PENDING', 'JUDGING')"
SUM = "a, b = map(int, input().split())\n"
LABELLED = [
    ("python", SUM + "print(a + b)", "AC"),
    ("python", SUM + "print(a - b)", "WA"),
    ("python", SUM + "print(a // 0)", "RE"),
    ("python", "while True: pass", "TLE"),
    ("python", "x = bytearray(1 << 29)", "MLE"),
    ("python", "while True: print('x' * 4096)", "OLE"),
    ("python", "print(", "CE"),
    ("c", "int main() { return 0 }", "CE"),
    ("c", "#include <stdio.h>\nint main() { int a, b; scanf(\"%d%d\", &a, &b);"
     " printf(\"%d\\n\", a + b); }", "AC"),
    ("c", "int main() { for (;;); }", "TLE"),
    ("c", "int main() { return *(volatile int *)8; }", "RE"),
    ("c", "#include <stdlib.h>\n#include <string.h>\nint main() {"
     " for (;;) memset(malloc(1 << 20), 1, 1 << 20); }", "MLE"),
    ("cpp", "#include <iostream>\nint main() { int a, b; std::cin >> a >> b;"
     " std::cout << a + b << '\\n'; }", "AC"),
    ("cpp", "#include <iostream>\nint main() { throw 1; }", "RE"),
    ("cpp", "int main() { undeclared(); }", "CE"),
    ("bash", "read a b; echo $((a + b))", "AC"),
    ("bash", "read a b; echo $((a * b - 1))", "WA"),
    ("bash", "exit 3", "RE"),
    ("bash", "sleep 60", "TLE"),
    ("bash", "yes", "OLE"),
]  # fmt: skip


@contextmanager
def consumer(broker_url: str, prefix: str, database_url: str) -> Iterator[subprocess.Popen[bytes]]:
    """A consumer on two slots; killed at the end if it has not ended by itself."""
    process = subprocess.Popen(
        [sys.executable, "-m", "consumers"],
        env=GIVEN
        | {
            "PATH": os.environ["PATH"],
            "HOME": str(Path.home()),
            "PYTHONPATH": str(ROOT),
            "RABBITMQ_URL": broker_url,
            "DATABASE_URL": database_url,
            "JUDGECORE_QUEUE_PREFIX": prefix,
            "JUDGECORE_ENGINE": "docker",
            "JUDGECORE_IMAGE": IMAGE,
            "JUDGECORE_SLOTS": "2",
        },
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def rows(database_url: str, query: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(database_url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()
    finally:
        connection.close()


def wait_for(database_url: str, query: str, count: int, timeout_s: float) -> None:
    """Wait until `query` gives `count` rows; the database may still be without tables."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        with suppress(psycopg2.errors.UndefinedTable):
            if len(rows(database_url, query)) == count:
                return
        time.sleep(0.1)
    pytest.fail(f"no {count} rows of: {query}")


def left_behind(pid: int) -> list[str]:
    """Containers and control groups of the consumer that had this process id."""
    client = docker.from_env()
    with suppress(docker.errors.NotFound):
        found = client.api.containers(all=True, filters={"label": OWNER_LABEL})
    client.close()
    containers = [c["Id"] for c in found if f"-{pid}-" in c["Labels"][OWNER_LABEL]]
    groups = [str(p) for p in cgroups.ROOT.rglob(f"judgecore-*-{pid}-*")]
    return containers + groups


def labelled() -> dict[UUID, tuple[SubmissionMessage, str]]:
    made = [
        (message(language=language, source=source), verdict)
        for language, source, verdict in LABELLED
    ]
    return {one.submission_id: (one, verdict) for one, verdict in made}


pytestmark = [pytest.mark.services, pytest.mark.docker]


def test_twenty_labelled(broker_url: str, prefix: str, database_url: str) -> None:
    """Twenty submissions come out as rows, each exactly once, verdicts as labelled."""
    sent = labelled()
    with consumer(broker_url, prefix, database_url) as process:
        with Client(broker_url, prefix=prefix) as client:
            for one, _ in sent.values():
                client.submit(one)
        wait_for(database_url, f"SELECT 1 FROM submissions WHERE {FINAL}", 20, 90)
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=40)
    stored = rows(database_url, "SELECT id, verdict, starts - given_back FROM submissions")

    assert 0 == code
    assert sorted((str(i), v, 1) for i, (_, v) in sent.items()) == sorted(stored)  # type: ignore[type-var]
    assert [] == left_behind(process.pid)


def test_killed_in_mid_judging(broker_url: str, prefix: str, database_url: str) -> None:
    """kill -9 while it judges: redelivered, one row, and the next start sweeps what was left."""
    slow = message(source="import time\n" + SUM + "time.sleep(2)\nprint(a + b)")
    with Client(broker_url, prefix=prefix) as client:
        with consumer(broker_url, prefix, database_url) as first:
            client.submit(slow)
            judging = "SELECT 1 FROM submissions WHERE verdict = 'JUDGING'"
            wait_for(database_url, judging, 1, 60)
            time.sleep(0.3)
            first.kill()
            first.wait()
        with consumer(broker_url, prefix, database_url) as second:
            wait_for(database_url, f"SELECT 1 FROM submissions WHERE {FINAL}", 1, 60)
            left_by_first = left_behind(first.pid)
            second.send_signal(signal.SIGTERM)
            second.wait(timeout=40)
    stored = rows(database_url, "SELECT id, verdict, starts FROM submissions")
    results = rows(database_url, "SELECT verdict FROM submission_results")

    assert [(str(slow.submission_id), Verdict.AC, 2)] == stored
    assert [("AC",)] == results
    assert [] == left_by_first
    assert [] == left_behind(second.pid)


def test_stopped_in_mid_load(broker_url: str, prefix: str, database_url: str) -> None:
    """SIGTERM, twice, in mid-load: it ends by itself in time, and its successor does the rest."""
    sent = [
        message(language="bash", source="sleep 0.05; read a b; echo $((a + b))") for _ in range(120)
    ]
    with Client(broker_url, prefix=prefix) as client:
        with consumer(broker_url, prefix, database_url) as first:
            client.submit_many(sent)
            client.wait(sent[20].submission_id, 60)
            signalled = time.monotonic()
            first.send_signal(signal.SIGTERM)
            first.send_signal(signal.SIGTERM)
            code = first.wait(timeout=40)
            took_s = time.monotonic() - signalled
        unfinished = rows(database_url, "SELECT 1 FROM submissions WHERE verdict = 'JUDGING'")
        judged = rows(database_url, f"SELECT 1 FROM submissions WHERE {FINAL}")
        with consumer(broker_url, prefix, database_url):
            events = list(client.stream(*(one.submission_id for one in sent), timeout_s=90))
    stored = rows(database_url, "SELECT id, verdict, attempt, starts - given_back FROM submissions")

    assert (0, []) == (code, unfinished)
    assert took_s < 25
    assert 20 < len(judged) < 120
    assert sorted((str(one.submission_id), "AC", 1, 1) for one in sent) == sorted(stored)  # type: ignore[type-var]
    assert 120 == sum(isinstance(event, VerdictEvent) for event in events)
    assert [] == left_behind(first.pid)


def published(broker_url: str, prefix: str, bodies: list[bytes], within_s: float) -> list[Event]:
    """Publish with nothing but the broker's own library, and wait for a result for each body."""
    found: list[Event] = []
    connection = pika.BlockingConnection(pika.URLParameters(broker_url))
    channel = connection.channel()
    queue = channel.queue_declare("", exclusive=True).method.queue
    channel.queue_bind(queue, f"{prefix}.verdicts", "result.#")
    channel.confirm_delivery()
    persistent = pika.BasicProperties(delivery_mode=2)
    for body in bodies:
        channel.basic_publish(f"{prefix}.submissions", "default", body, persistent, mandatory=True)
    for _, _, body in channel.consume(queue, auto_ack=True, inactivity_timeout=within_s):
        if body is None:
            break
        found.append(decode_event(body))
        if len(found) == len(bodies):
            break
    connection.close()
    return found


def test_samples_are_judged(broker_url: str, prefix: str, database_url: str) -> None:
    """Each sample message of docs/messages.md, published as it stands, is judged."""
    samples = {name: one for name, one in REQUESTS.items() if one.get("kind") != "rejudge"}
    ids = {name: str(uuid4()) for name in samples}
    bodies = [
        json.dumps(sample).replace(SAMPLE_ID, ids[name]).encode()
        for name, sample in samples.items()
    ]
    migrate(database_url)
    store = PostgresStore(database_url)
    store.add_problem("two-sum", Problem(tests=(TestCase(expected="3\n"),)))
    store.close()
    RabbitQueue.open(broker_url, prefetch=1, prefix=prefix).close()
    with consumer(broker_url, prefix, database_url):
        events = published(broker_url, prefix, bodies, within_s=90)
    results = {str(e.submission_id): e.result for e in events if isinstance(e, VerdictEvent)}
    said = {name.split(":")[0]: results[ids[name]] for name in samples}
    run = said["a program that is only run"]
    files = said["a program of two files, run with arguments and a file beside it"]
    wrote = said["a program that writes a file, which comes back"]

    assert [Verdict.OK] * 3 == [one.verdict for one in (run, files, wrote)]
    assert ["3\n"] * 2 == [one.tests[0].output for one in (run, files)]
    assert {"out.txt": "hello"} == wrote.tests[0].files
    others = [one for one in said.values() if one not in (run, files, wrote)]
    assert [Verdict.AC] * 4 == [one.verdict for one in others]


@pytest.mark.timeout(900)
def test_chaos(tmp_path: Path) -> None:
    """Workers, slots, connections, broker and database die at random; nothing else comes of it.

    The everyday size; `python -m bench.chaos` is the whole one.
    """
    command = [sys.executable, "-m", "bench.chaos", "--submissions", "200", "--faults", "9"]
    command += ["--long-s", "20", "--patience-s", "5"]
    done = subprocess.run(
        [*command, "--json", "--logs", tmp_path], capture_output=True, text=True, cwd=ROOT
    )
    found = json.loads(done.stdout)

    assert 0 == done.returncode, done.stdout + done.stderr
    assert (202, 0, 0, 0) == tuple(found[key] for key in ("submitted", "lost", "doubled", "wrong"))
    assert 9 == sum(found["faults"].values())
