"""Twins and real services behind the same fixtures.

The real ones are containers of the images that JUDGECORE_TEST_RABBITMQ_IMAGE and
JUDGECORE_TEST_POSTGRES_IMAGE name. Missing, they skip at home and fail where CI=true.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pika
import psycopg2
import pytest
from brokers import MemoryBroker, RealBroker, Service, postgres_url, rabbitmq_url
from doubles import LEASE_S, OWN_S

from consumers.memory import MemoryStore
from consumers.postgres import PostgresStore, migrate

REAL = [pytest.param("memory"), pytest.param("real", marks=pytest.mark.services)]


def _missing(why: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


def _start(
    variable: str,
    port: int,
    environment: dict[str, str],
    command: str | None = None,
    management: int | None = None,
) -> Iterator[Service]:
    image = os.environ.get(variable)
    if not image:
        _missing(f"{variable} is not set")
    os.environ["TESTCONTAINERS_RYUK_DISABLED"] = "true"  # its image may be out of reach
    import docker
    from testcontainers.core.config import testcontainers_config
    from testcontainers.core.container import DockerContainer

    testcontainers_config.ryuk_disabled = True
    try:
        daemon = docker.from_env()
        daemon.ping()
        daemon.close()
    except docker.errors.DockerException as exc:
        _missing(f"no Docker daemon: {exc}")
    container = DockerContainer(image, command=command, env=environment)
    container.with_exposed_ports(*filter(None, (port, management)))
    with container:
        yield Service(
            container.get_container_host_ip(),
            int(container.get_exposed_port(port)),
            lambda command: container.exec(command),
            0 if management is None else int(container.get_exposed_port(management)),
        )
        container.get_docker_client().client.close()


def _wait_for(connect: Callable[[], Any], failures: tuple[type[Exception], ...]) -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            connect().close()
        except failures:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
        else:
            return


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[Service]:
    """A RabbitMQ that answers, user and password `judge` / `secret`."""
    environment = {"RABBITMQ_DEFAULT_USER": "judge", "RABBITMQ_DEFAULT_PASS": "secret"}
    for service in _start("JUDGECORE_TEST_RABBITMQ_IMAGE", 5672, environment, management=15672):
        parameters = pika.URLParameters(rabbitmq_url(service))
        _wait_for(
            lambda: pika.BlockingConnection(parameters),  # noqa: B023  called within the turn
            (pika.exceptions.AMQPError, OSError),
        )
        yield service


@pytest.fixture(scope="session")
def postgres() -> Iterator[Service]:
    """A PostgreSQL that answers, user and password `judge` / `secret`."""
    environment = {
        "POSTGRES_USER": "judge",
        "POSTGRES_PASSWORD": "secret",
        "POSTGRES_DB": "judge",
    }
    # Each test makes a database, which takes seconds when it waits for the disk; what the tests
    # promise does not depend on it. The benches keep fsync on.
    command = "postgres -c fsync=off -c full_page_writes=off"
    for service in _start("JUDGECORE_TEST_POSTGRES_IMAGE", 5432, environment, command):
        url = postgres_url(service, "judge")
        _wait_for(lambda: psycopg2.connect(url), (psycopg2.Error,))  # noqa: B023  likewise
        yield service


@pytest.fixture
def broker_url(rabbitmq: Service) -> str:
    return rabbitmq_url(rabbitmq)


@pytest.fixture
def prefix() -> str:
    """A name of its own on the broker for each test."""
    return f"test-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def database_url(postgres: Service) -> Iterator[str]:
    """A database of its own, still empty."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    admin = psycopg2.connect(postgres_url(postgres, "judge"))
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        yield postgres_url(postgres, name)
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    admin.close()


@pytest.fixture(params=REAL)
def broker(request: pytest.FixtureRequest) -> Iterator[MemoryBroker | RealBroker]:
    if request.param == "memory":
        made: MemoryBroker | RealBroker = MemoryBroker()
    else:
        made = RealBroker(request.getfixturevalue("broker_url"), request.getfixturevalue("prefix"))
    yield made
    made.close()


@pytest.fixture(params=REAL)
def store(request: pytest.FixtureRequest) -> Iterator[MemoryStore | PostgresStore]:
    if request.param == "memory":
        yield MemoryStore(own_s=OWN_S, lease_s=LEASE_S)
        return
    url = request.getfixturevalue("database_url")
    migrate(url)
    real = PostgresStore(url, own_s=OWN_S, lease_s=LEASE_S)
    yield real
    real.close()
