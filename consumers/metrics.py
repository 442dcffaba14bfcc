"""What a worker counts and measures, for Prometheus."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from consumers.ahead import Takings
from consumers.deliveries import Delivery
from judgecore.result import Result
from judgecore.tally import FastPaths

_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)
_LABELS = ("language", "verdict")
MOST_NOTED = 500
_FAST_PATHS = {
    "compile_cache": "Programs by how they were compiled",
    "spread": "Submissions by whether idle slots ran some of their tests",
    "warm_starts": "Runs of languages with warm starts by how they were started",
    "prebuilt": "Programs by whether the image's prepared files were used",
    "slots": "Leases by whether the slot had served before",
}


class Metrics:
    """The worker's metrics, in a registry of its own. Thread-safe. Times in seconds.

    What is measured of each submission is noted at first, and put into the histograms when the page
    is read, or when much is noted.
    """

    def __init__(self, slots: int) -> None:
        self.registry = CollectorRegistry()
        self._queue_wait = self._histogram(
            "queue_wait_seconds", "From publishing to the first start", ("queue",)
        )
        self._compile = self._histogram("compile_seconds", "Compiling, wall time", _LABELS)
        self._run = self._histogram("run_seconds", "All tests of a submission, wall time", _LABELS)
        self._end_to_end = self._histogram(
            "end_to_end_seconds", "From publishing to the committed verdict", _LABELS
        )
        self._states = self._gauge("slots", "Slots by state", ("state",))
        self._retries = self._counter("retries", "Failures of the judge that were tried again")
        self._dead = self._counter("dead_letters", "Messages that no worker can judge")
        self._superseded = self._counter(
            "superseded_verdicts", "Verdicts that came too late to be stored"
        )
        self._dropped = self._counter(
            "dropped_progress_events", "Progress events dropped for lack of time"
        )
        self._results = self._counter("published_results", "Results that the broker has taken")
        self._bursts = self._counter(
            "result_bursts", "How often results were published, each time one or several together"
        )
        self._fast_paths = {
            field: self._gauge(f"fast_path_{field}", f"{what}, since the start", ("how",))
            for field, what in _FAST_PATHS.items()
        }
        self._ahead = self._gauge(
            "fast_path_ahead", "Submissions by how they got a slot, since the start", ("how",)
        )
        self._slots = slots
        self._noted: deque[Callable[[], None]] = deque()
        self.count_busy(lambda: 0)

    def count_busy(self, busy: Callable[[], int]) -> None:
        """Ask `busy` how many slots are at work, each time the page is read."""
        self._states.labels("busy").set_function(busy)
        self._states.labels("idle").set_function(lambda: max(0, self._slots - busy()))

    def count_fast_paths(self, counts: Callable[[], FastPaths]) -> None:
        """Ask `counts` how often the judge's were taken, each time the page is read."""
        for name, gauge in self._fast_paths.items():
            _follow(gauge, partial(_field_of, counts, name))

    def count_ahead(self, counts: Callable[[], Takings]) -> None:
        """Ask `counts` how submissions got a slot, each time the page is read."""
        _follow(self._ahead, counts)

    def began(self, delivery: Delivery) -> None:
        """A submission was started for the first time."""
        if (waited_s := _since_s(delivery.published_ms)) is not None:
            queue = delivery.queue  # the delivery itself may be large
            self._note(lambda: self._queue_wait.labels(queue).observe(waited_s))

    def stored(self, delivery: Delivery, result: Result) -> None:
        """A verdict was committed."""
        took_s = _since_s(delivery.published_ms)
        labels = (result.language, str(result.verdict))
        wall_ms = sum(test.wall_ms for test in result.tests)
        compiled = result.compile
        # Its figures are of the first time where it is cached.
        compile_ms = None if compiled is None or compiled.cached else compiled.wall_ms
        self._note(partial(self._observe, labels, compile_ms, wall_ms, took_s))

    def _observe(
        self,
        labels: tuple[str, str],
        compile_ms: float | None,
        wall_ms: float,
        took_s: float | None,
    ) -> None:
        if compile_ms is not None:
            self._compile.labels(*labels).observe(compile_ms / 1000)
        self._run.labels(*labels).observe(wall_ms / 1000)
        if took_s is not None:
            self._end_to_end.labels(*labels).observe(took_s)

    def _note(self, observe: Callable[[], None]) -> None:
        self._noted.append(observe)
        if len(self._noted) >= MOST_NOTED:
            self._observe_noted()

    def _observe_noted(self) -> None:
        with suppress(IndexError):  # another thread may be doing the same
            while True:
                self._noted.popleft()()

    def retried(self) -> None:
        """The judge failed, and the submission is tried again."""
        self._retries.inc()

    def dead_lettered(self) -> None:
        """A message became a dead letter."""
        self._dead.inc()

    def superseded(self) -> None:
        """A verdict came too late."""
        self._superseded.inc()

    def dropped(self) -> None:
        """A progress event was dropped."""
        self._dropped.inc()

    def published(self, results: int) -> None:
        """The broker has taken so many results, which were published together."""
        self._results.inc(results)
        self._bursts.inc()

    def page(self) -> bytes:
        """The text that Prometheus reads."""
        self._observe_noted()
        return generate_latest(self.registry)

    def _histogram(self, name: str, what: str, labels: tuple[str, ...]) -> Histogram:
        return Histogram(
            f"judgecore_{name}", what, labels, buckets=_BUCKETS_S, registry=self.registry
        )

    def _gauge(self, name: str, what: str, labels: tuple[str, ...] = ()) -> Gauge:
        return Gauge(f"judgecore_{name}", what, labels, registry=self.registry)

    def _counter(self, name: str, what: str) -> Counter:
        return Counter(f"judgecore_{name}", what, registry=self.registry)


def _follow(gauge: Gauge, counts: Callable[[], Any]) -> None:
    """Show each field of a tuple of counts."""
    for field in counts()._fields:
        gauge.labels(field).set_function(partial(_field_of, counts, field))


def _field_of(counts: Callable[[], Any], field: str) -> Any:
    return getattr(counts(), field)


def _since_s(published_ms: int | None) -> float | None:
    # The publisher's clock may be ahead of ours, or nonsense.
    return None if published_ms is None else max(0.0, time.time() - published_ms / 1000)
