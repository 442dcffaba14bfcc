"""Three brokers that are one cluster, each in a container of its own on a network of their own."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import docker
from docker.models.containers import Container
from docker.models.networks import Network

NODES = 3
JOINED_WITHIN_S = 300.0


@contextmanager
def cluster(
    client: docker.DockerClient, image: str, user: dict[str, str], ports: list[int]
) -> Iterator[list[Container]]:
    """A node for each port of this machine, new and empty. Their addresses outlive restarts.

    `user` is the environment that makes the first user.
    """
    cookie = f"-setcookie {secrets.token_hex(10)}"
    environment = {
        **user,
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": cookie,
        "RABBITMQ_CTL_ERL_ARGS": cookie,
    }
    label = {"org.judgecore.bench": str(os.getpid())}
    with ExitStack() as opened:
        network = client.networks.create(f"judgecore-bench-{secrets.token_hex(4)}", labels=label)
        opened.callback(network.remove)
        nodes = []
        for number, port in enumerate(ports):
            node = _started(client, image, network, f"rabbit{number}", port, environment, label)
            opened.callback(node.remove, force=True, v=True)
            nodes.append(node)
        for node in nodes:
            until_done(node, "await_startup")
        for node in nodes[1:]:
            for words in ("stop_app", "reset", "join_cluster rabbit@rabbit0", "start_app"):
                until_done(node, *words.split())
        yield nodes


def until_done(node: Container, *arguments: str) -> None:
    """Call `rabbitmqctl` in a node until it succeeds."""
    deadline = time.monotonic() + JOINED_WITHIN_S
    while True:
        code, said = node.exec_run(["rabbitmqctl", "-q", *arguments])
        if code == 0:
            return
        if time.monotonic() > deadline:
            raise SystemExit(f"rabbitmqctl {' '.join(arguments)}: {said!r:.500}")
        time.sleep(0.5)


def node_of_replies(rabbitmqctl: Callable[..., str], nodes: list[str]) -> str | None:
    """The node to which a client is connected: that of the consumer of its reply queue."""
    listed = rabbitmqctl("list_consumers", "queue_name", "channel_pid", "--no-table-headers")
    pids = [line.split("\t")[1] for line in listed.splitlines() if ".replies." in line]
    return next((node for pid in pids for node in nodes if f"@{node}." in pid), None)


def lead_from(rabbitmqctl: Callable[..., str], queue: str, node: str) -> None:
    """Have a node lead the replicas of a queue, if it can."""
    rabbitmqctl(
        "eval",
        f'{{ok, Q}} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, <<"{queue}">>)),'
        f" rabbit_quorum_queue:transfer_leadership(Q, 'rabbit@{node}').",
    )


def _started(
    client: docker.DockerClient,
    image: str,
    network: Network,
    name: str,
    port: int,
    environment: dict[str, str],
    labels: dict[str, str],
) -> Container:
    node = client.containers.create(
        image,
        hostname=name,
        environment={**environment, "RABBITMQ_NODENAME": f"rabbit@{name}"},
        ports={"5672/tcp": ("127.0.0.1", port)},
        labels=labels,
        network=network.name,
        networking_config={str(network.name): client.api.create_endpoint_config(aliases=[name])},
    )
    node.start()
    return node
