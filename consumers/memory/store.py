"""The twin of the database."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Literal, Unpack
from uuid import UUID

from consumers.contracts import (
    LEASE_S,
    Answer,
    Attempt,
    Cancellation,
    Claimed,
    HeldElsewhere,
    ListedProblem,
    Outcome,
    Purge,
    RejudgeFilter,
    RunClaim,
    Start,
)
from consumers.deliveries import MOST_TRIES, DeadLetter, OutboxEntry, RepeatedEvent, pause_s
from consumers.events import VerdictEvent
from consumers.memory.rows import Row, StoredProblem, is_old, is_selected
from consumers.messages import ForeignId, RejudgeMessage, SubmissionMessage
from judgecore.errors import InvalidSubmission, StoreUnavailable
from judgecore.problem import Problem
from judgecore.result import Result
from judgecore.verdict import Verdict


class MemoryStore:
    """A database of one process, with its outbox.

    `own_s` is how long whoever stores or claims an event has for sending it before others may.
    `lease_s` is how long a claim holds that is not renewed.
    """

    def __init__(self, *, own_s: float = 15.0, lease_s: float = LEASE_S) -> None:
        self._lease_s = lease_s
        self.outage = False
        self.rows: dict[UUID, Row] = {}
        self.notified: list[VerdictEvent] = []
        self._own_s = own_s
        self._tries: dict[tuple[UUID, int, str], int] = {}
        self.causes: dict[tuple[UUID, int, str], str] = {}
        self._outbox: dict[tuple[UUID, int, str], tuple[float, OutboxEntry]] = {}
        self._problems: dict[str, StoredProblem] = {}
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<MemoryStore {len(self.rows)} submissions, {len(self._problems)} problems>"

    def add_problem(self, slug: str, problem: Problem) -> None:
        """Add a problem under a slug, or replace the one of that slug."""
        stored = problem.model_copy(update={"slug": slug, "warnings": ()})
        with self._open():
            self._problems[slug] = StoredProblem(stored, datetime.now(UTC))

    def problems(self) -> list[ListedProblem]:
        """Every problem, by slug."""
        with self._open():
            return [stored.listed for _, stored in sorted(self._problems.items())]

    def delete_problem(self, slug: str, *, even_if_used: bool = False) -> None:
        """Delete a problem; `InvalidSubmission` when there is none, or submissions are for it."""
        with self._open():
            self._named(slug)
            rows = [row for row in self.rows.values() if row.message and row.message.slug == slug]
            if rows and not even_if_used:
                raise InvalidSubmission("problem", f"{len(rows)} submissions are for {slug!r}")
            del self._problems[slug]

    def problem(self, slug: str) -> Problem:
        """A stored problem, or `InvalidSubmission` when there is none of that name."""
        with self._open():
            return self._named(slug)

    def result(self, submission_id: UUID) -> Result | None:
        """The stored verdict, or None while there is none."""
        with self._open():
            row = self.rows.get(submission_id)
            return row.result if row else None

    # Judging -----------------------------------------------------------------------------

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
        with self._open():
            problem = None if message.slug is None else self._named(message.slug)
            row = self.rows.get(message.submission_id)
            if row is None and attempt == 1:
                row = self.rows[message.submission_id] = Row(message, language, publisher=publisher)
            if row and attempt == 1 and not stored and row.is_anothers(publisher):
                raise ForeignId
            if row is None or row.verdict.final or row.attempt != attempt:
                if row is not None:
                    row.fill(message, language, publisher)
                return None
            if row.held_from(holder):
                self._request(message.submission_id, row, queue)
                return HeldElsewhere(None if row.message is None else row.message.batch_id)
            row.verdict = Verdict.JUDGING
            row.starts += 1
            row.holder = holder
            row.held_until = 0.0 if holder is None else time.monotonic() + self._lease_s
            return RunClaim(
                row.attempt, row.starts, row.failures, problem, given_back=row.given_back
            )

    def begin_soon(
        self,
        done: Callable[[Answer[RunClaim | HeldElsewhere | None]], None],
        message: SubmissionMessage,
        language: str,
        **start: Unpack[Start],
    ) -> None:
        done(Answer(partial(self.begin, message, language, **start), at_once=True))

    def renew(self, claims: Sequence[Claimed]) -> set[UUID]:
        with self._open():
            ours = [claim for claim in claims if self._is_start(claim)]
            for claim in ours:
                row = self.rows[claim.submission_id]
                row.held_until = time.monotonic() + self._lease_s
                self._request(claim.submission_id, row, claim.queue)
            return {claim.submission_id for claim in ours}

    def over(self, claims: Sequence[Claimed]) -> set[UUID]:
        with self._open():
            rows = {claim: self.rows.get(claim.submission_id) for claim in claims}
            return {
                claim.submission_id
                for claim, row in rows.items()
                if row is not None and (row.verdict.final or row.attempt != claim.attempt)
            }

    def release(self, claims: Sequence[Claimed], *, given_back: bool) -> None:
        with self._open():
            for claim in filter(self._is_start, claims):
                row = self.rows[claim.submission_id]
                row.verdict, row.holder, row.held_until = Verdict.PENDING, None, 0.0
                row.given_back += given_back
                key = (claim.submission_id, claim.attempt, "rejudge")
                if key in self._outbox:
                    self._outbox[key] = (time.monotonic(), self._outbox[key][1])

    def recall(self, submission_id: UUID) -> SubmissionMessage | None:
        with self._open():
            row = self.rows.get(submission_id)
            return None if row is None or row.message is None else row.message

    def fail(self, submission_id: UUID, attempt: int, cause: str) -> int:
        with self._open():
            row = self.rows.get(submission_id)
            if row is None or row.attempt != attempt or row.verdict.final:
                return 1
            row.failures, row.cause = row.failures + 1, cause
            return row.failures

    def finish(self, event: VerdictEvent, starts: int, patience_s: float = 0.0) -> Outcome:
        with self._open():
            row = self.rows.get(event.submission_id)
            if row is None:
                return Outcome.UNKNOWN
            if row.verdict.final or row.attempt != event.attempt or row.starts > starts:
                return Outcome.SUPERSEDED
            row.verdict, row.result, row.cause = event.verdict, event.result, event.result.cause
            row.final_at = time.monotonic()
            self._outbox.pop((event.submission_id, event.attempt, "rejudge"), None)
            self._put(event, self._own_s)
            self.notified.append(event)
            return Outcome.STORED

    def before_commit(self, act: Callable[[], None], patience_s: float) -> None:
        act()

    def finish_soon(
        self,
        done: Callable[[Answer[Outcome]], None],
        event: VerdictEvent,
        starts: int,
        patience_s: float = 0.0,
    ) -> None:
        done(Answer(partial(self.finish, event, starts, patience_s), at_once=True))

    def verdict(self, submission_id: UUID) -> VerdictEvent | None:
        with self._open():
            row = self.rows.get(submission_id)
            if row is None or row.result is None:
                return None
            batch_id = None if row.message is None else row.message.batch_id
            return VerdictEvent.of(row.result, attempt=row.attempt, batch_id=batch_id)

    def put_repeat(self, event: VerdictEvent) -> None:
        with self._open():
            self._put(RepeatedEvent(event), 0)

    def put_dead(self, letter: DeadLetter, refused: tuple[UUID, int] | None = None) -> None:
        with self._open():
            self._put(letter, 0)
            row = None if refused is None else self.rows.get(refused[0])
            if refused and row and not row.verdict.final and row.attempt == refused[1]:
                row.cancel(refused[0], letter.reason)

    def postpone(self, entry: OutboxEntry, cause: str) -> None:
        """The broker refused it: it is due again after a pause, longer each time."""
        with self._open():
            tries = self._tries[_key(entry)] = self._tries.get(_key(entry), 0) + 1
            parked = tries >= MOST_TRIES
            self._put(entry, math.inf if parked else pause_s(tries))
            self.causes[_key(entry)] = cause

    # What people do ----------------------------------------------------------------------

    def cancel(self, submission_id: UUID, reason: str) -> Cancellation:
        """Cancel what has no verdict yet, arrived or not."""
        with self._open():
            row = self.rows.setdefault(submission_id, Row(None, None))
            if row.verdict.final:
                return Cancellation.FINAL
            result = row.cancel(submission_id, reason)
            batch_id = None if row.message is None else row.message.batch_id
            self._put(VerdictEvent.of(result, attempt=row.attempt, batch_id=batch_id), 0)
            arrived = row.message is not None
            return Cancellation.CANCELLED if arrived else Cancellation.NOT_ARRIVED

    def rejudge(self, wanted: RejudgeFilter, queue: Literal["default", "batch"] = "batch") -> int:
        """Ask for another attempt at each wanted submission; returns how many were asked for."""
        with self._open():
            self._check_names(wanted)
            chosen = [key for key, row in self.rows.items() if is_selected(key, row, wanted)]
            for submission_id in chosen:
                row = self.rows[submission_id]
                if row.verdict is not Verdict.PENDING:
                    row.begin_next_attempt()
                request = RejudgeMessage(
                    submission_id=submission_id, attempt=row.attempt, queue=queue
                )
                self._put(request, 0)
            return len(chosen)

    def missing(self, submission_ids: Sequence[UUID]) -> list[UUID]:
        """Those of these ids that cannot be rejudged: no program has come with them."""
        with self._open():
            rows = {one_id: self.rows.get(one_id) for one_id in submission_ids}
            return [one_id for one_id, row in rows.items() if row is None or row.message is None]

    def is_anothers(self, submission_id: UUID, publisher: str | None) -> bool:
        with self._open():
            row = self.rows.get(submission_id)
            return row is not None and row.is_anothers(publisher)

    def register(
        self, message: SubmissionMessage, queue: str = "default", publisher: str | None = None
    ) -> bool:
        """Make the row, PENDING, and put the request to judge it into the outbox."""
        with self._open():
            if message.slug is not None:
                self._named(message.slug)
            row = self.rows.get(message.submission_id)
            if row is not None:
                if row.is_anothers(publisher):
                    raise ForeignId
                row.fill(message, message.language, publisher)
                return False
            pending = Row(message, message.language, verdict=Verdict.PENDING, publisher=publisher)
            self.rows[message.submission_id] = pending
            request = RejudgeMessage(submission_id=message.submission_id, attempt=1, queue=queue)
            self._put(request, self._own_s)
            return True

    def purge(self, what: Purge, *, dry_run: bool = False) -> Iterator[int]:
        """Delete in small steps; yields how many submissions each deleted, or would."""
        with self._open():
            old = [key for key, row in self.rows.items() if is_old(row, what)]
            for submission_id in () if dry_run else old:
                del self.rows[submission_id]
                for key in [key for key in self._outbox if key[0] == submission_id]:
                    del self._outbox[key]
        if old:
            yield len(old)

    def history(self, submission_id: UUID) -> list[Attempt]:
        """Every attempt, the oldest first."""
        with self._open():
            row = self.rows.get(submission_id)
            return [] if row is None else [*row.past, row.current]

    # The outbox --------------------------------------------------------------------------

    def notify(self, events: Sequence[VerdictEvent]) -> None:
        with self._open():
            self.notified += events

    def claim(self, limit: int, kind: str | None = None) -> list[OutboxEntry]:
        """What is due, of one kind or of any."""
        with self._open():
            now = time.monotonic()
            due = [key for key, (at, _) in self._outbox.items() if at <= now]
            due = [key for key in due if kind in (None, key[2])][:limit]
            entries = [self._outbox[key][1] for key in due]
            for entry in entries:
                self._put(entry, self._own_s)
            return entries

    def mark_sent(self, entries: Sequence[OutboxEntry]) -> None:
        with self._open():
            for entry in entries:
                row = self.rows.get(entry.submission_id)
                if entry.kind != "rejudge" or row is None or not row.held_from(None):
                    self._outbox.pop(_key(entry), None)

    def unsent(self) -> list[OutboxEntry]:
        """What is in the outbox, due or not."""
        with self._open():
            return [entry for _, entry in self._outbox.values()]

    def close(self) -> None:
        """Nothing to let go of."""

    def _is_start(self, claim: Claimed) -> bool:
        row = self.rows.get(claim.submission_id)
        return row is not None and row.is_start(claim)

    def _request(self, submission_id: UUID, row: Row, queue: str) -> None:
        # Due when the claim has passed.
        request = RejudgeMessage.model_validate(
            {"submission_id": submission_id, "attempt": row.attempt, "queue": queue}
        )
        self._put(request, max(0.0, row.held_until - time.monotonic()))

    def _put(self, entry: OutboxEntry, delay_s: float) -> None:
        self._outbox[_key(entry)] = (time.monotonic() + delay_s, entry)

    def _check_names(self, wanted: RejudgeFilter) -> None:
        if wanted.problem is not None:
            self._named(wanted.problem)
        users = {row.message.user for row in self.rows.values() if row.message is not None}
        if wanted.user not in (None, *users):
            raise InvalidSubmission("user", f"no user is called {wanted.user!r}")

    def _named(self, slug: str) -> Problem:
        if slug not in self._problems:
            raise InvalidSubmission("problem", f"no problem is called {slug!r}")
        return self._problems[slug].problem

    def _open(self) -> threading.Lock:
        if self.outage:
            raise StoreUnavailable("the in-memory store simulates an outage")
        return self._lock


def _key(entry: OutboxEntry) -> tuple[UUID, int, str]:
    return entry.submission_id, entry.attempt, entry.kind
