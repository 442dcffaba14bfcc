"""Progress that waits a little, so that what follows soon is told along with it.

A listener cannot use more than some news a second, and each event costs the broker and the worker
as much as a small test does.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from consumers.events import ProgressEvent, VerdictEvent, quiet
from judgecore.result import TestResult

EVERY_S = 0.1
MOST_HELD = 200


@dataclass(slots=True)
class _Held:
    due: float
    begun: ProgressEvent
    done: int
    is_first: bool
    tests: list[TestResult] = field(default_factory=list)

    def event(self) -> ProgressEvent:
        return self.begun.then(self.done, self.tests)


class HeldProgress:
    """One event for each submission that has news. Thread-safe.

    `on_first` is called when there is something to wait for again; see `wait_s`.
    """

    def __init__(self, on_first: Callable[[], None] = lambda: None) -> None:
        self._on_first = on_first
        self._lock = threading.Lock()
        self._held: dict[tuple[UUID, int], _Held] = {}  # the first one is due first

    def hold(self, begun: ProgressEvent, done: int, tests: Sequence[TestResult]) -> bool:
        """Take news of a submission; False says that there are too many already."""
        key, is_first = (begun.submission_id, begun.attempt), False
        with self._lock:
            held = self._held.get(key)
            if held is None:
                if len(self._held) >= MOST_HELD:
                    return False
                held = _Held(time.monotonic() + EVERY_S, begun, done, is_first=done == 0)
                self._held[key] = held
                is_first = len(self._held) == 1
            held.done = done
            held.tests.extend(map(quiet, tests))  # or all of it is kept while the broker is away
        if is_first:
            self._on_first()
        return True

    def before(self, result: VerdictEvent) -> list[ProgressEvent]:
        """Hand out what is held of the submission with this result.

        Nothing when none of its progress has been handed out yet: the result says all of that.
        """
        with self._lock:
            held = self._held.pop((result.submission_id, result.attempt), None)
        return [] if held is None or held.is_first else [held.event()]

    def due(self) -> list[ProgressEvent]:
        """Hand out what was held for long enough."""
        now = time.monotonic()
        with self._lock:
            keys = [key for key, held in self._held.items() if held.due <= now]
            return [self._held.pop(key).event() for key in keys]

    def wait_s(self) -> float:
        """How long until the next is due."""
        with self._lock:
            first = next(iter(self._held.values()), None)
        return float("inf") if first is None else max(0.0, first.due - time.monotonic())
