"""Which messages the broker has answered for, on one channel that confirms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

import pika.exceptions as foreign
from pika.frame import Method
from pika.spec import Basic

_Item = TypeVar("_Item")


class Confirms(Generic[_Item]):
    """Messages on their way, in the order in which they were sent.

    `id_of` gives the message id of one: a mandatory message that no queue takes comes back with
    it, just before the broker confirms it.
    """

    def __init__(self, id_of: Callable[[_Item], str]) -> None:
        self._id_of = id_of
        self._sent: dict[int, _Item] = {}
        self._returned: set[str] = set()
        self._tag = 0

    def __len__(self) -> int:
        return len(self._sent)

    @property
    def unanswered(self) -> list[_Item]:
        """What the broker has not answered for."""
        return list(self._sent.values())

    def add(self, item: _Item) -> None:
        """This is sent next."""
        self._tag += 1
        self._sent[self._tag] = item

    def returned(self, message_id: str | None) -> None:
        """No queue took the message of this id."""
        self._returned.add(message_id or "")

    def answered(self, frame: Method[Any]) -> Iterator[tuple[_Item, foreign.AMQPError | None]]:
        """What the broker answers for: each message, and why it was refused, if it was."""
        answer = frame.method
        last = answer.delivery_tag
        # All up to it, or just it; tags were given in order.
        tags = [tag for tag in self._sent if tag <= last] if answer.multiple else [last]
        for tag in tags:
            item = self._sent.pop(tag)
            if isinstance(answer, Basic.Nack):
                yield item, foreign.NackError([])
            elif self._id_of(item) in self._returned:
                self._returned.discard(self._id_of(item))
                yield item, foreign.UnroutableError([])
            else:
                yield item, None
