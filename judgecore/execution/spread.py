"""Work on one program, spread over several teams of sandboxes; what is found comes in order."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from contextvars import copy_context
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from judgecore.errors import SlotLost
from judgecore.execution.executor import Executor, RunStopped

_STOP_EVERY_S = 0.05  # a request to stop that comes between two runs is lost
_SIGNALS_S = 0.5  # a signal that another thread was given does not wake the main thread

W = TypeVar("W")
F = TypeVar("F")

# A program's executor, and those of the programs that judge each of its runs.
Team = tuple[Executor, ...]
Do = Callable[[Team, W], F]
Spare = Callable[[], AbstractContextManager[Team]]


def never(_: object) -> bool:
    """No piece of work is skipped."""
    return False


class Left(Iterator[W]):
    """Pieces of work of which one knows how many are left, `count`, those to be skipped included.

    `skips`: whether one is not to be done; it may come to that while others are done, and then it
    stays so. `pace_ms`: how long one takes, by the last that were done.
    """

    def __init__(self, works: Iterator[W], count: int, skips: Callable[[W], bool] = never) -> None:
        self._works = works
        self.count = count
        self.skips = skips
        self.pace_ms = 0.0

    def __next__(self) -> W:
        while True:
            work = next(self._works)
            self.count -= 1
            if not self.skips(work):
                return work

    @property
    def takes_ms(self) -> float:
        """How long all that is left takes, at the pace so far."""
        return self.pace_ms * self.count

    @contextmanager
    def paced(self, count: int) -> Iterator[None]:
        """While so many are done: they say how long one takes."""
        began = time.monotonic()
        yield
        self.pace_ms = (time.monotonic() - began) * 1000 / count

    def until(self, over: Callable[[], bool]) -> Iterator[W]:
        """Those up to when `over` says so, before each of them; the others stay here."""
        while self.count and not over():
            work = next(self, None)
            if work is None:
                return
            yield work

    def portions(self, most_ms: float, teams: int) -> Iterator[list[W]]:
        """What is left in lists that take no longer than that, or have one entry; the last ones are
        short, so that `teams` end at about the same time. See `portion`."""
        while self.count:
            fits = most_ms / self.pace_ms if self.pace_ms else 1
            portion = list(islice(self, max(1, int(min(fits, self.count / (2 * teams))))))
            if portion:
                yield portion

    def portion(self, do: Callable[[list[W]], list[F]], works: list[W]) -> list[F]:
        """One of the `portions`, done. Where its works took longer, the next ones are shorter: the
        first test may be a trivial one, and what all of a portion wrote is kept until its end."""
        with self.paced(len(works)):
            return do(works)


@dataclass(slots=True, eq=False)
class _Taken(Generic[W, F]):
    """A piece of work that some thread does, or has done: then `found` has one entry."""

    work: W
    found: tuple[F, ...] = ()


class Spread(Generic[W, F]):
    """Work that several threads take piece by piece, each thread with a team of its own.

    `team` is ready, and works first; `spare` opens one more of its kind, if there are idle
    sandboxes, and so many `spares` may help. `ahead`: how many pieces may be taken before they are
    judged, that is, before the one after them is asked for. `idle`: whether a sandbox is idle and
    nobody waits for one. `wanted`: whether somebody does; then those that were idle are given back.
    """

    def __init__(
        self,
        left: Left[W],
        do: Do[W, F],
        team: Team,
        spare: Spare,
        spares: int,
        ahead: int,
        idle: Callable[[], bool],
        wanted: Callable[[], bool],
    ) -> None:
        self._left = left
        self._do = do
        self._team = team
        self._spare = spare
        self._spares = spares
        self._ahead = ahead
        self._idle = idle
        self._wanted = wanted
        self._changed = threading.Condition()  # its lock may be taken again by who has it
        self._taken: deque[_Taken[W, F]] = deque()  # in order, up to what is not judged yet
        self._over = False
        self._failure: BaseException | None = None
        self._working: set[Team] = set()
        self._threads: list[threading.Thread] = []
        self._helping = False  # whether threads have begun to help
        self.helped = False  # whether a sandbox that was idle took part
        self.given_back = False  # whether one was, before the end, because somebody waited

    def results(
        self, alone: Callable[[], Generator[F, None, bool]], after_s: float | None
    ) -> Generator[F]:
        """What is found, in the order of the work, without what turned out to be skipped.

        This thread does the first piece, and then what `alone` does, up to where help pays; that
        returns whether something is left. While the first one takes longer than `after_s`, others
        begin beside it; None: they wait for its end. Closing the iterator stops what has begun.
        """
        try:
            if (first := self._take(spare=False)) is None:
                return
            if after_s is not None:
                self._start(lambda: self._help_late(first, after_s))
            found = self._do(self._team, first.work)
            if self._done_alone(first, found):
                yield found
                if not (yield from alone()):
                    return
                self._help_from_now()
            self._start(lambda: self._work(self._team, spare=False))
            while (taken := self._next()) is not None:
                yield taken.found[0]
                self._judged()
        finally:
            self._end()

    def _done_alone(self, taken: _Taken[W, F], found: F) -> bool:
        """Keep what is found for the first piece, and say whether nobody helps yet: then it is
        judged."""
        with self._changed:
            taken.found = (found,)
            if not self._helping:
                self._taken.popleft()
            self._changed.notify_all()
            return not self._helping

    def _help_late(self, first: _Taken[W, F], after_s: float) -> None:
        with self._changed:
            ended = self._changed.wait_for(lambda: self._over or first.found, after_s)
            if not ended and self._idle():
                self._help_from_now()

    def _help_from_now(self) -> None:
        with self._changed:
            self._helping = True
            for _ in range(self._spares):
                self._start(self._help)

    def _start(self, work: Callable[[], None]) -> None:
        self._threads.append(_started(work))

    def _next(self) -> _Taken[W, F] | None:
        with self._changed:
            while True:
                while self._taken and self._left.skips(self._taken[0].work):
                    self._taken.popleft()  # done in vain
                    self._changed.notify_all()
                if self._taken and self._taken[0].found:
                    return self._taken[0]
                if self._failure is not None:
                    raise self._failure
                if self._over and not self._taken:
                    return None
                self._changed.wait(_SIGNALS_S)

    def _judged(self) -> None:
        """The first one that was taken is; another one may be taken."""
        with self._changed:
            self._taken.popleft()
            self._changed.notify_all()

    def _take(self, spare: bool) -> _Taken[W, F] | None:
        with self._changed:
            while not self._over and len(self._taken) >= self._ahead:
                self._changed.wait()
            if self._over:
                return None
            if spare and self._wanted():
                self.given_back = True
                return None
            for work in self._left:
                self._taken.append(_Taken(work))
                return self._taken[-1]
            self._over = True
            self._changed.notify_all()
            return None

    def _help(self) -> None:
        try:
            with self._spare() as team:
                if team:
                    self._work(team, spare=True)
        except BaseException as exc:
            self._fail(exc)

    def _work(self, team: Team, spare: bool) -> None:
        with self._changed:
            self.helped |= spare
            self._working.add(team)
        try:
            while (taken := self._take(spare)) is not None:
                found = self._do(team, taken.work)
                with self._changed:
                    taken.found = (found,)
                    self._changed.notify_all()
        except RunStopped:
            pass
        except BaseException as exc:
            self._fail(exc)
        finally:
            with self._changed:  # later its slots may serve another lease: not to be stopped
                self._working.discard(team)

    def _fail(self, exc: BaseException) -> None:
        with self._changed:
            self._failure = self._failure or exc
            self._over = True
            self._changed.notify_all()

    def _end(self) -> None:
        with self._changed:
            self._over = True
            self._changed.notify_all()
        for thread in self._threads:
            while thread.is_alive():
                with self._changed:
                    for executor in (one for team in self._working for one in team):
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
