"""The way of one delivery: decode, begin, judge, commit, acknowledge.

The verdict is committed to the store, *then* the delivery is acknowledged, in one place
(`_commit_then_acknowledge`): a worker that dies in between is given the delivery again, finds the
verdict and changes nothing. Only then is anybody told. The delivery of a long run is acknowledged
earlier, once its request is committed to the outbox (`consumers.runs`).
"""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from uuid import UUID, uuid4

from consumers import trace
from consumers.ahead import GivenBack, Places
from consumers.answers import answer, next_commit
from consumers.cases import Case, Cases, Refused, refusing, subject
from consumers.contracts import (
    HeldElsewhere,
    Judge,
    Outcome,
    Queue,
    RunClaim,
    Start,
    Store,
)
from consumers.deliveries import MOST_RETURNS, Delivery
from consumers.engine_watch import EngineWatch
from consumers.events import VerdictEvent, is_small
from consumers.judging import Judging
from consumers.large import LARGE_BYTES
from consumers.logs import about
from consumers.messages import (
    BatchMessage,
    InvalidMessage,
    Message,
    SubmissionMessage,
    decode,
)
from consumers.metrics import Metrics
from consumers.outbox import OutboxPublisher
from consumers.refusals import Refusals
from consumers.runs import Duplicate, Run, Runs
from consumers.shutdown import Shutdown
from consumers.steps import Steps, aside
from consumers.waiting import Retries, store_retries
from judgecore.errors import (
    InfrastructureError,
    Interrupted,
    LanguageUnavailable,
    PoolClosed,
    QueueUnavailable,
    StoreUnavailable,
    UnknownLanguage,
    UsageError,
)
from judgecore.result import Result

log = logging.getLogger(__name__)

# Redeliveries up to which a worker gives back what another one may know: a language, or a newer
# message. The broker also counts those for want of a free slot.
PASSED_ON = MOST_RETURNS + 5
# What ends a start for no fault of the submission or the judge.
_GIVEN_BACK = (StoreUnavailable, QueueUnavailable, PoolClosed, LanguageUnavailable, Interrupted)

_Begun = RunClaim | HeldElsewhere | None


class Handler:
    """Handles deliveries, each from decoding to acknowledgement: see `consumers.steps`."""

    def __init__(
        self,
        queue: Queue,
        store: Store,
        judge: Judge,
        outbox: OutboxPublisher,
        runs: Runs,
        engine: EngineWatch,
        places: Places,
        *,
        shutdown: Shutdown,
        metrics: Metrics,
        retries: int,
        backoff_s: float,
        progress: bool,
        timeout_s: float | None,
    ) -> None:
        self._queue, self._store, self._outbox = queue, store, outbox
        self._runs, self._places = runs, places
        self._id = uuid4()
        self._shutdown, self._metrics, self._backoff_s = shutdown, metrics, backoff_s
        # Call the store until it answers: an outage never becomes a verdict.
        retries_of = partial(store_retries, sleep=shutdown.sleep, backoff_s=backoff_s)
        self._retry_until_stopping = retries_of(stop=shutdown.asked)
        self._retry_until_grace_ends = retries_of(stop=shutdown.out_of_grace)
        self._refusals = Refusals(queue, store, outbox, metrics, self._retry_until_grace_ends)
        self._judging = Judging(
            judge,
            places,
            lambda *failure: self._retry_until_stopping(partial(store.fail, *failure)),
            outbox.report if progress else None,
            shutdown=shutdown,
            engine_is_gone=engine.is_gone,
            retries=retries,
            backoff_s=backoff_s,
            timeout_s=timeout_s,
        )
        recall = partial(self._retry_until_stopping, store.recall)
        self._cases = Cases(self._judging.resolved, recall)

    async def handle(self, delivery: Delivery) -> None:
        """Judge it and store the verdict, make it a dead letter, or requeue it; never raises."""
        if len(delivery.body) > LARGE_BYTES:
            await aside()
        traceparent = trace.continued(delivery.traceparent)
        with about(trace_id=trace.trace_id(traceparent)):
            try:
                message = decode(delivery.body)
            except InvalidMessage as exc:
                await aside()
                if exc.newer and self._passed_on(delivery, exc):
                    return
                with about(submission_id=exc.submission_id):
                    await self._or_give_back(delivery, self._refusals.refuse(delivery, str(exc)))
                return
            with about(**subject(message)):
                await self._or_give_back(delivery, self._settle(delivery, message, traceparent))

    async def _or_give_back(self, delivery: Delivery, act: Steps) -> None:
        try:
            await act
        except (UnknownLanguage, LanguageUnavailable) as exc:
            await aside()
            if not self._passed_on(delivery, exc):
                await self._or_give_back(delivery, self._refusals.refuse(delivery, str(exc)))
        except GivenBack as exc:
            log.info("taken ahead, and requeued for other workers: %s", exc)
            self._queue.requeue(delivery, counted=False)
        except (StoreUnavailable, QueueUnavailable, PoolClosed, Interrupted) as exc:
            # Nobody's failure: it costs the submission none of its retries.
            await aside()
            log.warning("requeued without counting a retry: %s", exc)
            self._shutdown.sleep(self._backoff_s)
            self._queue.requeue(delivery, counted=False)
        except Exception as exc:
            await aside()
            expected = isinstance(exc, InfrastructureError)
            log.warning("judging failed, requeued for another try: %s", exc, exc_info=not expected)
            self._metrics.retried()
            self._shutdown.sleep(self._backoff_s)
            self._queue.requeue(delivery, counted=True)

    def _passed_on(self, delivery: Delivery, why: Exception) -> bool:
        """Requeue what another worker may be able to judge; False when that was tried enough."""
        if delivery.redeliveries >= PASSED_ON:
            return False
        log.warning("requeued for another worker: %s", why)
        self._shutdown.sleep(self._backoff_s)
        self._queue.requeue(delivery, counted=True)
        return True

    async def _settle(self, delivery: Delivery, message: Message, traceparent: str | None) -> None:
        try:
            if not isinstance(message, SubmissionMessage):
                await aside()
            if isinstance(message, BatchMessage):
                self._spread(delivery, message, traceparent)
            else:
                await self._judge_and_store(self._cases.of(message, delivery, traceparent))
        except Refused as exc:
            await self._refusals.refuse(delivery, str(exc), exc)
        except UnknownLanguage:
            raise
        except UsageError as exc:
            await self._refusals.refuse(delivery, str(exc))

    def _spread(self, delivery: Delivery, batch: BatchMessage, traceparent: str | None) -> None:
        """Publish each submission of a batch; what the queue does not take goes to the outbox."""
        messages = batch.split()
        taken = self._outbox.forward(messages, delivery.queue, traceparent, delivery.publisher)
        for message in messages[taken:]:
            self._register(message, delivery)
        self._queue.ack(delivery)
        log.info("batch split: %d submissions published", len(batch.submissions))

    def _register(self, message: SubmissionMessage, delivery: Delivery) -> None:
        register = partial(self._store.register, message, delivery.queue, delivery.publisher)
        try:
            self._retry_until_stopping(register)
        except UsageError as exc:
            single = replace(delivery, body=message.encode(), message_id=str(message.submission_id))
            self._refusals.put(single, str(exc))

    async def _judge_and_store(self, case: Case) -> None:
        """Judge it, unless that goes on already: here, or in another worker."""
        if self._runs.has(case):
            await aside()
        run = self._runs.open(case)
        if run is None:
            log.info("this worker already judges it: the delivery waits for that verdict")
            return
        ended = False
        try:
            await self._judge_run(case, run)
            ended = True
        except Refused:
            raise  # the row says so: nobody begins it again
        except _GIVEN_BACK:
            await aside()
            self._runs.release(run, given_back=True)
            raise
        except Exception:
            await aside()
            self._runs.release(run, given_back=False)
            raise
        finally:
            for duplicate in self._runs.close(run):
                act = self._settle_duplicate(run, duplicate, ended)
                await self._or_give_back(duplicate.delivery, act)

    async def _settle_duplicate(self, run: Run, duplicate: Duplicate, ended: bool) -> None:
        if ended:
            await self._repeat(run.submission_id, duplicate)
            self._queue.ack(duplicate.delivery)
        else:
            self._queue.requeue(duplicate.delivery, counted=False)

    async def _judge_run(self, case: Case, run: Run) -> None:
        claim = await self._begin(case, self._retry_until_stopping)
        if isinstance(claim, RunClaim) and claim.starts > 1 and case.attempt == 1:
            await aside()
            case, is_another = self._cases.as_it_came_first(case, claim.attempt)
            if is_another:
                claim = await self._begin(case, self._retry_until_stopping)
        if not isinstance(claim, RunClaim):
            await self._leave(case, claim)
            return
        run.claim = claim
        if claim.starts == 1:
            self._metrics.began(case.delivery)
        with refusing(case.message.submission_id, claim.attempt):
            result = await self._judged(case, claim, run)
            if is_small(result):
                await next_commit(self._store, self._places.patience_s)
            else:
                await aside()  # meanwhile the slot judges the next one
            event = VerdictEvent.of(
                result,
                attempt=claim.attempt,
                batch_id=case.message.batch_id,
                traceparent=case.traceparent,
            )
            await self._commit_then_acknowledge(case, event, claim)

    async def _leave(self, case: Case, held: HeldElsewhere | None) -> None:
        """Settle what is judged already, or is being judged by another worker."""
        await aside()
        if held is None:
            log.info("skipped: already judged, cancelled or superseded")
            await self._repeat(case.message.submission_id, case)
        elif self._wants_another_event(case, held):
            log.info("another worker judges it: requeued until there is a verdict")
            self._shutdown.sleep(self._backoff_s)
            self._queue.requeue(case.delivery, counted=False)
            return
        else:
            log.info("skipped: another worker judges it and will store the verdict")
        self._queue.ack(case.delivery)

    def _wants_another_event(self, case: Case, held: HeldElsewhere) -> bool:
        # Its publisher waits for events of a batch that the other worker's event will not name.
        return (
            case.delivery.wants_repeat
            and case.batch_id != held.batch_id
            and case.delivery.redeliveries < PASSED_ON
        )

    async def _judged(self, case: Case, claim: RunClaim, run: Run) -> Result:
        kept = case.delivery.redeliveries >= MOST_RETURNS
        try:
            found = await self._judging.result(
                case.message, claim, case.traceparent, run.interruption, kept=kept
            )
        except LanguageUnavailable as exc:
            if case.delivery.redeliveries < PASSED_ON:
                raise
            raise Refused(case.message.submission_id, claim.attempt, str(exc)) from exc
        return found.model_copy(update={"program_hash": case.message.program_hash})

    async def _begin(self, case: Case, retrying: Retries) -> _Begun:
        start: Start = {
            "attempt": case.attempt,
            "published_ms": case.delivery.published_ms,
            "holder": self._id,
            "queue": case.delivery.queue,
            "publisher": case.delivery.publisher,
            "stored": case.stored,
        }
        message = case.message
        patient: Start = {**start, "patience_s": self._places.patience_to_begin_s}
        return await answer(
            lambda done: self._store.begin_soon(done, message, message.language, **patient),
            lambda: retrying(partial(self._store.begin, message, message.language, **start)),
        )

    async def _commit_then_acknowledge(
        self, case: Case, event: VerdictEvent, claim: RunClaim
    ) -> None:
        outcome = await self._finish(case, event, claim)
        if case.batch_id != case.message.batch_id:
            await self._repeat(case.message.submission_id, case)
        self._queue.ack(case.delivery)
        if outcome is Outcome.STORED:
            self._metrics.stored(case.delivery, event.result)
            log.info("judged: %s", event.verdict)
            self._outbox.publish(event)
        else:
            self._metrics.superseded()
            log.info("%s not stored: cancelled, or another start replaced this one", event.verdict)

    async def _finish(self, case: Case, event: VerdictEvent, claim: _Begun) -> Outcome:
        retrying = self._retry_until_grace_ends
        while isinstance(claim, RunClaim):
            starts = claim.starts
            finish_soon = partial(self._store.finish_soon, event=event, starts=starts)
            finish = partial(self._store.finish, event, starts)
            outcome: Outcome = await answer(finish_soon, partial(retrying, finish))
            if outcome is not Outcome.UNKNOWN:
                return outcome
            # A database that crashed may have forgotten that we began; we have not.
            log.warning("the database has lost this start: noting it again")
            claim = await self._begin(case, retrying)
        return Outcome.SUPERSEDED

    async def _repeat(self, submission_id: UUID, asked: Case | Duplicate) -> None:
        """Tell the verdict, if there is one, to who published this message and wants to hear it.

        The first event may have been sent before this publisher subscribed, or under another
        batch id.
        """
        if not asked.delivery.wants_repeat:
            return
        await aside()
        known = self._retry_until_stopping(lambda: self._store.verdict(submission_id))
        if known is not None:
            event = VerdictEvent.of(
                known.result,
                attempt=known.attempt,
                batch_id=asked.batch_id,
                traceparent=asked.traceparent,
            )
            self._retry_until_stopping(partial(self._store.put_repeat, event))
            self._outbox.claim_soon()
