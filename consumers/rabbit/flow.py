"""When the broker may push deliveries to us, and when we fetch one at a time.

The broker pushes up to the prefetch from each queue, whether or not a thread is free. While every
thread is at work for long, what is pushed would wait here although other workers are idle. So a
worker whose threads have all been busy for `STALE_S` gives back what waits and fetches a message
whenever a thread becomes free. It is pushed to again once a fetch finds the queues empty, or when
fetches follow each other quickly.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from consumers.names import QUEUES

STALE_S = 3.0
_BATCH_TURN = 5


class Flow:
    """Decides between the two; does nothing itself. Thread-safe. `push` says which it is now."""

    def __init__(self, prefetch: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.push = True
        self._prefetch = prefetch
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting = 0
        self._waited_at = clock()
        self._window = clock()
        self._fetches = 0
        self._turn = 0

    def thread_waits(self) -> None:
        """A thread is free."""
        with self._lock:
            self._waiting += 1

    def thread_works(self) -> None:
        """It has something to do, or looks elsewhere."""
        with self._lock:
            self._waiting -= 1
            self._waited_at = self._clock()

    def stops_pushing(self, oldest_s: float) -> bool:
        """Whether to fetch from now on; `oldest_s`: how long a delivery has waited here."""
        with self._lock:
            busy_s = 0.0 if self._waiting else self._clock() - self._waited_at
            stale = self._waiting == 0 and max(busy_s, oldest_s) > STALE_S
            if not (self.push and stale):
                return False
            self._stop()
            return True

    def stop(self) -> None:
        """Fetch from now on."""
        with self._lock:
            self._stop()

    def fetched(self, found: bool) -> bool:
        """Whether to have the broker push again, after a fetch."""
        with self._lock:
            now = self._clock()
            if now - self._window > STALE_S:
                self._window, self._fetches = now, 0
            self._fetches += 1
            if self.push or (found and self._fetches < 2 * self._prefetch):
                return False
            self.push = True
            self._waited_at = now
            return True

    def _stop(self) -> None:
        self.push = False
        self._window, self._fetches = self._clock(), 0

    def order(self) -> tuple[str, ...]:
        """The queues to fetch from: `default` first, but every fifth time `batch`."""
        with self._lock:
            self._turn += 1
            return QUEUES[::-1] if self._turn % _BATCH_TURN == 0 else tuple(QUEUES)
