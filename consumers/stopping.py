"""Being asked to stop: until when things may go on, and pauses that know of it."""

from __future__ import annotations

import threading
import time


class Stopping:
    """One per worker; every thread looks at it."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._deadline: float | None = None

    def ask(self) -> None:
        """Stop soon. Asking again is harmless."""
        self._asked.set()

    def asked(self) -> bool:
        """Whether to begin nothing more."""
        return self._asked.is_set()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait to be asked; False when the time is up first."""
        return self._asked.wait(timeout_s)

    def grace_begins(self, grace_s: float) -> float:
        """From now on the clock runs; returns when it runs out, by the monotonic clock."""
        self._deadline = time.monotonic() + grace_s
        return self._deadline

    def out_of_grace(self) -> bool:
        """Whether even what was begun must be left."""
        return self._deadline is not None and time.monotonic() >= self._deadline

    def nap(self, seconds: float) -> None:
        """A pause that ends early when asked to stop, yet never makes a retry a busy loop."""
        if self.asked():
            time.sleep(min(seconds, 0.2))
        else:
            self.wait(seconds)
