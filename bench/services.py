"""RabbitMQ and Postgres for a bench: containers of its own that it may restart, and workers.

The images are those of the tests (`make images`, or JUDGECORE_TEST_RABBITMQ_IMAGE and
JUDGECORE_TEST_POSTGRES_IMAGE). Everything is removed at the end.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import pika
import pika.exceptions
import psycopg2
from docker.models.containers import Container

from bench.cluster import NODES, cluster
from consumers.names import addresses
from judgecore.engine import cgroups

ROOT = Path(__file__).parents[1]
OFFICIAL = {"RABBITMQ": "rabbitmq:4-management", "POSTGRES": "postgres:17"}
UP_WITHIN_S = 300.0


@dataclass(frozen=True, slots=True)
class Services:
    """A broker and a database. Their addresses stay the same across restarts.

    `nodes` are those of the broker, one or more; `rabbitmq` is the first of them.
    """

    rabbitmq: Container
    postgres: Container
    rabbitmq_url: str
    database_url: str
    nodes: tuple[Container, ...]

    def connect(self) -> pika.BlockingConnection:
        """A connection to the broker, to the first node that answers."""
        return pika.BlockingConnection(
            [pika.URLParameters(one) for one in addresses(self.rabbitmq_url)]
        )

    def rabbitmqctl(self, *arguments: str) -> str:
        """What `rabbitmqctl` says; raises `OSError` when it fails, as while the broker is down."""
        code, output = self.rabbitmq.exec_run(["rabbitmqctl", "-q", *arguments])
        assert isinstance(output, bytes)  # it is not asked to stream
        said = output.decode(errors="replace")
        if code:
            raise OSError(said)
        return said

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query, none where there are none to fetch; each call connects anew."""
        connection = psycopg2.connect(self.database_url, connect_timeout=10)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(sql)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def wait(self) -> None:
        """Return when both answer."""
        _until_it_answers(lambda: self.connect().close())
        _until_it_answers(lambda: self.query("SELECT 1"))


@contextmanager
def started(*, direct: bool = False, clustered: bool = False) -> Iterator[Services]:
    """Both services, new and empty; `clustered`: with a broker of three nodes.

    `direct`: spoken to at their own addresses, as a worker in a container beside them would, and
    not through ports of this machine, where a process of Docker's copies every byte. Only where
    those addresses can be reached (Linux); a restart may change them.
    """
    client = docker.from_env(timeout=120)
    password = secrets.token_hex(8)
    user = {"RABBITMQ_DEFAULT_USER": "judge", "RABBITMQ_DEFAULT_PASS": password}
    with ExitStack() as opened:
        opened.callback(client.close)
        ports = [free_port() for _ in range(NODES if clustered else 1)]
        if clustered:
            nodes = opened.enter_context(
                cluster(client, present(client, image("RABBITMQ")), user, ports)
            )
        else:
            nodes = [opened.enter_context(_container(client, "RABBITMQ", 5672, ports[0], user))]
        owner = {"POSTGRES_USER": "judge", "POSTGRES_PASSWORD": password, "POSTGRES_DB": "judge"}
        port = free_port()
        postgres = opened.enter_context(_container(client, "POSTGRES", 5432, port, owner))
        hosts, database = [f"127.0.0.1:{one}" for one in ports], f"127.0.0.1:{port}"
        if direct and sys.platform == "linux":
            hosts = [f"{_address(one)}:5672" for one in nodes]
            database = f"{_address(postgres)}:5432"
        made = Services(
            nodes[0],
            postgres,
            ",".join(f"amqp://judge:{password}@{host}/" for host in hosts),
            f"postgres://judge:{password}@{database}/judge",
            tuple(nodes),
        )
        made.wait()
        yield made


@contextmanager
def _container(
    client: docker.DockerClient, name: str, port: int, host_port: int, environment: dict[str, str]
) -> Iterator[Container]:
    container = client.containers.run(
        present(client, image(name)),
        detach=True,
        environment=environment,
        # A port of the daemon's choice would change with a restart.
        ports={f"{port}/tcp": ("127.0.0.1", host_port)},
        labels={"org.judgecore.bench": str(os.getpid())},
        shm_size="256m",
    )
    try:
        yield container
    finally:
        container.remove(force=True, v=True)


@contextmanager
def database(*options: str) -> Iterator[str]:
    """A database alone, new and empty, with these options of `postgres`; its URL."""
    client = docker.from_env(timeout=120)
    password, port = secrets.token_hex(8), free_port()
    container = client.containers.run(
        present(client, image("POSTGRES")),
        ["postgres", *options],
        detach=True,
        environment={
            "POSTGRES_USER": "judge",
            "POSTGRES_PASSWORD": password,
            "POSTGRES_DB": "judge",
        },
        ports={"5432/tcp": ("127.0.0.1", port)},
        labels={"org.judgecore.bench": str(os.getpid())},
        shm_size="1g",
    )
    try:
        url = f"postgres://judge:{password}@127.0.0.1:{port}/judge"
        _until_it_answers(lambda: psycopg2.connect(url, connect_timeout=10).close())
        yield url
    finally:
        container.remove(force=True, v=True)
        client.close()


def image(name: str) -> str:
    """The image of a service, or of the slots: that of the tests, else the official one."""
    variable = "JUDGECORE_TEST_IMAGE" if name == "SLOTS" else f"JUDGECORE_TEST_{name}_IMAGE"
    known = dict(os.environ)
    with suppress(FileNotFoundError):
        lines = (ROOT / ".cache" / "test-images.env").read_text().split()
        known = {**dict(line.split("=", 1) for line in lines), **known}
    return known.get(variable) or OFFICIAL.get(name, "judgecore/polyglot:latest")


def present(client: docker.DockerClient, name: str) -> str:
    """The image's name; raises `ImageNotFound` where it is neither here nor one to be pulled."""
    if name not in OFFICIAL.values():
        client.images.get(name)
    return name


# Settings of a worker that somebody may want to measure.
PASSED_ON = ("JUDGECORE_AHEAD", "JUDGECORE_PROGRESS")


def environment(services: Services) -> dict[str, str]:
    """Of a process of judgecore that uses these services, and has no settings of anybody else."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(Path.home()),
        "PYTHONPATH": str(ROOT),
        "RABBITMQ_URL": services.rabbitmq_url,
        "DATABASE_URL": services.database_url,
    }


class WorkerProcess:
    """`python -m consumers` as a process of its own, its log in a file."""

    def __init__(self, services: Services, log: Path, *, slots: int, **environ: str) -> None:
        self.log = log
        self.pids: list[int] = []
        self._owners: list[str] = []
        self._environ = {
            **environment(services),
            "JUDGECORE_ENGINE": "docker",
            "JUDGECORE_IMAGE": image("SLOTS"),
            "JUDGECORE_SLOTS": str(slots),
            **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
            **environ,
        }
        self._process = self._start()

    @property
    def owners(self) -> set[str]:
        """The names in what its processes made on this machine, of those that were started."""
        return set(self._owners)

    def _start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "consumers"], env=self._environ, stderr=log
            )
        self.pids.append(process.pid)
        self._owners.append(cgroups.owner(process.pid))
        return process

    @property
    def pid(self) -> int:
        """Of the process that runs, or ran last."""
        return self._process.pid

    def ended(self) -> bool:
        """Whether it is gone."""
        return self._process.poll() is not None

    def restart(self) -> None:
        """Run another one in its place; the old one must have ended."""
        self._process = self._start()

    def revive(self) -> bool:
        """Start it again where it has ended by itself; whether it had."""
        if not self.ended():
            return False
        self.restart()
        return True

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()
        self._process.wait()

    def stop(self, timeout_s: float) -> int:
        """SIGTERM; returns the exit code. One that does not end in time is killed: -9."""
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()
            return -signal.SIGKILL


def _address(container: Container) -> str:
    container.reload()
    networks = container.attrs["NetworkSettings"]["Networks"].values()
    return next(str(network["IPAddress"]) for network in networks)


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_it_answers(ask: Callable[[], object]) -> None:
    deadline = time.monotonic() + UP_WITHIN_S
    while True:
        try:
            ask()
        except (psycopg2.Error, pika.exceptions.AMQPError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.3)
        else:
            return
