"""Taking stops while the engine is gone, and begins again by itself.

A worker whose Docker daemon is gone would take submissions and keep them until each became an
internal error, although other workers could judge them.
"""

from __future__ import annotations

import logging
import threading

from consumers.contracts import Judge, Queue
from consumers.runs import Runs
from judgecore.errors import EngineUnavailable

log = logging.getLogger(__name__)

CHECK_EVERY_S = 5.0
# Failed checks in a row after which the engine is gone; one that a submission met counts at once.
MOST_FAILED = 2


class EngineWatch:
    """Checks the engine of `judge` every `every_s`, in a thread of its own."""

    def __init__(
        self, judge: Judge, queue: Queue, runs: Runs, *, every_s: float = CHECK_EVERY_S
    ) -> None:
        self._judge = judge
        self._queue = queue
        self._runs = runs
        self._every_s = every_s
        self._lock = threading.Lock()
        self._failed = 0
        self._trouble = ""
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="engine", daemon=True)

    def start(self) -> None:
        """Begin to check."""
        self._thread.start()

    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    @property
    def trouble(self) -> str:
        """Why nothing is taken; empty while the engine is there."""
        return self._trouble

    def is_gone(self) -> bool:
        """Check now, for a submission that met a failure of the engine."""
        return self._look(MOST_FAILED)

    def stop(self) -> None:
        """Check no more."""
        self._ended.set()

    def _look(self, counts: int) -> bool:
        with self._lock:
            try:
                self._judge.check()
            except EngineUnavailable as exc:
                self._failed += counts
                if self._failed >= MOST_FAILED:
                    self._stop_taking(str(exc))
            else:
                self._failed = 0
                self._take_again()
            return bool(self._trouble)

    def _stop_taking(self, why: str) -> None:
        if not self._trouble:
            log.error("taking no submissions until the engine is back: %s", why)
            self._trouble = f"the engine is gone: {why}"
            self._queue.pause()
        self._runs.interrupt("the engine is gone")

    def _take_again(self) -> None:
        if self._trouble:
            log.info("the engine is back: taking submissions again")
            self._trouble = ""
            self._queue.resume()

    def _keep(self) -> None:
        while not self._ended.wait(self._every_s):
            try:
                self._look(1)
            except Exception:
                log.exception("checking the engine: unexpected error, continuing")
