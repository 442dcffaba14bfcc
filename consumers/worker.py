"""Take, judge, store, acknowledge.

One thread per slot takes a delivery and stays with it to the end. Its verdict is committed to
the store, *then* the delivery is acknowledged, in one place (`_commit_then_acknowledge`): a
worker that dies in between is given the delivery again, finds the verdict and changes nothing.

The order of a shutdown, and why:

1. *Stop taking.* Every thread looks at the flag after each delivery, so none begins another.
2. *Give back what has not started*, before waiting: other workers can have it at once.
3. *Finish what runs*, as long as the grace period lasts; each is stored, then acknowledged.
4. *Give back what still runs.* The broker would do it when the connection drops, but only
   after a missed heartbeat if the machine simply vanishes. The late thread's own
   acknowledgement then finds its delivery already settled, and is dropped.
5. *Flush the events.* Only now, because step 3 made the last of them.
6. *Close the queue, then the store.* Acknowledgements are still on their way through the
   queue's own thread, and closing drains them; nothing needs the store any more.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeVar
from uuid import UUID

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    retry_if_exception_type,
    wait_random_exponential,
)

from consumers.events import VerdictEvent
from consumers.messages import InvalidMessage, SubmissionMessage, decode
from consumers.problem import Problem
from judgecore.errors import (
    InfrastructureError,
    PoolClosed,
    QueueUnavailable,
    StoreUnavailable,
    UsageError,
)
from judgecore.submission import Result, Submission

log = logging.getLogger(__name__)

TAKE_S = 0.5
LONGEST_WAIT_S = 30.0
LOCAL_TRIES = 2
FLUSH_LIMIT = 100
# Starts that never came to an end. Restarts of a worker cause one each, so this is well above
# `retries`; beyond it, the submission is what brings the workers down. It is below 20, the
# delivery limit of RabbitMQ 4, at which the broker would drop the message without a verdict.
MOST_STARTS = 10

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message, handed to us and not yet settled.

    `token` is the queue's own business. `redeliveries` is how often the broker says it has come
    back; 0 when the broker doesn't say.
    """

    body: bytes
    token: object
    queue: str = "default"
    redeliveries: int = 0


class Judge(Protocol):
    """What the worker needs of `judgecore.Judge`."""

    def resolve_language(self, name: str) -> str: ...

    def judge(self, submission: Submission) -> Result: ...


class Queue(Protocol):
    """Where submissions come from. Thread-safe. Settling a delivery twice is harmless."""

    def take(self, timeout_s: float) -> Delivery | None:
        """The next delivery, or None. `QueueUnavailable`: there will never be another."""

    def ack(self, delivery: Delivery) -> None:
        """It is done with. Never raises: a lost acknowledgement means a redelivery."""

    def requeue(self, delivery: Delivery, *, counted: bool) -> None:
        """Give it back; `counted` when it failed here, not when it never had its chance."""

    def bury(self, delivery: Delivery, reason: str) -> None:
        """Move it to the dead letters. `QueueUnavailable`: it was not moved."""

    def announce(self, event: VerdictEvent) -> None:
        """Publish a verdict, and return when the broker has it, or raise `QueueUnavailable`."""

    def stop_taking(self) -> None:
        """Accept nothing more and give back what nobody took; `take` returns None from now on."""

    def close(self) -> None:
        """Send what is still to be sent, then disconnect. What is unsettled goes back."""


class Store(Protocol):
    """Where verdicts go. Thread-safe. Everything raises `StoreUnavailable` in an outage."""

    def problem(self, slug: str) -> Problem:
        """A stored problem, or `InvalidSubmission` when there is none of that name."""

    def begin(self, message: SubmissionMessage, language: str) -> int | None:
        """Note that judging begins; returns which start it is (1, 2, …), None: already judged."""

    def finish(self, event: VerdictEvent) -> bool:
        """Store a verdict, its tests and its event in one transaction; False: already judged."""

    def refuse(self, submission_id: UUID, reason: str) -> None:
        """Mark a submission that began as CANCELLED, because it can never be judged."""

    def unsent(self, older_than_s: float, limit: int) -> list[VerdictEvent]:
        """Events that were stored but never marked as sent, the oldest first."""

    def mark_sent(self, submission_id: UUID) -> None:
        """The event of this submission is out."""

    def close(self) -> None:
        """Let go of the connections."""


class Worker:
    """Judges what a queue brings, `slots` at a time, until `stop()`.

    `retries` is how often a submission is tried again after the judge failed, before it is
    stored as an internal error. `backoff_s` is the first of the growing pauses in between.
    """

    def __init__(
        self,
        queue: Queue,
        store: Store,
        judge: Judge,
        *,
        slots: int,
        retries: int = 3,
        grace_s: float = 25.0,
        backoff_s: float = 1.0,
        flush_every_s: float = 15.0,
    ) -> None:
        self._queue = queue
        self._store = store
        self._judge = judge
        self._slots = slots
        self._retries = retries
        self._grace_s = grace_s
        self._backoff_s = backoff_s
        self._flush_every_s = flush_every_s
        self._stopping = threading.Event()
        self._deadline: float | None = None
        self._failure: QueueUnavailable | None = None
        self._lock = threading.Lock()
        self._running: dict[int, Delivery] = {}

    def __repr__(self) -> str:
        state = "stopping" if self._stopping.is_set() else "taking"
        return f"<Worker {state}, {len(self._running)} of {self._slots} slots busy>"

    def stop(self) -> None:
        """Ask `run` to end. Returns at once; asking again is harmless."""
        self._stopping.set()

    def run(self) -> None:
        """Work until `stop()`, then shut down in order. Raises when the queue is lost for good."""
        threads = [self._thread(f"judge-{n}", self._take_and_judge) for n in range(self._slots)]
        self._thread("events", self._flush_now_and_then)
        self._stopping.wait()
        self._shut_down(threads)
        if self._failure is not None:
            raise self._failure

    # Taking ------------------------------------------------------------------------------

    def _take_and_judge(self) -> None:
        while not self._stopping.is_set():
            try:
                delivery = self._queue.take(TAKE_S)
            except QueueUnavailable as exc:
                self._failure = exc
                self.stop()
                return
            if delivery is None:
                continue
            if self._stopping.is_set():
                self._queue.requeue(delivery, counted=False)
                return
            with self._busy_with(delivery):
                self._handle(delivery)

    def _handle(self, delivery: Delivery) -> None:
        try:
            self._bring_to_an_end(delivery)
        except UsageError as exc:
            self._bury(delivery, str(exc))
        except (StoreUnavailable, PoolClosed) as exc:
            # Nobody's failure: it costs the submission none of its retries.
            log.warning("gives a submission back: %s", exc)
            self._nap(self._backoff_s)
            self._queue.requeue(delivery, counted=False)
        except Exception as exc:
            expected = isinstance(exc, InfrastructureError)
            log.warning("judging failed, to be tried again: %s", exc, exc_info=not expected)
            self._queue.requeue(delivery, counted=True)

    def _bring_to_an_end(self, delivery: Delivery) -> None:
        message = decode(delivery.body)
        if not isinstance(message, SubmissionMessage):
            raise InvalidMessage("kind", f"{message.kind} cannot be judged yet")
        submission = self._patiently(lambda: self._submission(message), self._stopping.is_set)
        attempt = self._patiently(
            lambda: self._store.begin(message, submission.language), self._stopping.is_set
        )
        if attempt is None:
            log.info("submission %s was judged before", submission.id)
            self._queue.ack(delivery)
            return
        try:
            result = self._result(submission, attempt)
            self._commit_then_acknowledge(delivery, VerdictEvent.of(result))
        except UsageError as exc:
            reason = str(exc)
            self._patiently(lambda: self._store.refuse(submission.id, reason), self._out_of_grace)
            raise

    def _submission(self, message: SubmissionMessage) -> Submission:
        language = self._judge.resolve_language(message.language)
        problem = None if message.problem is None else self._store.problem(message.problem)
        return message.submission(language, problem)

    def _commit_then_acknowledge(self, delivery: Delivery, event: VerdictEvent) -> None:
        self._patiently(lambda: self._store.finish(event), self._out_of_grace)
        self._queue.ack(delivery)
        log.info("submission %s: %s", event.submission_id, event.verdict)
        self._send(event)

    def _bury(self, delivery: Delivery, reason: str) -> None:
        log.warning("dead letter: %s", reason)
        try:
            self._queue.bury(delivery, reason)
        except QueueUnavailable as exc:
            log.warning("could not bury it, so it goes back: %s", exc)
            self._nap(self._backoff_s)
            self._queue.requeue(delivery, counted=False)

    # Judging, again if need be -----------------------------------------------------------

    def _result(self, submission: Submission, attempt: int) -> Result:
        if attempt > MOST_STARTS + self._retries:
            cause = f"was started {attempt - 1} times, and no worker came to its end"
            return Result.internal_error(submission.id, submission.language, cause)
        try:
            return self._judge_stubbornly(submission)
        except (UsageError, PoolClosed):
            raise
        except Exception as exc:
            if attempt <= self._retries:
                self._nap(min(LONGEST_WAIT_S, self._backoff_s * 2.0**attempt))
                raise
            cause = f"{type(exc).__name__}: {exc}"
            log.error("submission %s: given up: %s", submission.id, cause)
            return Result.internal_error(submission.id, submission.language, cause)

    def _judge_stubbornly(self, submission: Submission) -> Result:
        def enough(state: RetryCallState) -> bool:
            return state.attempt_number >= LOCAL_TRIES or self._stopping.is_set()

        retrying = Retrying(
            retry=retry_if_exception(_may_pass),
            stop=enough,
            wait=wait_random_exponential(multiplier=self._backoff_s, max=LONGEST_WAIT_S),
            sleep=self._nap,
            reraise=True,
        )
        return retrying(self._judge.judge, submission)

    def _patiently(self, act: Callable[[], _T], give_up: Callable[[], bool]) -> _T:
        """Call the store until it answers: an outage is waited out, never made a verdict."""

        def warn(state: RetryCallState) -> None:
            log.warning("waits for the store: %s", state.outcome and state.outcome.exception())

        retrying = Retrying(
            retry=retry_if_exception_type(StoreUnavailable),
            stop=lambda _: give_up(),
            wait=wait_random_exponential(multiplier=self._backoff_s, max=LONGEST_WAIT_S),
            sleep=self._nap,
            before_sleep=warn,
            reraise=True,
        )
        return retrying(act)

    def _nap(self, seconds: float) -> None:
        # A pause that ends early when asked to stop, yet never turns a retry into a busy loop.
        if self._stopping.is_set():
            time.sleep(min(seconds, 0.2))
        else:
            self._stopping.wait(seconds)

    # Events ------------------------------------------------------------------------------

    def _flush_now_and_then(self) -> None:
        # The age keeps this from racing the thread that has just committed an event.
        while not self._stopping.is_set():
            self._flush(older_than_s=self._flush_every_s)
            self._stopping.wait(self._flush_every_s)

    def _flush(self, older_than_s: float) -> None:
        try:
            events = self._store.unsent(older_than_s, FLUSH_LIMIT)
        except StoreUnavailable as exc:
            log.warning("cannot look for unsent events: %s", exc)
            return
        except Exception:
            log.exception("cannot look for unsent events")
            return
        for event in events:
            if not self._send(event):
                break

    def _send(self, event: VerdictEvent) -> bool:
        try:
            self._queue.announce(event)
            self._store.mark_sent(event.submission_id)
        except (QueueUnavailable, StoreUnavailable) as exc:
            log.warning("event of %s stays in the outbox: %s", event.submission_id, exc)
            return False
        return True

    # Shutting down -----------------------------------------------------------------------

    def _shut_down(self, threads: list[threading.Thread]) -> None:
        self._deadline = time.monotonic() + self._grace_s
        self._queue.stop_taking()
        for thread in threads:
            thread.join(max(0.0, self._deadline - time.monotonic()))
        with self._lock:
            unfinished = list(self._running.values())
        for delivery in unfinished:
            log.warning("out of grace: a submission is given back unfinished")
            self._queue.requeue(delivery, counted=False)
        last = self._thread("last events", lambda: self._flush(older_than_s=0))
        last.join(2.0)
        self._queue.close()
        self._store.close()

    def _out_of_grace(self) -> bool:
        return self._deadline is not None and time.monotonic() >= self._deadline

    @contextmanager
    def _busy_with(self, delivery: Delivery) -> Iterator[None]:
        me = threading.get_ident()
        with self._lock:
            self._running[me] = delivery
        try:
            yield
        finally:
            with self._lock:
                del self._running[me]

    def _thread(self, name: str, target: Callable[[], None]) -> threading.Thread:
        thread = threading.Thread(target=target, name=name, daemon=True)
        thread.start()
        return thread


def _may_pass(exc: BaseException) -> bool:
    return isinstance(exc, InfrastructureError) and not isinstance(exc, PoolClosed)
