"""Submissions whose verdict a client waits for, and the threads that wait."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from consumers.events import ProgressEvent, VerdictEvent
from consumers.kept import KeptVerdicts
from judgecore.errors import InvalidSubmission, JudgecoreError
from judgecore.limits import MIB

# Progress that came before anybody listened; beyond it, later listeners do without.
KEPT_PROGRESS_BYTES = 16 * MIB


@dataclass(frozen=True, slots=True)
class Gap:
    """Events may have been missed; `is_certain`: they were, and will not come any more.

    `is_forgotten`: the verdict came, and there was no room to keep it.
    """

    is_certain: bool
    is_forgotten: bool = False


Update = VerdictEvent | ProgressEvent | JudgecoreError | Gap
Inbox = queue.SimpleQueue[tuple[UUID, Update]]


@dataclass(slots=True, eq=False)
class _Watch:
    """A submission whose verdict is pending; `attempt` is the first one whose verdict ends it.

    `program_hash`: this client has submitted it, with that program.
    """

    pattern: str
    program_hash: str | None = None
    attempt: int = 1
    progress: list[ProgressEvent] = field(default_factory=list)
    progress_bytes: int = 0
    gap: Gap | None = None
    inboxes: list[Inbox] = field(default_factory=list)


class PendingVerdicts:
    """What a client waits for, and the last verdicts that it received. Thread-safe.

    `follow` is called with each new pattern of routing keys, `unfollow` with each that nobody
    waits for any longer.
    """

    def __init__(
        self,
        follow: Callable[[str], None],
        unfollow: Callable[[str], None],
        kept: KeptVerdicts | None = None,
    ) -> None:
        self._follow = follow
        self._unfollow = unfollow
        self._lock = threading.Lock()
        self._watched: dict[UUID, _Watch] = {}
        self._kept = KeptVerdicts() if kept is None else kept
        self._progress_bytes = 0
        self._users_of: dict[str, int] = {}

    def __repr__(self) -> str:
        return f"{len(self._watched)} pending, {len(self._kept)} ended"

    def __contains__(self, submission_id: UUID) -> bool:
        return submission_id in self._watched

    def has_ended(self, submission_id: UUID) -> bool:
        """Whether its verdict, or why there is none, is kept."""
        with self._lock:
            return submission_id in self._kept

    def add(self, submission_id: UUID, pattern: str, program_hash: str) -> None:
        """Wait for the verdict of a submission of ours, whose events match the pattern."""
        with self._lock:
            if submission_id not in self._kept:
                watch, _ = self._known_or_new(submission_id, pattern)
                watch.program_hash = watch.program_hash or program_hash

    def outdate(self, submission_id: UUID, attempt: int) -> None:
        """Forget a verdict on an attempt before this one."""
        with self._lock:
            if self._kept.attempt(submission_id) < attempt:
                self._kept.drop(submission_id)

    def listen(self, submission_id: UUID, pattern: str, inbox: Inbox, attempt: int = 1) -> None:
        """Put the events of a submission into the inbox: those so far, and those to come.

        Its end is the verdict on that attempt, or on a later one.
        """
        with self._lock:
            if self._kept.attempt(submission_id) >= attempt:
                end = self._kept.get(submission_id)
                assert end is not None
                inbox.put((submission_id, end))
                return
            forgotten = self._kept.has_forgotten(submission_id)
            watch, is_new = self._known_or_new(submission_id, pattern)
            if is_new:  # submitted by another process, or long ago: it may have its verdict
                watch.gap = Gap(forgotten, forgotten)
            watch.attempt = max(watch.attempt, attempt)
            for event in watch.progress:
                inbox.put((submission_id, event))
            watch.inboxes.append(inbox)
            if watch.gap is not None:
                inbox.put((submission_id, watch.gap))

    def leave(self, submission_id: UUID, inbox: Inbox) -> None:
        """Put no more into the inbox."""
        with self._lock:
            watch = self._watched.get(submission_id)
            if watch is not None and inbox in watch.inboxes:
                watch.inboxes.remove(inbox)

    def receive(self, event: VerdictEvent | ProgressEvent, size_bytes: int) -> None:
        """Handle an incoming event, whose wire form is so large."""
        if isinstance(event, VerdictEvent):
            self.finish(event.submission_id, event)
            return
        with self._lock:
            watch = self._watched.get(event.submission_id)
            if watch is None:
                return
            _put(event.submission_id, watch, event)
            if self._progress_bytes + size_bytes <= KEPT_PROGRESS_BYTES:
                watch.progress.append(event)
                watch.progress_bytes += size_bytes
                self._progress_bytes += size_bytes

    def refuse(self, submission_id: UUID, why: JudgecoreError, *, is_own: bool) -> None:
        """A message of that id cannot be judged; `is_own`: it was ours.

        Anybody may publish nonsense under an id of ours, which is no news of our submission.
        """
        watch = self._watched.get(submission_id)
        if watch is not None and (is_own or watch.program_hash is None):
            self.finish(submission_id, why)

    def finish(self, submission_id: UUID, end: VerdictEvent | JudgecoreError) -> None:
        """Keep how a pending submission ended, and pass it to every inbox; once only."""
        with self._lock:
            watch = self._watched.get(submission_id)
            if watch is None:
                self._replace(submission_id, end)
                return
            end = _own(end, watch)
            _put(submission_id, watch, end)
            if isinstance(end, VerdictEvent) and end.attempt < watch.attempt:
                return
            del self._watched[submission_id]
            self._kept.put(submission_id, end, is_read=bool(watch.inboxes))
            self._progress_bytes -= watch.progress_bytes
            self._users_of[watch.pattern] -= 1
            if not self._users_of[watch.pattern]:
                del self._users_of[watch.pattern]
                self._unfollow(watch.pattern)

    def note_gap(self, is_certain: bool) -> None:
        """Events may have been missed: pass that to every inbox."""
        with self._lock:
            for submission_id, watch in self._watched.items():
                before = watch.gap or Gap(False)
                watch.gap = Gap(is_certain or before.is_certain, before.is_forgotten)
                _put(submission_id, watch, watch.gap)

    def note_sent(self, submission_id: UUID) -> None:
        """It goes out now, with its pattern followed: a verdict that was missed comes again."""
        with self._lock:
            watch = self._watched.get(submission_id)
            if watch is not None:
                watch.gap = None

    def has_gap(self, submission_id: UUID) -> bool:
        """Whether its verdict is pending, and may have been missed."""
        with self._lock:
            watch = self._watched.get(submission_id)
            return watch is not None and watch.gap is not None

    def _replace(self, submission_id: UUID, end: VerdictEvent | JudgecoreError) -> None:
        """Keep the verdict on a later attempt, of which nobody has asked yet."""
        kept = self._kept.attempt(submission_id)
        if isinstance(end, VerdictEvent) and 0 < kept < end.attempt:
            self._kept.put(submission_id, end, is_read=False)

    def _known_or_new(self, submission_id: UUID, pattern: str) -> tuple[_Watch, bool]:
        known = self._watched.get(submission_id)
        if known is not None:
            return known, False
        if pattern not in self._users_of:
            self._follow(pattern)  # first: it may raise
        self._users_of[pattern] = self._users_of.get(pattern, 0) + 1
        watch = self._watched[submission_id] = _Watch(pattern)
        return watch, True


def _own(end: VerdictEvent | JudgecoreError, watch: _Watch) -> VerdictEvent | JudgecoreError:
    """The end, or why it is none: somebody else's program came first under that id."""
    if not isinstance(end, VerdictEvent) or None in (watch.program_hash, end.result.program_hash):
        return end
    if end.result.program_hash == watch.program_hash:
        return end
    return InvalidSubmission(
        "submission_id", "another program came before under this id: submit it under a new one"
    )


def _put(submission_id: UUID, watch: _Watch, update: Update) -> None:
    for inbox in watch.inboxes:
        inbox.put((submission_id, update))
