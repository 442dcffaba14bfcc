"""Telling what happened, in a thread of its own, so that no slot waits for the broker.

Results are in the outbox, in the transaction of their verdict, before the postman hears of them;
when he is overwhelmed, or dies, they are still there, and some worker's postman claims them after
a few seconds. Progress is told ten times a second for each submission, at most, and before its
result; it is dropped when he lags behind: who listens can live without it.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from consumers.events import ProgressEvent, VerdictEvent
from consumers.messages import RejudgeMessage, SubmissionMessage
from consumers.progress import HeldProgress
from judgecore.errors import InfrastructureError, QueueUnavailable, StoreUnavailable
from judgecore.submission import TestResult

log = logging.getLogger(__name__)

BREATH_S = 5.0
MARK_AFTER_S = 0.5
CLAIM_EVERY_S = 5.0
CLAIM_LIMIT = 100
FORWARD_S = 60.0
MOST_WAITING = 1_000

Letter = VerdictEvent | RejudgeMessage


class Outlet(Protocol):
    """Where things are told. For one thread. Raises `QueueUnavailable`, and recovers by itself."""

    def announce(self, event: VerdictEvent) -> None:
        """Publish a result; returns when the broker has it."""

    def tell(self, event: ProgressEvent) -> None:
        """Publish progress, and don't wait: it may get lost."""

    def publish(
        self,
        message: SubmissionMessage | RejudgeMessage,
        queue: str,
        traceparent: str | None = None,
    ) -> None:
        """Publish a request to judge; returns when it is in the queue."""

    def breathe(self) -> None:
        """Called every few seconds when there is nothing to tell."""

    def close(self) -> None:
        """Disconnect."""


class Outbox(Protocol):
    """What is stored and may not have been told. Raises `StoreUnavailable` in an outage."""

    def claim(self, limit: int) -> list[Letter]:
        """What is due, the oldest first; for some seconds nobody else is given it."""

    def mark_sent(self, letters: Sequence[Letter]) -> None:
        """The broker has these; they leave the outbox."""


@dataclass(slots=True)
class _Parcel:
    messages: Sequence[SubmissionMessage]
    queue: str
    traceparent: str | None
    done: Future[None] = field(default_factory=Future)


_Item = VerdictEvent | _Parcel | None


class Postman:
    """Tells results, progress and requests. `post`, `progress` and `forward` are for any thread.

    `on_dropped` is called for each progress event that there was no time for.
    """

    def __init__(
        self,
        outlet: Outlet,
        outbox: Outbox,
        *,
        claim_every_s: float = CLAIM_EVERY_S,
        on_dropped: Callable[[], None] = lambda: None,
    ) -> None:
        self._outlet = outlet
        self._outbox = outbox
        self._claim_every_s = claim_every_s
        self._inbox: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        self._progress = HeldProgress()
        self._sent: list[Letter] = []
        self._mark_at = 0.0
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="postman", daemon=True)
        self._on_dropped = on_dropped

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def post(self, event: VerdictEvent) -> None:
        """Tell a result that is in the outbox; beyond measure it is left there for later."""
        if self._inbox.qsize() < MOST_WAITING:
            self._inbox.put(event)

    def progress(
        self, begun: ProgressEvent, done: int = 0, tests: Sequence[TestResult] = ()
    ) -> None:
        """Tell soon that judging began, then that so many tests are done, these of them new."""
        idle = self._progress.wait_s() > BREATH_S
        if not self._progress.hold(begun, done, tests):
            self._on_dropped()
        elif idle:
            self._inbox.put(None)  # the thread sleeps for longer than that

    def forward(
        self, messages: Sequence[SubmissionMessage], queue: str, traceparent: str | None
    ) -> None:
        """Publish each of a batch; returns when all are in the queue, or `QueueUnavailable`."""
        if self._stopping:
            raise QueueUnavailable("asked to stop")
        parcel = _Parcel(messages, queue, traceparent)
        self._inbox.put(parcel)
        try:
            parcel.done.result(FORWARD_S)
        except FutureTimeout:
            raise QueueUnavailable(f"a batch was not published within {FORWARD_S:.0f} s") from None

    def stop(self, within_s: float) -> None:
        """Tell what was posted before, as long as there is time, then end."""
        self._stopping = True
        self._inbox.put(None)
        if self._thread.ident is not None:
            self._thread.join(within_s)

    def claim(self) -> int:
        """Send what is due in the outbox, one portion; returns how many were sent."""
        self._mark()  # first, or it would be given what it has sent
        count = 0
        for letter in self._outbox.claim(CLAIM_LIMIT):
            try:
                self._deliver(letter)
            except QueueUnavailable as exc:
                if isinstance(letter, VerdictEvent):
                    raise
                # Its queue may be full: that must not hold up the results behind it.
                log.warning("a rejudge request stays in the outbox: %s", exc)
            count += 1
        self._mark()
        return count

    # In the thread -----------------------------------------------------------------------

    def _run(self) -> None:
        next_claim = time.monotonic()
        while True:
            if time.monotonic() >= next_claim and not self._stopping:
                self._safely(self._claim_all)
                next_claim = time.monotonic() + self._claim_every_s
            item = self._next(max(0.0, next_claim - time.monotonic()))
            if item is not None:
                self._safely(partial(self._handle, item))
            self._safely(partial(self._tell, self._progress.due()))
            stopping = self._stopping  # read first: what was posted before it is in the inbox
            ends = stopping and self._inbox.empty()
            if ends or (self._sent and time.monotonic() >= self._mark_at):
                self._safely(self._mark)
            if ends:
                break
        self._outlet.close()

    def _next(self, timeout_s: float) -> _Item:
        if self._sent:
            timeout_s = min(timeout_s, max(0.0, self._mark_at - time.monotonic()))
        try:
            return self._inbox.get(timeout=min(timeout_s, BREATH_S, self._progress.wait_s()))
        except queue.Empty:
            self._safely(self._outlet.breathe)
            return None

    def _tell(self, events: Sequence[ProgressEvent]) -> None:
        for event in events:
            with suppress(QueueUnavailable):
                self._outlet.tell(event)

    def _handle(self, item: VerdictEvent | _Parcel) -> None:
        if isinstance(item, VerdictEvent):
            self._tell(self._progress.before(item))
            self._deliver(item)
        else:
            self._publish(item)
        if len(self._sent) >= CLAIM_LIMIT:
            self._mark()

    def _publish(self, parcel: _Parcel) -> None:
        try:
            for message in parcel.messages:
                self._outlet.publish(message, parcel.queue, parcel.traceparent)
        except Exception as exc:
            parcel.done.set_exception(exc)
        else:
            parcel.done.set_result(None)

    def _deliver(self, letter: Letter) -> None:
        if isinstance(letter, VerdictEvent):
            self._outlet.announce(letter)
        else:
            self._outlet.publish(letter, letter.queue)
        if not self._sent:
            self._mark_at = time.monotonic() + MARK_AFTER_S
        self._sent.append(letter)

    def _claim_all(self) -> None:
        while self.claim() == CLAIM_LIMIT and self._inbox.empty():
            pass

    def _mark(self) -> None:
        sent, self._sent = self._sent, []
        if sent:
            self._outbox.mark_sent(sent)

    def _safely(self, act: Callable[[], object]) -> None:
        try:
            act()
        except (QueueUnavailable, StoreUnavailable) as exc:
            log.warning("what could not be told stays in the outbox: %s", exc)
        except InfrastructureError as exc:
            log.warning("%s", exc)
        except Exception:
            log.exception("the postman stumbled, and goes on")
