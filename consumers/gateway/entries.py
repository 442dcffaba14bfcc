"""What the gateway has accepted, by token: kept in memory here."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

MOST_ENTRIES = 10_000
MOST_BYTES = 256 << 20


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """One submission as a client sees it.

    It is `tests` tests, from number `first` on, of the submission `submission_id`: several tokens
    share a submission where they are the same program. `request` is what the client sent, as its
    API keeps it.
    """

    token: UUID
    submission_id: UUID
    api: str
    request: Mapping[str, Any]
    first: int = 0
    tests: int = 1
    created_at: datetime = field(default_factory=now)

    @property
    def size_bytes(self) -> int:
        """About how much memory it takes."""
        return 1_000 + sum(len(v) for v in self.request.values() if isinstance(v, str | bytes))


class Entries(Protocol):
    """Keeps entries. Thread-safe. Raises `StoreUnavailable` in an outage."""

    def add(self, entries: Sequence[Entry]) -> None:
        """Keep these: all of them when it returns, or none when it raises. Known ones stay."""

    def get(self, token: UUID) -> Entry | None:
        """The entry of a token."""

    def remove(self, token: UUID) -> None:
        """Forget an entry, and what is stored of its submission where it was the last of that."""

    def page(self, api: str, number: int, size: int) -> tuple[list[Entry], int]:
        """A page of an API's entries, the newest first, and how many there are in all."""


class MemoryEntries:
    """Entries in memory: the newest ones, within `MOST_ENTRIES` and `MOST_BYTES`."""

    def __init__(self, most: int = MOST_ENTRIES, most_bytes: int = MOST_BYTES) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._by_token: OrderedDict[UUID, Entry] = OrderedDict()
        self._size_bytes = 0

    def __len__(self) -> int:
        return len(self._by_token)

    def add(self, entries: Sequence[Entry]) -> None:
        with self._lock:
            for entry in entries:
                if entry.token not in self._by_token:
                    self._by_token[entry.token] = entry
                    self._size_bytes += entry.size_bytes
            while len(self._by_token) > self._most or self._size_bytes > self._most_bytes:
                self._forget(next(iter(self._by_token)))

    def get(self, token: UUID) -> Entry | None:
        return self._by_token.get(token)

    def remove(self, token: UUID) -> None:
        with self._lock:
            if token in self._by_token:
                self._forget(token)

    def page(self, api: str, number: int, size: int) -> tuple[list[Entry], int]:
        with self._lock:
            found = [entry for entry in self._by_token.values() if entry.api == api]
        found.reverse()
        start = (number - 1) * size
        return found[start : start + size], len(found)

    def _forget(self, token: UUID) -> None:
        self._size_bytes -= self._by_token.pop(token).size_bytes
