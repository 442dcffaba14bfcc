"""Counting how programs of languages with warm starts were started."""

from __future__ import annotations

import threading
from collections import Counter
from typing import NamedTuple

from judgecore.report import Report


class WarmStarts(NamedTuple):
    """How many runs there were since the start.

    `forked` from an interpreter that waited; `started`: with it, as the first run of its kind in a
    slot; `fell_back`: asked for, but started as other programs are.
    """

    forked: int
    started: int
    fell_back: int


class WarmCounter:
    """Counts warm starts. Safe from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_word: Counter[str] = Counter()

    def note(self, report: Report) -> None:
        """One run has ended that asked for a warm start."""
        with self._lock:
            self._by_word[report.warm or ""] += 1

    @property
    def counts(self) -> WarmStarts:
        """The figures of now."""
        with self._lock:
            forked, started = self._by_word["forked"], self._by_word["started"]
            return WarmStarts(forked, started, self._by_word.total() - forked - started)
