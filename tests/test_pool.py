"""The pool's promises, on the twin."""

from __future__ import annotations

import gc
import os
import threading
import time

import pytest

from judgecore import EngineUnavailable, Judge, Limits, PoolClosed, SlotLost, UsageError
from judgecore.config import Reuse
from judgecore.cores import hold
from judgecore.engine import SlotSpec, Transport
from judgecore.engine.fake import Answer, FakeEngine, FakeSlot, echo
from judgecore.limits import MIB
from judgecore.pool import Pool
from judgecore.replacement import Policy
from judgecore.report import Report
from judgecore.runner.protocol import Command


def settle(pool: Pool, text: str) -> None:
    """Wait for the background to bring the pool to a state."""
    until = time.monotonic() + 5
    while repr(pool) != text and time.monotonic() < until:
        time.sleep(0.005)
    assert text == repr(pool)


def test_a_slot_is_reused() -> None:
    """What was given back in order is leased again."""
    engine = FakeEngine()
    pool = Pool(engine, 2)
    for _ in range(3):
        with pool.lease():
            assert repr(pool) == "<Pool size=2 idle=0 leased=1 starting=0>"

    assert len(engine.slots) == 1
    pool.close()


def test_warm_slots_wait() -> None:
    """Warming starts as many as there is room for."""
    pool = Pool(FakeEngine(), 3)
    pool.warm()

    assert repr(pool) == "<Pool size=3 idle=3 leased=0 starting=0>"
    pool.close()
    assert repr(pool) == "<Pool size=3 idle=0 leased=0 starting=0 closed>"


def test_a_dead_slot_is_replaced() -> None:
    """A slot destroyed during its lease never comes back; another takes its place."""
    engine = FakeEngine()
    pool = Pool(engine, 1)
    with pool.lease() as slot:
        slot.destroy()

    settle(pool, "<Pool size=1 idle=1 leased=0 starting=0>")
    assert [True, False] == [s.destroyed for s in engine.slots]
    pool.close()


def test_waiters_get_their_turn() -> None:
    """A full pool makes callers wait, not fail."""
    pool, order = Pool(FakeEngine(), 1), []

    def work(name: int) -> None:
        with pool.lease():
            order.append(name)

    with pool.lease():
        threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
    for thread in threads:
        thread.join(5)

    assert sorted(order) == [0, 1, 2, 3]
    pool.close()


def test_another_image_evicts_an_idle_slot() -> None:
    """Room for a new image is made by destroying an idle slot of another."""
    engine = FakeEngine()
    pool = Pool(engine, 1)
    with pool.lease("a"):
        pass
    with pool.lease("b"):
        assert [True, False] == [s.destroyed for s in engine.slots]
    pool.close()


def test_a_closed_pool_refuses() -> None:
    """After closing there are no leases, and waiting ends."""
    pool = Pool(FakeEngine(), 1)
    pool.close()
    with pytest.raises(PoolClosed), pool.lease():
        pass
    with pytest.raises(PoolClosed):
        pool.warm()


class Flaky(FakeEngine):
    """Fails so many times before it starts a slot."""

    def __init__(self, failures: int) -> None:
        super().__init__()
        self.failures = failures

    def start(self, spec: SlotSpec, slot_id: str) -> Transport:
        if self.failures > 0:
            self.failures -= 1
            raise SlotLost("the daemon is away")
        return super().start(spec, slot_id)


def test_a_short_outage_is_survived() -> None:
    """Starting a slot is tried again while the daemon is away."""
    pool = Pool(Flaky(2), 1)
    with pool.lease() as slot:
        assert slot.alive
    pool.close()


def test_a_long_outage_is_told() -> None:
    """After its patience the pool says so, and forgets the attempt."""
    pool = Pool(Flaky(10**6), 1, patience_s=0.1)
    with pytest.raises(EngineUnavailable, match="the daemon is away"), pool.lease():
        pass

    assert repr(pool) == "<Pool size=1 idle=0 leased=0 starting=0>"
    pool.close()


def work(pool: Pool, leases: int) -> None:
    """Lease and give back, letting the background finish in between."""
    for _ in range(leases):
        with pool.lease():
            pass
        until = time.monotonic() + 5
        while "starting=0" not in repr(pool) and time.monotonic() < until:
            time.sleep(0.002)


@pytest.mark.parametrize(
    ("reuse", "slots"),
    [(Reuse.FAST, 1), (Reuse.STRICT, 7), (Reuse.BALANCED, 3)],
)
def test_reuse_decides_how_long_a_slot_serves(reuse: Reuse, slots: int) -> None:
    """Six submissions: one slot, or one each and the next in waiting, or a new one every third."""
    engine = FakeEngine()
    pool = Pool(engine, 1, policy=Policy(reuse, replace_after=3))
    work(pool, 6)
    until = time.monotonic() + 1
    while len(engine.slots) < slots and time.monotonic() < until:
        time.sleep(0.002)
    pool.close()

    assert slots - len(engine.slots) in (0, 1)  # the last replacement may not have been started yet
    assert all(slot.destroyed for slot in engine.slots)


def test_strict_never_leases_a_slot_twice() -> None:
    """Each lease of a strict pool has a slot that served nobody before."""
    pool = Pool(FakeEngine(), 2, policy=Policy(Reuse.STRICT))
    seen = []
    for _ in range(20):
        with pool.lease() as slot:
            seen.append((slot.leases, slot.runs))
    pool.close()

    assert [(1, 0)] * 20 == seen


class Slow(FakeEngine):
    """Takes its time to start a slot, except for the first one."""

    def start(self, spec: SlotSpec, slot_id: str) -> Transport:
        if self.slots:
            time.sleep(0.3)
        return super().start(spec, slot_id)


def test_balanced_replaces_without_making_anybody_wait() -> None:
    """While the replacement is being started the old slot serves on."""
    pool = Pool(Slow(), 1, policy=Policy(Reuse.BALANCED, replace_after=2))
    waits, slots = [], set()
    until = time.monotonic() + 1.5
    while time.monotonic() < until:
        began = time.monotonic()
        with pool.lease() as slot:
            waits.append(time.monotonic() - began)
            slots.add(id(slot))
            time.sleep(0.01)
    pool.close()

    assert len(slots) > 2
    assert max(waits) < 0.25


def test_anything_odd_ends_a_balanced_slot() -> None:
    """After a call through a forbidden entry, the slot is not leased again."""
    odd = Report(exit_code=None, signal=31, cpu_ms=1, wall_ms=1, memory_bytes=1)
    for reuse, kept in ((Reuse.BALANCED, False), (Reuse.FAST, True)):
        engine = FakeEngine(lambda _argv, _stdin: odd)
        pool = Pool(engine, 1, policy=Policy(reuse))
        with pool.lease() as slot:
            slot.run(Command(("x",), Limits()))
        settle(pool, "<Pool size=1 idle=1 leased=0 starting=0>")

        assert (len(engine.slots) == 1) is kept
        pool.close()


def test_a_core_that_others_keep_busy_is_given_up() -> None:
    """Where programs wait for the slot's core as long as they use it, the next slot has another."""
    fair = Report(
        exit_code=0, signal=None, cpu_ms=900, wall_ms=1000, memory_bytes=1, waiting_ms=100
    )
    shared = fair.changed(wall_ms=1800, waiting_ms=900)
    facts = iter([fair] * 30 + [shared] * 4)
    engine = Recording(answer=lambda _argv, _stdin: next(facts))
    pool = Pool(engine, 1)
    for _ in range(34):
        with pool.lease() as slot:
            slot.run(Command(("x",), Limits()))
    settle(pool, "<Pool size=1 idle=1 leased=0 starting=0>")
    cores = [spec.core for spec in engine.specs.values()]
    pool.close()

    assert 2 == len(cores) == len(set(cores))


def test_a_left_process_costs_no_slot() -> None:
    """What a program leaves running is killed with it, so that the slot serves on."""
    left = Report(
        exit_code=0, signal=None, cpu_ms=1, wall_ms=1, memory_bytes=1, left_processes=True
    )
    engine = FakeEngine(lambda _argv, _stdin: left)
    pool = Pool(engine, 1, policy=Policy(Reuse.BALANCED))
    for _ in range(3):
        with pool.lease() as slot:
            slot.run(Command(("x",), Limits()))
    pool.close()

    assert 1 == len(engine.slots)


class Recording(FakeEngine):
    """Remembers what each slot was made from, and fails from the start numbered `fails_at` on."""

    cores = tuple(range(100_000, 100_100))  # that no machine has

    def __init__(
        self, most_slots: int | None = None, fails_at: int = 1000, answer: Answer = echo
    ) -> None:
        super().__init__(answer)
        self.most_slots = most_slots
        self.fails_at = fails_at
        self.specs: dict[str, SlotSpec] = {}

    def start(self, spec: SlotSpec, slot_id: str) -> Transport:
        if len(self.specs) >= self.fails_at:
            raise EngineUnavailable("no more")
        self.specs[slot_id] = spec
        return super().start(spec, slot_id)

    def living(self) -> list[tuple[str | None, int | None]]:
        """Image and core of each slot that has not been destroyed."""
        specs = [self.specs[slot.name] for slot in self.slots if not slot.destroyed]
        return [(spec.image, spec.core) for spec in specs]


def test_cores_are_handed_down() -> None:
    """A replacement is on the core of the slot that it replaces; no core is lost."""
    engine = Recording()
    pool = Pool(engine, 1, policy=Policy(Reuse.STRICT))
    work(pool, 10)
    pool.close()

    cores = {spec.core for spec in engine.specs.values()}
    assert 1 == len(cores)
    assert None not in cores


class SlowLater(Recording):
    """Takes its time for every slot but the first."""

    def start(self, spec: SlotSpec, slot_id: str) -> Transport:
        time.sleep(0.2 if self.specs else 0)
        return super().start(spec, slot_id)


def test_closing_frees_every_core() -> None:
    """Also the one of a slot that was to take another one's place and had not started yet."""
    engine = SlowLater()
    pool = Pool(engine, 1, policy=Policy(Reuse.STRICT))
    with pool.lease():
        pass
    pool.close()
    (core,) = {spec.core for spec in engine.specs.values()}
    assert core is not None
    holder = hold(core)

    assert holder is not None
    holder.close()


def test_warming_that_fails_loses_nothing() -> None:
    """When a later start fails the earlier slots stay, and the pool is as large as before."""
    engine = Recording(fails_at=1)
    pool = Pool(engine, 2)
    with pytest.raises(EngineUnavailable, match="no more"):
        pool.warm()
    assert repr(pool) == "<Pool size=2 idle=1 leased=0 starting=0>"

    engine.fails_at = 1000
    pool.warm()
    assert repr(pool) == "<Pool size=2 idle=2 leased=0 starting=0>"
    pool.close()
    assert [] == engine.living()


def test_a_group_is_one_lease() -> None:
    """The partners are on the first one's core, outside the size, and wait for the next group."""
    engine = Recording()
    pool = Pool(engine, 1)
    for _ in range(3):
        with pool.lease_group((None, "checker", "checker")) as slots:
            assert 3 == len({id(slot) for slot in slots})
            assert repr(pool) == "<Pool size=1 idle=0 leased=1 starting=0 partners=2>"

    core = engine.specs[engine.slots[0].name].core
    assert [(None, core), ("checker", core), ("checker", core)] == [
        (spec.image, spec.core) for spec in engine.specs.values()
    ]
    assert repr(pool) == "<Pool size=1 idle=1 leased=0 starting=0 idle_partners=2>"
    pool.close()
    assert [] == engine.living()


def test_a_full_pool_of_groups_goes_on() -> None:
    """More threads than slots, each wanting groups: nobody waits for ever."""
    pool, done = Pool(FakeEngine(), 2), []

    def work(name: int) -> None:
        for _ in range(20):
            with pool.lease_group((None, None)):
                pass
        done.append(name)

    threads = [threading.Thread(target=work, args=(n,), daemon=True) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert [0, 1, 2, 3, 4, 5] == sorted(done)
    pool.close()


def test_a_group_is_granted_whole_or_not_at_all() -> None:
    """When a partner cannot be started the first slot is given back."""
    engine = Recording(fails_at=1)
    pool = Pool(engine, 1)
    with pytest.raises(EngineUnavailable, match="no more"), pool.lease_group((None, None)):
        pass

    assert repr(pool) == "<Pool size=1 idle=1 leased=0 starting=0>"
    pool.close()


def test_a_partner_that_did_something_odd_is_not_kept() -> None:
    """A partner is given back as any slot is: reset, or destroyed when it died or served enough."""
    engine = Recording()
    pool = Pool(engine, 1, policy=Policy(Reuse.FAST))
    with pool.lease_group((None, None)) as (_, partner):
        partner.destroy()
    assert repr(pool) == "<Pool size=1 idle=1 leased=0 starting=0>"

    strict = Pool(engine, 1, policy=Policy(Reuse.STRICT))
    with strict.lease_group((None, None)):
        pass
    assert "partners" not in repr(strict)
    pool.close()
    strict.close()
    assert [] == engine.living()


def test_partners_count_where_the_engine_bounds_its_slots() -> None:
    """Groups wait for room, idle slots make room, and what can never fit is refused."""
    engine = Recording(most_slots=2)
    pool = Pool(engine, 2)
    pool.warm()
    with pool.lease_group((None, None)):
        assert 2 == len(engine.living())
    with pool.lease("a"), pool.lease("b"):
        assert {"a", "b"} == {image for image, _ in engine.living()}
    with pytest.raises(EngineUnavailable, match="3 programs have to run side by side"):
        pool.lease_group((None, None, None)).__enter__()

    pool.close()
    assert [] == engine.living()


def test_a_fork_is_refused() -> None:
    """The slots stay the parent's: a forked child gets an error, and destroys none of them."""
    engine = FakeEngine()
    pool = Pool(engine, 1)
    pool.warm()
    child = os.fork()
    if child == 0:
        try:
            with pool.lease():
                os._exit(1)
        except UsageError:
            pool.close()
            os._exit(any(slot.destroyed for slot in engine.slots))
        finally:
            os._exit(2)

    assert 0 == os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    with pool.lease() as slot:
        assert slot.alive
    pool.close()


def test_a_forgotten_judge_takes_its_slots_along() -> None:
    """Nobody has to close a judge: without it there are no slots, nor at the interpreter's end."""
    engine = FakeEngine()
    judge = Judge(engine=engine, slots=2)
    judge.warm()
    del judge
    gc.collect()

    assert [True, True] == [slot.destroyed for slot in engine.slots]


def test_the_runner_has_memory_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the container's limit is all there is, the input that the runner holds isn't on it."""
    told: list[int] = []
    monkeypatch.setattr(FakeSlot, "limit_memory", lambda _, memory_bytes: told.append(memory_bytes))
    pool = Pool(FakeEngine(), 1)
    limits = Limits(memory_bytes=16 * MIB, output_bytes=64 * MIB)
    with pool.lease() as slot:
        for size in (0, 40 * MIB):
            slot.run(Command(("cat",), limits, stdin=b"x" * size))

    assert [32 * MIB, 112 * MIB] == told
    pool.close()
