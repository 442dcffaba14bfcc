"""Ending work that runs, from another thread: a timeout, a cancellation, a judge that closes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from judgecore.errors import Interrupted, JudgingTimeout


class Interruption:
    """A request to end work, made from any thread. What it covers raises `Interrupted`.

    One serves one piece of work. A request made before the work begins ends it at its beginning;
    one made after its end does nothing.
    """

    def __init__(self) -> None:
        self._requested = threading.Event()
        self._lock = threading.RLock()  # a signal handler may ask, in any thread
        self._ends: dict[object, Callable[[], None]] = {}
        self._why: tuple[type[Interrupted], str] = (Interrupted, "it was interrupted")

    @property
    def requested(self) -> bool:
        """Whether it was asked for."""
        return self._requested.is_set()

    def request(self, why: str = "it was interrupted") -> None:
        """End the work, now or when it begins. The first reason counts."""
        self._request(Interrupted, why)

    def check(self) -> None:
        """Raise `Interrupted` when the work was asked to end."""
        if self.requested:
            kind, why = self._why
            raise kind(why)

    def sleep(self, seconds: float) -> None:
        """Sleep, but not beyond a request."""
        self._requested.wait(seconds)

    @contextmanager
    def ending(self, end: Callable[[], None]) -> Iterator[None]:
        """Have a request call `end`, from its own thread and not after this block.

        `end` must be quick. It is not called for a request that came before: see `check`.
        """
        key = object()
        with self._lock:
            self._ends[key] = end
        try:
            yield
        finally:
            with self._lock:
                del self._ends[key]

    @contextmanager
    def covering(self, timeout_s: float | None = None) -> Iterator[None]:
        """Cover what this thread does in the block, and end it after `timeout_s`."""
        token = _CURRENT.set(self)
        timer = None
        if timeout_s is not None:
            why = f"no result within {timeout_s:g} s, as its caller had asked; it was ended"
            timer = threading.Timer(timeout_s, self._request, (JudgingTimeout, why))
            timer.daemon = True
            timer.start()
        try:
            yield
        finally:
            if timer is not None:
                timer.cancel()
            _CURRENT.reset(token)

    def _request(self, kind: type[Interrupted], why: str) -> None:
        # Under the lock, so that nothing is ended that has left its block.
        with self._lock:
            if self.requested:
                return
            self._why = kind, why
            self._requested.set()
            for end in self._ends.values():
                end()


class _Never(Interruption):
    """That of threads which nobody can interrupt; shared by them, and so without a lock."""

    @contextmanager
    def ending(self, end: Callable[[], None]) -> Iterator[None]:
        yield


_NEVER = _Never()
_CURRENT: ContextVar[Interruption] = ContextVar("interruption")


def current() -> Interruption:
    """What may interrupt this thread; nobody has the one of a thread that is not covered."""
    return _CURRENT.get(_NEVER)
