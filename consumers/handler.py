"""The way of one delivery: decode, begin, judge, commit, acknowledge.

The verdict is committed to the store, *then* the delivery is acknowledged, in one place
(`_commit_then_acknowledge`): a worker that dies in between is given the delivery again, finds the
verdict and changes nothing. Only then is anybody told.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    retry_if_exception_type,
    wait_random_exponential,
)

from consumers import trace
from consumers.contracts import Delivery, Judge, Outcome, Queue, Start, Store
from consumers.events import ProgressEvent, VerdictEvent
from consumers.logs import about
from consumers.messages import (
    BatchMessage,
    InvalidMessage,
    Message,
    RejudgeMessage,
    SubmissionMessage,
    decode,
)
from consumers.metrics import Metrics
from consumers.postman import Postman
from consumers.stopping import Stopping
from judgecore.errors import (
    InfrastructureError,
    PoolClosed,
    QueueUnavailable,
    StoreUnavailable,
    UsageError,
)
from judgecore.submission import Result, Submission, TestResult

log = logging.getLogger(__name__)

LONGEST_WAIT_S = 30.0
LOCAL_TRIES = 2
# Starts that never came to an end. Restarts of a worker cause one each, so this is well above
# `retries`; beyond it, the submission is what brings the workers down. It is below 20, the
# delivery limit of RabbitMQ 4, at which the broker would drop the message without a verdict.
MOST_STARTS = 10


@dataclass(frozen=True, slots=True)
class _Case:
    """A submission to judge: which attempt at it, and how it came to us."""

    message: SubmissionMessage
    attempt: int
    language: str
    delivery: Delivery
    traceparent: str | None


class Handler:
    """Brings deliveries to an end, in whatever thread calls `handle`."""

    def __init__(
        self,
        queue: Queue,
        store: Store,
        judge: Judge,
        postman: Postman,
        *,
        stopping: Stopping,
        metrics: Metrics,
        retries: int,
        backoff_s: float,
        progress: bool,
    ) -> None:
        self._queue = queue
        self._store = store
        self._judge = judge
        self._postman = postman
        self._stopping = stopping
        self._metrics = metrics
        self._retries = retries
        self._backoff_s = backoff_s
        self._progress = progress
        # Call the store until it answers: an outage is waited out, never made a verdict.
        self._until_asked = self._waits_for_store(stopping.asked)
        self._until_out_of_grace = self._waits_for_store(stopping.out_of_grace)

    def handle(self, delivery: Delivery) -> None:
        """Judge it and store the verdict, bury it, or give it back; never raises."""
        traceparent = trace.continued(delivery.traceparent)
        with about(trace_id=trace.trace_id(traceparent)):
            try:
                message = decode(delivery.body)
            except InvalidMessage as exc:
                self._bury(delivery, str(exc))
                return
            with about(**_subject(message)):
                self._settle(delivery, message, traceparent)

    def _settle(self, delivery: Delivery, message: Message, traceparent: str | None) -> None:
        try:
            if isinstance(message, BatchMessage):
                self._spread(delivery, message, traceparent)
            else:
                self._judge_and_store(self._case(message, delivery, traceparent))
        except UsageError as exc:
            self._bury(delivery, str(exc))
        except (StoreUnavailable, QueueUnavailable, PoolClosed) as exc:
            # Nobody's failure: it costs the submission none of its retries.
            log.warning("gives it back: %s", exc)
            self._stopping.nap(self._backoff_s)
            self._queue.requeue(delivery, counted=False)
        except Exception as exc:
            expected = isinstance(exc, InfrastructureError)
            log.warning("judging failed, to be tried again: %s", exc, exc_info=not expected)
            self._metrics.retried()
            self._queue.requeue(delivery, counted=True)

    def _spread(self, delivery: Delivery, batch: BatchMessage, traceparent: str | None) -> None:
        self._postman.forward(batch.split(), delivery.queue, traceparent)
        self._queue.ack(delivery)
        log.info("%d submissions spread", len(batch.submissions))

    def _case(
        self,
        message: SubmissionMessage | RejudgeMessage,
        delivery: Delivery,
        traceparent: str | None,
    ) -> _Case:
        if isinstance(message, SubmissionMessage):
            language = self._judge.resolve_language(message.language)
            return _Case(message, 1, language, delivery, traceparent)
        recalled = self._recalled(message)
        with self._refusing(message.submission_id, message.attempt):
            language = self._judge.resolve_language(recalled.language)
        return _Case(recalled, message.attempt, language, delivery, traceparent)

    def _recalled(self, request: RejudgeMessage) -> SubmissionMessage:
        found = self._until_asked(lambda: self._store.recall(request.submission_id))
        if found is None:
            raise InvalidMessage("submission_id", f"{request.submission_id} is not in the database")
        return found

    def _judge_and_store(self, case: _Case) -> None:
        start = self._begin(case, self._until_asked)
        if start is None:
            log.info("was judged before, or is not to be judged any more")
            self._queue.ack(case.delivery)
            return
        if start.starts == 1:
            self._metrics.began(case.delivery)
        with self._refusing(case.message.submission_id, start.attempt):
            result = self._result(case, start)
            event = VerdictEvent.of(
                result,
                attempt=start.attempt,
                batch_id=case.message.batch_id,
                traceparent=case.traceparent,
            )
            self._commit_then_acknowledge(case, event, start)

    @contextmanager
    def _refusing(self, submission_id: UUID, attempt: int) -> Iterator[None]:
        """Cancel a stored attempt that turns out to be impossible; its message is buried then."""
        try:
            yield
        except UsageError as exc:
            log.warning("cannot be judged: %s", exc)
            reason = str(exc)
            self._until_out_of_grace(lambda: self._store.refuse(submission_id, attempt, reason))
            raise

    def _begin(self, case: _Case, patiently: Retrying) -> Start | None:
        return patiently(
            lambda: self._store.begin(
                case.message,
                case.language,
                attempt=case.attempt,
                published_ms=case.delivery.published_ms,
            )
        )

    def _commit_then_acknowledge(self, case: _Case, event: VerdictEvent, start: Start) -> None:
        outcome = self._finish(case, event, start)
        self._queue.ack(case.delivery)
        if outcome is Outcome.STORED:
            self._metrics.stored(case.delivery, event.result)
            log.info("%s", event.verdict)
            self._postman.post(event)
        else:
            self._metrics.superseded()
            log.info("%s came too late to be stored", event.verdict)

    def _finish(self, case: _Case, event: VerdictEvent, start: Start | None) -> Outcome:
        patiently = self._until_out_of_grace
        while start is not None:
            act = partial(self._store.finish, event, start.starts)
            outcome = patiently(act)
            if outcome is not Outcome.UNKNOWN:
                return outcome
            # A database that crashed may have forgotten that we began; we have not.
            log.warning("the store does not know of this start, so it begins again")
            start = self._begin(case, patiently)
        return Outcome.SUPERSEDED

    def _bury(self, delivery: Delivery, reason: str) -> None:
        log.warning("dead letter: %s", reason)
        try:
            self._queue.bury(delivery, reason)
            self._metrics.buried()
        except QueueUnavailable as exc:
            log.warning("could not bury it, so it goes back: %s", exc)
            self._stopping.nap(self._backoff_s)
            self._queue.requeue(delivery, counted=False)

    # Judging, again if need be -----------------------------------------------------------

    def _result(self, case: _Case, start: Start) -> Result:
        submission = case.message.submission(case.language, start.problem)
        if start.starts > MOST_STARTS + self._retries:
            cause = f"was started {start.starts - 1} times, and no worker came to its end"
            return Result.internal_error(submission.id, case.language, cause)
        try:
            return self._judge_stubbornly(submission, self._teller(case, start, submission))
        except (UsageError, PoolClosed):
            raise
        except Exception as exc:
            cause = f"{type(exc).__name__}: {exc}"
            failures = self._until_asked(
                lambda: self._store.fail(submission.id, start.attempt, cause)
            )
            if failures <= self._retries:
                self._stopping.nap(min(LONGEST_WAIT_S, self._backoff_s * 2.0**failures))
                raise
            log.error("given up: %s", cause)
            return Result.internal_error(submission.id, case.language, cause)

    def _teller(
        self, case: _Case, start: Start, submission: Submission
    ) -> Callable[[TestResult], None] | None:
        if not self._progress:
            return None
        done = 0
        total = len(submission.tests)
        begun = ProgressEvent(
            submission_id=submission.id,
            batch_id=case.message.batch_id,
            attempt=start.attempt,
            traceparent=case.traceparent,
            language=case.language,
            done=0,
            total=total,
        )

        def tested(test: TestResult) -> None:
            nonlocal done
            done = min(done + 1, total)  # a slot that was lost makes the judge start over
            self._postman.progress(begun, done, (test,))

        self._postman.progress(begun)
        return tested

    def _judge_stubbornly(
        self, submission: Submission, tested: Callable[[TestResult], None] | None
    ) -> Result:
        def enough(state: RetryCallState) -> bool:
            return state.attempt_number >= LOCAL_TRIES or self._stopping.asked()

        retrying = Retrying(
            retry=retry_if_exception(_may_pass),
            stop=enough,
            wait=wait_random_exponential(multiplier=self._backoff_s, max=LONGEST_WAIT_S),
            sleep=self._stopping.nap,
            reraise=True,
        )
        return retrying(self._judge.judge, submission, tested)

    def _waits_for_store(self, give_up: Callable[[], bool]) -> Retrying:
        def warn(state: RetryCallState) -> None:
            log.warning("waits for the store: %s", state.outcome and state.outcome.exception())

        return Retrying(
            retry=retry_if_exception_type(StoreUnavailable),
            stop=lambda _: give_up(),
            wait=wait_random_exponential(multiplier=self._backoff_s, max=LONGEST_WAIT_S),
            sleep=self._stopping.nap,
            before_sleep=warn,
            reraise=True,
        )


def _subject(message: Message) -> dict[str, object]:
    if isinstance(message, BatchMessage):
        return {"batch_id": message.batch_id}
    attempt = message.attempt if isinstance(message, RejudgeMessage) else 1
    return {"submission_id": message.submission_id, "attempt": attempt}


def _may_pass(exc: BaseException) -> bool:
    return isinstance(exc, InfrastructureError) and not isinstance(exc, PoolClosed)
