"""The runs of one program, spread over several sandboxes; the results come in order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, suppress
from contextvars import copy_context

from judgecore.errors import SlotLost
from judgecore.execution.executor import Executor, RunStopped
from judgecore.execution.program import Ran, Run

_STOP_EVERY_S = 0.05  # a request to stop that comes between two runs is lost

_SIGNALS_S = 0.5  # a signal that another thread was given does not wake the main thread

Spare = Callable[[], AbstractContextManager[Executor | None]]


class Left(Iterator[Run]):
    """Runs of which one knows how many are left, `count`.

    `took_ms`: the wall time of the first one.
    """

    def __init__(self, runs: Iterator[Run], count: int) -> None:
        self._runs = runs
        self.count = count
        self.took_ms = 0.0

    def __next__(self) -> Run:
        run = next(self._runs)
        self.count -= 1
        return run

    def until(self, over: Callable[[], bool]) -> Iterator[Run]:
        """The runs up to when `over` says so, before each of them; the others stay here."""
        while self.count and not over():
            yield next(self)


class Spread:
    """Runs that several threads take one by one, each thread for its own sandbox.

    `ahead`: how many runs may be taken before their results are judged. `wanted`: whether somebody
    waits for a sandbox; then those that were idle are given back.
    """

    def __init__(self, runs: Iterator[Run], ahead: int, wanted: Callable[[], bool]) -> None:
        self._runs = runs
        self._ahead = ahead
        self._wanted = wanted
        self._changed = threading.Condition()
        self._taken = 0
        self._looked_at = 0
        self._judged = 0  # an earlier one was judged when the next one is asked for
        self._over = False
        self._found: dict[int, Ran] = {}
        self._failure: BaseException | None = None
        self._working: set[Executor] = set()
        self.helped = False  # whether a sandbox that was idle took part

    def results(self, first: Executor, spare: Spare, spares: int) -> Generator[Ran]:
        """What the runs give, in their order.

        `first` has the program ready; `spare` opens one more sandbox with it, if one is idle.
        Closing the iterator stops the runs that have begun.
        """
        works = [lambda: self._work(first, spare=False)]
        works += [lambda: self._help(spare)] * spares
        threads = [_started(work) for work in works]
        try:
            while (ran := self._next()) is not None:
                yield ran
        finally:
            self._end(threads)

    def _next(self) -> Ran | None:
        with self._changed:
            self._judged = self._looked_at
            self._changed.notify_all()
            while self._looked_at not in self._found:
                if self._failure is not None:
                    raise self._failure
                if self._over and self._looked_at == self._taken:
                    return None
                self._changed.wait(_SIGNALS_S)
            ran = self._found.pop(self._looked_at)
            self._looked_at += 1
            self._changed.notify_all()
            return ran

    def _take(self, spare: bool) -> tuple[int, Run] | None:
        with self._changed:
            while not self._over and self._taken >= self._judged + self._ahead:
                self._changed.wait()
            if self._over or (spare and self._wanted()):
                return None
            run = next(self._runs, None)
            if run is None:
                self._over = True
                self._changed.notify_all()
                return None
            self._taken += 1
            return self._taken - 1, run

    def _help(self, spare: Spare) -> None:
        try:
            with spare() as executor:
                if executor is not None:
                    self._work(executor, spare=True)
        except BaseException as exc:
            self._fail(exc)

    def _work(self, executor: Executor, spare: bool) -> None:
        with self._changed:
            self.helped |= spare
            self._working.add(executor)
        try:
            while (taken := self._take(spare)) is not None:
                number, run = taken
                ran = executor.run(run)
                with self._changed:
                    self._found[number] = ran
                    self._changed.notify_all()
        except RunStopped:
            pass
        except BaseException as exc:
            self._fail(exc)
        finally:
            with self._changed:  # later its slot may serve another lease: it must not be stopped
                self._working.discard(executor)

    def _fail(self, exc: BaseException) -> None:
        with self._changed:
            self._failure = self._failure or exc
            self._over = True
            self._changed.notify_all()

    def _end(self, threads: list[threading.Thread]) -> None:
        with self._changed:
            self._over = True
            self._changed.notify_all()
        for thread in threads:
            while thread.is_alive():
                with self._changed:
                    for executor in self._working:
                        with suppress(SlotLost):
                            executor.stop()
                thread.join(_STOP_EVERY_S)


def _started(work: Callable[[], None]) -> threading.Thread:
    """A thread with this one's context: an interruption of this one interrupts it, too."""
    thread = threading.Thread(
        target=copy_context().run, args=(work,), name="judgecore-spread", daemon=True
    )
    thread.start()
    return thread
