"""Which slots of a pool are idle, and how many are leased or starting: what to do for a lease."""

from __future__ import annotations

from dataclasses import dataclass, field

from judgecore.partners import Partners
from judgecore.replacement import Member, Replacements


@dataclass(slots=True)
class Plan:
    """What to do once the lock is released: lease `first` (None: start one), destroy the rest."""

    first: Member | None = None
    destroy: list[Member] = field(default_factory=list)


class Occupancy:
    """The idle slots of a pool, and the counts of the others.

    `size`: how many leases there are at most. `most`: how many slots of any kind the engine has
    room for; None: no bound. `leased` and `starting` count first slots of leases, without their
    partners. Decides and does no I/O; not thread-safe: used under the pool's lock.
    """

    def __init__(
        self, size: int, most: int | None, partners: Partners, replacements: Replacements
    ) -> None:
        self.leased = 0
        self.starting = 0
        self._size = size
        self._most = most
        self._partners = partners
        self._replacements = replacements
        self._idle: dict[str | None, list[Member]] = {}

    @property
    def idle(self) -> int:
        """Slots that wait for a lease; partners are not counted."""
        return sum(map(len, self._idle.values()))

    @property
    def full(self) -> bool:
        """Whether there are as many slots as leases are allowed."""
        return self.idle + self.leased + self.starting >= self._size

    def idle_of(self, image: str | None) -> int:
        """Idle slots of one image."""
        return len(self._idle.get(image, ()))

    def plan(self, images: tuple[str | None, ...], *, idle_only: bool = False) -> Plan | None:
        """What a caller who wants slots of `images` should do; None: wait.

        Counts the lease, or the slot to be started, and its partners. `idle_only`: its first slot
        must be an idle one.
        """
        working = self.leased + self.starting + self._partners.busy
        if self._most is not None and working + len(images) > self._most:
            return None
        plan = Plan(first=self._pop(images))
        if plan.first is None and idle_only:
            return None
        if plan.first is None and self.full:
            if not self.idle:
                return None
            plan.destroy += self._evict()
        if plan.first is None:
            self.starting += 1
        else:
            self.leased += 1
        self._partners.expect(len(images) - 1)
        while self._most is not None and self._living() > self._most:
            plan.destroy += [self._partners.evict()] if self._partners else self._evict()
        return plan

    def add(self, member: Member) -> None:
        """Keep a slot for the next lease."""
        self._idle.setdefault(member.image, []).append(member)

    def promote(self, member: Member) -> bool:
        """Put the replacement of `member` in its place; true: one has to be started first."""
        replacement = self._replacements.promote(member)
        if replacement is not None and replacement.slot is not None:
            self.add(Member(replacement.slot, replacement.image, replacement.core))
            return False
        self.starting += 1
        return replacement is None

    def clear(self) -> list[Member]:
        """Take out every idle slot, to destroy it."""
        members = [member for idle in self._idle.values() for member in idle]
        self._idle.clear()
        return members

    def _living(self) -> int:
        partners = self._partners.busy + len(self._partners)
        return self.idle + self.leased + self.starting + partners

    def _pop(self, images: tuple[str | None, ...]) -> Member | None:
        """An idle slot for the first image, if possible one whose partner waits on its core."""
        idle = self._idle.get(images[0])
        if not idle:
            return None
        warm = self._partners.cores(images[1:])
        chosen = next((member for member in reversed(idle) if member.core in warm), idle[-1])
        idle.remove(chosen)
        return chosen

    def _evict(self) -> list[Member]:
        """Take out any idle slot; what has to be destroyed with it."""
        member = next(members for members in self._idle.values() if members).pop()
        slots = self._replacements.cancel(member)
        return [member, *(Member(slot, member.image, None) for slot in slots)]
