"""Problems and submissions as the memory store keeps them, and which of these are meant."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from consumers.contracts import Attempt, Claimed, ListedProblem, Purge, RejudgeFilter
from consumers.messages import SubmissionMessage
from judgecore.problem import Problem
from judgecore.result import Result
from judgecore.verdict import Verdict


@dataclass(slots=True)
class Row:
    """A submission as the memory store keeps it; `cause` says why it was cancelled or failed.

    `message` is None when it was cancelled before it arrived.
    """

    message: SubmissionMessage | None
    language: str | None
    attempt: int = 1
    starts: int = 0
    failures: int = 0
    verdict: Verdict = Verdict.JUDGING
    result: Result | None = None
    cause: str | None = None
    past: list[Attempt] = field(default_factory=list)
    final_at: float = 0.0
    given_back: int = 0
    holder: UUID | None = None
    held_until: float = 0.0
    publisher: str | None = None

    @property
    def current(self) -> Attempt:
        """The newest attempt as a line of the history."""
        return Attempt(self.attempt, self.verdict, self.cause)

    def is_anothers(self, publisher: str | None) -> bool:
        """Whether it belongs to another publisher."""
        return self.publisher not in (None, publisher)

    def fill(self, message: SubmissionMessage, language: str, publisher: str | None) -> None:
        """It was cancelled before it arrived, and arrives; otherwise nothing changes."""
        if self.message is None:
            self.message, self.language, self.publisher = message, language, publisher

    def begin_next_attempt(self) -> None:
        """Put the attempt so far into the history; the next one is PENDING."""
        self.past.append(_archived(self.current))
        self.attempt += 1
        self.starts = self.failures = self.given_back = 0
        self.holder, self.held_until = None, 0.0
        self.verdict, self.result, self.cause = Verdict.PENDING, None, None

    def held_from(self, holder: UUID | None) -> bool:
        """Whether the claim of somebody else holds."""
        return time.monotonic() < self.held_until and self.holder != holder

    def is_start(self, claim: Claimed) -> bool:
        """Whether this is the newest start, and goes on."""
        newest = (claim.attempt, claim.starts) == (self.attempt, self.starts)
        return newest and not self.verdict.final

    def cancel(self, submission_id: UUID, reason: str) -> Result:
        """Make CANCELLED the verdict."""
        language, cancelled = self.language or "", Verdict.CANCELLED
        self.verdict, self.cause, self.final_at = cancelled, reason, time.monotonic()
        self.result = Result(
            submission_id=submission_id, language=language, verdict=cancelled, cause=reason
        )
        return self.result


@dataclass(frozen=True, slots=True)
class StoredProblem:
    """A problem as the memory store keeps it."""

    problem: Problem
    updated_at: datetime

    @property
    def listed(self) -> ListedProblem:
        """A line of the list of problems."""
        problem = self.problem
        return ListedProblem(
            problem.slug or "",
            problem.title,
            problem.content_hash,
            self.updated_at,
            len(problem.tests),
            sum(test.transfer_bytes for test in problem.tests),
        )


def is_old(row: Row, what: Purge) -> bool:
    user = None if row.message is None else row.message.user
    young = what.older_than_s is not None and time.monotonic() - row.final_at < what.older_than_s
    return row.verdict.final and not young and what.user in (None, user)


def _archived(attempt: Attempt) -> Attempt:
    if attempt.verdict is not Verdict.JUDGING:
        return attempt
    return Attempt(attempt.attempt, Verdict.CANCELLED, "replaced by a rejudge while it ran")


def is_selected(submission_id: UUID, row: Row, wanted: RejudgeFilter) -> bool:
    message = row.message
    return (
        message is not None
        and (row.verdict is not Verdict.PENDING or wanted.pending_too)
        and (row.verdict is not Verdict.CANCELLED or wanted.cancelled_too)
        and (wanted.submission_ids is None or submission_id in wanted.submission_ids)
        and wanted.problem in (None, message.slug)
        and wanted.user in (None, message.user)
        and wanted.language in (None, row.language)
        and wanted.verdict in (None, row.verdict)
    )
