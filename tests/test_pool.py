"""The pool's promises, on the twin."""

from __future__ import annotations

import threading
import time

import pytest

from judgecore import EngineUnavailable, PoolClosed, SlotLost
from judgecore.engine import SlotSpec, Transport
from judgecore.engine.fake import FakeEngine
from judgecore.pool import Pool


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
