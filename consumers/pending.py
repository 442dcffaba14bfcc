"""Submissions whose verdict a client waits for, and the threads that wait."""

from __future__ import annotations

import queue
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from consumers.events import Event, VerdictEvent
from judgecore.errors import JudgecoreError

KEPT_VERDICTS = 10_000


@dataclass(frozen=True, slots=True)
class Gap:
    """Events may have been missed; `is_certain`: they were, and will not come any more."""

    is_certain: bool


Update = Event | JudgecoreError | Gap
Inbox = queue.SimpleQueue[tuple[UUID, Update]]


@dataclass(slots=True, eq=False)
class _Watch:
    """A submission whose verdict is pending. `end` is how it ended; `events` are those so far."""

    pattern: str
    events: list[Event] = field(default_factory=list)
    end: VerdictEvent | JudgecoreError | None = None
    gap: Gap | None = None
    inboxes: list[Inbox] = field(default_factory=list)


class PendingVerdicts:
    """What a client waits for, and the last verdicts that it received. Thread-safe.

    `follow` is called with each new pattern of routing keys, `unfollow` with each that nobody
    waits for any longer.
    """

    def __init__(self, follow: Callable[[str], None], unfollow: Callable[[str], None]) -> None:
        self._follow = follow
        self._unfollow = unfollow
        self._lock = threading.Lock()
        self._watched: dict[UUID, _Watch] = {}
        self._ended: OrderedDict[UUID, _Watch] = OrderedDict()
        self._users_of: dict[str, int] = {}

    def __repr__(self) -> str:
        return f"{len(self._watched)} pending, {len(self._ended)} ended"

    def __contains__(self, submission_id: UUID) -> bool:
        return submission_id in self._watched

    def add(self, submission_id: UUID, pattern: str) -> None:
        """Wait for the verdict of a submission, whose events match the pattern."""
        with self._lock:
            self._known_or_new(submission_id, pattern)

    def listen(self, submission_id: UUID, pattern: str, inbox: Inbox) -> None:
        """Put the events of a submission into the inbox: those so far, and those to come."""
        with self._lock:
            watch, is_new = self._known_or_new(submission_id, pattern)
            for event in watch.events:
                inbox.put((submission_id, event))
            if isinstance(watch.end, JudgecoreError):
                inbox.put((submission_id, watch.end))
            elif watch.end is None:
                watch.inboxes.append(inbox)
                gap = watch.gap or (Gap(False) if is_new else None)
                if gap is not None:  # submitted by another process: it may have its verdict
                    inbox.put((submission_id, gap))

    def leave(self, submission_id: UUID, inbox: Inbox) -> None:
        """Put no more into the inbox."""
        with self._lock:
            watch = self._watched.get(submission_id)
            if watch is not None and inbox in watch.inboxes:
                watch.inboxes.remove(inbox)

    def receive(self, event: Event) -> None:
        """Handle any incoming event."""
        if isinstance(event, VerdictEvent):
            self.finish(event.submission_id, event)
            return
        with self._lock:
            watch = self._watched.get(event.submission_id)
            if watch is not None:
                watch.events.append(event)
                _put(event.submission_id, watch, event)

    def finish(self, submission_id: UUID, end: VerdictEvent | JudgecoreError) -> None:
        """Keep how a pending submission ended, and pass it to every inbox; once only."""
        with self._lock:
            watch = self._watched.pop(submission_id, None)
            if watch is None:
                return
            watch.end = end
            self._ended[submission_id] = watch
            while len(self._ended) > KEPT_VERDICTS:
                self._ended.popitem(last=False)
            _put(submission_id, watch, end)
            watch.events = [end] if isinstance(end, VerdictEvent) else []
            watch.inboxes = []
            self._users_of[watch.pattern] -= 1
            if not self._users_of[watch.pattern]:
                del self._users_of[watch.pattern]
                self._unfollow(watch.pattern)

    def note_gap(self, is_certain: bool) -> None:
        """Events may have been missed: pass that to every inbox."""
        with self._lock:
            for submission_id, watch in self._watched.items():
                before = watch.gap is not None and watch.gap.is_certain
                watch.gap = Gap(is_certain or before)
                _put(submission_id, watch, watch.gap)

    def _known_or_new(self, submission_id: UUID, pattern: str) -> tuple[_Watch, bool]:
        known = self._watched.get(submission_id) or self._ended.get(submission_id)
        if known is not None:
            return known, False
        if pattern not in self._users_of:
            self._follow(pattern)  # first: it may raise
        self._users_of[pattern] = self._users_of.get(pattern, 0) + 1
        watch = self._watched[submission_id] = _Watch(pattern)
        return watch, True


def _put(submission_id: UUID, watch: _Watch, update: Update) -> None:
    for inbox in watch.inboxes:
        inbox.put((submission_id, update))
