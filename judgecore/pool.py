"""Warm slots, leased one at a time. Giving back is reset or destroy.

`_plan` and `_fate` decide under the lock and do no I/O; starting, resetting and destroying slots
happen outside it. A slot that dies is replaced in the background.

Words. An *heir* is a slot started beside an old one that is due for replacement, on the same core,
so that nobody waits while the old one goes: it takes the old one's place when that is given back.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

import tenacity

from judgecore.engine import Engine, SlotSpec
from judgecore.errors import (
    EngineUnavailable,
    InfrastructureError,
    PoolClosed,
    SlotLost,
    UsageError,
)
from judgecore.slot import Policy, Slot


@dataclass(slots=True)
class _Plan:
    """What to do once the lock is released: lease `slot`, or start one; destroy the rest."""

    slot: Slot | None = None
    start: bool = False
    destroy: list[Slot] = field(default_factory=list)


@dataclass(slots=True)
class _Heir:
    """The successor of one slot: `slot` once started; `due` when it must go to work on arrival."""

    slot: Slot | None = None
    due: bool = False
    unwanted: bool = False


class Pool:
    """At most `size` slots at work at one time, whatever their images.

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
        self._spec = spec or SlotSpec()
        self._patience_s = patience_s
        self._condition = threading.Condition()
        self._idle: dict[str | None, list[Slot]] = {}
        self._leased = 0
        self._starting = 0
        self._heirs: dict[int, _Heir] = {}  # by the id of the slot that they will replace
        self._doomed: list[Slot] = []
        self._closing = threading.Event()
        self._process = os.getpid()  # a fork of it would talk to our slots between our words
        cores = sorted(os.sched_getaffinity(0))
        self._cores: list[int | None] = [*cores[:size]] if size <= len(cores) else []
        self._core_of: dict[int, int | None] = {}
        self._background = ThreadPoolExecutor(
            max_workers=min(size, 8) + 1, thread_name_prefix="judgecore-warm"
        )

    def __repr__(self) -> str:
        idle = sum(map(len, self._idle.values()))
        heirs = f" heirs={len(self._heirs)}" if self._heirs else ""
        state = " closed" if self._closing.is_set() else ""
        return (
            f"<Pool size={self.size} idle={idle} leased={self._leased}"
            f" starting={self._starting}{heirs}{state}>"
        )

    def warm(self, count: int | None = None, image: str | None = None) -> None:
        """Start slots until `count` (default: all) are idle, and wait for them."""
        self._require_open()
        wanted = self.size if count is None else min(count, self.size)
        slots = []
        for _ in range(wanted):
            with self._condition:
                if self._total() >= self.size:
                    break
                self._starting += 1
            slots.append(self._start(image))
        for slot in slots:
            self._admit(image, slot)

    @contextmanager
    def lease(self, image: str | None = None) -> Iterator[Slot]:
        """A slot of one's own, reset or replaced afterwards. Waits while all are leased."""
        slot = self._acquire(image)
        try:
            yield slot
        finally:
            self._release(image, slot)

    def close(self) -> None:
        """Destroy every slot not leased and refuse leases; leased ones die when given back.

        In a fork of the process that has the slots, nothing: they are not its own.
        """
        if os.getpid() != self._process:
            return
        with self._condition:
            self._closing.set()
            slots = [slot for idle in self._idle.values() for slot in idle]
            self._idle.clear()
            slots += [heir.slot for heir in self._heirs.values() if heir.slot is not None]
            self._heirs.clear()
            self._condition.notify_all()
        self._background.shutdown(wait=True, cancel_futures=True)
        for slot in [*slots, *self._doomed]:
            slot.destroy()
        self._doomed.clear()

    # -------------------------------------------------------------- decisions, under the lock

    def _total(self) -> int:
        return sum(map(len, self._idle.values())) + self._leased + self._starting

    def _plan(self, image: str | None) -> _Plan | None:
        """What a caller who wants a slot of `image` should do; None: wait."""
        idle = self._idle.get(image)
        if idle:
            self._leased += 1
            return _Plan(slot=idle.pop())
        plan = _Plan(start=True)
        if self._total() >= self.size:
            victims = next((slots for slots in self._idle.values() if slots), None)
            if victims is None:
                return None
            plan.destroy = self._evicted(victims.pop())
        self._starting += 1
        return plan

    def _evicted(self, slot: Slot) -> list[Slot]:
        """What has to go with an idle slot."""
        heir = self._heirs.pop(id(slot), None)
        if heir is None:
            return [slot]
        heir.unwanted = True
        return [slot] if heir.slot is None else [slot, heir.slot]

    def _kept(self, slot: Slot) -> bool:
        """Whether a slot that is given back will be leased again."""
        if self._closing.is_set() or not slot.alive or self.policy.spent(slot):
            return False
        heir = self._heirs.get(id(slot))
        return heir is None or heir.slot is None

    def _promise(self, slot: Slot) -> _Heir | None:
        """Count the lease; the heir of `slot` if one is to be started now."""
        slot.leases += 1
        alone = self.engine.most_slots is not None  # no room for another one beside it
        if alone or not self.policy.due(slot) or id(slot) in self._heirs:
            return None
        return self._heirs.setdefault(id(slot), _Heir())

    def _succeed(self, image: str | None, slot: Slot) -> bool:
        """Put the heir in the place of `slot`; true when one has to be started first."""
        heir = self._heirs.pop(id(slot), None)
        if heir is None:
            self._starting += 1
            return True
        if heir.slot is None:
            heir.due = True
            self._starting += 1
            self._core_of.pop(id(slot), None)  # the heir has it
        else:
            self._core_of[id(heir.slot)] = self._core_of.pop(id(slot), None)
            self._idle.setdefault(image, []).append(heir.slot)
        return False

    # -------------------------------------------------------------- I/O, outside it

    def _require_open(self) -> None:
        if os.getpid() != self._process:
            raise UsageError(
                "this Judge was made before the process forked, and its slots belong to the"
                " parent; make a Judge in each process, or judge from threads"
            )
        if self._closing.is_set():
            raise PoolClosed("this judge was closed, and its slots are gone")

    def _acquire(self, image: str | None) -> Slot:
        self._require_open()  # before the lock, which a fork may have copied locked
        while True:
            with self._condition:
                self._require_open()
                while (plan := self._plan(image)) is None:
                    self._condition.wait()
                    self._require_open()
            for slot in plan.destroy:
                self._destroy(slot)
            slot = plan.slot if plan.slot is not None else self._start(image)
            with self._condition:
                if plan.start:
                    self._starting -= 1
                    self._leased += 1
                heir = self._promise(slot)
                core = self._core_of.get(id(slot))
            if heir is not None:
                self._later(self._raise_heir, image, slot, heir, core)
            return slot

    def _release(self, image: str | None, slot: Slot) -> None:
        with self._condition:
            kept = self._kept(slot)
        kept = kept and slot.reset()
        with self._condition:
            self._leased -= 1
            closing = self._closing.is_set()
            start = False
            if kept and not closing:
                self._idle.setdefault(image, []).append(slot)
            elif not closing:
                start = self._succeed(image, slot)
                self._doomed.append(slot)
            self._condition.notify()
        if closing:
            self._destroy(slot)
        elif not kept:
            self._later(self._replace if start else self._bury, image, slot)

    def _later(self, work: Callable[..., None], *arguments: object) -> None:
        with suppress(RuntimeError):  # shut down in this very moment: close() sees to the rest
            self._background.submit(work, *arguments)

    def _bury(self, _: str | None, slot: Slot) -> None:
        self._destroy(slot)
        with self._condition, suppress(ValueError):
            self._doomed.remove(slot)

    def _replace(self, image: str | None, slot: Slot) -> None:
        self._bury(image, slot)
        with suppress(InfrastructureError):
            self._admit(image, self._start(image))

    def _raise_heir(self, image: str | None, old: Slot, heir: _Heir, core: int | None) -> None:
        try:
            new = None if heir.unwanted else self._started(image, core)
        except InfrastructureError:
            new = None
        with self._condition:
            if heir.due:
                self._starting -= 1
            unwanted = heir.unwanted or self._closing.is_set()
            if new is None:
                self._disinherit(old, heir, core)
            elif heir.due and not unwanted:
                self._core_of[id(new)] = core
                self._idle.setdefault(image, []).append(new)
            elif not unwanted:
                heir.slot = new
            self._condition.notify()
        if new is not None and unwanted:
            new.destroy()

    def _disinherit(self, old: Slot, heir: _Heir, core: int | None) -> None:
        """No heir could be started: the next lease tries again."""
        if self._heirs.get(id(old)) is heir:
            del self._heirs[id(old)]
        if heir.due and core is not None:
            self._cores.append(core)

    def _admit(self, image: str | None, slot: Slot) -> None:
        with self._condition:
            self._starting -= 1
            if not self._closing.is_set():
                self._idle.setdefault(image, []).append(slot)
                self._condition.notify()
                return
        self._destroy(slot)

    def _start(self, image: str | None) -> Slot:
        """Start one slot on a core of its own. The caller has counted it in `_starting`."""
        with self._condition:
            core = self._cores.pop(0) if self._cores else None
        try:
            slot = self._started(image, core)
        except BaseException:
            with self._condition:
                self._starting -= 1
                if core is not None:
                    self._cores.append(core)
                self._condition.notify()
            raise
        self._core_of[id(slot)] = core
        return slot

    def _started(self, image: str | None, core: int | None) -> Slot:
        """Start one slot, patiently, or raise `EngineUnavailable`."""
        spec = replace(self._spec, image=image, core=core)
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(SlotLost),
            wait=tenacity.wait_random_exponential(multiplier=0.2, max=5),
            stop=tenacity.stop_after_delay(self._patience_s)
            | tenacity.stop_when_event_set(self._closing),
            reraise=True,
        )
        try:
            slot: Slot = retrying(self._start_once, spec)
        except SlotLost as exc:
            raise EngineUnavailable(f"no slot could be started: {exc}") from exc
        return slot

    def _start_once(self, spec: SlotSpec) -> Slot:
        return Slot(self.engine.start(spec, secrets.token_hex(6)))

    def _destroy(self, slot: Slot) -> None:
        slot.destroy()
        with self._condition:
            core = self._core_of.pop(id(slot), None)
            if core is not None:
                self._cores.append(core)
