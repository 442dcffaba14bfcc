"""Idle partners: slots that wait to run a second program beside a first one, on the same core."""

from __future__ import annotations

from judgecore.replacement import Member


class Partners:
    """Idle partners, each on the core of a slot of the pool.

    At most as many are kept as `slots` groups of the largest size so far need. `busy`: how many are
    leased, or about to be. The core of a partner isn't its own, so that its `Member.core` is None.
    Decides and does no I/O; not thread-safe: used under the pool's lock.
    """

    def __init__(self, slots: int) -> None:
        self.busy = 0
        self._slots = slots
        self._most = 0
        self._idle: list[tuple[int | None, Member]] = []  # the longest idle first

    def __len__(self) -> int:
        return len(self._idle)

    def expect(self, count: int) -> None:
        """Count the partners of a group that is about to be leased."""
        self.busy += count
        self._most = max(self._most, self._slots * count)

    def cores(self, images: tuple[str | None, ...]) -> set[int | None]:
        """The cores on which a partner with one of these images waits."""
        return {core for core, member in self._idle if member.image in images}

    def take(self, image: str | None, core: int | None) -> Member | None:
        """An idle partner on this core, if there is one."""
        for place, (its_core, member) in enumerate(self._idle):
            if (member.image, its_core) == (image, core):
                del self._idle[place]
                return member
        return None

    def keep(self, member: Member, core: int | None) -> list[Member]:
        """Keep a partner for the next group on its core; what to destroy for it."""
        self._idle.append((core, member))
        return [self.evict() for _ in range(len(self._idle) - self._most)]

    def evict(self) -> Member:
        """Take out the one that has been idle for longest, to destroy it."""
        return self._idle.pop(0)[1]

    def clear(self) -> list[Member]:
        """Take out all of them, to destroy them."""
        members = [member for _, member in self._idle]
        self._idle.clear()
        return members
