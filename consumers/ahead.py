"""How many submissions a worker has in hand, and which of them are judged now.

As many are judged at once as there are slots. While the queue is backed up and submissions are
short, some more are taken *ahead*: each is decoded and claimed, and waits here for a slot. So no
slot is idle while a verdict is committed and the next submission is taken. The shorter they are,
the more are in hand: their commits may wait for each other then (`Places.patience_s`), and several
share one. What was taken ahead and gets no slot within `MOST_WAIT_S` is given back, so that an idle
worker can judge it, and nothing is taken ahead until the queue is backed up again.

Taking ahead has consumers of its own on the broker, so to begin and to end are several requests to
it. So an empty queue ends it only after `LINGER_S`.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeVar

from consumers.steps import Resume, Step, go_aside, nothing
from judgecore.errors import Interrupted
from judgecore.interruption import Interruption
from judgecore.tally import Tally

MOST_WAIT_S = 1.0  # for a slot, of a submission that was taken ahead
SHORT_S = 1.0  # submissions are short that take less on average
# By how long submissions take on average, seconds: how many are taken ahead, and the patience of
# their verdicts' commits, seconds. A commit takes some milliseconds, and what waits for one is in
# hand, too: of those that take 5 ms, about half of what is in hand.
STEPS = ((0.015, 16, 0.015), (0.02, 8, 0.015), (0.1, 4, 0.03), (SHORT_S, 2, 0.0))
MOST_AHEAD_OF_A_SLOT = 8
MOST_AHEAD = max(ahead for _, ahead, _ in STEPS)
SOON_S = 0.05  # the queue is backed up when the next submission is there within this time
IN_A_ROW = 4  # as often, each time when a slot was free
STEADY = 30  # submissions in a row after which another number is taken ahead
LINGER_S = 1.0  # for so long after the queue was backed up last, they are taken all the same
_NOT_WANTED = "the worker takes nothing, or its verdict is not wanted"
_WEIGHT = 0.2  # of the newest submission in the average

_T = TypeVar("_T")


class GivenBack(Interrupted):
    """It was taken ahead and is not judged here: another worker may be idle."""


class Takings(NamedTuple):
    """Submissions by how they got a slot.

    `at_once`: one was free. `waited`: they were taken ahead. `given_back`: they got none in time.
    """

    at_once: int = 0
    waited: int = 0
    given_back: int = 0


class Backlog:
    """How many submissions to take ahead now: `ahead`, at most `most`. Not thread-safe.

    `mean_s` is how long submissions take on average.
    """

    def __init__(self, most: int = MOST_AHEAD, clock: Callable[[], float] = time.monotonic) -> None:
        self.ahead = 0
        self._most = most
        self._clock = clock
        self._backed_up_at = 0.0
        self._in_a_row = 0
        self.mean_s = SHORT_S
        self._knows = False  # whether one was judged
        self._other_step = 0  # how many in a row were of a length for another number

    @property
    def patience_s(self) -> float:
        """How long a commit may wait for others; 0 unless submissions are taken ahead."""
        return self._step[1] if self.ahead else 0.0

    def found(self, waited_s: float) -> None:
        """A submission was there after so long; if soon, all slots have one again."""
        if waited_s > SOON_S:
            self.drained()
            return
        self._in_a_row += 1
        self._backed_up_at = self._clock()
        if not self.ahead and self._in_a_row >= IN_A_ROW:
            self.ahead = self._step[0]

    def drained(self) -> None:
        """The queue had none."""
        self._in_a_row = 0
        if self._clock() - self._backed_up_at >= LINGER_S:
            self.ahead = 0

    def end(self) -> None:
        """Take none ahead until the queue is backed up again."""
        self.ahead = self._in_a_row = 0

    def judged(self, took_s: float) -> None:
        """One was judged."""
        before_s = self.mean_s if self._knows else took_s
        self.mean_s = before_s + _WEIGHT * (took_s - before_s)
        self._knows = True
        if self.mean_s >= SHORT_S:
            self.end()
        self._other_step = self._other_step + 1 if self.ahead not in (0, self._step[0]) else 0
        if self._other_step >= STEADY:
            self.ahead, self._other_step = self._step[0], 0

    @property
    def _step(self) -> tuple[int, float]:
        """How many to take ahead, and the patience of commits, for submissions of this length."""
        for below_s, ahead, patience_s in STEPS:
            if self.mean_s < below_s:
                return min(ahead, self._most), patience_s
        return 0, 0.0


@dataclass(slots=True, eq=False)
class _Turn:
    """What waits in the line for a slot. `until`: when it is given back, by the monotonic clock."""

    until: float
    how: Literal["at_once", "waited"] = "at_once"
    resume: Resume[None] = field(default=lambda _: None)


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
        self._most_ahead = min(MOST_AHEAD, MOST_AHEAD_OF_A_SLOT * slots) if ahead is None else ahead
        self._backlog = Backlog(self._most_ahead)
        self._lock = threading.Lock()
        self._place_is_free = threading.Condition(self._lock)
        self._slot_is_wanted = threading.Condition(self._lock)
        self._taken = 0
        self._idle = 0  # threads of slots that wait for a submission
        self._line: deque[_Turn] = deque()
        self._closed = False
        self._takings = Tally(Takings)

    def __repr__(self) -> str:
        return f"<Places {self._taken} taken, {len(self._line)} wait for a slot>"

    @property
    def most(self) -> int:
        """How many places there ever are."""
        return self._slots + self._most_ahead

    @property
    def patience_s(self) -> float:
        """How long a commit may wait for others that come soon, so that they share it, seconds.

        No longer than those that wait for slots keep these busy: else there may be none to come.
        """
        busy_s = len(self._line) * self._backlog.mean_s / self._slots
        return min(self._backlog.patience_s, busy_s)

    @property
    def patience_to_begin_s(self) -> float:
        """The same for what has yet to be judged: until the next verdict is to be expected.

        None where verdicts have none: those come too seldom to wait for.
        """
        return self._backlog.mean_s if self.patience_s else 0.0

    @property
    def takings(self) -> Takings:
        """How submissions got a slot, since the start."""
        return self._takings.counts

    def close(self) -> None:
        """Give back what waits for a slot, now and from now on."""
        with self._lock:
            self._closed = True
            late = list(self._line)
            self._line.clear()
        self._give_back(late, _NOT_WANTED)

    # Places ------------------------------------------------------------------------------

    def take_place(self, timeout_s: float) -> bool:
        """Take a place for a submission; false: there was none in time.

        Meanwhile what has waited for a slot for too long is given back.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            self.give_back_late()
            with self._lock:
                left_s = min(deadline - time.monotonic(), self._first_is_late_in())
                if self._place_is_free.wait_for(lambda: self._taken < self._allowed, left_s):
                    self._taken += 1
                    return True
            if time.monotonic() >= deadline:
                return False

    def leave_place(self) -> None:
        """The submission is done with."""
        with self._lock:
            self._taken -= 1
            self._place_is_free.notify()

    def take_s(self, most_s: float) -> float:
        """How long to wait for a delivery at most: until something has waited for too long here."""
        with self._lock:
            return max(0.0, min(most_s, self._first_is_late_in()))

    def ask(self, take: Callable[[float], _T | None], timeout_s: float) -> _T | None:
        """What `take` gives within so many seconds, for a place that one has."""
        began = time.monotonic()
        found = take(timeout_s)
        waited_s = time.monotonic() - began
        with self._lock:
            if found is None:
                self._note(self._backlog.drained)
            elif waited_s > SOON_S or self._taken >= self._slots:
                self._note(lambda: self._backlog.found(waited_s))
        return found

    # Slots -------------------------------------------------------------------------------

    async def slot(self, interruption: Interruption, *, kept: bool = False) -> None:
        """Wait for a slot, first come, first served, and go on in its thread (`serve`).

        It is free again at the next wait. Raises `GivenBack` when none is free in time, unless it
        is to be `kept`; and when `interruption` asks for it, or `close`.
        """
        bounded = self._fixed is None and not kept
        turn = _Turn(time.monotonic() + MOST_WAIT_S if bounded else math.inf)
        with interruption.ending(lambda: self._withdraw(turn)):
            await Step[None](lambda resume: self._line_up(turn, resume, interruption))

    def serve(self, timeout_s: float) -> None:
        """Be the thread of a slot, for the first in the line: it goes on here until it waits.

        Returns without one when there is none in time.
        """
        with self._lock:
            self._idle += 1
            try:
                self._slot_is_wanted.wait_for(lambda: self._line, timeout_s)
            finally:
                self._idle -= 1
            if not self._line:
                return
            turn = self._line.popleft()
            self._takings.note(turn.how)
        began = time.monotonic()
        turn.resume(nothing)
        took_s = time.monotonic() - began
        with self._lock:
            self._note(lambda: self._backlog.judged(took_s))

    def give_back_late(self) -> None:
        """Give back what has waited for a slot for too long."""
        now = time.monotonic()
        with self._lock:
            late = [turn for turn in self._line if turn.until <= now]
            for turn in late:
                self._line.remove(turn)
            if late:
                self._note(self._backlog.end)
        self._give_back(late, f"no slot was free within {MOST_WAIT_S:g} s")

    def _line_up(self, turn: _Turn, resume: Resume[None], interruption: Interruption) -> None:
        turn.resume = resume
        with self._lock:
            waits = len(self._line) >= self._idle
            if not (waits and (self._closed or interruption.requested)):
                turn.how = "waited" if waits else "at_once"
                self._line.append(turn)
                self._slot_is_wanted.notify()
                return
        self._give_back([turn], _NOT_WANTED)

    def _withdraw(self, turn: _Turn) -> None:
        with self._lock:
            if turn not in self._line:
                return
            self._line.remove(turn)
        self._give_back([turn], _NOT_WANTED)

    def _give_back(self, turns: Sequence[_Turn], why: str) -> None:
        def give_back() -> None:
            raise GivenBack(why)

        for turn in turns:
            self._takings.note("given_back")
            go_aside(turn.resume, give_back)

    def _first_is_late_in(self) -> float:
        return min((turn.until for turn in self._line), default=math.inf) - time.monotonic()

    @property
    def _allowed(self) -> int:
        return self._slots + (self._backlog.ahead if self._fixed is None else self._fixed)

    def _note(self, change: Callable[[], None]) -> None:
        """Let the backlog know, under the lock, so that switches come in order."""
        if self._fixed is not None:
            return
        before = self._backlog.ahead
        change()
        if self._backlog.ahead != before:
            self._switch(self._backlog.ahead)
            self._place_is_free.notify_all()
