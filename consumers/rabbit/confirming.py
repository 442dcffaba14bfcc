"""A connection that publishes, for one thread: many messages at once, confirmed together.

Where a blocking channel waits for the confirm of each message, this sends all of them first. What a
burst costs beside its messages is one round trip.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pika.channel import Channel
from pika.exceptions import ChannelWrongStateError
from pika.frame import Method
from pika.spec import BasicProperties

from consumers.large import LARGE_BYTES
from consumers.rabbit.confirms import Confirms
from consumers.rabbit.driver import FOREIGN_TYPES
from consumers.rabbit.served import ServedConnection
from judgecore.errors import QueueUnavailable

MOST_UNSENT_BYTES = LARGE_BYTES  # of progress; results wait for their confirms
UNHEARD_S = 1.0  # how long progress that came back says that nobody listens
MOST_UNHEARD = 1_000  # submissions of which that is known
Answer = BaseException | None


@dataclass(frozen=True, slots=True, eq=False)
class Sending:
    """A message to publish; `mandatory`: it is refused when no queue takes it."""

    exchange: str
    key: str
    body: bytes
    properties: BasicProperties
    mandatory: bool = True


class ConfirmingConnection(ServedConnection):
    """One connection that publishes. `serve` must be called every few seconds."""

    def __init__(self, url: str) -> None:
        super().__init__(url, channels=2)
        self._sent: Confirms[Sending] = Confirms(lambda one: one.properties.message_id or "")
        self._answers: dict[Sending, Answer] = {}
        self._confirming, self._plain = self._channels
        self._confirming.add_on_return_callback(self._on_return)
        self._plain.add_on_return_callback(self._on_unheard)
        self._unheard: dict[str, float] = {}  # message ids, and until when; the oldest first
        self._confirming.confirm_delivery(self._on_answer)

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
            lost = self._lost or ChannelWrongStateError("the channel is closed")
        answers, self._answers = self._answers, {}
        return [answers.get(one, lost) for one in sendings]

    def publish_unconfirmed(self, sending: Sending) -> None:
        """Publish it, and don't wait: it may get lost.

        A mandatory one that no queue takes comes back; then no other one with its message id is
        published for `UNHEARD_S`. Raises `QueueUnavailable` while too much is unsent: the broker
        reads nothing.
        """
        self.serve()  # what came back, and what is unsent
        if time.monotonic() < self._unheard.get(sending.properties.message_id or "", 0.0):
            return
        if self._connection.unsent_bytes > MOST_UNSENT_BYTES:
            raise QueueUnavailable("the broker reads nothing just now")
        _send(self._plain, sending)
        self.serve()

    def serve(self) -> None:
        """Read and write what is there to read and write now, heartbeats too."""
        self._loop.call_later(0, lambda: None)  # so that it does not wait
        self._turn()
        self._check()

    def _on_answer(self, frame: Method[Any]) -> None:
        self._answers.update(self._sent.answered(frame))

    def _on_unheard(self, _: Channel, __: object, properties: BasicProperties, ___: bytes) -> None:
        self._unheard.pop(properties.message_id or "", None)
        self._unheard[properties.message_id or ""] = time.monotonic() + UNHEARD_S
        while len(self._unheard) > MOST_UNHEARD:
            del self._unheard[next(iter(self._unheard))]

    def _on_return(self, _: Channel, __: object, properties: BasicProperties, ___: bytes) -> None:
        self._sent.returned(properties.message_id)


def _send(channel: Channel, one: Sending) -> None:
    channel.basic_publish(one.exchange, one.key, one.body, one.properties, mandatory=one.mandatory)
