"""Who works in which slots of a pool."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from judgecore.replacement import Member


def interrupt(group: Sequence[Member]) -> None:
    """End what runs in the slots of a lease, from any thread."""
    for member in group:
        member.slot.interrupt()


class Leases:
    """The leases of a pool, each with its thread, until all of its slots are given back.

    Not thread-safe: used under the pool's lock.
    """

    def __init__(self) -> None:
        self._of: dict[int, tuple[int, Sequence[Member]]] = {}

    def add(self, group: Sequence[Member]) -> None:
        """Note a lease of this thread."""
        self._of[id(group)] = threading.get_ident(), group

    def remove(self, group: Sequence[Member]) -> None:
        """Forget a lease."""
        del self._of[id(group)]

    @property
    def cores(self) -> list[int | None]:
        """Those of the slots that are leased."""
        return [member.core for _, group in self._of.values() for member in group]

    def interrupt(self) -> None:
        """End what runs in any of them."""
        for _, group in self._of.values():
            interrupt(group)

    def other_threads(self) -> bool:
        """Whether another thread than this one has a lease."""
        return any(thread != threading.get_ident() for thread, _ in self._of.values())
