"""How long submissions took from their acceptance to the verdict, counted for each class."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterator

from consumers.names import QUEUES

INTERACTIVE = "interactive"  # a request waits for the result
CLASSES = (INTERACTIVE, *QUEUES)
BOUNDS_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)


class Latencies:
    """A histogram for each class: those that a request waits for, else those of each queue.

    Thread-safe.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts = {name: [0] * (len(BOUNDS_S) + 1) for name in CLASSES}
        self._sums_s = dict.fromkeys(CLASSES, 0.0)

    def add(self, name: str, seconds: float) -> None:
        """Count one of this class."""
        with self._lock:
            self._counts[name][bisect_left(BOUNDS_S, seconds)] += 1
            self._sums_s[name] += seconds

    def lines(self, full: str) -> Iterator[str]:
        """The histograms as Prometheus reads them, under this name."""
        with self._lock:
            known = [(name, list(self._counts[name]), self._sums_s[name]) for name in CLASSES]
        bounds = (*(f"{bound:g}" for bound in BOUNDS_S), "+Inf")
        for name, counts, sum_s in known:
            total = 0
            for bound, count in zip(bounds, counts, strict=True):
                total += count
                yield f'{full}_bucket{{class="{name}",le="{bound}"}} {total}'
            yield f'{full}_sum{{class="{name}"}} {sum_s:g}'
            yield f'{full}_count{{class="{name}"}} {total}'
