"""What Judge0's API says about the service itself."""

from __future__ import annotations

import os
import platform
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from consumers.gateway.config import GatewayConfig
from consumers.gateway.entries import Entry, now
from consumers.gateway.judge0.languages import Numbered
from consumers.gateway.judge0.shown import stamp
from consumers.gateway.judge0.tables import STATUSES
from consumers.gateway.service import Service
from judgecore import __version__

ISOLATE = f"judgecore {__version__}: programs run in its own sandboxes; isolate is not used\n"
LICENSE = "judgecore is licensed under the Apache License, Version 2.0\n"
_DAYS = 30


def about(config: GatewayConfig) -> dict[str, str]:
    """Who answers; clients choose languages by the version, which is Judge0's."""
    return {
        "version": config.judge0_version,
        "homepage": f"judgecore {__version__}",
        "source_code": f"judgecore {__version__}",
        "maintainer": "the administrator of this judgecore",
    }


def workers(service: Service) -> list[dict[str, Any]]:
    """The one queue, and the slots that serve it."""
    load = service.backend.load()
    working = min(load.busy, load.slots)
    return [
        {
            "queue": "default",
            "size": load.waiting,
            "available": load.slots,
            "idle": load.slots - working,
            "working": working,
            "paused": 0,
            "failed": 0,
        }
    ]


def system_info() -> dict[str, str]:
    """Processor and memory of this machine."""
    memory = _memory()
    return {
        "Architecture": platform.machine(),
        "CPU(s)": str(os.cpu_count() or 1),
        "Model name": _model(),
        "Mem": f"{memory.get('MemTotal', 0) >> 10}M",
        "Swap": f"{memory.get('SwapTotal', 0) >> 10}M",
    }


def _memory() -> dict[str, int]:
    lines = Path("/proc/meminfo").read_text().splitlines()
    pairs = (line.split() for line in lines)
    return {words[0].rstrip(":"): int(words[1]) for words in pairs}


def _model() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    found = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(found, "unknown")


class Statistics:
    """Counts what was accepted since the process began. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_day: Counter[str] = Counter()
        self._by_language: Counter[int] = Counter()

    def add(self, entries: Iterable[Entry]) -> None:
        """Count these."""
        with self._lock:
            for entry in entries:
                self._by_day[entry.created_at.date().isoformat()] += 1
                self._by_language[entry.request["language_id"]] += 1

    def shown(self, service: Service, languages: Mapping[int, Numbered]) -> dict[str, Any]:
        """The counts as Judge0 shows them; by status only what waits and what runs is counted."""
        at = now()
        days = [(at - timedelta(days=n)).date().isoformat() for n in range(_DAYS)]
        with self._lock:
            by_day = {day: self._by_day[day] for day in days}
            by_language = [
                {"language": one.summary(), "count": self._by_language[number]}
                for number, one in sorted(languages.items())
            ]
            total = self._by_day.total()
        load = service.backend.load()
        counts = {1: load.waiting, 2: load.busy}
        return {
            "created_at": stamp(at),
            "cached_until": stamp(at),
            "submissions": {"total": total, "today": by_day[days[0]], "last_30_days": by_day},
            "languages": by_language,
            "statuses": [
                {"status": {"id": key, "name": name}, "count": counts.get(key, 0)}
                for key, name in STATUSES.items()
            ],
            "database": {"size_pretty": "0 bytes", "size_in_bytes": 0},
        }
