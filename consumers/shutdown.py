"""Shutdown flag, grace-period deadline, and interruptible sleeps."""

from __future__ import annotations

import threading
import time


class Shutdown:
    """One per worker; every thread checks it."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._deadline: float | None = None

    def ask(self) -> None:
        """Ask every thread to stop. Asking again is harmless."""
        self._asked.set()

    def asked(self) -> bool:
        """Whether threads must start nothing more."""
        return self._asked.is_set()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for `ask`; False when the time is up first."""
        return self._asked.wait(timeout_s)

    def grace_begins(self, grace_s: float) -> float:
        """Start the grace period; returns its end on the monotonic clock."""
        self._deadline = time.monotonic() + grace_s
        return self._deadline

    def out_of_grace(self) -> bool:
        """Whether running submissions must be given up, too."""
        return self._deadline is not None and time.monotonic() >= self._deadline

    def sleep(self, seconds: float) -> None:
        """Sleep; once asked to stop only briefly, yet long enough that no retry is a busy loop."""
        if self.asked():
            time.sleep(min(seconds, 0.2))
        else:
            self.wait(seconds)
