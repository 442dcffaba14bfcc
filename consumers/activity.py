"""What goes on right now: the queues, the verdicts as they are told, and the workers' slots.

Needs no database: verdicts come from the exchange, queue lengths from the broker.
Slots are known of workers whose health port is given (JUDGECORE_HEALTH_PORT).
"""

from __future__ import annotations

import threading
import time
import urllib.request
from collections import Counter, deque
from collections.abc import Sequence
from typing import Self

from prometheus_client.parser import text_string_to_metric_families
from pydantic import BaseModel, ConfigDict

from consumers.events import VerdictEvent, decode_event
from consumers.messages import InvalidMessage
from consumers.rabbit import Depth, Incoming, PublisherConnection, Topology, depths
from judgecore.verdict import Verdict

WINDOW_S = 60.0
_SCRAPE_S = 2.0


class WorkerSlots(BaseModel):
    """Slots of one worker by state; `trouble` when it could not be asked."""

    model_config = ConfigDict(frozen=True)

    url: str
    busy: int = 0
    idle: int = 0
    trouble: str = ""


class Snapshot(BaseModel):
    """One moment. Rates are over the last minute, or since the start while that is shorter."""

    model_config = ConfigDict(frozen=True)

    queues: dict[str, Depth]
    per_s: float
    window_s: float
    verdicts: dict[Verdict, int]
    languages: dict[str, int]
    workers: tuple[WorkerSlots, ...]


class Activity:
    """Listens from its making until `close`. `now` may be called as often as one likes."""

    def __init__(self, url: str, *, prefix: str, workers: Sequence[str] = ()) -> None:
        self._url = url
        self._topology = Topology(prefix)
        self._workers = tuple(workers)
        self._lock = threading.Lock()
        self._recent: deque[tuple[float, str, Verdict]] = deque()
        self._since = time.monotonic()
        self._connection = PublisherConnection(url, self._topology, self._on_incoming)
        self._connection.follow("result.#")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Listen no more."""
        self._connection.close()

    def now(self) -> Snapshot:
        """This moment; raises `QueueUnavailable` while the broker is away."""
        self._connection.check()
        found = depths(self._url, self._topology)
        with self._lock:
            self._forget()
            recent = list(self._recent)
        window_s = min(WINDOW_S, max(time.monotonic() - self._since, 1e-3))
        return Snapshot(
            queues=found,
            per_s=len(recent) / window_s,
            window_s=window_s,
            verdicts=Counter(verdict for _, _, verdict in recent),
            languages=Counter(language for _, language, _ in recent),
            workers=tuple(map(slots_of, self._workers)),
        )

    def _on_incoming(self, incoming: Incoming) -> None:
        try:
            event = decode_event(incoming.body)
        except InvalidMessage:
            return  # a dead letter: it is in its queue's length
        if isinstance(event, VerdictEvent):
            with self._lock:
                self._recent.append((time.monotonic(), event.result.language, event.verdict))
                self._forget()

    def _forget(self) -> None:
        until = time.monotonic() - WINDOW_S
        while self._recent and self._recent[0][0] < until:
            self._recent.popleft()


def slots_of(url: str) -> WorkerSlots:
    """Ask a worker's health port for its slots; trouble is part of the answer."""
    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/metrics", timeout=_SCRAPE_S) as answer:
            page = answer.read().decode()
    except (OSError, ValueError) as exc:
        return WorkerSlots(url=url, trouble=str(exc))
    states = {
        sample.labels["state"]: int(sample.value)
        for family in text_string_to_metric_families(page)
        for sample in family.samples
        if sample.name == "judgecore_slots"
    }
    return WorkerSlots(url=url, busy=states.get("busy", 0), idle=states.get("idle", 0))
