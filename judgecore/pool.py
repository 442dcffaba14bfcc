"""Warm slots, leased one at a time or as a group. Giving back is reset or destroy.

`Occupancy` decides under the lock and does no I/O: it counts what it promises, and returns what to
start and to destroy. Starting, resetting and destroying slots happen outside the lock. A slot that
dies is replaced in the background.

Words. The first slot of a lease counts towards `size`. The others of a group are its *partners*: on
the same core, outside `size`, so that no lease ever waits for a second slot while it holds a first
one. A *replacement* (replacement.py) is outside `size` as well.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

from judgecore.config import Reuse
from judgecore.cores import Cores
from judgecore.engine import Engine, SlotSpec
from judgecore.errors import (
    EngineUnavailable,
    InfrastructureError,
    PoolClosed,
    SlotLost,
    UsageError,
)
from judgecore.interruption import current
from judgecore.leases import Leases, interrupt
from judgecore.occupancy import Occupancy, Plan
from judgecore.partners import Partners
from judgecore.replacement import Member, Policy, Replacement, Replacements
from judgecore.slot import Slot
from judgecore.starter import Starter
from judgecore.tally import SlotUses, Tally

_END_S = 10.0  # for what was interrupted to be gone


class Pool:
    """At most `size` leases at one time, whatever their images.

    `patience_s`: how long starting a slot is tried again while the engine is in trouble.
    """

    def __init__(
        self,
        engine: Engine,
        size: int,
        spec: SlotSpec | None = None,
        *,
        policy: Policy | None = None,
        patience_s: float = 60.0,
    ) -> None:
        self.engine = engine
        self.size = size
        self.policy = policy or Policy()
        self._condition = threading.Condition()
        self._leases = Leases()
        self.uses = Tally(SlotUses)
        self._partners = Partners(size)
        # An engine that bounds its slots has no room for another one beside those of the pool.
        self._replacements = Replacements(self.policy, possible=engine.most_slots is None)
        self._slots = Occupancy(size, engine.most_slots, self._partners, self._replacements)
        self._to_destroy: list[Member] = []
        self._alone: int | None = None  # the thread that may lease alone
        self._waiters = 0
        self._closing = threading.Event()
        self._starter = Starter(engine, spec or SlotSpec(), patience_s, self._closing)
        self._process = os.getpid()  # a forked child would write into the same streams
        self._cores = Cores(engine.cores, size)
        self._background = ThreadPoolExecutor(
            max_workers=min(size, 8) + 1, thread_name_prefix="judgecore-warm"
        )

    def __repr__(self) -> str:
        counts = {"size": self.size, "idle": self.idle, "leased": self._slots.leased}
        counts["starting"] = self._slots.starting
        others = {
            "partners": self._partners.busy,
            "idle_partners": len(self._partners),
            "replacements": len(self._replacements),
            "destroying": len(self._to_destroy),
        }
        counts |= {name: count for name, count in others.items() if count}
        state = " closed" if self._closing.is_set() else ""
        return f"<Pool {' '.join(f'{name}={count}' for name, count in counts.items())}{state}>"

    @property
    def idle(self) -> int:
        """Slots that wait for a lease; partners are not counted."""
        return self._slots.idle

    @property
    def busy(self) -> int:
        """Leases: slots at work, without their partners."""
        return self._slots.leased

    def warm(self, count: int | None = None, image: str | None = None) -> None:
        """Start slots until `count` (default: all) are idle, and wait for them.

        Raises `EngineUnavailable`; what was started before stays.
        """
        wanted = self.size if count is None else min(count, self.size)
        while True:
            self._require_open()
            with self._condition:
                if self._slots.idle_of(image) >= wanted or self._slots.full:
                    return
                self._slots.starting += 1
            self._admit(self._start(image))

    @contextmanager
    def exclusively(self) -> Iterator[None]:
        """Wait until nothing is leased; until the end of the block this thread alone may lease.

        Not for a thread that holds a lease: it would wait for itself.
        """
        me = threading.get_ident()
        self._require_open()
        with self._waiting():
            while self._alone is not None:
                self._wait()
            self._alone = me
        try:
            with self._waiting():
                while self._slots.leased or self._slots.starting:
                    self._wait()
            yield
        finally:
            with self._condition:
                self._alone = None
                self._condition.notify_all()

    @contextmanager
    def lease(self, image: str | None = None) -> Iterator[Slot]:
        """A slot of one's own, reset or replaced afterwards. Waits while all are leased."""
        with self.lease_group((image,)) as (slot,):
            yield slot

    @property
    def wanted(self) -> bool:
        """Whether somebody waits for a slot."""
        return self._waiters > 0

    @contextmanager
    def spare(self, images: tuple[str | None, ...]) -> Iterator[tuple[Slot, ...]]:
        """As `lease_group`, of an idle slot, while nobody waits for one; else nothing.

        Waits for nothing, and starts partners at most. To be given back when a slot is `wanted`.
        For a thread that works for another one's lease.
        """
        group = self._spare(images)
        if not group:
            yield ()
            return
        with self._leased(group):
            yield tuple(member.slot for member in group)

    @contextmanager
    def lease_group(self, images: tuple[str | None, ...]) -> Iterator[tuple[Slot, ...]]:
        """A slot for each of `images`, all on one core, as one lease: all of them or none.

        Two leases one after the other could wait for each other for ever; a group cannot. Raises
        `EngineUnavailable` where the engine has no room for so many slots.
        """
        with self._explained():
            group = self._acquire(images)
            with self._leased(group):
                yield tuple(member.slot for member in group)

    @contextmanager
    def _leased(self, group: Sequence[Member]) -> Iterator[None]:
        """A lease until its end: work in it may be interrupted, and the slots are given back."""
        try:
            with current().ending(lambda: interrupt(group)):
                current().check()
                self._require_open()
                yield
        finally:
            self._release(group)
            with self._condition:
                self._leases.remove(group)
                self._condition.notify_all()

    def close(self, *, now: bool = False) -> None:
        """Destroy every slot not leased and refuse leases; leased ones die when given back.

        `now`: end what runs in the leased ones, too, and return when they are gone. In a fork of
        the process that has the slots, nothing: they are not its own.
        """
        if os.getpid() != self._process:
            return
        with self._condition:
            self._closing.set()
            members = self._slots.clear() + self._partners.clear()
            slots = self._replacements.clear()
            if now:
                self._leases.interrupt()
            self._condition.notify_all()
            if now:
                self._condition.wait_for(lambda: not self._leases.other_threads(), _END_S)
        self._background.shutdown(wait=True, cancel_futures=True)
        for member in [*members, *self._to_destroy]:
            self._destroy(member)
        for slot in slots:
            slot.destroy()
        self._to_destroy.clear()
        with self._condition:  # those of slots that were still to be started
            self._cores.keep(self._leases.cores)

    def _require_open(self) -> None:
        if os.getpid() != self._process:
            raise UsageError(
                "this Judge was made before the process forked, and its slots belong to the"
                " parent; make a Judge in each process, or judge from threads"
            )
        if self._closing.is_set():
            raise PoolClosed("this Judge is closed")

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        """The lock, for `_wait`, which a request to interrupt this thread ends."""
        with current().ending(self._wake), self._condition:
            yield

    def _wait(self) -> None:
        current().check()
        self._waiters += 1
        try:
            self._condition.wait()
        finally:
            self._waiters -= 1
        self._require_open()

    def _wake(self) -> None:
        with self._condition:
            self._condition.notify_all()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Say so where a slot was lost, or not started, because somebody asked for it."""
        try:
            yield
        except (SlotLost, EngineUnavailable):
            current().check()
            self._require_open()
            raise

    def _require_room(self, images: tuple[str | None, ...]) -> None:
        most = self.engine.most_slots
        if most is not None and len(images) > most:
            raise EngineUnavailable(
                f"{len(images)} programs have to run side by side, and {self.engine!r} has room for"
                f" {most}; use another engine (JUDGECORE_ENGINE)"
            )

    def _plan(self, images: tuple[str | None, ...]) -> Plan | None:
        if self._alone not in (None, threading.get_ident()):
            return None
        return self._slots.plan(images)

    def _spare(self, images: tuple[str | None, ...]) -> list[Member]:
        with self._condition:
            refused = self.wanted or self._alone is not None or self._closing.is_set()
            if refused or self.policy.reuse is Reuse.STRICT:
                return []
            plan = self._slots.plan(images, idle_only=True)
        with suppress(EngineUnavailable):  # of a partner: the work goes on without
            return [] if plan is None else self._group(images, plan)
        return []

    def _acquire(self, images: tuple[str | None, ...]) -> list[Member]:
        self._require_open()  # before the lock, which a fork may have copied locked
        self._require_room(images)
        with self._waiting():
            self._require_open()
            while (plan := self._plan(images)) is None:
                self._wait()
        return self._group(images, plan)

    def _group(self, images: tuple[str | None, ...], plan: Plan) -> list[Member]:
        """The slots of a lease that was counted."""
        group: list[Member] = []
        try:
            group.append(self._first(images[0], plan))
            for image in images[1:]:
                group.append(self._partner(image, group[0].core))
        except BaseException:
            with self._condition:
                self._partners.busy -= len(images) - max(1, len(group))
                self._condition.notify_all()
            self._release(group)
            raise
        for member in group:
            self.uses.note("reused" if member.slot.leases > 1 else "new")
        with self._condition:
            self._leases.add(group)
        return group

    def _first(self, image: str | None, plan: Plan) -> Member:
        for member in plan.destroy:
            self._destroy(member)
        member = self._start(image) if plan.first is None else plan.first
        with self._condition:
            if plan.first is None:
                self._slots.starting -= 1
                self._slots.leased += 1
            member.slot.leases += 1
            replacement = self._replacements.due(member)
        if replacement is not None:
            self._later(self._start_replacement, member, replacement)
        return member

    def _partner(self, image: str | None, core: int | None) -> Member:
        with self._condition:
            partner = self._partners.take(image, core)
        if partner is None:
            partner = Member(self._starter.start(image, core), image, None)
        partner.slot.leases += 1
        return partner

    def _release(self, group: Sequence[Member]) -> None:
        for partner in group[1:]:
            self._release_partner(partner, group[0].core)
        for first in group[:1]:
            self._release_first(first)

    def _release_partner(self, partner: Member, core: int | None) -> None:
        slot = partner.slot
        worn = self.policy.spent(slot) or self.policy.due(slot)
        kept = slot.alive and not worn and not self._closing.is_set() and slot.reset()
        if not kept:
            slot.destroy()  # while it is still counted
            self.uses.note("discarded")
        with self._condition:
            self._partners.busy -= 1
            surplus = self._partners.keep(partner, core) if kept else []
            surplus += self._partners.clear() if self._closing.is_set() else []
            self._condition.notify_all()
        for member in surplus:
            self._destroy(member)

    def _release_first(self, member: Member) -> None:
        with self._condition:
            kept = not self._closing.is_set() and self._replacements.serves_on(member)
            if member.core is not None and member.slot.waiting.too_long:
                self._cores.avoid(member.core)
                kept = False
        kept = kept and member.slot.reset()
        with self._condition:
            self._slots.leased -= 1
            closing = self._closing.is_set()
            start = False
            if kept and not closing:
                self._slots.add(member)
            elif not closing:
                start = self._slots.promote(member)
                self._to_destroy.append(member)
            self._condition.notify_all()
        if closing:
            self._destroy(member)
        elif not kept:
            self.uses.note("discarded")
            self._later(self._replace if start else self._dispose, member)

    def _later(self, work: Callable[..., None], *arguments: object) -> None:
        with suppress(RuntimeError):  # shut down in this very moment: close() does the rest
            self._background.submit(work, *arguments)

    def _dispose(self, member: Member) -> None:
        self._destroy(member)
        with self._condition, suppress(ValueError):
            self._to_destroy.remove(member)

    def _replace(self, member: Member) -> None:
        self._dispose(member)
        with suppress(InfrastructureError):
            self._admit(self._start(member.image))

    def _start_replacement(self, old: Member, replacement: Replacement) -> None:
        new = None
        with suppress(InfrastructureError):
            if not replacement.unwanted:
                new = self._starter.start(replacement.image, replacement.core)
        with self._condition:
            if replacement.awaited:
                self._slots.starting -= 1
            unwanted = replacement.unwanted or self._closing.is_set()
            if new is None:
                self._drop_replacement(old, replacement)
            elif replacement.awaited and not unwanted:
                self._slots.add(Member(new, replacement.image, replacement.core))
            elif not unwanted:
                replacement.slot = new
            self._condition.notify_all()
        if new is not None and unwanted:
            new.destroy()

    def _drop_replacement(self, old: Member, replacement: Replacement) -> None:
        self._replacements.drop(old, replacement)
        if replacement.awaited:
            self._cores.give_back(replacement.core)

    def _admit(self, member: Member) -> None:
        with self._condition:
            self._slots.starting -= 1
            if not self._closing.is_set():
                self._slots.add(member)
                self._condition.notify_all()
                return
        self._destroy(member)

    def _start(self, image: str | None) -> Member:
        """Start one slot on a core of its own. The caller has counted it."""
        with self._condition:
            core = self._cores.take()
        try:
            return Member(self._starter.start(image, core), image, core)
        except BaseException:
            with self._condition:
                self._slots.starting -= 1
                self._cores.give_back(core)
                self._condition.notify_all()
            raise

    def _destroy(self, member: Member) -> None:
        member.slot.destroy()
        with self._condition:
            self._cores.give_back(member.core)
            member.core = None
