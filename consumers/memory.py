"""Twins of the broker and the database that live in memory: for tests, and to embed a worker.

They obey the same contract tests as the real ones. `outage` makes every call fail the way the
real one would.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from uuid import UUID

from consumers.events import VerdictEvent
from consumers.messages import SubmissionMessage
from consumers.problem import Problem
from consumers.shelf import Shelf
from consumers.worker import Delivery
from judgecore.errors import InvalidSubmission, QueueUnavailable, StoreUnavailable
from judgecore.limits import Limits
from judgecore.submission import Checker, Result, TestCase
from judgecore.verdict import Verdict


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that no consumer could judge, and why."""

    body: bytes
    reason: str


class MemoryQueue:
    """A broker of one process. What was published and announced can be looked at."""

    def __init__(self) -> None:
        self.outage = False
        self.dead: list[DeadLetter] = []
        self.events: list[VerdictEvent] = []
        self._lock = threading.Lock()
        self._shelf: Shelf[Delivery] = Shelf()
        self._unsettled: dict[object, Delivery] = {}
        self._left: list[Delivery] = []
        self._closed = False

    def __repr__(self) -> str:
        return (
            f"<MemoryQueue {len(self._shelf) + len(self._left)} waiting, "
            f"{len(self._unsettled)} unsettled, {len(self.dead)} dead>"
        )

    def publish(self, body: bytes, queue: str = "default") -> None:
        """Put a message into a queue, as a publisher would."""
        self._put(Delivery(body, object(), queue))

    @property
    def waiting(self) -> list[bytes]:
        """What nobody has taken, or was given back after taking had stopped."""
        return [delivery.body for delivery in self._left]

    def take(self, timeout_s: float) -> Delivery | None:
        delivery = self._shelf.take(timeout_s)
        if delivery is not None:
            with self._lock:
                self._unsettled[delivery.token] = delivery
        return delivery

    def ack(self, delivery: Delivery) -> None:
        self._settle(delivery)

    def requeue(self, delivery: Delivery, *, counted: bool) -> None:
        if self._settle(delivery):
            count = delivery.redeliveries + (1 if counted else 0)
            self._put(replace(delivery, token=object(), redeliveries=count), first=True)

    def bury(self, delivery: Delivery, reason: str) -> None:
        self._check()
        if self._settle(delivery):
            self.dead.append(DeadLetter(delivery.body, reason))

    def announce(self, event: VerdictEvent) -> None:
        self._check()
        self.events.append(event)

    def stop_taking(self) -> None:
        self._left += self._shelf.close()

    def close(self) -> None:
        self.stop_taking()
        self._closed = True
        with self._lock:
            unsettled = list(self._unsettled.values())
        for delivery in unsettled:
            self.requeue(delivery, counted=False)

    def _put(self, delivery: Delivery, *, first: bool = False) -> None:
        if not self._shelf.put(delivery.queue, delivery, first=first):
            self._left.append(delivery)

    def _settle(self, delivery: Delivery) -> bool:
        with self._lock:
            return self._unsettled.pop(delivery.token, None) is not None

    def _check(self) -> None:
        if self.outage or self._closed:
            raise QueueUnavailable("the queue in memory is closed or plays an outage")


@dataclass(slots=True)
class Row:
    """A submission as the memory store keeps it; `cause` says why it was cancelled."""

    message: SubmissionMessage
    language: str
    attempt: int = 1
    verdict: Verdict = Verdict.JUDGING
    result: Result | None = None
    cause: str | None = None
    unsent: VerdictEvent | None = None
    judged_at: float = field(default_factory=time.monotonic)


class MemoryStore:
    """A database of one process."""

    def __init__(self) -> None:
        self.outage = False
        self.rows: dict[UUID, Row] = {}
        self._problems: dict[str, Problem] = {}
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<MemoryStore {len(self.rows)} submissions, {len(self._problems)} problems>"

    def add_problem(
        self,
        slug: str,
        title: str,
        limits: Limits,
        checker: Checker,
        tests: tuple[TestCase, ...],
    ) -> None:
        """Add a problem, or replace the one of that slug."""
        with self._open():
            self._problems[slug] = Problem(slug, title, limits, checker, tests)

    def result(self, submission_id: UUID) -> Result | None:
        """The stored verdict, or None while there is none."""
        with self._open():
            row = self.rows.get(submission_id)
            return row.result if row else None

    def problem(self, slug: str) -> Problem:
        with self._open():
            if slug not in self._problems:
                raise InvalidSubmission("problem", f"there is none called {slug!r}")
            return self._problems[slug]

    def begin(self, message: SubmissionMessage, language: str) -> int | None:
        with self._open():
            row = self.rows.get(message.submission_id)
            if row is None:
                self.rows[message.submission_id] = Row(message, language)
                return 1
            if row.verdict.final:
                return None
            row.attempt += 1
            return row.attempt

    def finish(self, event: VerdictEvent) -> bool:
        with self._open():
            row = self.rows.get(event.submission_id)
            if row is None or row.verdict.final:
                return False
            row.verdict, row.result, row.unsent = event.verdict, event.result, event
            row.judged_at = time.monotonic()
            return True

    def refuse(self, submission_id: UUID, reason: str) -> None:
        with self._open():
            row = self.rows.get(submission_id)
            if row is not None and not row.verdict.final:
                row.verdict, row.cause = Verdict.CANCELLED, reason

    def unsent(self, older_than_s: float, limit: int) -> list[VerdictEvent]:
        with self._open():
            born_before = time.monotonic() - older_than_s
            events = [r.unsent for r in self.rows.values() if r.judged_at <= born_before]
            return [event for event in events if event is not None][:limit]

    def mark_sent(self, submission_id: UUID) -> None:
        with self._open():
            if submission_id in self.rows:
                self.rows[submission_id].unsent = None

    def close(self) -> None:
        """Nothing to let go of."""

    def _open(self) -> threading.Lock:
        if self.outage:
            raise StoreUnavailable("the store in memory plays an outage")
        return self._lock
