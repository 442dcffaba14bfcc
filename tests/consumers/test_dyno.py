"""A Heroku dyno, simulated: the image, commands and settings of heroku.yml under its limits."""

from __future__ import annotations

import os
import random
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import docker
import psycopg2
import pytest
import yaml
from doubles import message
from engines import missing

from consumers.client import Client
from consumers.messages import SubmissionMessage

ROOT = Path(__file__).parents[2]
IMAGE = os.environ.get("JUDGECORE_TEST_IMAGE_WORKER", "judgecore/worker:latest")
HEROKU = yaml.safe_load((ROOT / "heroku.yml").read_text())
FINAL = "SELECT id, verdict, attempt FROM submissions WHERE verdict NOT IN ('PENDING', 'JUDGING')"
GRACE_S = 30  # Heroku's, between SIGTERM and SIGKILL
# What another process of the dyno would show to anybody of its uid: the password of both URLs.
SPY = "cat /proc/[0-9]*/environ 2>/dev/null | grep -qa secret && exit 1\n"
LABELLED = [
    ("bash", SPY + "read a b; echo $((a + b))", "AC"),
    ("python", "a, b = map(int, input().split())\nprint(a + b)", "AC"),
    ("python", "import socket\nsocket.socket()", "RE"),
    ("python", "x = bytearray(300 << 20)", "MLE"),
    ("python", "while True: pass", "TLE"),
    ("c", "int main() { for (;;); }", "TLE"),
    ("c", "#include <unistd.h>\nint main() { for (;;) fork(); }", "TLE"),
    ("c", "int main() { return 0 }", "CE"),
    ("bash", "yes", "OLE"),
    ("bash", "echo nothing of the kind", "WA"),
]

pytestmark = [pytest.mark.services, pytest.mark.docker]


def from_a_container(url: str) -> str:
    """The URL of a service of this host, as a container reaches it."""
    return re.sub("@(localhost|127.0.0.1):", "@host.docker.internal:", url)


class Dynos:
    """Starts dynos of one app, with the same uid for none of them."""

    def __init__(self, client: docker.DockerClient, environment: dict[str, str]) -> None:
        self._client = client
        self._environment = HEROKU["setup"]["config"] | environment

    @contextmanager
    def start(self, name: str, command: str) -> Iterator[Any]:
        """A dyno as Heroku makes it: a shell with the command, 512 MB, 256 processes, no rights."""
        try:
            self._client.images.get(IMAGE)
        except docker.errors.ImageNotFound:
            missing(f"no image {IMAGE}: scripts/images worker")
        container = self._client.containers.run(
            IMAGE,
            ["/bin/sh", "-c", command],
            detach=True,
            user=f"{random.randint(20_000, 60_000)}:0",
            cap_drop=["ALL"],
            mem_limit="512m",
            memswap_limit="512m",
            pids_limit=256,
            extra_hosts={"host.docker.internal": "host-gateway"},
            environment={**self._environment, "DYNO": name},
        )
        try:
            yield container
        finally:
            with suppress(docker.errors.NotFound):
                container.remove(force=True)


@pytest.fixture
def dynos(broker_url: str, prefix: str, database_url: str) -> Iterator[Dynos]:
    """An app with its two add-ons; the tests' Postgres has no TLS, which the URL says."""
    client = docker.from_env()
    yield Dynos(
        client,
        {
            "CLOUDAMQP_URL": from_a_container(broker_url),
            "DATABASE_URL": from_a_container(database_url) + "?sslmode=disable",
            "JUDGECORE_QUEUE_PREFIX": prefix,
        },
    )
    client.close()


def finals(database_url: str) -> list[tuple[str, str, int]]:
    """Id, verdict and attempt of what has been judged."""
    connection = psycopg2.connect(database_url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(FINAL)
            return cursor.fetchall()
    finally:
        connection.close()


def wait_for(database_url: str, count: int, dyno: Any) -> None:
    """Wait until so many are judged; if they never are, show the dyno's log."""
    deadline = time.monotonic() + 90
    while len(finals(database_url)) < count:
        dyno.reload()
        if time.monotonic() > deadline or dyno.status == "exited":
            pytest.fail(f"{finals(database_url)}\n{dyno.logs().decode()}")
        time.sleep(0.1)


def test_a_dyno(dynos: Dynos, broker_url: str, prefix: str, database_url: str) -> None:
    """Released, fed, told twice to stop, replaced: nothing is lost and nothing judged twice."""
    sent: dict[str, tuple[SubmissionMessage, str]] = {}
    for language, source, verdict in LABELLED:
        limits = {"cpu_ms": 1000, "wall_ms": 4000, "memory_bytes": 128 << 20}
        one = message(language=language, source=source, limits=limits)
        sent[str(one.submission_id)] = (one, verdict)
    with dynos.start("release.1", HEROKU["release"]["command"][0]) as release:
        assert 0 == release.wait(timeout=60)["StatusCode"], release.logs().decode()
    with Client(broker_url, prefix=prefix) as client:
        with dynos.start("worker.1", HEROKU["run"]["worker"]) as worker:
            for one, _ in sent.values():
                client.submit(one)
            wait_for(database_url, 3, worker)
            told_at = time.monotonic()
            for _ in range(2):
                with suppress(docker.errors.APIError):  # it may have ended by the second time
                    worker.kill("SIGTERM")
            code = worker.wait(timeout=GRACE_S)["StatusCode"]
            took_s = time.monotonic() - told_at
            log = worker.logs().decode()
        first = len(finals(database_url))
        with dynos.start("worker.1", HEROKU["run"]["worker"]) as worker:
            wait_for(database_url, len(sent), worker)
            worker.kill("SIGTERM")
            worker.wait(timeout=GRACE_S)
    judged = finals(database_url)

    assert (0, True) == (code, took_s < GRACE_S), log
    assert first < len(sent), "the first dyno should have left some to the second"
    assert {i: verdict for i, (_, verdict) in sent.items()} == {i: v for i, v, _ in judged}
    assert len(sent) == len(judged)
    assert "tier process" in log
    assert "secret" not in log


def test_a_dyno_must_choose_its_tier(dynos: Dynos) -> None:
    """Without the settings that accept the process tier a worker refuses to start, and says why."""
    dynos._environment.pop("JUDGECORE_MIN_TIER")
    with dynos.start("worker.1", HEROKU["run"]["worker"]) as worker:
        code = worker.wait(timeout=60)["StatusCode"]
        log = worker.logs().decode()

    assert 2 == code
    assert "JUDGECORE_MIN_TIER=process" in log
