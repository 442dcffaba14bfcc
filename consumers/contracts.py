"""What the worker needs of others: a queue, a store, a judge; and the values they exchange.

Words told apart: an *attempt* is a judgement that stands in the history, the first or one asked
for by a rejudge. A *start* is one worker's beginning of an attempt; there is a second one when a
worker died, or its judge failed. A *failure* is a start that ended in a fault of the judge. A
*claim* is a start that goes on: while its worker renews it, no other worker begins that attempt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypedDict, TypeVar, Unpack
from uuid import UUID

from consumers.deliveries import DeadLetter, Delivery
from consumers.events import VerdictEvent
from consumers.messages import SubmissionMessage
from judgecore.interruption import Interruption
from judgecore.problem import Problem
from judgecore.result import Result, TestResult
from judgecore.submission import Submission
from judgecore.tally import FastPaths
from judgecore.verdict import Verdict

# How long a claim holds that is not renewed, and how often it is: a worker may miss two renewals.
LEASE_S = 12.0
RENEW_S = 3.0

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class RunClaim:
    """A start of an attempt, noted in the store.

    `attempt` and `starts` together are the fencing token: the store takes nothing from a start
    once there is a newer one. `failures` is how often the judge failed in this attempt before.
    `problem` is the stored one that the submission names, if it does; `unreadable` says why that
    could not be read, and is None otherwise. The start is counted all the same. `given_back` is how
    many of the earlier starts were given back by a worker that stopped.
    """

    attempt: int
    starts: int
    failures: int
    problem: Problem | None
    unreadable: str | None = None
    given_back: int = 0

    @property
    def lost(self) -> int:
        """How many earlier starts ended in no way that we know: their workers died."""
        return self.starts - 1 - self.given_back


@dataclass(frozen=True, slots=True)
class HeldElsewhere:
    """Another worker is judging the attempt.

    The request to judge it is in the outbox from now on, due once that worker's claim has passed.
    `batch_id` is that of the stored submission.
    """

    batch_id: UUID | None


@dataclass(frozen=True, slots=True)
class Claimed:
    """Which start of which attempt, and the queue for its request, should it be needed again."""

    submission_id: UUID
    attempt: int
    starts: int
    queue: str


class Start(TypedDict, total=False):
    """What `Store.begin` is told beside the message and its language."""

    attempt: int
    published_ms: int | None
    holder: UUID | None
    queue: str
    publisher: str | None
    stored: bool
    patience_s: float


@dataclass(frozen=True, slots=True)
class Answer(Generic[_T]):
    """What the store answers, which `get` returns or raises; `at_once`: that waits for nothing."""

    get: Callable[[], _T]
    at_once: bool


class Outcome(StrEnum):
    """What became of a verdict that was brought to the store."""

    STORED = "stored"
    SUPERSEDED = "superseded"  # there is a verdict already, or a newer start or attempt
    UNKNOWN = "unknown"  # the store has no such submission: it never began, or a crash forgot it


@dataclass(frozen=True, slots=True)
class RejudgeFilter:
    """Which submissions to rejudge: those that match everything that is given."""

    submission_ids: tuple[UUID, ...] | None = None
    problem: str | None = None
    user: str | None = None
    language: str | None = None
    verdict: Verdict | None = None
    since: datetime | None = None

    @property
    def cancelled_too(self) -> bool:
        """Cancelled ones only when they are meant: somebody did not want them judged."""
        return self.submission_ids is not None or self.verdict is Verdict.CANCELLED

    @property
    def pending_too(self) -> bool:
        """Waiting ones only when they are meant: their request is published once more."""
        return self.submission_ids is not None or self.verdict is Verdict.PENDING


@dataclass(frozen=True, slots=True)
class Purge:
    """What to delete: final submissions, by the age of their verdict, or of one user, or both."""

    older_than_s: float | None = None
    user: str | None = None


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A submission without a verdict. `since`: its newest start, or when it was asked for."""

    submission_id: UUID
    attempt: int
    verdict: Verdict
    since: datetime
    starts: int
    failures: int
    cause: str | None
    language: str | None
    user: str | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class ListedProblem:
    """A line of the list of problems. `size_bytes`: about how large its tests are."""

    slug: str
    title: str
    content_hash: str
    updated_at: datetime
    tests: int
    size_bytes: int


class Cancellation(StrEnum):
    """What became of a request to cancel."""

    CANCELLED = "cancelled"
    NOT_ARRIVED = "not arrived"  # the store has no such submission: it is cancelled on arrival
    FINAL = "final"  # it has a verdict, which stands

    @property
    def cancels(self) -> bool:
        """Whether it is CANCELLED now, or will be on arrival."""
        return self is not Cancellation.FINAL


@dataclass(frozen=True, slots=True)
class Attempt:
    """A line of a submission's history."""

    attempt: int
    verdict: Verdict
    cause: str | None = None


class Judge(Protocol):
    """What the worker needs of `judgecore.Judge`."""

    @property
    def busy(self) -> int:
        """How many slots are at work now."""

    @property
    def fast_paths(self) -> FastPaths:
        """How often each faster way of judging was taken, since the start."""

    def resolve_language(self, name: str) -> str: ...

    def judge(
        self,
        submission: Submission,
        progress: Callable[[TestResult], None] | None = None,
        *,
        timeout_s: float | None = None,
        interruption: Interruption | None = None,
    ) -> Result: ...

    def check(self) -> None:
        """Return when the engine can make slots now, or raise `EngineUnavailable`."""


class Queue(Protocol):
    """Where submissions come from. Thread-safe. Settling a delivery twice is harmless."""

    def take(self, timeout_s: float) -> Delivery | None:
        """The next delivery, or None. `QueueUnavailable`: there will never be another."""

    def ack(self, delivery: Delivery) -> None:
        """It is done with. Never raises: a lost acknowledgement means a redelivery."""

    def requeue(self, delivery: Delivery, *, counted: bool) -> None:
        """Give it back; `counted` when it failed here, not when it never had its chance."""

    def forget(self, delivery: Delivery) -> None:
        """Nobody here has it any more, settled or not; called once for each delivery."""

    def take_ahead(self, count: int) -> None:
        """How many deliveries more than the slots are to be handed to us. Waits for nothing.

        Fewer than before: what nobody took is given back, and who waits in `take` gets nothing.
        """

    def pause(self) -> None:
        """Accept nothing, and give back what nobody took, until `resume`."""

    def resume(self) -> None:
        """Accept deliveries again."""

    def stop_taking(self) -> None:
        """Accept nothing more and give back what nobody took; `take` returns None from now on."""

    def close(self) -> None:
        """Send what is still to be sent, then disconnect. What is unsettled goes back."""


class Store(Protocol):
    """Where verdicts go. Thread-safe. Everything raises `StoreUnavailable` in an outage."""

    def begin(
        self,
        message: SubmissionMessage,
        language: str,
        *,
        attempt: int = 1,
        published_ms: int | None = None,
        holder: UUID | None = None,
        queue: str = "default",
        publisher: str | None = None,
        stored: bool = False,
        patience_s: float = 0.0,
    ) -> RunClaim | HeldElsewhere | None:
        """Note a start; None: that attempt is over, or a newer one has been asked for.

        It may wait up to `patience_s` for others, to be noted with them. It is a claim of
        `holder`; without one, nobody else is kept from beginning it. A new submission belongs to
        its `publisher`, if known. `stored`: the message is what `recall` gave. Raises
        `InvalidSubmission` when there is no problem of the name in the message, and `ForeignId`
        when the submission belongs to another publisher.
        """

    def begin_soon(
        self,
        done: Callable[[Answer[RunClaim | HeldElsewhere | None]], None],
        message: SubmissionMessage,
        language: str,
        **start: Unpack[Start],
    ) -> None:
        """The same, and wait for nothing: `done` is called with the answer, here or elsewhere.

        It must be quick, and raise nothing.
        """

    def renew(self, claims: Sequence[Claimed]) -> set[UUID]:
        """Hold these for `LEASE_S` more; returns those that are still ours and have no verdict.

        Their requests are in the outbox from now on, due when the claim passes: so the queue's
        delivery is needed no longer.
        """

    def over(self, claims: Sequence[Claimed]) -> set[UUID]:
        """Those whose attempt has a verdict (CANCELLED is one), or has been replaced by another."""

    def release(self, claims: Sequence[Claimed], *, given_back: bool) -> None:
        """End starts without a verdict: they are PENDING, and others may begin these attempts now.

        `given_back`: for no fault of the submission or the judge, so the start does not count.
        What has a request in the outbox is requested at once.
        """

    def recall(self, submission_id: UUID) -> SubmissionMessage | None:
        """A submission as it arrived, for another attempt; None when it is not in the store."""

    def fail(self, submission_id: UUID, attempt: int, cause: str) -> int:
        """Note that the judge failed; returns how often, in this attempt."""

    def finish(self, event: VerdictEvent, starts: int, patience_s: float = 0.0) -> Outcome:
        """Store a verdict, its tests and its event in one transaction, unless fenced off.

        It may wait up to `patience_s` for others, to be stored with them.
        """

    def before_commit(self, act: Callable[[], None], patience_s: float) -> None:
        """Call `act` when verdicts are stored next, here or elsewhere: what it stores is then, too.

        That is within `patience_s`. It must be quick, and raise nothing.
        """

    def finish_soon(
        self,
        done: Callable[[Answer[Outcome]], None],
        event: VerdictEvent,
        starts: int,
        patience_s: float = 0.0,
    ) -> None:
        """The same, and wait for nothing; see `begin_soon`."""

    def verdict(self, submission_id: UUID) -> VerdictEvent | None:
        """The event of its current verdict; None while there is none."""

    def register(
        self, message: SubmissionMessage, queue: str = "default", publisher: str | None = None
    ) -> bool:
        """Make the row of a submission, PENDING, and put the request to judge it into the outbox.

        False: there is such a row already, and nothing changed. Raises as `begin` does.
        """

    def is_anothers(self, submission_id: UUID, publisher: str | None) -> bool:
        """Whether there is a submission of that id which belongs to another publisher."""

    def put_repeat(self, event: VerdictEvent) -> None:
        """Put a verdict into the outbox once more."""

    def put_dead(self, letter: DeadLetter, refused: tuple[UUID, int] | None = None) -> None:
        """Put a dead letter into the outbox; the attempt `refused`, if any, is CANCELLED."""

    def close(self) -> None:
        """Let go of the connections."""
