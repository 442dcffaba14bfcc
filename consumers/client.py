"""The publisher's side: submit programs, and receive their progress and verdicts, without polling.

    with Client("amqp://…") as client:
        sent = client.submit(language="python", source="print(3)", problem="three")
        for event in client.stream(sent):    # progress, then the verdict
            print(event)
        print(client.wait(sent).verdict)

No verdict is missed: the client listens before it publishes, its reply queue outlives its
connection, and it publishes again what it published just before a broker went down. When the broker
was away for longer, or the node of its queue was lost, the client reads the database, if it was
given one. Events arrive at least once; a verdict is handed out once. Up to 64 MiB of verdicts are
kept until somebody asks for them. Create a client after a fork, not before.
"""

from __future__ import annotations

import logging
import queue
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any
from uuid import UUID, uuid4

from pydantic import ValidationError

from consumers.contracts import Cancellation
from consumers.events import (
    ProgressEvent,
    RefusalEvent,
    VerdictEvent,
    binding,
    decode_event,
)
from consumers.messages import MAX_BODY_BYTES, InvalidMessage, SubmissionMessage
from consumers.missed import MissedVerdicts
from consumers.pending import Gap, Inbox, PendingVerdicts, Update
from consumers.rabbit import Incoming, Publication, PublisherConnection, Topology
from judgecore.errors import (
    InvalidConfig,
    InvalidSubmission,
    JudgecoreError,
    QueueUnavailable,
)
from judgecore.validation import invalid

log = logging.getLogger(__name__)

MOST_UNCONFIRMED = 500
PAUSE_S = 1.0


class Client:
    """Submits programs and receives their events. Thread-safe; a context manager. One connection.

    `database_url`, when given, is read for verdicts whose events were missed.
    `listen=False` makes a client that only submits, without a reply queue on the broker.
    `on_event` is called with each verdict and progress that comes, in the connection's thread, and
    must be quick.

    Raises `QueueUnavailable` when the broker cannot be reached at first. Later outages are
    bridged: calls wait for the broker to come back, as long as their `timeout_s`.
    """

    def __init__(
        self,
        url: str,
        *,
        prefix: str = "judgecore",
        database_url: str | None = None,
        listen: bool = True,
        on_event: Callable[[VerdictEvent | ProgressEvent], None] = lambda _: None,
    ) -> None:
        self._listens = listen
        self._on_event = on_event
        self._pending = PendingVerdicts(
            lambda pattern: self._connection.follow(pattern),
            lambda pattern: self._connection.unfollow(pattern),
        )
        self._missed = MissedVerdicts(database_url, self._pending, lambda: self._connection.check())
        self._connection = PublisherConnection(
            url,
            Topology(prefix),
            self._on_incoming if listen else None,
            self._pending.note_gap,
            lambda message_id: self._pending.note_sent(UUID(message_id)),
        )
        if listen:
            self._connection.follow(f"refusal.*.*.*.{self._connection.reply_key}")

    def __repr__(self) -> str:
        return f"<Client {self._pending!r}>"

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def user(self) -> str | None:
        """Whose the submissions are; None where the broker knows this user by another name."""
        return self._connection.user

    def close(self) -> None:
        """Disconnect. Whoever still waits gets `QueueUnavailable`."""
        self._connection.close()
        self._missed.close()

    # Submitting ------------------------------------------------------------------------------

    def submit(
        self,
        message: SubmissionMessage | None = None,
        /,
        *,
        queue: str = "default",
        watch: bool = True,
        timeout_s: float = 30.0,
        traceparent: str | None = None,
        **fields: Any,
    ) -> UUID:
        """Publish a submission, given as a message or as its fields; returns its id.

        Returns when the broker has it on disk. `queue` is `default` or `batch`. With
        `watch=False` its verdict will not be received. `traceparent` is a W3C trace context.

        Raises `InvalidSubmission` for fields that won't do, and `QueueUnavailable` when the
        broker refused it or did not confirm in time. Submitting the same id again is harmless, and
        a verdict that it has already is published again. Under one id the first program counts:
        waiting for another one raises `InvalidSubmission`.
        """
        message = message or _message(fields)
        if watch and self._listens:
            self._watch(message)
        _confirmed(self._publish(message, queue, traceparent), timeout_s)
        return message.submission_id

    def submit_many(
        self,
        messages: Iterable[SubmissionMessage],
        *,
        queue: str = "default",
        watch: bool = True,
        timeout_s: float = 60.0,
    ) -> list[UUID]:
        """Publish many, some hundred at a time unconfirmed; returns their ids.

        They share a new `batch_id`, unless they have one. `timeout_s` is how long the broker may
        take for any of them. When it raises, some have been published; submitting all of them
        again is harmless.
        """
        batch_id = uuid4()
        ids: list[UUID] = []
        publications: deque[Publication] = deque()
        for message in messages:
            if message.batch_id is None:
                message = message.model_copy(update={"batch_id": batch_id})
            if watch and self._listens:
                self._watch(message)
            publications.append(self._publish(message, queue))
            ids.append(message.submission_id)
            if len(publications) >= MOST_UNCONFIRMED:
                _confirmed(publications.popleft(), timeout_s)
        for publication in publications:
            _confirmed(publication, timeout_s)
        return ids

    def _publish(
        self, message: SubmissionMessage, queue: str, traceparent: str | None = None
    ) -> Publication:
        body = message.encode()
        if len(body) > MAX_BODY_BYTES:  # the broker would close the connection for every thread
            raise InvalidSubmission(
                "message", f"{len(body)} bytes; at most {MAX_BODY_BYTES} are accepted"
            )
        return self._connection.publish(body, str(message.submission_id), queue, traceparent)

    def cancel(self, submission_id: UUID | str, reason: str = "cancelled") -> Cancellation:
        """Cancel a submission that has no verdict yet, arrived or not; what runs is ended soon.

        Needs the database, as `judgecore cancel` does: raises `InvalidConfig` without one. Whoever
        waits for it gets a verdict, CANCELLED.
        """
        return self._missed.cancel(_id(submission_id), reason)

    # Receiving -------------------------------------------------------------------------------

    def wait(
        self, submission_id: UUID | str, timeout_s: float | None = None, *, attempt: int = 1
    ) -> VerdictEvent:
        """The verdict on a submission. Asking again is answered at once.

        After a rejudge it is the new one, if this client was given a database; without one, name
        the `attempt` that it should be of, or a later one. Raises `TimeoutError` when there is none
        in time, `InvalidMessage` with the reason when the submission can't be judged and became a
        dead letter, `InvalidSubmission` when the id is none, or another program came before under
        it, and `QueueUnavailable` when events were missed (an outage of more than ten minutes), or
        more verdicts came than are kept, and no database was given.
        """
        for event in self.stream(submission_id, timeout_s=timeout_s, attempt=attempt):
            if isinstance(event, VerdictEvent):
                return event
        raise AssertionError("unreachable: a stream ends with a verdict or raises")

    def stream(
        self, *submission_ids: UUID | str, timeout_s: float | None = None, attempt: int = 1
    ) -> Iterator[VerdictEvent | ProgressEvent]:
        """Every event of these submissions, as it comes, until each has its verdict.

        Raises as `wait` does. Progress is best effort, and starts over when a submission does.
        """
        if not self._listens:
            raise InvalidConfig("listen: this client was made with listen=False")
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        inbox: Inbox = queue.SimpleQueue()
        pending = dict.fromkeys(map(_id, submission_ids), attempt)
        try:
            for one in pending:
                pending[one] = max(attempt, self._missed.newest(one))
                self._pending.listen(one, binding(submission_id=one), inbox, pending[one])
            if any(one in self._pending for one in pending):
                self._connection.check()
            while pending:
                submission_id, update = _next(inbox, deadline, pending)
                if submission_id not in pending or _is_older(update, pending[submission_id]):
                    continue
                if isinstance(update, JudgecoreError):
                    raise update
                if isinstance(update, Gap):
                    if not self._missed.recover(submission_id, update):
                        _pause(deadline, pending)
                        inbox.put((submission_id, update))
                    continue
                if isinstance(update, VerdictEvent):
                    del pending[submission_id]
                yield update
        finally:
            for one in pending:
                self._pending.leave(one, inbox)

    def _watch(self, message: SubmissionMessage) -> None:
        if message.batch_id is None:
            pattern = binding(submission_id=message.submission_id)
        else:
            pattern = binding(batch_id=message.batch_id)
        self._pending.add(message.submission_id, pattern, message.program_hash)

    # In the connection's thread --------------------------------------------------------------

    def _on_incoming(self, incoming: Incoming) -> None:
        try:
            event = decode_event(incoming.body)
        except InvalidMessage as exc:
            log.warning("ignoring an event that this version cannot read: %s", exc)
            return
        if isinstance(event, RefusalEvent):
            is_own = incoming.key.rpartition(".")[2] == self._connection.reply_key
            why = InvalidMessage("submission", event.reason)
            self._pending.refuse(event.submission_id, why, is_own=is_own)
        else:
            self._pending.receive(event, len(incoming.body))
            self._on_event(event)


def _message(fields: dict[str, Any]) -> SubmissionMessage:
    try:
        return SubmissionMessage.model_validate({"submission_id": uuid4(), **fields})
    except ValidationError as exc:
        raise invalid(exc) from None


def _id(given: UUID | str) -> UUID:
    try:
        return given if isinstance(given, UUID) else UUID(given)
    except (AttributeError, TypeError, ValueError):
        raise InvalidSubmission("submission_id", f"not a UUID: {given!r:.80}") from None


def _is_older(update: Update, attempt: int) -> bool:
    return isinstance(update, VerdictEvent | ProgressEvent) and update.attempt < attempt


def _confirmed(publication: Publication, timeout_s: float) -> None:
    try:
        publication.done.result(timeout_s)
    except FutureTimeout:
        publication.given_up = True
        raise QueueUnavailable(
            f"the broker did not confirm submission {publication.message_id}"
            f" within {timeout_s:g} s;"
            " it may have it all the same, and submitting it again is harmless"
        ) from None


def _next(inbox: Inbox, deadline: float | None, pending: Collection[UUID]) -> tuple[UUID, Update]:
    try:
        if deadline is None:
            return inbox.get()
        return inbox.get(timeout=max(0.0, deadline - time.monotonic()))
    except queue.Empty:
        raise _late(pending) from None


def _pause(deadline: float | None, pending: Collection[UUID]) -> None:
    left_s = PAUSE_S if deadline is None else deadline - time.monotonic()
    if left_s <= 0:
        raise _late(pending)
    time.sleep(min(PAUSE_S, left_s))


def _late(pending: Collection[UUID]) -> TimeoutError:
    left = ", ".join(str(one) for one in list(pending)[:3])
    more = f" and {len(pending) - 3} more" if len(pending) > 3 else ""
    return TimeoutError(f"no verdict in time on {left}{more}")
