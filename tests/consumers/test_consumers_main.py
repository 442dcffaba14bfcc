"""`python -m consumers` as a process: exit codes, waiting, signals."""

from __future__ import annotations

import os
import signal
import socket
import time

import pytest
from doubles import message
from processes import start

from consumers.client import Client
from consumers.postgres import PostgresStore
from judgecore.verdict import Verdict


def test_misconfigured() -> None:
    """A missing setting is one line that names it, and exit code 2."""
    with start() as process:
        _, said = process.communicate(timeout=30)

    assert 2 == process.returncode
    assert "RABBITMQ_URL" in said
    assert 1 == len(said.splitlines())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopped_while_waiting(number: signal.Signals) -> None:
    """Signals end a consumer that still waits for its database, however often they come."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        process = start(
            RABBITMQ_URL=f"amqp://u:hush@127.0.0.1:{port}/",
            DATABASE_URL=f"postgres://u:hush@127.0.0.1:{port}/x",
        )
        with process:
            assert process.stderr is not None
            lines = [process.stderr.readline()]
            while "waiting for the database" not in lines[-1]:
                lines.append(process.stderr.readline())
                assert lines[-1], f"it ended: {lines}"
            for _ in range(3):
                process.send_signal(number)
                time.sleep(0.05)
            _, rest = process.communicate(timeout=20)

    said = "".join(lines) + rest

    assert 0 == process.returncode
    assert number.name in said
    assert "hush" not in said
    assert "Traceback" not in said


@pytest.mark.services
@pytest.mark.local
@pytest.mark.skipif(os.geteuid() != 0, reason="the local engine needs its slots as root")
def test_whole_service(broker_url: str, prefix: str, database_url: str) -> None:
    """The real thing: it migrates, judges a program, stores, tells, and ends on SIGTERM."""
    process = start(
        RABBITMQ_URL=broker_url,
        DATABASE_URL=database_url,
        JUDGECORE_QUEUE_PREFIX=prefix,
        JUDGECORE_ENGINE="local",
        JUDGECORE_SLOTS="1",
    )
    with process:
        sent = message(source="a, b = map(int, input().split())\nprint(a + b)\n")
        with Client(broker_url, prefix=prefix) as client:
            event = client.wait(client.submit(sent), 60)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=40)
    store = PostgresStore(database_url)
    stored = store.result(sent.submission_id)
    store.close()

    assert event is not None, said
    assert (0, Verdict.AC, event.result) == (process.returncode, event.verdict, stored)
    assert "secret" not in said
