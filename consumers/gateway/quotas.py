"""How much one client may ask for: requests a second, and submissions that wait."""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict

from consumers.gateway.backends import Overloaded

_MOST_CLIENTS = 10_000


class RateLimit:
    """A bucket of requests for each client, refilled `a_second`; 0: no limit. Thread-safe.

    A client that was quiet may send `burst` at once.
    """

    def __init__(self, a_second: float, burst: int = 20) -> None:
        self._a_second = a_second
        self._burst = burst
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, client: str) -> float:
        """0: the request may go on; else how long the client should wait, seconds."""
        if not self._a_second:
            return 0.0
        now = time.monotonic()
        with self._lock:
            left, at = self._buckets.pop(client, (float(self._burst), now))
            left = min(self._burst, left + (now - at) * self._a_second)
            allowed = left >= 1
            self._buckets[client] = (left - 1 if allowed else left, now)
            if len(self._buckets) > _MOST_CLIENTS:
                self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - left) / self._a_second


class Quotas:
    """How many submissions of one client wait. Thread-safe; 0 is no limit.

    Beyond `batch_after` they go to the queue `batch`, behind everybody else's; beyond `most` they
    are refused.
    """

    def __init__(self, batch_after: int = 0, most: int = 0) -> None:
        self._batch_after = batch_after
        self._most = most
        self._lock = threading.Lock()
        self._waiting: Counter[str] = Counter()

    def begin(self, client: str, count: int) -> str:
        """Count submissions of a client; returns the queue for them. Raises `Overloaded`."""
        with self._lock:
            waiting = self._waiting[client] + count
            if self._most and waiting > self._most:
                raise Overloaded(f"{self._waiting[client]} submissions of this client wait already")
            self._waiting[client] = waiting
        return "batch" if self._batch_after and waiting > self._batch_after else "default"

    def end(self, client: str, count: int = 1) -> None:
        """So many of them have ended, or were not taken."""
        with self._lock:
            self._waiting[client] -= count
            if self._waiting[client] <= 0:
                del self._waiting[client]
