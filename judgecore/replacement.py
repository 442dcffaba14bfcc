"""Replacing slots that have served long enough, without making anybody wait.

A *replacement* is a slot that is started beside an old one, on the same core, while the old one
still serves. It takes the old one's place when that is given back.
"""

from __future__ import annotations

from dataclasses import dataclass

from judgecore.config import DEFAULT_REPLACE_AFTER, Reuse
from judgecore.slot import Slot


@dataclass(frozen=True, slots=True)
class Policy:
    """When a slot has served long enough.

    `fast`: never, as long as it resets. `balanced`: after `replace_after` leases (as soon as its
    replacement is ready) or after anything odd (at once). `strict`: after every lease.
    Whatever the policy, a slot whose uids are used up is not leased again.
    """

    reuse: Reuse = Reuse.BALANCED
    replace_after: int = DEFAULT_REPLACE_AFTER

    def due(self, slot: Slot) -> bool:
        """Whether the slot should have a replacement by now."""
        if self.reuse is Reuse.BALANCED:
            return slot.leases >= self.replace_after
        return self.reuse is Reuse.STRICT

    def spent(self, slot: Slot) -> bool:
        """Whether the slot may not be leased again, replacement or not."""
        if slot.used_up:
            return True
        if self.reuse is Reuse.BALANCED:
            return slot.anomaly is not None
        return self.reuse is Reuse.STRICT


@dataclass(slots=True, eq=False)
class Member:
    """A slot of a pool. `core`: the one that it occupies; None: it isn't pinned, or no longer."""

    slot: Slot
    image: str | None
    core: int | None


@dataclass(slots=True, eq=False)
class Replacement:
    """A slot that will take another one's place.

    `slot`: None until it is started. `awaited`: the old slot has gone, and the pool counts this one
    as starting. `unwanted`: to be destroyed once it is started.
    """

    image: str | None
    core: int | None
    slot: Slot | None = None
    awaited: bool = False
    unwanted: bool = False


class Replacements:
    """Which slots of a pool are being replaced, and by what.

    Decides and does no I/O; not thread-safe: used under the pool's lock. `possible`: whether there
    may be one slot more than the pool's size.
    """

    def __init__(self, policy: Policy, *, possible: bool) -> None:
        self._policy = policy
        self._possible = possible
        self._of: dict[Member, Replacement] = {}

    def __len__(self) -> int:
        return len(self._of)

    def due(self, member: Member) -> Replacement | None:
        """The replacement of a slot leased just now, if one is to be started for it."""
        if not self._possible or not self._policy.due(member.slot) or member in self._of:
            return None
        return self._of.setdefault(member, Replacement(member.image, member.core))

    def serves_on(self, member: Member) -> bool:
        """Whether a slot that is given back may be leased again."""
        if not member.slot.alive or self._policy.spent(member.slot):
            return False
        replacement = self._of.get(member)
        return replacement is None or replacement.slot is None

    def promote(self, member: Member) -> Replacement | None:
        """What takes the place, and the core, of a slot that goes; None: nothing is on its way.

        A replacement that isn't started yet is awaited from now on.
        """
        replacement = self._of.pop(member, None)
        if replacement is not None:
            replacement.awaited = replacement.slot is None
            member.core = None
        return replacement

    def cancel(self, member: Member) -> list[Slot]:
        """Forget the replacement of a slot that goes for good; what to destroy of it."""
        replacement = self._of.pop(member, None)
        if replacement is None:
            return []
        replacement.unwanted = True
        return [] if replacement.slot is None else [replacement.slot]

    def drop(self, member: Member, replacement: Replacement) -> None:
        """It could not be started: the next lease of the old slot tries again."""
        if self._of.get(member) is replacement:
            del self._of[member]

    def clear(self) -> list[Slot]:
        """Forget all of them; what to destroy."""
        slots = [slot for member in list(self._of) for slot in self.cancel(member)]
        self._of.clear()
        return slots
