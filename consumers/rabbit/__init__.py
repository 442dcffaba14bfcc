"""The broker. The only package that imports pika; each module says what it owns."""

from consumers.rabbit.depth import Depth, depths
from consumers.rabbit.events import RabbitEventPublisher
from consumers.rabbit.link import Heard, Publication
from consumers.rabbit.mailbox import Mailbox
from consumers.rabbit.queue import RabbitQueue
from consumers.rabbit.seam import (
    FOREIGN,
    PUBLISHED_MS,
    REASON,
    REPEAT,
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
    "REPEAT",
    "TRACEPARENT",
    "Depth",
    "Heard",
    "Mailbox",
    "Publication",
    "RabbitEventPublisher",
    "RabbitQueue",
    "Topology",
    "connect",
    "declare",
    "depths",
    "may_come_up",
    "parameters",
    "persistent",
    "publish",
    "sentence",
    "translated",
]
