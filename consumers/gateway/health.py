"""Probes and figures: `/healthz`, `/readyz` and `/metrics`."""

from __future__ import annotations

import logging
import threading
from collections import Counter

from consumers.gateway.exchange import Answer, Request, Route
from consumers.gateway.service import Service
from judgecore.errors import InfrastructureError

log = logging.getLogger(__name__)

_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


class Counts:
    """How many requests were answered with which status. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_status: Counter[int] = Counter()

    def add(self, status: int) -> None:
        """Count an answer."""
        with self._lock:
            self._by_status[status] += 1

    def items(self) -> list[tuple[int, int]]:
        """Statuses and how often, in order."""
        with self._lock:
            return sorted(self._by_status.items())


class Probes:
    """Answers probes about a service; without a token, and nothing about submissions."""

    def __init__(self, service: Service, counts: Counts) -> None:
        self._service = service
        self._counts = counts

    @property
    def routes(self) -> list[Route]:
        """Every request that it answers."""
        return [
            Route("GET", "/healthz", lambda _: Answer(200, "ok\n")),
            Route("GET", "/readyz", self._ready),
            Route("GET", "/metrics", self._metrics),
        ]

    def _ready(self, request: Request) -> Answer:
        try:
            self._service.backend.check()
        except InfrastructureError as exc:
            log.warning("not ready: %s", exc)  # who asks need not learn hosts and users
            return Answer(503, "not ready; the log says why\n")
        return Answer(200, "ok\n")

    def _metrics(self, request: Request) -> Answer:
        load = self._service.backend.load()
        lines = _gauge("waiting", "Submissions that wait for a slot.", load.waiting)
        lines += _gauge("oldest_seconds", "How long the first of them has waited.", load.oldest_s)
        lines += _gauge("busy_slots", "Slots at work.", load.busy)
        lines += _gauge("slots", "Slots in all.", load.slots)
        lines += _counter(
            "requests_total",
            "Requests, by the status of the answer.",
            [(f'status="{status}"', count) for status, count in self._counts.items()],
        )
        lines += _counter(
            "verdicts_total",
            "Submissions that ended, by verdict.",
            [(f'verdict="{name}"', count) for name, count in self._service.verdicts()],
        )
        lines += _summary(self._service)
        lines += _histogram(self._service)
        return Answer(200, "".join(f"{line}\n" for line in lines), media_type=_PROMETHEUS)


def _gauge(name: str, text: str, value: float) -> list[str]:
    full = f"judgecore_gateway_{name}"
    return [f"# HELP {full} {text}", f"# TYPE {full} gauge", f"{full} {value:g}"]


def _counter(name: str, text: str, values: list[tuple[str, int]]) -> list[str]:
    full = f"judgecore_gateway_{name}"
    rows = [f"{full}{{{label}}} {count}" for label, count in values]
    return [f"# HELP {full} {text}", f"# TYPE {full} counter", *rows]


def _summary(service: Service) -> list[str]:
    full = "judgecore_gateway_seconds"
    rows = [f'{full}{{quantile="{q:g}"}} {value:g}' for q, value in service.durations((0.5, 0.95))]
    text = "From accepting a submission to its verdict, of the last 1000."
    return [f"# HELP {full} {text}", f"# TYPE {full} summary", *rows]


def _histogram(service: Service) -> list[str]:
    full = "judgecore_gateway_latency_seconds"
    text = "From accepting a submission to its verdict, by class."
    rows = service.latencies.lines(full)
    return [f"# HELP {full} {text}", f"# TYPE {full} histogram", *rows]
