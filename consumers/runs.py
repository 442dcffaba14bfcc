"""What this worker is judging: claims that go on, and the deliveries that asked for them.

A run whose verdict nobody needs any more, since it was cancelled or rejudged, is ended.

A delivery that comes while its attempt is being judged here starts nothing: it waits with the run
(`open`). Judging may take longer than the broker waits for an acknowledgement: once a claim was
renewed, its request is in the outbox, due when the claim passes, and its deliveries are
acknowledged. If the worker dies from then on, another worker's outbox publisher asks again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from consumers.cases import Case
from consumers.contracts import RENEW_S, Claimed, Queue, RunClaim, Store
from consumers.deliveries import Delivery
from consumers.messages import ForeignId
from judgecore.errors import InfrastructureError
from judgecore.interruption import Interruption

log = logging.getLogger(__name__)

WATCH_S = 0.6

_Key = tuple[UUID, int]


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A delivery that asked for what was being judged already, without its body.

    There may be any number of them, each as large as a message may be.
    """

    delivery: Delivery
    batch_id: UUID | None
    traceparent: str | None


@dataclass(slots=True, eq=False)
class Run:
    """An attempt that is being judged here; `claim` is None until its start is noted."""

    submission_id: UUID
    attempt: int
    delivery: Delivery
    duplicates: list[Duplicate] = field(default_factory=list)
    claim: RunClaim | None = None
    began: float = field(default_factory=time.monotonic)
    interruption: Interruption = field(default_factory=Interruption)

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """All that asked for it."""
        return (self.delivery, *(one.delivery for one in self.duplicates))

    @property
    def claimed(self) -> Claimed | None:
        """Its claim as the store knows it."""
        if self.claim is None:
            return None
        return Claimed(self.submission_id, self.attempt, self.claim.starts, self.delivery.queue)


class Runs:
    """The runs of one worker. Thread-safe.

    `renew_s` is the time between renewals, `watch_s` that between looks at what was cancelled.
    """

    def __init__(
        self, queue: Queue, store: Store, *, renew_s: float = RENEW_S, watch_s: float = WATCH_S
    ) -> None:
        self._queue = queue
        self._store = store
        self._renew_s = renew_s
        self._watch_s = watch_s
        self._renew_at = time.monotonic() + renew_s
        self._lock = threading.Lock()
        self._runs: dict[_Key, Run] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="claims", daemon=True)

    def start(self) -> None:
        """Begin to renew, in a thread of its own."""
        self._thread.start()

    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def has(self, case: Case) -> bool:
        """Whether what it asks for is being judged here."""
        with self._lock:
            return (case.message.submission_id, case.attempt) in self._runs

    def open(self, case: Case) -> Run | None:
        """A new run; None: there is one already, and the delivery waits for its end.

        Raises `ForeignId` when that one is of another publisher's submission.
        """
        submission_id, delivery = case.message.submission_id, case.delivery
        with self._lock:
            going_on = self._runs.get((submission_id, case.attempt))
            if going_on is None:
                run = Run(submission_id, case.attempt, delivery)
                self._runs[submission_id, case.attempt] = run
                return run
        if not case.stored and self._store.is_anothers(submission_id, delivery.publisher):
            raise ForeignId
        with self._lock:
            if self._runs.get((submission_id, case.attempt)) is going_on:
                bodiless = replace(delivery, body=b"")
                going_on.duplicates.append(Duplicate(bodiless, case.batch_id, case.traceparent))
                return None
        return self.open(case)  # that one has ended meanwhile

    def close(self, run: Run) -> list[Duplicate]:
        """The run has ended; returns the deliveries that waited for it."""
        with self._lock:
            self._runs.pop((run.submission_id, run.attempt), None)
            return run.duplicates

    def release(self, run: Run, *, given_back: bool) -> None:
        """The run ends without a verdict; an outage is no matter, for the claim passes."""
        if run.claimed is not None:
            self._release([run.claimed], given_back=given_back)

    def give_back(self) -> None:
        """Give back whatever still runs: others may begin it at once, and no start is counted."""
        with self._lock:
            runs = list(self._runs.values())
        claims = [run.claimed for run in runs if run.claimed is not None]
        if claims:
            self._release(claims, given_back=True)
        for run in runs:
            for delivery in run.deliveries:
                self._queue.requeue(delivery, counted=False)

    def interrupt(self, why: str) -> None:
        """End whatever is being judged; it is given back."""
        with self._lock:
            runs = list(self._runs.values())
        for run in runs:
            run.interruption.request(why)

    def stop(self) -> None:
        """Renew nothing more."""
        self._ended.set()

    def renew(self) -> None:
        """Renew what has been judged for a while, then acknowledge its deliveries."""
        runs, claims = self._older_than(self._renew_s / 2)
        if not claims:
            return
        ours = self._store.renew(claims)
        for run in runs:
            if run.submission_id in ours:
                for delivery in run.deliveries:
                    self._queue.ack(delivery)
            else:  # cancelled, asked for again, or given to another worker
                run.interruption.request("its verdict is not wanted any more")

    def end_unneeded(self) -> None:
        """End what was cancelled, or replaced by another attempt: the slot is free at once."""
        runs, claims = self._older_than(self._watch_s / 2)
        if not claims:
            return
        over = self._store.over(claims)
        for run in runs:
            if run.submission_id in over:
                run.interruption.request("it was cancelled, or replaced by a rejudge")

    def _older_than(self, seconds: float) -> tuple[list[Run], list[Claimed]]:
        before = time.monotonic() - seconds
        with self._lock:
            runs = [run for run in self._runs.values() if run.claim and run.began <= before]
        return runs, [run.claimed for run in runs if run.claimed is not None]

    def _release(self, claims: Sequence[Claimed], *, given_back: bool) -> None:
        try:
            self._store.release(claims, given_back=given_back)
        except InfrastructureError as exc:
            log.warning("claims were not released; they expire by themselves: %s", exc)

    def _keep(self) -> None:
        while not self._ended.wait(min(self._watch_s, self._renew_s)):
            try:
                self.end_unneeded()
                self._renew_when_due()
            except InfrastructureError as exc:
                log.warning("claims could not be renewed, trying again: %s", exc)
            except Exception:
                log.exception("renewing claims: unexpected error, continuing")

    def _renew_when_due(self) -> None:
        if time.monotonic() >= self._renew_at:
            self._renew_at = time.monotonic() + self._renew_s
            self.renew()
