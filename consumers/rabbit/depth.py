"""How long the queues are."""

from __future__ import annotations

from dataclasses import dataclass

from consumers.names import QUEUES
from consumers.rabbit.driver import connect, mapped
from consumers.rabbit.topology import Topology


@dataclass(frozen=True, slots=True)
class Depth:
    """Messages that wait in a queue (those being judged are not counted), and who takes them."""

    waiting: int
    consumers: int


def depths(url: str, topology: Topology) -> dict[str, Depth]:
    """The queues of submissions and of dead letters, by their short names.

    Raises `QueueUnavailable` when the broker can't be reached or has no such queue.
    """
    names = {**{name: topology.queue(name) for name in QUEUES}, "dead": topology.dead}
    found = {}
    with mapped(), connect(url) as connection, connection.channel() as channel:
        for short, name in names.items():
            answer = channel.queue_declare(name, passive=True).method
            found[short] = Depth(answer.message_count, answer.consumer_count)
    return found
