"""Messages on their way: a delivery to a worker, and what leaves through the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field

from consumers.events import RefusalEvent, VerdictEvent, reply_key
from consumers.messages import RejudgeMessage
from judgecore.errors import QueueUnavailable

# Characters: the headers of a dead letter must fit into one frame, and a reason into a line.
MOST_REASON = 2_000
# A delivery that came back this often is kept: brokers drop what comes back too often (20 times).
MOST_RETURNS = 5


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message, handed to us and not yet settled.

    `token` is the queue's own business. `redeliveries` is how often the broker says it has come
    back; 0 when the broker doesn't say. `traceparent` is the trace context in its headers, not
    checked yet. `published_ms` is when it was published, ms since 1970 by the publisher's clock.
    `message_id` is what its publisher called it, if it did. `reply_token` is a secret of its
    publisher's, by which it knows what it is told of a dead letter.
    `wants_repeat`: its publisher wants to be told a verdict that is there already. `publisher` is
    the broker's user who published it, as the broker has checked; None: it is not known.
    """

    body: bytes
    token: object
    queue: str = "default"
    redeliveries: int = 0
    traceparent: str | None = None
    published_ms: int | None = None
    wants_repeat: bool = False
    message_id: str | None = None
    reply_token: str | None = None
    publisher: str | None = None


class DeadLetter(BaseModel):
    """A message that no worker can judge, and why, on its way to the dead-letter queue.

    `id` is its own; `queue` is where it came from, by its short name. `private`: it came under the
    id of another publisher's submission, so nobody else is told that it was refused.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64"
    )

    kind: Literal["dead"] = "dead"
    id: UUID = Field(default_factory=uuid4)
    body: bytes
    reason: str
    queue: str
    message_id: str | None = None
    reply_token: str | None = None
    traceparent: str | None = None
    private: bool = False

    def encode(self) -> str:
        """As JSON for the outbox. Older workers do not know `private`."""
        return self.model_dump_json(exclude=None if self.private else {"private"})

    @classmethod
    def of(cls, delivery: Delivery, reason: str, *, private: bool = False) -> DeadLetter:
        """The dead letter of a delivery, with a reason of bounded length that can be stored."""
        return cls(
            body=delivery.body,
            reason=_printable(reason[:MOST_REASON]),
            queue=delivery.queue,
            message_id=delivery.message_id and _printable(delivery.message_id),
            reply_token=delivery.reply_token and _printable(delivery.reply_token),
            traceparent=delivery.traceparent and _printable(delivery.traceparent),
            private=private,
        )

    @property
    def named(self) -> UUID | None:
        """Which submission its publisher called it, if any."""
        try:
            return UUID(self.message_id or "")
        except ValueError:
            return None

    @property
    def refusal(self) -> RefusalEvent | None:
        """What its publisher is told, if the message says which submission it is.

        Without the program and the tests, which are not for others.
        """
        if self.named is None or (self.private and self.reply_token is None):
            return None
        return RefusalEvent(submission_id=self.named, reason=self.reason)

    @property
    def refusal_key(self) -> str:
        """`refusal.-.-.<submission id>.<reply key>`, each `-` where there is none.

        A private one has no submission id: it matches only what its publisher has bound.
        """
        submission = "-" if self.private or self.named is None else self.named
        key = "-" if self.reply_token is None else reply_key(self.reply_token)
        return f"refusal.-.-.{submission}.{key}"

    @property
    def submission_id(self) -> UUID:
        """What the outbox knows it by."""
        return self.id

    @property
    def attempt(self) -> int:
        """1: a dead letter has no attempts."""
        return 1


@dataclass(frozen=True, slots=True)
class RepeatedEvent:
    """A verdict to publish once more, for who submitted again."""

    event: VerdictEvent
    kind: Literal["repeat"] = "repeat"

    @property
    def submission_id(self) -> UUID:
        """Whose verdict it is."""
        return self.event.submission_id

    @property
    def attempt(self) -> int:
        """At which attempt."""
        return self.event.attempt


OutboxEntry = VerdictEvent | RepeatedEvent | RejudgeMessage | DeadLetter


class RefusedByBroker(QueueUnavailable):
    """The broker refused one message and takes others: a queue that it is bound to may be full."""


# How often what the broker refuses is tried, in pauses that grow to ten minutes: an hour in all.
MOST_TRIES = 14
FIRST_PAUSE_S, LONGEST_PAUSE_S = 5.0, 600.0


def pause_s(tries: int) -> float:
    """How long to wait after so many refusals."""
    return min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** (tries - 1))


@dataclass(frozen=True, slots=True)
class Unpublished:
    """What the broker refused; `parked`: it is not tried any more."""

    submission_id: UUID
    attempt: int
    kind: str
    tries: int
    cause: str
    since: datetime
    parked: bool


def _printable(text: str) -> str:
    # JSON in the database holds no NUL, and UTF-8 no lone surrogate.
    return text.replace("\0", "").encode(errors="replace").decode()
