"""What is to be judged: a message, or what is stored under its id."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from uuid import UUID

from consumers.deliveries import Delivery
from consumers.messages import (
    BatchMessage,
    InvalidMessage,
    Message,
    RejudgeMessage,
    SubmissionMessage,
)
from judgecore.errors import UsageError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Case:
    """A submission to judge, in a language by its id: which attempt at it, and how it came to us.

    `batch_id` is that of the delivery; the stored message may have another one. `stored`: the
    delivery only asks for what is in the store.
    """

    message: SubmissionMessage
    attempt: int
    delivery: Delivery
    traceparent: str | None
    batch_id: UUID | None
    stored: bool = False


class Refused(Exception):
    """A stored attempt that turns out to be impossible: to be cancelled and dead-lettered."""

    def __init__(self, submission_id: UUID, attempt: int, reason: str) -> None:
        super().__init__(reason)
        self.submission_id = submission_id
        self.attempt = attempt


@contextmanager
def refusing(submission_id: UUID, attempt: int) -> Iterator[None]:
    """Turn what can't be judged into `Refused`."""
    try:
        yield
    except UsageError as exc:
        raise Refused(submission_id, attempt, str(exc)) from exc


class Cases:
    """Makes cases of messages.

    `resolved` gives a message its language by its id; `recall` reads a stored one, or None.
    """

    def __init__(
        self,
        resolved: Callable[[SubmissionMessage], SubmissionMessage],
        recall: Callable[[UUID], SubmissionMessage | None],
    ) -> None:
        self._resolved = resolved
        self._recall = recall

    def of(
        self,
        message: SubmissionMessage | RejudgeMessage,
        delivery: Delivery,
        traceparent: str | None,
    ) -> Case:
        """The case of a message. Raises `UnknownLanguage`, or `Refused` for a stored one."""
        if isinstance(message, SubmissionMessage):
            found = self._resolved(message)
            return Case(found, 1, delivery, traceparent, message.batch_id)
        with refusing(message.submission_id, message.attempt):
            stored = self._recall(message.submission_id)
            if stored is None:
                said = f"{message.submission_id} is not in the database"
                raise InvalidMessage("submission_id", said)
            found = self._resolved(stored)
        return Case(found, message.attempt, delivery, traceparent, found.batch_id, stored=True)

    def as_it_came_first(self, case: Case, attempt: int) -> tuple[Case, bool]:
        """The case with what is stored under its id, and whether that is another submission.

        The verdict must be about what came first.
        """
        with refusing(case.message.submission_id, attempt):
            stored = self._recall(case.message.submission_id)
            if stored is None:
                return case, False
            first = replace(case, message=self._resolved(stored))
        if first.message == case.message.model_copy(update={"batch_id": stored.batch_id}):
            return first, False
        log.warning("the id came before with another program: judging the first one")
        return first, True


def subject(message: Message) -> dict[str, object]:
    """What the log says of a message."""
    if isinstance(message, BatchMessage):
        return {"batch_id": message.batch_id}
    attempt = message.attempt if isinstance(message, RejudgeMessage) else 1
    return {"submission_id": message.submission_id, "attempt": attempt}
