"""Submissions whose verdict is awaited, and who listens for it."""

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
class Missed:
    """Events may have come and not been heard; `surely`: they will not come any more."""

    surely: bool


News = Event | JudgecoreError | Missed
Inbox = queue.SimpleQueue[tuple[UUID, News]]


@dataclass(slots=True, eq=False)
class _Watch:
    """A submission whose verdict is awaited. `end` is how it ended; `heard` all there was."""

    pattern: str
    heard: list[Event] = field(default_factory=list)
    end: VerdictEvent | JudgecoreError | None = None
    missed: Missed | None = None
    inboxes: list[Inbox] = field(default_factory=list)


class Awaited:
    """What a client waits for, and the last verdicts that it heard. Thread-safe.

    `follow` and `unfollow` are called with each pattern that begins and ceases to be of interest.
    """

    def __init__(self, follow: Callable[[str], None], unfollow: Callable[[str], None]) -> None:
        self._follow = follow
        self._unfollow = unfollow
        self._lock = threading.Lock()
        self._watched: dict[UUID, _Watch] = {}
        self._ended: OrderedDict[UUID, _Watch] = OrderedDict()
        self._users_of: dict[str, int] = {}

    def __repr__(self) -> str:
        return f"{len(self._watched)} awaited, {len(self._ended)} ended"

    def __contains__(self, submission_id: UUID) -> bool:
        return submission_id in self._watched

    def add(self, submission_id: UUID, pattern: str) -> None:
        """Await the verdict of a submission, whose events fit the pattern."""
        with self._lock:
            self._known_or_new(submission_id, pattern)

    def listen(self, submission_id: UUID, pattern: str, inbox: Inbox) -> None:
        """Put what was heard of a submission into the inbox, and what will be."""
        with self._lock:
            watch, is_new = self._known_or_new(submission_id, pattern)
            for event in watch.heard:
                inbox.put((submission_id, event))
            if isinstance(watch.end, JudgecoreError):
                inbox.put((submission_id, watch.end))
            elif watch.end is None:
                watch.inboxes.append(inbox)
                missed = watch.missed or (Missed(False) if is_new else None)
                if missed is not None:  # a new one is somebody else's: it may have its verdict
                    inbox.put((submission_id, missed))

    def leave(self, submission_id: UUID, inbox: Inbox) -> None:
        """Put no more into the inbox."""
        with self._lock:
            watch = self._watched.get(submission_id)
            if watch is not None and inbox in watch.inboxes:
                watch.inboxes.remove(inbox)

    def hear(self, event: Event) -> None:
        """Take an event, whose ever it is."""
        if isinstance(event, VerdictEvent):
            self.finish(event.submission_id, event)
            return
        with self._lock:
            watch = self._watched.get(event.submission_id)
            if watch is not None:
                watch.heard.append(event)
                _tell(event.submission_id, watch, event)

    def finish(self, submission_id: UUID, end: VerdictEvent | JudgecoreError) -> None:
        """Keep how it ended, and tell whoever listens; once only, and only of what is awaited."""
        with self._lock:
            watch = self._watched.pop(submission_id, None)
            if watch is None:
                return
            watch.end = end
            self._ended[submission_id] = watch
            while len(self._ended) > KEPT_VERDICTS:
                self._ended.popitem(last=False)
            _tell(submission_id, watch, end)
            watch.heard = [end] if isinstance(end, VerdictEvent) else []
            watch.inboxes = []
            self._users_of[watch.pattern] -= 1
            if not self._users_of[watch.pattern]:
                del self._users_of[watch.pattern]
                self._unfollow(watch.pattern)

    def miss(self, surely: bool) -> None:
        """Tell everybody that events may have been missed."""
        with self._lock:
            for submission_id, watch in self._watched.items():
                before = watch.missed is not None and watch.missed.surely
                watch.missed = Missed(surely or before)
                _tell(submission_id, watch, watch.missed)

    def _known_or_new(self, submission_id: UUID, pattern: str) -> tuple[_Watch, bool]:
        known = self._watched.get(submission_id) or self._ended.get(submission_id)
        if known is not None:
            return known, False
        if pattern not in self._users_of:
            self._follow(pattern)  # first: it may raise
        self._users_of[pattern] = self._users_of.get(pattern, 0) + 1
        watch = self._watched[submission_id] = _Watch(pattern)
        return watch, True


def _tell(submission_id: UUID, watch: _Watch, news: News) -> None:
    for inbox in watch.inboxes:
        inbox.put((submission_id, news))
