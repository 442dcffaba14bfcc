"""Starts of attempts: who judges what, and until when others leave it alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from consumers.contracts import Answer, Claimed, HeldElsewhere, RunClaim
from consumers.messages import ForeignId, SubmissionMessage
from consumers.postgres.answers import wait_for_answer
from consumers.postgres.driver import Connections, Cursor
from consumers.postgres.presence import Presence
from consumers.postgres.problems import Problems, unknown
from consumers.postgres.shards import key_of, shard
from consumers.postgres.statements import Values, one, query, storable
from consumers.postgres.together import Asked, Row, Together
from judgecore.errors import UsageError
from judgecore.problem import Problem

Begun = RunClaim | HeldElsewhere | None
_Ask = Callable[[Callable[[Answer[Begun]], None], dict[str, Any]], None]

_NONE: Row = [None] * 5


class Claims:
    """The claims on the submissions of one database. Thread-safe.

    `lease_s` is how long a claim holds that is not renewed, by the database's clock.
    """

    def __init__(
        self,
        connections: Connections,
        together: Together,
        problems: Problems,
        presence: Presence,
        lease_s: float,
    ) -> None:
        self._connections = connections
        self._together = together
        self._presence = presence
        self._problems = problems
        self._lease_s = lease_s

    def begin_soon(
        self,
        done: Callable[[Answer[Begun]], None],
        message: SubmissionMessage,
        described: dict[str, Any],
        attempt: int,
        holder: UUID | None,
        queue: str,
        *,
        stored: bool,
        patience_s: float,
    ) -> None:
        """Note a start of a message, `described` in the parameters of the statement.

        `stored`: there is a row of it.
        """
        holder_id = None if holder is None else str(holder)
        values = {
            **key_of(message.submission_id),
            **described,
            "attempt": attempt,
            "holder": holder_id,
            "lease_s": None if holder is None else self._lease_s,
            "shown_holder": holder_id,
        }
        is_new = attempt == 1 and not stored
        ask = partial(self._ask, message=message, queue=queue, is_new=is_new, patience_s=patience_s)
        if holder is None or self._presence.has_shown(holder):
            ask(done, values)
        else:
            done(Answer(partial(self._shown_first, holder, values, ask), at_once=False))

    def _shown_first(self, holder: UUID, values: dict[str, Any], ask: _Ask) -> Begun:
        """Others see by a lock that the holder is alive; to take it may take time."""
        shown = self._presence.shows(holder)
        known = values if shown else {**values, "shown_holder": None}

        def ask_for(done: Callable[[Answer[Begun]], None]) -> None:
            ask(done, known)

        return wait_for_answer(ask_for)

    def _ask(
        self,
        done: Callable[[Answer[Begun]], None],
        values: dict[str, Any],
        *,
        message: SubmissionMessage,
        queue: str,
        is_new: bool,
        patience_s: float,
    ) -> None:
        if not is_new:
            again = partial(self._begun_again, message, values, queue)
            done(Answer(again, at_once=False))
            return

        def noted(asked: Asked) -> None:
            at_once, problem = False, None
            if asked.row is not None and asked.row[0] is not None:
                problem = self._in_memory(message, asked.row)
                at_once = message.slug is None or problem is not None
            first = partial(self._first, asked, message, values, queue, problem)
            done(Answer(first, at_once))

        self._together.ask("begin", values, durable=False, patience_s=patience_s, done=noted)

    def renew(self, claims: Sequence[Claimed]) -> set[UUID]:
        """Hold these for another lease; returns those that are still ours."""
        with self._connections.statement() as cursor:
            cursor.execute(query("renew"), {**_columns(claims), "lease_s": self._lease_s})
            ours = {UUID(str(one_id)) for (one_id,) in cursor.fetchall()}
        self._presence.renew()
        return ours

    def over(self, claims: Sequence[Claimed]) -> set[UUID]:
        """Those whose attempt has a verdict, or has been replaced by another."""
        with self._connections.statement() as cursor:
            cursor.execute(query("over"), _columns(claims))
            return {UUID(str(one_id)) for (one_id,) in cursor.fetchall()}

    def release(self, claims: Sequence[Claimed], *, given_back: bool) -> None:
        """End these starts without a verdict."""
        with self._connections.statement() as cursor:
            cursor.execute(query("release"), {**_columns(claims), "given_back": given_back})

    def _in_memory(self, message: SubmissionMessage, row: Row) -> Problem | None:
        """Its problem, if that needs no statement."""
        return None if message.slug is None else self._problems.in_memory(message.slug, row[4])

    def _first(
        self,
        asked: Asked,
        message: SubmissionMessage,
        values: dict[str, Any],
        queue: str,
        problem: Problem | None,
    ) -> Begun:
        row = self._together.row_of(asked)
        if message.slug is not None and row[4] is None:
            raise unknown(message.slug)
        if row[0] is None:
            with self._connections.statement() as cursor:
                check_publisher(cursor, values)
                cursor.execute(query("fill"), values)
        return self._begun(row, message, values, queue, problem)

    def _begun_again(self, message: SubmissionMessage, values: dict[str, Any], queue: str) -> Begun:
        with self._connections.statement() as cursor:
            cursor.execute(query("begin_again"), values)
            row = cursor.fetchone()
        return self._begun(_NONE if row is None else list(row[:5]), message, values, queue)

    def _begun(
        self,
        row: Row,
        message: SubmissionMessage,
        values: dict[str, Any],
        queue: str,
        problem: Problem | None = None,
    ) -> Begun:
        number, starts, failures, given_back, content_hash = row
        if number is None:
            return self._leave({**values, "queue": queue})
        claim = RunClaim(number, starts, failures, problem, None, given_back)
        return self._with_problem(claim, message.slug, content_hash)

    def _leave(self, values: dict[str, Any]) -> HeldElsewhere | None:
        # A statement of its own: it sees what others have committed since, and what it writes is
        # on the disk before anybody acknowledges.
        with self._connections.statement() as cursor:
            cursor.execute(query("leave"), values)
            row = cursor.fetchone()
        return None if row is None else HeldElsewhere(row[0] and UUID(str(row[0])))

    def _with_problem(self, claim: RunClaim, slug: str | None, content_hash: str) -> RunClaim:
        if slug is None or claim.problem is not None:
            return claim
        try:
            problem = self._problems.of(slug, content_hash)
        except (UsageError, ValueError) as exc:  # stored by a newer version, or by hand
            why = f"the stored problem {slug!r} cannot be read: {exc}"
            return replace(claim, unreadable=storable(why)[:2000])
        return replace(claim, problem=problem)


def is_anothers(cursor: Cursor, values: Values) -> bool:
    """Whether the submission belongs to another publisher."""
    cursor.execute(query("is_anothers"), values)
    return bool(one(cursor)[0])


def check_publisher(cursor: Cursor, values: Values) -> None:
    """Raise `ForeignId` if the submission belongs to another publisher."""
    if is_anothers(cursor, values):
        raise ForeignId


def _columns(claims: Sequence[Claimed]) -> dict[str, Any]:
    return {
        "shards": [shard(claim.submission_id) for claim in claims],
        "ids": [str(claim.submission_id) for claim in claims],
        "attempts": [claim.attempt for claim in claims],
        "starts": [claim.starts for claim in claims],
        "queues": [claim.queue for claim in claims],
    }
