"""The broker. The only package that imports pika; each module says what it owns."""

from consumers.rabbit.client import Heard, RabbitClient
from consumers.rabbit.outlet import RabbitOutlet
from consumers.rabbit.queue import RabbitQueue
from consumers.rabbit.seam import (
    FOREIGN,
    PUBLISHED_MS,
    REASON,
    TRACEPARENT,
    connect,
    may_come_up,
    parameters,
    persistent,
    publish,
    sentence,
    translated,
)
from consumers.rabbit.topology import Topology, declare

__all__ = [
    "FOREIGN",
    "PUBLISHED_MS",
    "REASON",
    "TRACEPARENT",
    "Heard",
    "RabbitClient",
    "RabbitOutlet",
    "RabbitQueue",
    "Topology",
    "connect",
    "declare",
    "may_come_up",
    "parameters",
    "persistent",
    "publish",
    "sentence",
    "translated",
]
