"""The processor cores that the slots of one pool are pinned to, one slot a core.

Two judgecores on one machine must not pin their slots to the same core while another is idle.
Whoever pins a slot holds the core by a name in the abstract namespace of unix sockets, which the
kernel frees with its holder. Workers in containers with networks of their own do not see each
other's names.
"""

from __future__ import annotations

import socket


class Cores:
    """Cores for `slots` slots out of those that the engine names; none where they are too few.

    Not thread-safe: used under the pool's lock.
    """

    def __init__(self, cores: tuple[int, ...], slots: int) -> None:
        self._cores = cores if slots <= len(cores) else ()
        self._held: dict[int, socket.socket] = {}

    def take(self) -> int | None:
        """A core that no other slot of any judgecore has; None: the slot isn't pinned."""
        for core in self._cores:
            if core not in self._held and (holder := hold(core)) is not None:
                self._held[core] = holder
                return core
        return None

    def give_back(self, core: int | None) -> None:
        """Let another slot have the core."""
        if core is not None and (holder := self._held.pop(core, None)) is not None:
            holder.close()


def hold(core: int) -> socket.socket | None:
    """Hold a core until the socket is closed; None: another judgecore has it."""
    holder = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        holder.bind(f"\0judgecore-core-{core}")
    except OSError:
        holder.close()
        return None
    return holder
