"""The publisher's side: submit programs, and be told what comes of them. Nothing is polled.

    with Client("amqp://…") as client:
        sent = client.submit(language="python", source="print(3)", problem="three")
        for event in client.stream(sent):    # progress, then the verdict
            print(event)
        print(client.wait(sent).verdict)

A verdict cannot slip through: the client listens before it publishes, its reply queue outlives
its connection, and a broker that was away for longer makes it look into the database, if it was
given one. Events arrive at least once; a verdict is handed out once.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from pydantic import ValidationError

from consumers.events import Event, VerdictEvent, binding, decode_event
from consumers.messages import InvalidMessage, SubmissionMessage
from consumers.rabbit import Heard, Mailbox, Post, Topology
from judgecore.errors import InvalidConfig, JudgecoreError, QueueUnavailable, StoreUnavailable
from judgecore.model import invalid

if TYPE_CHECKING:
    from consumers.postgres import PostgresStore

log = logging.getLogger(__name__)

ON_THEIR_WAY = 500
KEPT_VERDICTS = 10_000


@dataclass(frozen=True, slots=True)
class _Missed:
    """Events may have come and not been heard; `surely`: they will not come any more."""

    surely: bool


_News = Event | JudgecoreError | _Missed


@dataclass(slots=True, eq=False)
class _Watch:
    """A submission whose verdict is awaited. `end` is how it ended; `heard` all there was."""

    pattern: str
    heard: list[Event] = field(default_factory=list)
    end: VerdictEvent | JudgecoreError | None = None
    missed: _Missed | None = None
    listeners: list[queue.SimpleQueue[tuple[UUID, _News]]] = field(default_factory=list)


class Client:
    """Submits programs and hears of them. Thread-safe; a context manager. One connection.

    `database_url`, when given, is looked into for verdicts whose events were missed.
    `listen=False` makes a client that only submits, without a reply queue on the broker.

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
    ) -> None:
        self._database_url = database_url
        self._listens = listen
        self._lock = threading.Lock()
        self._watched: dict[UUID, _Watch] = {}
        self._ended: OrderedDict[UUID, _Watch] = OrderedDict()
        self._users_of: dict[str, int] = {}
        self._store: PostgresStore | None = None
        self._mailbox = Mailbox(
            url, Topology(prefix), self._on_heard if listen else None, self._on_missed
        )

    def __repr__(self) -> str:
        return f"<Client {len(self._watched)} awaited, {len(self._ended)} ended>"

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Disconnect. Whoever still waits gets `QueueUnavailable`."""
        self._mailbox.close()
        if self._store is not None:
            self._store.close()

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
        `watch=False` its verdict will not be heard of. `traceparent` is a W3C trace context.

        Raises `InvalidSubmission` for fields that won't do, and `QueueUnavailable` when the
        broker refused it or did not confirm in time. Submitting the same id again is harmless.
        """
        message = message or _message(fields)
        if watch and self._listens:
            self._watch(message)
        _confirmed(self._post(message, queue, traceparent), timeout_s)
        return message.submission_id

    def submit_many(
        self,
        messages: Iterable[SubmissionMessage],
        *,
        queue: str = "default",
        watch: bool = True,
        timeout_s: float = 60.0,
    ) -> list[UUID]:
        """Publish many, some hundred at a time on their way; returns their ids.

        They share a new `batch_id`, unless they have one. `timeout_s` is how long the broker may
        take for any of them. When it raises, some have been published; submitting all of them
        again is harmless.
        """
        batch_id = uuid4()
        ids: list[UUID] = []
        posts: deque[Post] = deque()
        for message in messages:
            if message.batch_id is None:
                message = message.model_copy(update={"batch_id": batch_id})
            if watch and self._listens:
                self._watch(message)
            posts.append(self._post(message, queue))
            ids.append(message.submission_id)
            if len(posts) >= ON_THEIR_WAY:
                _confirmed(posts.popleft(), timeout_s)
        for post in posts:
            _confirmed(post, timeout_s)
        return ids

    def _post(self, message: SubmissionMessage, queue: str, traceparent: str | None = None) -> Post:
        body = message.encode()
        return self._mailbox.post(body, str(message.submission_id), queue, traceparent)

    # Hearing ---------------------------------------------------------------------------------

    def wait(self, submission_id: UUID, timeout_s: float | None = None) -> VerdictEvent:
        """The verdict on a submission. Asking again is answered at once.

        Raises `TimeoutError` when there is none in time, `InvalidMessage` with the reason when
        the submission can't be judged and became a dead letter, and `QueueUnavailable` when
        events were missed (an outage of more than ten minutes) and no database was given.
        """
        for event in self.stream(submission_id, timeout_s=timeout_s):
            if isinstance(event, VerdictEvent):
                return event
        raise AssertionError("unreachable: a stream ends with a verdict or raises")

    def stream(self, *submission_ids: UUID, timeout_s: float | None = None) -> Iterator[Event]:
        """Everything heard of these submissions, as it comes, until each has its verdict.

        Raises as `wait` does. Progress is best effort, and starts over when a submission does.
        """
        if not self._listens:
            raise InvalidConfig("listen: this client was made with listen=False")
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        inbox: queue.SimpleQueue[tuple[UUID, _News]] = queue.SimpleQueue()
        pending = dict.fromkeys(submission_ids)
        watches = [self._listen_to(one, inbox) for one in pending]
        try:
            while pending:
                submission_id, news = _next(inbox, deadline, pending)
                if submission_id not in pending:
                    continue
                if isinstance(news, JudgecoreError):
                    raise news
                if isinstance(news, _Missed):
                    self._recover(submission_id, news, inbox)
                    continue
                if isinstance(news, VerdictEvent):
                    del pending[submission_id]
                yield news
        finally:
            for watch in watches:
                with self._lock:
                    if inbox in watch.listeners:
                        watch.listeners.remove(inbox)

    def _listen_to(
        self, submission_id: UUID, inbox: queue.SimpleQueue[tuple[UUID, _News]]
    ) -> _Watch:
        with self._lock:
            known = self._watched.get(submission_id) or self._ended.get(submission_id)
        watch = known or self._begin(submission_id, binding(submission_id=submission_id))
        with self._lock:
            for event in watch.heard:
                inbox.put((submission_id, event))
            if isinstance(watch.end, JudgecoreError):
                inbox.put((submission_id, watch.end))
            elif watch.end is None:
                watch.listeners.append(inbox)
                if watch.missed is not None:
                    inbox.put((submission_id, watch.missed))
        if known is None:
            inbox.put((submission_id, _Missed(False)))  # somebody else's: it may have its verdict
        return watch

    def _watch(self, message: SubmissionMessage) -> None:
        with self._lock:
            if message.submission_id in self._watched or message.submission_id in self._ended:
                return
        if message.batch_id is None:
            pattern = binding(submission_id=message.submission_id)
        else:
            pattern = binding(batch_id=message.batch_id)
        self._begin(message.submission_id, pattern)

    def _begin(self, submission_id: UUID, pattern: str) -> _Watch:
        with self._lock:
            watch = self._watched[submission_id] = _Watch(pattern)
            self._users_of[pattern] = self._users_of.get(pattern, 0) + 1
            if self._users_of[pattern] == 1:
                self._mailbox.follow(pattern)
        return watch

    def _finish(self, submission_id: UUID, end: VerdictEvent | JudgecoreError) -> None:
        """Under the lock: keep how it ended, and tell whoever listens."""
        watch = self._watched.pop(submission_id, None)
        if watch is None:
            return
        watch.end = end
        self._ended[submission_id] = watch
        while len(self._ended) > KEPT_VERDICTS:
            self._ended.popitem(last=False)
        self._tell(submission_id, watch, end)
        watch.heard = [end] if isinstance(end, VerdictEvent) else []
        self._users_of[watch.pattern] -= 1
        if not self._users_of[watch.pattern]:
            del self._users_of[watch.pattern]
            self._mailbox.unfollow(watch.pattern)

    def _tell(self, submission_id: UUID, watch: _Watch, news: _News) -> None:
        for inbox in watch.listeners:
            inbox.put((submission_id, news))

    # In the mailbox's thread -----------------------------------------------------------------

    def _on_heard(self, heard: Heard) -> None:
        try:
            if heard.reason is not None:
                self._on_dead_letter(heard.message_id, heard.reason)
            else:
                self._on_event(decode_event(heard.body))
        except InvalidMessage as exc:
            log.warning("heard an event that this version cannot read: %s", exc)

    def _on_event(self, event: Event) -> None:
        with self._lock:
            watch = self._watched.get(event.submission_id)
            if watch is None:
                return  # not ours, or told before
            if isinstance(event, VerdictEvent):
                self._finish(event.submission_id, event)
            else:
                watch.heard.append(event)
                self._tell(event.submission_id, watch, event)

    def _on_dead_letter(self, message_id: str | None, reason: str) -> None:
        try:
            submission_id = UUID(message_id)
        except (TypeError, ValueError):
            return  # somebody else's, whatever it was
        with self._lock:
            self._finish(submission_id, InvalidMessage("submission", reason))

    def _on_missed(self, surely: bool) -> None:
        with self._lock:
            for submission_id, watch in self._watched.items():
                before = watch.missed is not None and watch.missed.surely
                watch.missed = _Missed(surely or before)
                self._tell(submission_id, watch, watch.missed)

    # Missed events ---------------------------------------------------------------------------

    def _recover(
        self,
        submission_id: UUID,
        missed: _Missed,
        inbox: queue.SimpleQueue[tuple[UUID, _News]],
    ) -> None:
        """Look for a stored verdict; raises when there is no way to know."""
        with self._lock:
            if submission_id not in self._watched:
                return  # it has ended in the meantime, and the inbox has it
        if self._database_url is None:
            self._mailbox.check()
            if not missed.surely:
                return
            raise QueueUnavailable(
                f"events of {submission_id} may have been missed while the broker was away:"
                " ask the database, or submit it again"
            )
        try:
            result = self._stored().result(submission_id)
        except StoreUnavailable as exc:
            log.warning("looks for a missed verdict again in a second: %s", exc)
            time.sleep(1)
            inbox.put((submission_id, missed))
            return
        if result is None:
            self._mailbox.check()
            return
        with self._lock:
            self._finish(submission_id, VerdictEvent.of(result))

    def _stored(self) -> PostgresStore:
        from consumers.postgres import PostgresStore

        with self._lock:
            if self._store is None:
                self._store = PostgresStore(self._database_url or "")
            return self._store


def _message(fields: dict[str, Any]) -> SubmissionMessage:
    try:
        return SubmissionMessage.model_validate({"submission_id": uuid4(), **fields})
    except ValidationError as exc:
        raise invalid(exc) from None


def _confirmed(post: Post, timeout_s: float) -> None:
    try:
        post.done.result(timeout_s)
    except FutureTimeout:
        post.given_up = True
        raise QueueUnavailable(
            f"the broker did not confirm submission {post.message_id} within {timeout_s:g} s;"
            " it may have it all the same, and submitting it again is harmless"
        ) from None


def _next(
    inbox: queue.SimpleQueue[tuple[UUID, _News]],
    deadline: float | None,
    pending: dict[UUID, None],
) -> tuple[UUID, _News]:
    try:
        if deadline is None:
            return inbox.get()
        return inbox.get(timeout=max(0.0, deadline - time.monotonic()))
    except queue.Empty:
        left = ", ".join(str(one) for one in list(pending)[:3])
        more = f" and {len(pending) - 3} more" if len(pending) > 3 else ""
        raise TimeoutError(f"no verdict in time on {left}{more}") from None
