"""When a worker is pushed to and when it fetches, without a broker."""

from __future__ import annotations

from consumers.rabbit.flow import STALE_S, Flow


class Clock:
    """Seconds that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def flow_of(clock: Clock, prefetch: int = 2) -> Flow:
    """A flow whose threads have just begun to work."""
    flow = Flow(prefetch, clock)
    flow.thread_waits()
    flow.thread_works()
    return flow


def test_busy_for_long_stops_the_pushing() -> None:
    """Once no thread was free for long, nothing is pushed any more."""
    clock = Clock()
    flow = flow_of(clock)
    before = flow.stops_pushing(0)
    clock.now += STALE_S + 1

    assert (False, True, False) == (before, flow.stops_pushing(0), flow.push)


def test_what_waits_for_long_stops_the_pushing() -> None:
    """Threads that become free by turns do not hold for long what others could take."""
    flow = flow_of(Clock())

    assert flow.stops_pushing(STALE_S + 1)


def test_free_thread_is_pushed_to() -> None:
    """A worker that has nothing to do is pushed to, however long that lasts."""
    clock = Clock()
    flow = flow_of(clock)
    flow.thread_waits()
    clock.now += 1000

    assert not flow.stops_pushing(STALE_S + 1)


def test_empty_queue_starts_the_pushing() -> None:
    """A fetch that finds nothing has the broker push again, so that nothing is polled."""
    clock = Clock()
    flow = flow_of(clock)
    clock.now += STALE_S + 1
    flow.stops_pushing(0)

    assert [False, True] == [flow.fetched(True), flow.fetched(False)]
    assert flow.push


def test_quick_work_starts_the_pushing() -> None:
    """Fetches that follow each other quickly cost more than pushing, which they bring back."""
    clock = Clock()
    flow = flow_of(clock)
    clock.now += STALE_S + 1
    flow.stops_pushing(0)

    assert [False] * 3 + [True] == [flow.fetched(True) for _ in range(4)]


def test_batch_has_its_turn() -> None:
    """Every fifth fetch looks into the queue `batch` first."""
    flow = flow_of(Clock())

    assert ["default"] * 4 + ["batch"] == [flow.order()[0] for _ in range(5)]
