"""`python -m consumers` as a process: exit codes, waiting, signals."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
from doubles import message
from engines import IMAGE
from processes import start

from bench.gate import DaemonGate
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


def until_said(process: subprocess.Popen[str], what: str) -> list[str]:
    """Read the log until it says so; the lines so far."""
    assert process.stderr is not None
    lines = [process.stderr.readline()]
    while what not in lines[-1]:
        lines.append(process.stderr.readline())
        assert lines[-1], f"it ended: {lines}"
    return lines


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
            lines = until_said(process, "waiting for the database")
            for _ in range(3):
                process.send_signal(number)
                time.sleep(0.05)
            _, rest = process.communicate(timeout=20)

    said = "".join(lines) + rest

    assert 0 == process.returncode
    assert number.name in said
    assert "hush" not in said
    assert "Traceback" not in said


def start_local(broker_url: str, prefix: str, database_url: str) -> subprocess.Popen[str]:
    """A worker of one slot on the local engine."""
    return start(
        RABBITMQ_URL=broker_url,
        DATABASE_URL=database_url,
        JUDGECORE_QUEUE_PREFIX=prefix,
        JUDGECORE_ENGINE="local",
        JUDGECORE_SLOTS="1",
    )


@pytest.mark.services
@pytest.mark.docker
def test_starts_when_the_daemon_is_back(
    broker_url: str, prefix: str, database_url: str, tmp_path: Path
) -> None:
    """A worker that is started while the Docker daemon is gone waits for it."""
    gate = DaemonGate(tmp_path / "daemon.sock")
    gate.shut()
    process = start(
        RABBITMQ_URL=broker_url,
        DATABASE_URL=database_url,
        JUDGECORE_QUEUE_PREFIX=prefix,
        JUDGECORE_ENGINE="docker",
        JUDGECORE_SLOTS="1",
        JUDGECORE_IMAGE=IMAGE,
        DOCKER_HOST=gate.url,
    )
    with process:
        until_said(process, "waiting for the engine")
        gate.reopen()
        until_said(process, "taking submissions")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=40)
    gate.close()

    assert 0 == process.returncode


@pytest.mark.services
@pytest.mark.local
@pytest.mark.skipif(os.geteuid() != 0, reason="the local engine needs its slots as root")
def test_stopped_as_soon_as_it_takes_submissions(
    broker_url: str, prefix: str, database_url: str
) -> None:
    """A signal that the kernel hands to a thread that just starts is not lost."""
    for _ in range(3):
        process = start_local(broker_url, prefix, database_url)
        with process:
            until_said(process, "taking submissions")
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=40)

        assert 0 == process.returncode
        assert "received SIGTERM" in said


@pytest.mark.services
@pytest.mark.local
@pytest.mark.skipif(os.geteuid() != 0, reason="the local engine needs its slots as root")
def test_whole_service(broker_url: str, prefix: str, database_url: str) -> None:
    """The real thing: it migrates, judges a program, stores, tells, and ends on SIGTERM."""
    process = start_local(broker_url, prefix, database_url)
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
