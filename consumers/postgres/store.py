"""Submissions and verdicts in PostgreSQL, as the worker and its outbox publisher need them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Unpack
from uuid import UUID

from pydantic import ValidationError

from consumers.config import masked
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
    Unfinished,
)
from consumers.deliveries import DeadLetter, OutboxEntry, Unpublished
from consumers.events import VerdictEvent
from consumers.large import in_turn
from consumers.messages import SubmissionMessage
from consumers.postgres.answers import ask_in_turn, wait_for_answer
from consumers.postgres.attempts import Attempts
from consumers.postgres.claims import Begun, Claims, check_publisher, is_anothers
from consumers.postgres.driver import Connections, wait_for_database
from consumers.postgres.outbox import OutboxTable
from consumers.postgres.presence import Presence
from consumers.postgres.problems import Problems, unknown
from consumers.postgres.retention import Retention
from consumers.postgres.rows import fields_of_message, row_of_message
from consumers.postgres.shards import key_of
from consumers.postgres.statements import columns, one, query, storable
from consumers.postgres.together import Together
from consumers.postgres.verdicts import Verdicts
from judgecore.problem import Problem
from judgecore.result import Result
from judgecore.validation import invalid

log = logging.getLogger(__name__)

OWN_S = 15.0


class PostgresStore:
    """Verdicts in PostgreSQL. Thread-safe: each call borrows a connection of its own.

    `own_s` is how long whoever stores or claims an event has for sending it before others may.
    `lease_s` is how long a claim holds that is not renewed.
    """

    def __init__(self, url: str, *, own_s: float = OWN_S, lease_s: float = LEASE_S) -> None:
        self._url = url
        self._own_s = own_s
        self._connections = Connections(url)
        self._together = Together(self._connections)
        self._problems = Problems(self._connections)
        self._attempts = Attempts(self._connections)
        self._retention = Retention(self._connections)
        self._outbox = OutboxTable(self._connections, own_s)
        self._verdicts = Verdicts(self._connections, self._together, own_s)
        self._presence = Presence(url)
        self._claims = Claims(
            self._connections, self._together, self._problems, self._presence, lease_s
        )

    @classmethod
    def open(cls, url: str, *, stop: threading.Event | None = None) -> PostgresStore:
        """A store whose database answers; see `wait_for_database`."""
        wait_for_database(url, stop or threading.Event())
        return cls(url)

    def __repr__(self) -> str:
        return f"<PostgresStore {masked(self._url)}, {len(self._connections)} idle connections>"

    def ping(self) -> None:
        """Return if the database answers, else raise `StoreUnavailable`."""
        with self._connections.statement() as cursor:
            cursor.execute("SELECT 1")

    # Problems and what people do ----------------------------------------------------------

    def add_problem(self, slug: str, problem: Problem) -> None:
        """Add a problem under a slug, or replace the one of that slug with all its tests.

        Workers use it for whatever begins from now on. Whatever the problem's own `slug` says, it
        is stored under this one.
        """
        self._problems.put(slug, problem)

    def problem(self, slug: str) -> Problem:
        """A stored problem, or `InvalidSubmission` when there is none of that name."""
        return self._problems.get(slug)

    def problems(self) -> list[ListedProblem]:
        """Every problem, by slug."""
        return self._problems.all()

    def delete_problem(self, slug: str, *, even_if_used: bool = False) -> None:
        """Delete a problem with its tests.

        Raises `InvalidSubmission` when there is none of that name, or when submissions are for it.
        With `even_if_used` these keep their verdicts, no longer belong to a problem, and can't be
        judged again.
        """
        self._problems.delete(slug, even_if_used=even_if_used)

    def cancel(self, submission_id: UUID, reason: str) -> Cancellation:
        """Cancel what has no verdict yet, arrived or not."""
        return self._attempts.cancel(submission_id, reason)

    def rejudge(self, wanted: RejudgeFilter, queue: str = "batch") -> int:
        """Ask for another attempt at each wanted submission; see `Attempts.rejudge`."""
        return self._attempts.rejudge(wanted, queue)

    def missing(self, submission_ids: Sequence[UUID]) -> list[UUID]:
        """Those of these ids that cannot be rejudged: no program has come with them."""
        return self._attempts.missing(submission_ids)

    def history(self, submission_id: UUID) -> list[Attempt]:
        """Every attempt, the oldest first."""
        return self._attempts.history(submission_id)

    def unfinished(self, older_than_s: float = 0.0, limit: int = 1000) -> list[Unfinished]:
        """Submissions without a verdict whose newest start or request is that old."""
        return self._retention.unfinished(older_than_s, limit)

    def count_unfinished(self, user: str | None = None) -> int:
        """How many submissions of a user, or of all, have no verdict."""
        return self._retention.count_unfinished(user)

    def purge(self, what: Purge, *, dry_run: bool = False) -> Iterator[int]:
        """Delete in small steps; yields how many submissions each deleted, or would."""
        return self._retention.purge(what, dry_run=dry_run)

    def register(
        self, message: SubmissionMessage, queue: str = "default", publisher: str | None = None
    ) -> bool:
        """Make the row of a submission, PENDING, and the request to judge it, in one transaction.

        The request is in the outbox, and for `own_s` seconds the caller's to publish; then an
        outbox publisher of any worker does. False: there is such a row already, and nothing
        changed. Raises `InvalidSubmission` when there is no problem of the name in the message, and
        `ForeignId` when the row belongs to another publisher.
        """
        described = row_of_message(message, message.language, None)
        values = {**key_of(message.submission_id), **described, "publisher": publisher}
        with self._connections.statement() as cursor:
            cursor.execute(query("register"), {**values, "queue": queue, "own_s": self._own_s})
            made, known = one(cursor)
            if not known:
                raise unknown(message.slug or "")
            if not made:  # cancelled before it arrived, perhaps
                check_publisher(cursor, values)
                cursor.execute(query("fill"), values)
        return bool(made)

    # Judging -----------------------------------------------------------------------------

    def begin(
        self, message: SubmissionMessage, language: str, **start: Unpack[Start]
    ) -> RunClaim | HeldElsewhere | None:
        def ask(done: Callable[[Answer[Begun]], None]) -> None:
            self.begin_soon(done, message, language, **start)

        return wait_for_answer(ask)

    def begin_soon(
        self,
        done: Callable[[Answer[Begun]], None],
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
    ) -> None:
        def begin(done: Callable[[Answer[Begun]], None]) -> None:
            described = row_of_message(message, language, published_ms)
            described["publisher"] = publisher
            self._claims.begin_soon(
                done,
                message,
                described,
                attempt,
                holder,
                queue,
                stored=stored,
                patience_s=patience_s,
            )

        ask_in_turn(begin, message.characters, done)

    def is_anothers(self, submission_id: UUID, publisher: str | None) -> bool:
        values = {**key_of(submission_id), "publisher": publisher}
        with self._connections.statement() as cursor:
            return is_anothers(cursor, values)

    def renew(self, claims: Sequence[Claimed]) -> set[UUID]:
        return self._claims.renew(claims)

    def over(self, claims: Sequence[Claimed]) -> set[UUID]:
        return self._claims.over(claims)

    def release(self, claims: Sequence[Claimed], *, given_back: bool) -> None:
        self._claims.release(claims, given_back=given_back)

    def recall(self, submission_id: UUID) -> SubmissionMessage | None:
        with in_turn():
            return self._recall(submission_id)

    def _recall(self, submission_id: UUID) -> SubmissionMessage | None:
        with self._connections.statement() as cursor:
            cursor.execute(query("recall"), key_of(submission_id))
            row = cursor.fetchone()
            if row is None:
                return None
            values = dict(zip(columns(cursor), row, strict=True))
        try:
            return SubmissionMessage.model_validate(
                {**fields_of_message(values), "submission_id": submission_id}
            )
        except ValidationError as exc:  # stored by a version that took it
            raise invalid(exc) from None

    def fail(self, submission_id: UUID, attempt: int, cause: str) -> int:
        values = {**key_of(submission_id), "attempt": attempt, "cause": storable(cause)}
        with self._connections.statement() as cursor:
            cursor.execute(query("fail"), values)
            row = cursor.fetchone()
        return 1 if row is None else int(row[0])

    def finish(self, event: VerdictEvent, starts: int, patience_s: float = 0.0) -> Outcome:
        def ask(done: Callable[[Answer[Outcome]], None]) -> None:
            self.finish_soon(done, event, starts, patience_s)

        return wait_for_answer(ask)

    def before_commit(self, act: Callable[[], None], patience_s: float) -> None:
        self._together.before_commit(act, patience_s)

    def finish_soon(
        self,
        done: Callable[[Answer[Outcome]], None],
        event: VerdictEvent,
        starts: int,
        patience_s: float = 0.0,
    ) -> None:
        self._verdicts.finish_soon(done, event, starts, patience_s)

    def put_repeat(self, event: VerdictEvent) -> None:
        self._outbox.put_repeat(event)

    def put_dead(self, letter: DeadLetter, refused: tuple[UUID, int] | None = None) -> None:
        self._outbox.put_dead(letter, refused)

    def result(self, submission_id: UUID) -> Result | None:
        """The stored verdict, or None while there is none."""
        event = self.verdict(submission_id)
        return None if event is None else event.result

    def verdict(self, submission_id: UUID) -> VerdictEvent | None:
        with in_turn():
            return self._verdicts.get(submission_id)

    # The outbox --------------------------------------------------------------------------

    def notify(self, events: Sequence[VerdictEvent]) -> None:
        self._attempts.notify(events)

    def claim(self, limit: int, kind: str | None = None) -> list[OutboxEntry]:
        return self._outbox.claim(limit, kind)

    def postpone(self, entry: OutboxEntry, cause: str) -> None:
        self._outbox.postpone(entry, cause)

    def mark_sent(self, entries: Sequence[OutboxEntry]) -> None:
        self._outbox.mark_sent(entries)

    def refused(self, limit: int = 1000) -> list[Unpublished]:
        """What the broker refused and has not taken since, the oldest first."""
        return self._outbox.refused(limit)

    def publish_refused(self) -> int:
        """Make that due now; returns how much it is."""
        return self._outbox.publish_refused()

    def close(self) -> None:
        """Let go of every connection; calls still under way end on their own."""
        self._together.close()
        self._presence.close()
        self._connections.close()
