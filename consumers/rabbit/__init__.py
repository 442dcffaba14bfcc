"""The broker. The only package that imports pika; each module says what it owns."""

from consumers.rabbit.async_connection import Incoming, Publication
from consumers.rabbit.depth import Depth, depths
from consumers.rabbit.driver import (
    FOREIGN,
    PUBLISHED_MS,
    PUBLISHER,
    REASON,
    REPEAT,
    REPLY_TOKEN,
    TRACEPARENT,
    connect,
    may_come_up,
    parameters,
    persistent,
    sentence,
    translated,
)
from consumers.rabbit.events import RabbitEventPublisher
from consumers.rabbit.management import ensure_limits
from consumers.rabbit.publisher import PublisherConnection
from consumers.rabbit.queue import RabbitQueue
from consumers.rabbit.topology import Topology, declare

__all__ = [
    "FOREIGN",
    "PUBLISHED_MS",
    "PUBLISHER",
    "REASON",
    "REPEAT",
    "REPLY_TOKEN",
    "TRACEPARENT",
    "Depth",
    "Incoming",
    "Publication",
    "PublisherConnection",
    "RabbitEventPublisher",
    "RabbitQueue",
    "Topology",
    "connect",
    "declare",
    "depths",
    "ensure_limits",
    "may_come_up",
    "parameters",
    "persistent",
    "sentence",
    "translated",
]
