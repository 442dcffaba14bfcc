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
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from consumers.contracts import Letter
from consumers.events import ProgressEvent, VerdictEvent
from consumers.messages import RejudgeMessage, SubmissionMessage
from consumers.progress import HeldProgress
from judgecore.errors import InfrastructureError, QueueUnavailable, StoreUnavailable
from judgecore.limits import MIB
from judgecore.submission import TestResult

log = logging.getLogger(__name__)

BREATH_S = 5.0
MARK_AFTER_S = 0.5
CLAIM_EVERY_S = 5.0
CLAIM_LIMIT = 100
CLAIM_MORE_S = 0.2
SEND_S = 60.0
MOST_WAITING = 1_000
MOST_WAITING_BYTES = 64 * MIB


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

    def notify(self, events: Sequence[VerdictEvent]) -> None:
        """Tell whoever listens to the store itself; at least once, like everything here."""

    def mark_sent(self, letters: Sequence[Letter]) -> None:
        """The broker has these; they leave the outbox."""


@dataclass(slots=True)
class _Parcel:
    """Something to send that somebody waits for."""

    send: Callable[[], None]
    done: Future[None] = field(default_factory=Future)

    def deliver(self) -> None:
        """Send it, and tell whoever waits."""
        try:
            self.send()
        except Exception as exc:
            self.done.set_exception(exc)
        else:
            self.done.set_result(None)


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
        # The thread may sleep for longer than a first one may wait.
        self._progress = HeldProgress(on_first=lambda: self._inbox.put(None))
        self._unnotified: list[VerdictEvent] = []
        self._sent: list[Letter] = []
        self._mark_at = 0.0
        self._claim_at = time.monotonic()
        self._lock = threading.Lock()
        self._waiting_bytes = 0
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
        with self._lock:
            if self._inbox.qsize() >= MOST_WAITING or self._waiting_bytes >= MOST_WAITING_BYTES:
                return
            self._waiting_bytes += len(event.json_text)
            self._unnotified.append(event)
        self._inbox.put(event)

    def progress(
        self, begun: ProgressEvent, done: int = 0, tests: Sequence[TestResult] = ()
    ) -> None:
        """Tell soon that judging began, then that so many tests are done, these of them new."""
        if not self._progress.hold(begun, done, tests):
            self._on_dropped()

    def repeat(self, event: VerdictEvent) -> None:
        """Tell a result that may have been told before; returns when the broker has it."""
        self._send(lambda: self._outlet.announce(event))

    def forward(
        self, messages: Sequence[SubmissionMessage], queue: str, traceparent: str | None
    ) -> None:
        """Publish each of a batch; returns when all are in the queue, or `QueueUnavailable`."""

        def send() -> None:
            for message in messages:
                self._outlet.publish(message, queue, traceparent)

        self._send(send)

    def stop(self, within_s: float) -> None:
        """Tell what was posted before, as long as there is time, then end."""
        self._stopping = True
        self._inbox.put(None)
        if self._thread.ident is not None:
            self._thread.join(within_s)

    def claim(self) -> int:
        """Send what is due in the outbox, one portion; returns how many were sent."""
        self._mark()  # first, or it would be given what it has sent
        letters = self._outbox.claim(CLAIM_LIMIT)
        if events := [letter for letter in letters if isinstance(letter, VerdictEvent)]:
            self._outbox.notify(events)
        refusing: set[str] = set()
        for letter in letters:
            if isinstance(letter, VerdictEvent):
                self._deliver(letter)
            elif letter.queue not in refusing and not self._requested(letter):
                refusing.add(letter.queue)
        if len(letters) == CLAIM_LIMIT:
            self._claim_at = time.monotonic() + CLAIM_MORE_S
        count = len(self._sent)
        self._mark()
        return count

    def _send(self, send: Callable[[], None]) -> None:
        if self._stopping:
            raise QueueUnavailable("asked to stop")
        parcel = _Parcel(send)
        self._inbox.put(parcel)
        try:
            parcel.done.result(SEND_S)
        except FutureTimeout:
            raise QueueUnavailable(f"the broker did not take it within {SEND_S:.0f} s") from None

    # In the thread -----------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            if time.monotonic() >= self._claim_at and not self._stopping:
                self._safely(self._claim)
            item = self._next(max(0.0, self._claim_at - time.monotonic()))
            self._safely(self._notify)
            if item is not None:
                self._safely(partial(self._handle, item))
            self._tell(self._progress.due())
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
        # Nothing that happens to progress may happen to the result behind it.
        try:
            for event in events:
                self._outlet.tell(event)
        except QueueUnavailable:
            pass  # a broker that does not take one takes none, and each try takes time
        except Exception:
            log.exception("the postman stumbled over progress, and goes on")

    def _handle(self, item: VerdictEvent | _Parcel) -> None:
        if isinstance(item, _Parcel):
            item.deliver()
            return
        with self._lock:
            self._waiting_bytes -= len(item.json_text)
        self._tell(self._progress.before(item))
        self._deliver(item)

    def _deliver(self, letter: Letter) -> None:
        if isinstance(letter, VerdictEvent):
            self._outlet.announce(letter)
        else:
            self._outlet.publish(letter, letter.queue)
        self._sent.append(letter)
        if len(self._sent) == 1:
            self._mark_at = time.monotonic() + MARK_AFTER_S
        elif len(self._sent) == CLAIM_LIMIT:
            self._mark_at = time.monotonic()

    def _claim(self) -> None:
        self._claim_at = time.monotonic() + self._claim_every_s  # should it fail
        self.claim()

    def _notify(self) -> None:
        # All that were posted while the broker took the one before, in one commit.
        if count := len(self._unnotified):
            self._outbox.notify(self._unnotified[:count])
            with self._lock:
                del self._unnotified[:count]

    def _requested(self, request: RejudgeMessage) -> bool:
        # Its queue may be full: that must not hold up the results behind it.
        try:
            self._deliver(request)
        except QueueUnavailable as exc:
            log.warning("requests to rejudge stay in the outbox: %s", exc)
            return False
        return True

    def _mark(self) -> None:
        if self._sent:
            self._mark_at = time.monotonic() + self._claim_every_s  # should it fail
            self._outbox.mark_sent(self._sent)
            self._sent = []

    def _safely(self, act: Callable[[], object]) -> None:
        try:
            act()
        except (QueueUnavailable, StoreUnavailable) as exc:
            log.warning("what could not be told stays in the outbox: %s", exc)
        except InfrastructureError as exc:
            log.warning("%s", exc)
        except Exception:
            log.exception("the postman stumbled, and goes on")
