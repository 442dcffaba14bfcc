"""Deliveries that have arrived and wait for a thread."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from consumers.names import QUEUES

BATCH_TURN = 5

_Item = TypeVar("_Item")


class PrefetchBuffer(Generic[_Item]):
    """Hands out `default` before `batch`, but every fifth time `batch` first.

    The exception keeps a batch that was handed to us from waiting for ever behind a busy
    default queue: the broker cuts off a consumer that sits on a message for half an hour.
    """

    def __init__(self) -> None:
        self._filled = threading.Condition()
        self._rows: dict[str, deque[_Item]] = {name: deque() for name in QUEUES}
        self._came: dict[int, float] = {}
        self._taken = 0
        self._releases = 0
        self._closed = False

    def put(self, queue: str, item: _Item, *, first: bool = False) -> bool:
        """Add an item; False says that the buffer is closed and did not take it."""
        with self._filled:
            if self._closed:
                return False
            row = self._rows[queue]
            row.appendleft(item) if first else row.append(item)
            self._came[id(item)] = time.monotonic()
            self._filled.notify()
            return True

    def take(self, timeout_s: float) -> _Item | None:
        """The next item; None: there was none in time or until `release`, or it is closed."""
        deadline = time.monotonic() + timeout_s
        with self._filled:
            releases = self._releases
            while not self._closed and releases == self._releases:
                for name in self._order():
                    if self._rows[name]:
                        self._taken += 1
                        item = self._rows[name].popleft()
                        self._came.pop(id(item), None)
                        return item
                if not self._filled.wait(deadline - time.monotonic()):
                    break
        return None

    def release(self) -> None:
        """Let every thread that waits for an item go without one."""
        with self._filled:
            self._releases += 1
            self._filled.notify_all()

    def clear(self) -> list[_Item]:
        """Take everything away and return it."""
        with self._filled:
            items = [item for row in self._rows.values() for item in row]
            for row in self._rows.values():
                row.clear()
            self._came.clear()
            return items

    def total(self, measure: Callable[[_Item], int]) -> int:
        """The sum of a measure of all that wait."""
        with self._filled:
            return sum(measure(item) for row in self._rows.values() for item in row)

    def oldest_s(self) -> float:
        """How long the one that came first has waited; 0 when there is none."""
        with self._filled:
            return time.monotonic() - min(self._came.values()) if self._came else 0.0

    def close(self) -> list[_Item]:
        """Refuse everything from now on; returns what nobody took."""
        with self._filled:
            self._closed = True
            self._filled.notify_all()
        return self.clear()

    def __len__(self) -> int:
        with self._filled:
            return sum(len(row) for row in self._rows.values())

    def _order(self) -> Iterable[str]:
        return reversed(QUEUES) if self._taken % BATCH_TURN == BATCH_TURN - 1 else QUEUES
