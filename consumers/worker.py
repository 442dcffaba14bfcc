"""Threads that take deliveries and judge them, and the order of a shutdown.

One thread takes deliveries and begins to handle them (`consumers.handler`); there is one more for
each slot. The order of a shutdown, and why:

1. *Stop taking.* The thread that takes checks the flag after each delivery.
2. *Requeue what has no slot*, before waiting: other workers get it at once.
3. *Finish what runs*, as long as the grace period lasts; each verdict is stored, then acknowledged.
4. *Requeue what still runs.* The broker would do it when the connection drops, but only
   after a missed heartbeat if the machine vanishes. The late thread's own
   acknowledgement then finds its delivery already settled, and is dropped.
5. *Publish the remaining events.* Only now, because step 3 made the last of them.
6. *Close the queue, then the store.* The queue's thread still sends acknowledgements, and
   closing waits for them; nothing needs the store any more.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial

from consumers.ahead import Places
from consumers.contracts import RENEW_S, Judge, Queue, Store
from consumers.deliveries import Delivery
from consumers.engine_watch import CHECK_EVERY_S, EngineWatch
from consumers.handler import Handler
from consumers.metrics import Metrics
from consumers.outbox import OutboxPublisher
from consumers.runs import Runs
from consumers.shutdown import Shutdown
from consumers.steps import follow
from judgecore.errors import QueueUnavailable

log = logging.getLogger(__name__)

TAKE_S = 0.5
FLUSH_S = 2.0


class Worker:
    """Judges what a queue brings, `slots` at a time, until `stop()`.

    `ahead` is how many more are begun meanwhile, and wait for a slot; None: some at times (see
    `consumers.ahead`).
    `retries` is how often a submission is tried again after the judge failed, before it is
    stored as an internal error. `backoff_s` is the first of the growing pauses in between.
    `progress` says whether each test is told, too. `renew_s` is the time between two renewals of
    the claims on what is being judged, `check_every_s` between two looks at the engine.
    `judging_timeout_s` bounds one judging in all.
    """

    _failure: QueueUnavailable | None = None
    _threads: Sequence[threading.Thread] = ()

    def __init__(
        self,
        queue: Queue,
        store: Store,
        judge: Judge,
        outbox: OutboxPublisher,
        *,
        slots: int,
        ahead: int | None = 0,
        retries: int = 3,
        grace_s: float = 25.0,
        backoff_s: float = 1.0,
        renew_s: float = RENEW_S,
        check_every_s: float = CHECK_EVERY_S,
        judging_timeout_s: float | None = None,
        progress: bool = True,
        metrics: Metrics | None = None,
    ) -> None:
        self._queue, self._store, self._outbox = queue, store, outbox
        self._slots, self._grace_s = slots, grace_s
        self._places = Places(slots, ahead, queue.take_ahead)
        self._shutdown = Shutdown()
        self._runs = Runs(queue, store, renew_s=renew_s)
        self._engine = EngineWatch(judge, queue, self._runs, every_s=check_every_s)
        self._handler = Handler(
            queue,
            store,
            judge,
            outbox,
            self._runs,
            self._engine,
            self._places,
            shutdown=self._shutdown,
            metrics=_counting(metrics or Metrics(slots), judge, self._places),
            retries=retries,
            backoff_s=backoff_s,
            progress=progress,
            timeout_s=judging_timeout_s,
        )
        self._running, self._ended = _Running(), False

    def __repr__(self) -> str:
        state = "stopping" if self._shutdown.asked() else "taking"
        return f"<Worker {state}, {self._slots} slots, {len(self._running)} submissions in hand>"

    def stop(self) -> None:
        """Ask `run` to end. Returns at once; asking again is harmless."""
        self._shutdown.ask()

    def run(self) -> None:
        """Work until `stop()`, then shut down in order. Raises when the queue is lost for good."""
        self._outbox.start()
        self._runs.start()
        self._engine.start()
        judging = [_thread(f"judge-{n}", self._judge) for n in range(self._slots)]
        self._threads = [*judging, _thread("take", self._take)]
        self._shutdown.wait()
        self._shut_down()
        if self._failure is not None:
            raise self._failure

    def dead_threads(self) -> list[str]:
        """The threads that should run and don't; empty while all is well."""
        threads = [thread.name for thread in self._threads if not thread.is_alive()]
        others = {
            "outbox": self._outbox.alive(),
            "claims": self._runs.alive(),
            "engine": self._engine.alive(),
        }
        threads += [name for name, alive in others.items() if not alive]
        return [] if self._shutdown.asked() or not self._threads else threads

    def trouble(self) -> str:
        """Why it takes nothing just now although it isn't stopping; empty while all is well."""
        return self._engine.trouble

    def stopping(self) -> bool:
        """Whether it takes nothing more."""
        return self._shutdown.asked()

    # Taking ------------------------------------------------------------------------------

    def _take(self) -> None:
        while not self._shutdown.asked():
            if self._places.take_place(TAKE_S) and not self._take_one():
                self._places.leave_place()

    def _take_one(self) -> bool:
        """Begin to handle the next delivery; false: there is none."""
        try:
            delivery = self._places.ask(self._queue.take, self._places.take_s(TAKE_S))
        except QueueUnavailable as exc:
            self._failure = exc
            self.stop()
            return False
        if delivery is None:
            return False
        if self._shutdown.asked():
            self._queue.requeue(delivery, counted=False)
            self._queue.forget(delivery)
            return False
        self._running.add(delivery)
        follow(self._handler.handle(delivery), partial(self._done_with, delivery))
        return True

    def _done_with(self, delivery: Delivery) -> None:
        self._queue.forget(delivery)
        self._running.remove(delivery)
        self._places.leave_place()

    def _judge(self) -> None:
        while not self._ended:
            self._places.serve(TAKE_S)

    # Shutting down -----------------------------------------------------------------------

    def _shut_down(self) -> None:
        deadline = self._shutdown.grace_begins(self._grace_s)
        self._places.close()
        self._queue.stop_taking()
        *_, taking = self._threads
        taking.join(max(0.0, deadline - time.monotonic()))
        unfinished = self._running.left_at(deadline)
        self._engine.stop()
        self._runs.stop()
        self._runs.give_back()
        for delivery in unfinished:
            log.warning("the grace period is over: requeued a submission that is still running")
            self._queue.requeue(delivery, counted=False)
        self._outbox.stop(FLUSH_S)
        self._queue.close()
        self._store.close()
        self._ended = True


class _Running:
    """The deliveries that are being handled. Thread-safe."""

    def __init__(self) -> None:
        self._deliveries: dict[object, Delivery] = {}
        self._changed = threading.Condition()

    def __len__(self) -> int:
        return len(self._deliveries)

    def add(self, delivery: Delivery) -> None:
        """It is being handled."""
        with self._changed:
            self._deliveries[delivery.token] = delivery

    def remove(self, delivery: Delivery) -> None:
        """It is done with."""
        with self._changed:
            del self._deliveries[delivery.token]
            if not self._deliveries:
                self._changed.notify_all()

    def left_at(self, deadline: float) -> list[Delivery]:
        """What is left at that time of the monotonic clock; returns sooner when nothing is."""
        with self._changed:
            self._changed.wait_for(lambda: not self._deliveries, deadline - time.monotonic())
            return list(self._deliveries.values())


def _thread(name: str, work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, name=name, daemon=True)
    thread.start()
    return thread


def _counting(metrics: Metrics, judge: Judge, places: Places) -> Metrics:
    """The metrics, which ask the judge and the places for their figures."""
    metrics.count_busy(lambda: judge.busy)
    metrics.count_fast_paths(lambda: judge.fast_paths)
    metrics.count_ahead(lambda: places.takings)
    return metrics
