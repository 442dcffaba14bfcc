"""Warm slots, leased one at a time. Giving back is reset or destroy.

`_plan` decides under the lock and does no I/O; starting, resetting and destroying slots happen
outside it. A slot that dies is replaced in the background.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

import tenacity

from judgecore.engine import Engine, SlotSpec
from judgecore.errors import EngineUnavailable, InfrastructureError, PoolClosed, SlotLost
from judgecore.sandbox import Slot


@dataclass(slots=True)
class _Plan:
    """What to do once the lock is released: lease `slot`, or start one; destroy the rest."""

    slot: Slot | None = None
    start: bool = False
    destroy: list[Slot] = field(default_factory=list)


class Pool:
    """At most `size` slots at one time, whatever their images.

    `patience_s`: how long starting a slot is tried again while the engine is in trouble.
    """

    def __init__(
        self, engine: Engine, size: int, spec: SlotSpec | None = None, *, patience_s: float = 60.0
    ) -> None:
        self.engine = engine
        self.size = size
        self._spec = spec or SlotSpec()
        self._patience_s = patience_s
        self._condition = threading.Condition()
        self._idle: dict[str | None, list[Slot]] = {}
        self._leased = 0
        self._starting = 0
        self._closing = threading.Event()
        cores = sorted(os.sched_getaffinity(0))
        self._cores: list[int | None] = [*cores[:size]] if size <= len(cores) else []
        self._core_of: dict[int, int | None] = {}
        self._background = ThreadPoolExecutor(max_workers=2, thread_name_prefix="judgecore-warm")

    def __repr__(self) -> str:
        idle = sum(map(len, self._idle.values()))
        state = " closed" if self._closing.is_set() else ""
        return (
            f"<Pool size={self.size} idle={idle} leased={self._leased}"
            f" starting={self._starting}{state}>"
        )

    def warm(self, count: int | None = None, image: str | None = None) -> None:
        """Start slots until `count` (default: all) are idle, and wait for them."""
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
        """A slot of one's own, reset afterwards. Waits while all are leased."""
        slot = self._acquire(image)
        try:
            yield slot
        finally:
            self._release(image, slot)

    def close(self) -> None:
        """Destroy every idle slot and refuse further leases; leased ones die when given back."""
        with self._condition:
            self._closing.set()
            slots = [slot for idle in self._idle.values() for slot in idle]
            self._idle.clear()
            self._condition.notify_all()
        self._background.shutdown(wait=True, cancel_futures=True)
        for slot in slots:
            slot.destroy()

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
            victim = next((slots for slots in self._idle.values() if slots), None)
            if victim is None:
                return None
            plan.destroy.append(victim.pop())
        self._starting += 1
        return plan

    # -------------------------------------------------------------- I/O, outside it

    def _acquire(self, image: str | None) -> Slot:
        while True:
            with self._condition:
                while (plan := self._plan(image) if not self._closing.is_set() else None) is None:
                    if self._closing.is_set():
                        raise PoolClosed("the pool is closed")
                    self._condition.wait()
            for slot in plan.destroy:
                self._destroy(slot)
            if plan.slot is None:
                slot = self._start(image)
                with self._condition:
                    self._starting -= 1
                    self._leased += 1
                return slot
            return plan.slot

    def _release(self, image: str | None, slot: Slot) -> None:
        kept = not self._closing.is_set() and slot.reset()
        if not kept:
            self._destroy(slot)
        with self._condition:
            self._leased -= 1
            if kept and not self._closing.is_set():
                self._idle.setdefault(image, []).append(slot)
            elif not self._closing.is_set():
                self._starting += 1
                with suppress(RuntimeError):  # shut down in this very moment
                    self._background.submit(self._replace, image)
            self._condition.notify()
        if kept and self._closing.is_set():
            self._destroy(slot)

    def _replace(self, image: str | None) -> None:
        with suppress(InfrastructureError):
            self._admit(image, self._start(image))

    def _admit(self, image: str | None, slot: Slot) -> None:
        with self._condition:
            self._starting -= 1
            if not self._closing.is_set():
                self._idle.setdefault(image, []).append(slot)
                self._condition.notify()
                return
        self._destroy(slot)

    def _start(self, image: str | None) -> Slot:
        """Start one slot, patiently. The caller has counted it in `_starting`."""
        core = self._take_core()
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
        except BaseException as exc:
            with self._condition:
                self._starting -= 1
                if core is not None:
                    self._cores.append(core)
                self._condition.notify()
            if isinstance(exc, SlotLost):
                raise EngineUnavailable(f"no slot could be started: {exc}") from exc
            raise
        self._core_of[id(slot)] = core
        return slot

    def _start_once(self, spec: SlotSpec) -> Slot:
        return Slot(self.engine.start(spec, secrets.token_hex(6)))

    def _take_core(self) -> int | None:
        with self._condition:
            return self._cores.pop(0) if self._cores else None

    def _destroy(self, slot: Slot) -> None:
        slot.destroy()
        core = self._core_of.pop(id(slot), None)
        if core is not None:
            with self._condition:
                self._cores.append(core)
