"""The processor cores that the slots of one pool are pinned to, one slot a core."""

from __future__ import annotations

import os


class Cores:
    """Cores of this process, for `slots` slots; none where there are fewer cores than slots.

    Not thread-safe: used under the pool's lock.
    """

    def __init__(self, slots: int) -> None:
        cores = sorted(os.sched_getaffinity(0))
        self._free = cores[:slots] if slots <= len(cores) else []

    def take(self) -> int | None:
        """A core that no other slot has; None: the slot isn't pinned."""
        return self._free.pop(0) if self._free else None

    def give_back(self, core: int | None) -> None:
        """Let another slot have the core."""
        if core is not None:
            self._free.append(core)
