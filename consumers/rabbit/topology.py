"""What is declared on the broker, all durable, `<prefix>` being `judgecore` unless set:

    exchange <prefix>.submissions  direct   → queues <prefix>.default, <prefix>.batch (quorum)
    exchange <prefix>.dead         fanout   → queue  <prefix>.dead (quorum)
    exchange <prefix>.verdicts     topic    → whoever binds to it

The limits of the queues come from a policy of the operator's (`judgecore broker policy` prints
it), or, where users may not set policies, as arguments with JUDGECORE_QUEUE_ARGUMENTS.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pika.exceptions as foreign
from pika.adapters.blocking_connection import BlockingChannel, BlockingConnection

from consumers.names import QUEUES
from consumers.policy import LIMITS
from consumers.rabbit.driver import ACCESS_REFUSED, NOT_FOUND, PRECONDITION_FAILED, connect, mapped

log = logging.getLogger(__name__)

_QUORUM = {"x-queue-type": "quorum"}


@dataclass(frozen=True, slots=True)
class Topology:
    """The names on the broker, and where the queues' limits come from.

    With `as_arguments` they are declared with the queue; otherwise they are left to a policy,
    which can be changed later without deleting the queue.
    """

    prefix: str = "judgecore"
    as_arguments: bool = False

    @property
    def submissions(self) -> str:
        return f"{self.prefix}.submissions"

    @property
    def verdicts(self) -> str:
        return f"{self.prefix}.verdicts"

    @property
    def dead(self) -> str:
        return f"{self.prefix}.dead"

    def queue(self, name: str) -> str:
        return f"{self.prefix}.{name}"

    def replies(self, user: str, name: str) -> str:
        """A reply queue, whose name begins with its user's: so the broker can keep users apart."""
        # Without what stands for something in patterns of permissions.
        word = re.sub(r"[^A-Za-z0-9_-]", "_", user) or "-"
        return f"{self.prefix}.replies.{word}.{name}"

    @property
    def arguments(self) -> dict[str, Any]:
        """Of a queue of submissions. Priority is two queues: a quorum queue has none."""
        if not self.as_arguments:
            return _QUORUM
        limits = {f"x-{key}": value for key, value in LIMITS.items()}
        return {**_QUORUM, **limits, "x-dead-letter-exchange": self.dead}


def declare(connection: BlockingConnection, topology: Topology) -> None:
    """Declare everything in the module's docstring; harmless if it is there."""
    exchanges = (
        (topology.submissions, "direct"),
        (topology.dead, "fanout"),
        (topology.verdicts, "topic"),
    )
    for name, kind in exchanges:
        _redeclare(connection, f"exchange {name}", partial(_declare_exchange, name, kind))
    queues = [
        (topology.queue(name), topology.arguments, topology.submissions, name) for name in QUEUES
    ]
    for name, arguments, exchange, key in (*queues, (topology.dead, _QUORUM, topology.dead, "")):
        _redeclare(connection, f"queue {name}", partial(_declare_queue, name, arguments))
        _bind(connection, name, exchange, key)


def declare_all(url: str, topology: Topology) -> None:
    """Declare everything, over a connection made for it."""
    with mapped(), connect(url) as connection:
        declare(connection, topology)


def declare_replies(url: str, name: str, expires_s: int, *, replicated: bool) -> None:
    """Declare a client's own queue, which outlives a connection but not `expires_s` unused.

    `replicated`: it outlives the loss of its node, too; each message is written by several nodes.
    """
    arguments = {"x-expires": expires_s * 1000, **(_QUORUM if replicated else {})}
    with mapped(), connect(url) as connection, connection.channel() as channel:
        channel.queue_declare(name, durable=True, arguments=arguments)


def is_declared(url: str, name: str) -> bool:
    """Whether there is a queue of that name."""
    with mapped(), connect(url) as connection:
        return _is_there(connection, lambda channel: channel.queue_declare(name, passive=True))


def has_exchange(connection: BlockingConnection, name: str) -> bool:
    """Whether there is an exchange of that name."""
    return _is_there(connection, lambda channel: channel.exchange_declare(name, passive=True))


def _is_there(connection: BlockingConnection, declare: Callable[[BlockingChannel], object]) -> bool:
    try:
        with connection.channel() as channel:
            declare(channel)
    except foreign.ChannelClosedByBroker as exc:
        if exc.reply_code != NOT_FOUND:
            raise
        return False
    return True


def delete_replies(url: str, name: str) -> None:
    """Take a client's own queue away; harmless if it is gone."""
    with mapped(), connect(url) as connection, connection.channel() as channel:
        channel.queue_delete(name)


def _redeclare(
    connection: BlockingConnection, what: str, act: Callable[[BlockingChannel, bool], object]
) -> None:
    # A refused declaration closes its channel, so each gets one to throw away.
    try:
        with connection.channel() as channel:
            act(channel, False)
    except foreign.ChannelClosedByBroker as exc:
        if exc.reply_code not in (ACCESS_REFUSED, PRECONDITION_FAILED):
            raise
        level = logging.DEBUG if exc.reply_code == ACCESS_REFUSED else logging.WARNING
        log.log(
            level, "%s exists with other settings, using it unchanged: %s", what, exc.reply_text
        )
        with connection.channel() as channel:
            act(channel, True)


def _bind(connection: BlockingConnection, queue: str, exchange: str, key: str) -> None:
    try:
        with connection.channel() as channel:
            channel.queue_bind(queue, exchange, key)
    except foreign.ChannelClosedByBroker as exc:
        if exc.reply_code != ACCESS_REFUSED:
            raise
        log.debug("%s is left bound as it is: %s", queue, exc.reply_text)  # by a worker, that is


def _declare_exchange(name: str, kind: str, channel: BlockingChannel, passive: bool) -> None:
    channel.exchange_declare(name, kind, durable=True, passive=passive)


def _declare_queue(
    name: str, arguments: dict[str, Any], channel: BlockingChannel, passive: bool
) -> None:
    channel.queue_declare(name, durable=True, passive=passive, arguments=arguments)
