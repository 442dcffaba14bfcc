"""A connection that publishes, for one thread: many messages at once, confirmed together.

Where a blocking channel waits for the confirm of each message, this sends all of them first. What a
burst costs beside its messages is one round trip.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pika.adapters.select_connection import IOLoop
from pika.adapters.utils.connection_workflow import AMQPConnectionWorkflowFailed
from pika.channel import Channel
from pika.frame import Method
from pika.spec import BasicProperties

from consumers.rabbit.confirms import Confirms
from consumers.rabbit.driver import FOREIGN_TYPES, all_parameters
from consumers.rabbit.tolerant_headers import Connection

Answer = BaseException | None


@dataclass(frozen=True, slots=True, eq=False)
class Sending:
    """A message to publish; `mandatory`: it is refused when no queue takes it."""

    exchange: str
    key: str
    body: bytes
    properties: BasicProperties
    mandatory: bool = True


class ConfirmingConnection:
    """One connection, from its opening to its loss. Raises pika's own exceptions.

    Nothing happens on it but in a call: `serve` must be called every few seconds.
    """

    def __init__(self, url: str) -> None:
        self._sent: Confirms[Sending] = Confirms(lambda one: one.properties.message_id or "")
        self._answers: dict[Sending, Answer] = {}
        self._opened: list[Channel] = []
        self._lost: BaseException | None = None
        self._loop = IOLoop()
        self._loop.activate_poller()
        self._connection: Any = None
        try:
            Connection.create_connection(all_parameters(url), self._on_connected, self._loop)
            self._serve_until(lambda: len(self._opened) == 2)
        except BaseException:
            self.close()
            raise
        self._confirming, self._plain = self._opened

    def publish(self, sendings: Sequence[Sending]) -> list[Answer]:
        """Publish them in order; what the broker answered for each, once it has for all.

        None: the broker has it. A refusal of `REFUSALS` is about that message alone. Anything else
        says why the connection was lost before there was an answer.
        """
        for one in sendings:
            if self._lost is None and self._confirming.is_open:
                self._sent.add(one)
                _send(self._confirming, one)
        try:
            self._serve_until(lambda: not self._sent)
        except FOREIGN_TYPES as exc:
            lost: Answer = exc
        else:
            lost = self._lost
        answers, self._answers = self._answers, {}
        return [answers.get(one, lost) for one in sendings]

    def publish_unconfirmed(self, sending: Sending) -> None:
        """Publish it, and don't wait: it may get lost."""
        _send(self._plain, sending)
        self.serve()

    def serve(self) -> None:
        """Read and write what is there to read and write now, heartbeats too."""
        self._loop.call_later(0, lambda: None)  # so that it does not wait
        self._turn()
        self._check()

    def close(self) -> None:
        """Disconnect."""
        with suppress(*FOREIGN_TYPES):
            if self._connection is not None and self._connection.is_open:
                self._connection.close()
                while not self._connection.is_closed:
                    self._turn()
        self._loop.deactivate_poller()
        self._loop.close()

    def _serve_until(self, done: Callable[[], bool]) -> None:
        self._check()
        while not done():
            self._turn()
            self._check()

    def _turn(self) -> None:
        self._loop.poll()
        self._loop.process_timeouts()

    def _check(self) -> None:
        if self._lost is not None:
            raise self._lost

    # pika's callbacks ------------------------------------------------------------------------

    def _on_connected(self, found: Any) -> None:
        if isinstance(found, AMQPConnectionWorkflowFailed):  # one for each address that was tried
            self._lost = found.exceptions[-1]
            return
        self._connection = found
        found.add_on_close_callback(self._on_lost)
        for _ in range(2):
            found.channel(on_open_callback=self._on_channel)

    def _on_channel(self, channel: Channel) -> None:
        channel.add_on_close_callback(self._on_lost)
        if not self._opened:
            channel.add_on_return_callback(self._on_return)
            channel.confirm_delivery(self._on_answer)
        self._opened.append(channel)

    def _on_lost(self, _: object, why: Exception) -> None:
        if self._lost is None:  # the first reason tells: that of a channel, before its connection
            self._lost = why

    def _on_answer(self, frame: Method[Any]) -> None:
        self._answers.update(self._sent.answered(frame))

    def _on_return(self, _: Channel, __: object, properties: BasicProperties, ___: bytes) -> None:
        self._sent.returned(properties.message_id)


def _send(channel: Channel, one: Sending) -> None:
    channel.basic_publish(one.exchange, one.key, one.body, one.properties, mandatory=one.mandatory)
