"""Where submissions go, and what is known about them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from consumers.gateway.entries import now
from consumers.messages import SubmissionMessage
from judgecore.errors import InfrastructureError
from judgecore.problem import Problem
from judgecore.result import Result, TestResult
from judgecore.verdict import Verdict


class Overloaded(InfrastructureError):
    """Too much waits already: the submission was not taken, and may be sent again later."""

    retry_after_s = 5


@dataclass(frozen=True, slots=True)
class Ended:
    """The result of a submission, and when it was known."""

    result: Result
    at: datetime


@dataclass(frozen=True, slots=True)
class Update:
    """News about a submission: `progress`, or its `verdict`. `data` is JSON."""

    kind: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class State:
    """How far a submission is: PENDING, JUDGING, or its verdict, with `ended`."""

    verdict: Verdict
    ended: Ended | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """What is going on. `oldest_s`: how long the first one in the queue has waited."""

    waiting: int
    busy: int
    slots: int
    oldest_s: float = 0.0


class Backend(Protocol):
    """Judges submissions. Thread-safe.

    `kept_bytes`: how much output one result can hold, of all its tests together. `spread`: over
    how many slots it is worthwhile to spread programs that need not be compiled.
    """

    kept_bytes: int
    spread: int

    def submit(self, message: SubmissionMessage, queue: str = "default") -> None:
        """Take a submission; when it returns, there will be a verdict.

        Raises `Overloaded`, and `InfrastructureError` in an outage. The same id again is harmless.
        """

    def awaited(self, submission_id: UUID) -> Future[Ended]:
        """Done as soon as the submission has its verdict."""

    def state(self, submission_id: UUID) -> State | None:
        """How far a submission is; None: it is not known, or not any more."""

    def follow(self, submission_id: UUID, push: Callable[[Update], None]) -> Callable[[], None]:
        """Have `push` called with progress, from any thread; what is returned ends that."""

    def load(self) -> Load:
        """What is going on now."""

    def check(self) -> None:
        """Return when submissions can be taken, or raise `InfrastructureError`."""

    def close(self) -> None:
        """Take nothing more, and close everything."""


def ended_now(result: Result) -> Ended:
    """A result that has just become known."""
    return Ended(result, now())


class FakeBackend:
    """Judges nothing: `finish` says what came of a submission, or `verdict`, with these facts,
    of each at once.
    """

    kept_bytes = 64 << 20
    spread = 1

    def __init__(
        self, verdict: Verdict | None = Verdict.AC, most_waiting: int = 1_000, **facts: object
    ) -> None:
        self._verdict = verdict
        self._facts = facts
        self._most_waiting = most_waiting
        self.messages: dict[UUID, SubmissionMessage] = {}
        self._futures: dict[UUID, Future[Ended]] = {}

    def submit(self, message: SubmissionMessage, queue: str = "default") -> None:
        if message.submission_id in self.messages:
            return
        if sum(not one.done() for one in self._futures.values()) >= self._most_waiting:
            raise Overloaded("the queue is full")
        self.messages[message.submission_id] = message
        self._futures[message.submission_id] = Future()
        if self._verdict is not None:
            self.finish(message.submission_id, self._verdict, **self._facts)

    def finish(self, submission_id: UUID, verdict: Verdict, **facts: object) -> None:
        """End a submission: every test has this verdict, and these facts."""
        message = self.messages[submission_id]
        problem = message.problem if isinstance(message.problem, Problem) else None
        count = len(message.tests or (problem.tests if problem else ()))
        made = {"name": "1", "verdict": verdict, "output": b"out\n", **facts}
        tests = tuple(TestResult.model_validate(made) for _ in range(count))
        result = Result(
            submission_id=submission_id, language=message.language, verdict=verdict, tests=tests
        )
        self._futures[submission_id].set_result(ended_now(result))

    def awaited(self, submission_id: UUID) -> Future[Ended]:
        return self._futures[submission_id]

    def state(self, submission_id: UUID) -> State | None:
        future = self._futures.get(submission_id)
        if future is None:
            return None
        if not future.done():
            return State(Verdict.PENDING)
        ended = future.result()
        return State(ended.result.verdict, ended)

    def follow(self, submission_id: UUID, push: Callable[[Update], None]) -> Callable[[], None]:
        return lambda: None

    def load(self) -> Load:
        return Load(sum(not one.done() for one in self._futures.values()), 0, 1)

    def check(self) -> None:
        """It can always take submissions."""

    def close(self) -> None:
        """It holds nothing."""
