"""How many submissions a worker has in hand, and which of them are judged now.

As many are judged at once as there are slots. While the queue is backed up and submissions are
short, one more is taken *ahead*, or two: it is decoded and claimed, and waits here for a slot. So
no slot is idle while a verdict is committed and the next submission is taken. What was taken ahead
and gets no slot within `MOST_WAIT_S` is given back, so that an idle worker can judge it, and
nothing is taken ahead until the queue is backed up again.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from judgecore.errors import Interrupted
from judgecore.interruption import Interruption

MOST_WAIT_S = 1.0  # for a slot, of a submission that was taken ahead
SHORT_S = 1.0  # submissions are short that take less on average
SHORTEST_S = 0.1  # of those that take less, two are taken: committing takes longer than judging
SOON_S = 0.05  # the queue is backed up when the next submission is there within this time
IN_A_ROW = 4  # as often, each time when a slot was free
_WEIGHT = 0.2  # of the newest submission in the average

_T = TypeVar("_T")


class GivenBack(Interrupted):
    """It was taken ahead and is not judged here: another worker may be idle."""


class Backlog:
    """How many submissions to take ahead now: `ahead`, at most `most`. Pure; not thread-safe."""

    def __init__(self, most: int = 2) -> None:
        self.ahead = 0
        self._most = most
        self._in_a_row = 0
        self._mean_s: float | None = None

    def found(self, waited_s: float) -> None:
        """All slots have a submission again, the last of them after so long."""
        if waited_s > SOON_S:
            self.drained()
            return
        self._in_a_row += 1
        mean_s = SHORT_S if self._mean_s is None else self._mean_s
        if not self.ahead and mean_s < SHORT_S and self._in_a_row >= IN_A_ROW:
            self.ahead = min(self._most, 2 if mean_s < SHORTEST_S else 1)

    def drained(self) -> None:
        """The queue had none."""
        self.ahead = self._in_a_row = 0

    def judged(self, took_s: float) -> None:
        """One was judged."""
        before_s = took_s if self._mean_s is None else self._mean_s
        self._mean_s = before_s + _WEIGHT * (took_s - before_s)
        if self._mean_s >= SHORT_S:
            self.drained()


class Places:
    """The places of a worker for submissions in hand, and its slots. Thread-safe.

    `ahead`: how many to take beyond the slots, always; None: as many as a `Backlog` says. Then
    `switch` is called with their number when that changes; it must not wait.
    """

    def __init__(
        self, slots: int, ahead: int | None, switch: Callable[[int], None] = lambda _: None
    ) -> None:
        self._slots = slots
        self._fixed = ahead
        self._switch = switch
        self._most_ahead = min(2, slots) if ahead is None else ahead
        self._backlog = Backlog(self._most_ahead)
        self._changed = threading.Condition()
        self._taken = 0
        self._asking = 0
        self._judging = 0
        self._line: deque[object] = deque()
        self._closed = False

    def __repr__(self) -> str:
        return f"<Places {self._taken} taken, {self._judging} of {self._slots} slots busy>"

    @property
    def most(self) -> int:
        """How many places there ever are."""
        return self._slots + self._most_ahead

    def close(self) -> None:
        """Give back what waits for a slot, now and from now on."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @contextmanager
    def place(self, timeout_s: float) -> Iterator[bool]:
        """A place for one more submission, in the block; False: there was none in time."""
        with self._changed:
            free = self._changed.wait_for(self._has_place, timeout_s)
            self._taken += free
        try:
            yield free
        finally:
            with self._changed:
                self._taken -= free
                self._changed.notify_all()

    def ask(self, take: Callable[[float], _T | None], timeout_s: float) -> _T | None:
        """What `take` gives within the seconds that it is told, for a place that one has."""
        began, found = time.monotonic(), None
        with self._changed:
            self._asking += 1
            patience_s = min(timeout_s, SOON_S) if self._backlog.ahead else timeout_s
        try:
            found = take(patience_s)
        finally:
            waited_s = time.monotonic() - began
            with self._changed:
                self._asking -= 1
                if found is None:
                    self._note(self._backlog.drained)
                elif self._taken - self._asking >= self._slots:
                    self._note(lambda: self._backlog.found(waited_s))
        return found

    @contextmanager
    def slot(self, interruption: Interruption, *, kept: bool = False) -> Iterator[None]:
        """Wait for a slot, first come, first served, and have it in the block.

        Raises `GivenBack` when none is free in time, unless it is to be `kept`; and when
        `interruption` asks for it, or `close`.
        """
        with interruption.ending(self._wake), self._changed:
            self._wait_in_line(interruption, kept)
            self._judging += 1
        began = time.monotonic()
        try:
            yield
        finally:
            took_s = time.monotonic() - began
            with self._changed:
                self._judging -= 1
                self._changed.notify_all()
                self._note(lambda: self._backlog.judged(took_s))

    def _wait_in_line(self, interruption: Interruption, kept: bool) -> None:
        me = object()
        bounded = self._fixed is None and not kept
        deadline = time.monotonic() + MOST_WAIT_S if bounded else None
        self._line.append(me)
        try:
            while self._judging >= self._slots or self._line[0] is not me:
                if self._closed or interruption.requested:
                    raise GivenBack("the worker takes nothing, or its verdict is not wanted")
                left_s = None if deadline is None else deadline - time.monotonic()
                if left_s is not None and left_s <= 0:
                    self._note(self._backlog.drained)
                    raise GivenBack(f"no slot was free within {MOST_WAIT_S:g} s")
                self._changed.wait(left_s)
        finally:
            self._line.remove(me)
            self._changed.notify_all()

    def _has_place(self) -> bool:
        ahead = self._backlog.ahead if self._fixed is None else self._fixed
        return self._taken < self._slots + ahead

    def _note(self, change: Callable[[], None]) -> None:
        """Let the backlog know, under the lock, so that switches come in order."""
        if self._fixed is not None:
            return
        before = self._backlog.ahead
        change()
        if self._backlog.ahead != before:
            self._switch(self._backlog.ahead)
            self._changed.notify_all()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()
