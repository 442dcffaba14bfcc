"""What the chaos test breaks: workers, slots, connections, the broker, the database, the daemon."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import docker
import docker.errors
import pika
import pika.exceptions
import psycopg2

from bench.cluster import lead_from, node_of_replies, until_done
from bench.gate import DaemonGate
from bench.services import Services, WorkerProcess
from judgecore.engine import cgroups
from judgecore.engine.docker import OWNER_LABEL

FULL = "chaos.full"
NONSENSE = b"nonsense"
SLOT_WITHIN_S = 180.0  # both workers may be starting, on a busy machine


@dataclass(frozen=True, slots=True)
class Victims:
    """What may be broken, and the dice that say which and how."""

    services: Services
    workers: list[WorkerProcess]
    dice: random.Random
    gates: tuple[DaemonGate, ...] = ()


def kill_worker(victims: Victims) -> None:
    """kill -9, and another one after a moment."""
    worker = victims.dice.choice(victims.workers)
    worker.kill()
    time.sleep(victims.dice.uniform(0, 1))
    worker.restart()


def restart_broker(victims: Victims) -> None:
    """Stop the broker, or kill it, and start it again."""
    _restart(victims.services.rabbitmq, victims.dice)


def restart_database(victims: Victims) -> None:
    """Stop the database, or kill it, and start it again."""
    _restart(victims.services.postgres, victims.dice)


def _restart(container: Any, dice: random.Random) -> None:
    if dice.random() < 0.5:
        container.kill()
    else:
        container.stop(timeout=15)
    container.start()


def kill_slot(victims: Victims) -> None:
    """Kill the container of a slot of one of our workers."""
    client = docker.from_env()
    try:
        deadline = time.monotonic() + SLOT_WITHIN_S
        while time.monotonic() < deadline:
            slots = containers_of(client, [worker.pid for worker in victims.workers])
            if slots:
                with suppress(docker.errors.APIError):  # gone in this very moment
                    client.api.kill(victims.dice.choice(slots))
                    return
            time.sleep(0.1)
        raise SystemExit("no worker has a slot to kill")
    finally:
        client.close()


def cut_connections(victims: Victims) -> None:
    """Close every connection to the broker or to the database, the client's too."""
    if victims.dice.random() < 0.5:
        with suppress(OSError):  # it may be starting
            victims.services.rabbitmqctl("close_all_connections", "chaos")
    else:
        with suppress(psycopg2.Error):
            victims.services.query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )


def raise_memory_alarm(victims: Victims) -> None:
    """The broker is short of memory for a while: it blocks whoever publishes."""
    publish_nonsense(victims.services)
    with suppress(OSError):
        victims.services.rabbitmqctl("set_vm_memory_high_watermark", "0.00001")
    time.sleep(victims.dice.uniform(3, 8))
    _until_done(lambda: victims.services.rabbitmqctl("set_vm_memory_high_watermark", "0.6"))


def publish_nonsense(services: Services) -> None:
    """A message that becomes a dead letter; the broker may take it later."""
    with suppress(pika.exceptions.AMQPError, OSError):
        connection = services.connect()
        connection.channel().basic_publish("judgecore.submissions", "default", NONSENSE)
        connection.close()


def silence_broker(victims: Victims) -> None:
    """The broker accepts connections, and answers nothing."""
    rabbitmq = victims.services.rabbitmq
    _until_done(rabbitmq.pause)  # on a busy machine the kernel may fail to freeze it in time
    time.sleep(victims.dice.uniform(10, 25))
    _until_done(rabbitmq.unpause)


def refuse_results(victims: Victims) -> None:
    """The queue of a subscriber is full, and refuses what is published to it."""
    limits = {"x-max-length": 1, "x-overflow": "reject-publish"}
    with suppress(pika.exceptions.AMQPError, OSError):  # the broker may be starting
        connection = victims.services.connect()
        channel = connection.channel()
        channel.queue_declare(FULL, durable=True, arguments=limits)
        channel.basic_publish("", FULL, b"fills it")
        channel.queue_bind(FULL, "judgecore.verdicts", "result.#")
        time.sleep(victims.dice.uniform(3, 6))
        channel.queue_delete(FULL)
        connection.close()


def kill_node(victims: Victims) -> None:
    """Kill the node of a cluster that the client is on and that leads the queue; then start it."""
    services = victims.services
    names = [f"rabbit{n}" for n in range(len(services.nodes))]
    for node in services.nodes:
        until_done(node, "await_startup")
    name = node_of_replies(services.rabbitmqctl, names) or victims.dice.choice(names)
    lead_from(services.rabbitmqctl, "judgecore.default", name)
    victim = services.nodes[names.index(name)]
    victim.kill()
    time.sleep(victims.dice.uniform(5, 20))
    victim.start()
    until_done(victim, "await_startup")


def lose_daemon(victims: Victims) -> None:
    """One worker's Docker daemon is gone for a while."""
    if victims.gates:
        gate = victims.dice.choice(victims.gates)
        gate.shut()
        time.sleep(victims.dice.uniform(8, 20))
        gate.reopen()


def _until_done(act: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            act()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
        else:
            return


FAULTS: dict[str, Callable[[Victims], None]] = {
    "slot_killed": kill_slot,
    "connections_cut": cut_connections,
    "worker_killed": kill_worker,
    "broker_restarted": restart_broker,
    "database_restarted": restart_database,
    "memory_alarm": raise_memory_alarm,
    "broker_silent": silence_broker,
    "results_refused": refuse_results,
    "daemon_gone": lose_daemon,
}
IN_CLUSTER: dict[str, Callable[[Victims], None]] = {**FAULTS, "node_killed": kill_node}
# How often of each, in a round.
ROUND = 3 * ["slot_killed", "connections_cut"] + 2 * ["worker_killed"]
ROUND += ["broker_restarted", "database_restarted"]
ROUND += ["memory_alarm", "broker_silent", "results_refused", "daemon_gone"]


def schedule(count: int, dice: random.Random, *, clustered: bool = False) -> list[str]:
    """`count` faults in random order, every kind among them when there are enough."""
    known, once_more = list(FAULTS), ROUND
    if clustered:
        known, once_more = ["node_killed", *known], ["node_killed", *ROUND]
    kinds = known[:count]
    while len(kinds) < count:
        kinds.append(once_more[(len(kinds) - len(known)) % len(once_more)])
    dice.shuffle(kinds)
    return kinds


def containers_of(client: docker.DockerClient, pids: list[int]) -> list[str]:
    """The running slots of these living workers."""
    # By hand: the SDK's own listing inspects each, and one may be gone by then.
    found = client.api.containers(filters={"label": OWNER_LABEL})
    owners = {cgroups.owner(pid) for pid in pids}
    return [c["Id"] for c in found if c["Labels"][OWNER_LABEL] in owners]


def abandoned(client: docker.DockerClient, owners: set[str]) -> list[str]:
    """Slots, running or not, of these dead workers; those of other judgecores are not ours."""
    found = client.api.containers(all=True, filters={"label": OWNER_LABEL})
    return [c["Id"] for c in found if c["Labels"][OWNER_LABEL] in owners]
