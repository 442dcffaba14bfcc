"""Judging with retries: how often, and when a failure becomes an internal error."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Protocol
from uuid import UUID

from tenacity import RetryCallState, retry_if_exception, wait_random_exponential

from consumers.ahead import Places
from consumers.contracts import Judge, RunClaim
from consumers.events import ProgressEvent
from consumers.messages import SubmissionMessage
from consumers.shutdown import Shutdown
from consumers.steps import aside
from consumers.waiting import Retries
from judgecore.errors import (
    InfrastructureError,
    Interrupted,
    JudgingTimeout,
    LanguageUnavailable,
    PoolClosed,
    UsageError,
)
from judgecore.interruption import Interruption
from judgecore.result import Result, TestResult
from judgecore.submission import Submission

log = logging.getLogger(__name__)

LONGEST_WAIT_S = 30.0
LOCAL_TRIES = 2
# Starts that never came to an end: their workers died. Each crash causes one, so this is well above
# `retries`; beyond it, the submission is what brings the workers down. It is below 20, the
# delivery limit of RabbitMQ 4, at which the broker would drop the message without a verdict.
MOST_STARTS = 10
FEW_TESTS = 100


class ProgressSink(Protocol):
    """What is called with progress; see `OutboxPublisher.report`."""

    def __call__(
        self, begun: ProgressEvent, done: int = 0, tests: Sequence[TestResult] = ()
    ) -> None: ...


class UnreadableProblem(InfrastructureError):
    """A stored problem cannot be read by this version; a newer worker may be able to."""


class Judging:
    """Judges a claimed attempt, in the thread of a slot.

    `fail` notes a failure of the judge and returns how often there was one; `sink` is None when
    nobody wants progress. While `engine_is_gone`, a failure costs no retry. `timeout_s` is how
    long judging may take in all, from a start to its result; None: as long as the submission's
    limits allow.
    """

    def __init__(
        self,
        judge: Judge,
        places: Places,
        fail: Callable[[UUID, int, str], int],
        sink: ProgressSink | None,
        *,
        shutdown: Shutdown,
        engine_is_gone: Callable[[], bool],
        retries: int,
        backoff_s: float,
        timeout_s: float | None = None,
    ) -> None:
        self._timeout_s = timeout_s
        self._engine_is_gone = engine_is_gone
        self._judge = judge
        self._places = places
        self._fail = fail
        self._sink = sink
        self._shutdown = shutdown
        self._retries = retries
        self._retrying = Retries(
            retry=retry_if_exception(_may_pass),
            stop=self._is_enough,
            wait=wait_random_exponential(multiplier=backoff_s, max=LONGEST_WAIT_S),
            sleep=shutdown.sleep,
            reraise=True,
        )
        self._backoff_s = backoff_s

    def _is_enough(self, state: RetryCallState) -> bool:
        return state.attempt_number >= LOCAL_TRIES or self._shutdown.asked()

    def resolved(self, message: SubmissionMessage) -> SubmissionMessage:
        """The same with its language by its id; raises `UnknownLanguage`."""
        language = self._judge.resolve_language(message.language)
        return message.model_copy(update={"language": language})

    async def result(
        self,
        message: SubmissionMessage,
        claim: RunClaim,
        traceparent: str | None,
        interruption: Interruption,
        *,
        kept: bool = False,
    ) -> Result:
        """The result, which is an internal error when there were too many failures or starts.

        Raises what the judge raised when it is worth another start, or can never be judged; and
        `GivenBack` when no slot is free soon, unless it is to be `kept`.
        """
        if claim.lost >= MOST_STARTS + self._retries:
            cause = (
                f"judging started {claim.lost} times and never finished (the worker was"
                " killed or crashed each time)"
            )
            return Result.internal_error(message.submission_id, message.language, cause)
        try:
            submission = await self._submission(message, claim)
            await self._places.slot(interruption, kept=kept)
            tested = self._reporter(message, claim, submission, traceparent)
            return self._with_retries(submission, tested, interruption)
        except JudgingTimeout:
            cause = (
                f"judging took longer than {self._timeout_s:g} s, the most that the operator of"
                " this judge allows (JUDGECORE_JUDGING_TIMEOUT_S)"
            )
            log.error("storing an internal error: %s", cause)
            return Result.internal_error(message.submission_id, message.language, cause)
        except (UsageError, PoolClosed, LanguageUnavailable, Interrupted):
            raise
        except Exception as exc:
            await aside()
            return self._failed(message, claim, exc)

    async def _submission(self, message: SubmissionMessage, claim: RunClaim) -> Submission:
        if claim.unreadable is not None:
            raise UnreadableProblem(claim.unreadable)
        if _replaces_much(message, claim):
            await aside()
        return message.submission(message.language, claim.problem)

    def _failed(self, message: SubmissionMessage, claim: RunClaim, exc: Exception) -> Result:
        """The internal error, or `exc` while there are retries left."""
        if isinstance(exc, InfrastructureError) and self._engine_is_gone():
            raise Interrupted(f"the engine is gone: {exc}") from exc
        cause = f"{type(exc).__name__}: {exc}"
        failures = self._fail(message.submission_id, claim.attempt, cause)
        if failures <= self._retries:
            self._shutdown.sleep(min(LONGEST_WAIT_S, self._backoff_s * 2.0**failures))
            raise exc
        log.error("no retries left, storing an internal error: %s", cause)
        return Result.internal_error(message.submission_id, message.language, cause)

    def _reporter(
        self,
        message: SubmissionMessage,
        claim: RunClaim,
        submission: Submission,
        traceparent: str | None,
    ) -> Callable[[TestResult], None] | None:
        sink = self._sink
        if sink is None:
            return None
        done = 0
        total = len(submission.judged_against.tests)
        begun = ProgressEvent(
            submission_id=submission.id,
            batch_id=message.batch_id,
            attempt=claim.attempt,
            traceparent=traceparent,
            language=submission.language,
            done=0,
            total=total,
        )

        def tested(test: TestResult) -> None:
            nonlocal done
            done = min(done + 1, total)  # a slot that was lost makes the judge start over
            sink(begun, done, (test,))

        sink(begun)
        return tested

    def _with_retries(
        self,
        submission: Submission,
        tested: Callable[[TestResult], None] | None,
        interruption: Interruption,
    ) -> Result:
        return self._retrying(
            self._judge.judge,
            submission,
            tested,
            timeout_s=self._timeout_s,
            interruption=interruption,
        )


def _replaces_much(message: SubmissionMessage, claim: RunClaim) -> bool:
    """Whether each of many tests is made anew, with the limits or the checker of the message."""
    if claim.problem is None or len(claim.problem.tests) <= FEW_TESTS:
        return False
    return message.limits is not None or message.checker is not None


def _may_pass(exc: BaseException) -> bool:
    for_good = (PoolClosed, LanguageUnavailable)
    return isinstance(exc, InfrastructureError) and not isinstance(exc, for_good)
