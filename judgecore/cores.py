"""The processor cores that the slots of one pool are pinned to, one slot a core.

Two judgecores on one machine must not pin their slots to the same core while another is idle.
Whoever pins a slot holds the core by a name in the abstract namespace of unix sockets, which the
kernel frees with its holder. Workers in containers with networks of their own do not see each
other's names.

A core that somebody else keeps busy is given up for a while: a program there would take twice its
time.
"""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterable

from judgecore.report import Report

_WAITED_MS = 1000.0  # before a core counts as somebody else's
_WAITED_PART = 0.6  # of the CPU time that the programs used; beside one busy stranger it is about 1
_FORGET_MS = 10_000.0
_AVOID_S = 300.0
_log = logging.getLogger(__name__)


class Waiting:
    """How long the programs of a slot waited for its core, beside what they used of it."""

    def __init__(self) -> None:
        self._cpu_ms = 0.0
        self._waited_ms = 0.0

    def note(self, report: Report) -> None:
        """Count a run that had the slot's core to itself, as far as judgecore knows."""
        if self._cpu_ms + self._waited_ms > _FORGET_MS and not self.too_long:
            self._cpu_ms = self._waited_ms = 0.0
        self._cpu_ms += report.cpu_ms
        self._waited_ms += report.waiting_ms

    @property
    def too_long(self) -> bool:
        """Whether somebody else must be busy on the core."""
        return self._waited_ms >= max(_WAITED_MS, _WAITED_PART * self._cpu_ms)


class Cores:
    """Cores for `slots` slots out of those that the engine names; none where they are too few.

    Not thread-safe: used under the pool's lock.
    """

    def __init__(self, cores: tuple[int, ...], slots: int) -> None:
        self._cores = cores if slots <= len(cores) else ()
        self._held: dict[int, socket.socket] = {}
        self._avoided: dict[int, float] = {}  # until when

    def take(self) -> int | None:
        """A core that no other slot of any judgecore has; None: the slot isn't pinned."""
        for core in self._cores:
            if core in self._held or time.monotonic() < self._avoided.get(core, 0.0):
                continue
            if (holder := hold(core)) is not None:
                self._held[core] = holder
                return core
        return None

    def avoid(self, core: int) -> None:
        """Pin no slot to the core for some minutes: somebody else keeps it busy."""
        self._avoided[core] = time.monotonic() + _AVOID_S
        _log.info(
            "core %d is kept busy by others: no slot is pinned to it for %d s", core, _AVOID_S
        )

    def give_back(self, core: int | None) -> None:
        """Let another slot have the core."""
        if core is not None and (holder := self._held.pop(core, None)) is not None:
            holder.close()

    def keep(self, cores: Iterable[int | None]) -> None:
        """Let other judgecores have all but these."""
        for core in set(self._held) - set(cores):
            self.give_back(core)


def hold(core: int) -> socket.socket | None:
    """Hold a core until the socket is closed; None: another judgecore has it."""
    holder = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        holder.bind(f"\0judgecore-core-{core}")
    except OSError:
        holder.close()
        return None
    return holder
