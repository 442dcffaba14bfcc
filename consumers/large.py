"""The memory of a worker with large messages and results: every bound of it, in one place.

Beside the interpreter with its libraries (about 70 MiB) there are at most

- `IN_HAND_BYTES` of deliveries that wait or are being judged, and one delivery more;
- one delivery, result or portion of the outbox at a time that is read, written or stored, which
  takes several times its size and is free again afterwards (`in_turn`); small ones do not wait;
- `OUTBOX_BYTES` of results that wait to be published;
- for each slot a decoded submission, its problem and its result, which have bounds of their own.

`python -m bench.memory` measures the sum.
"""

from __future__ import annotations

import ctypes
import threading
from contextlib import AbstractContextManager, nullcontext, suppress

from judgecore.limits import MIB

IN_HAND_BYTES = 48 * MIB
OUTBOX_BYTES = 64 * MIB
LARGE_BYTES = MIB
_M_MMAP_THRESHOLD = -3  # of malloc.h
_TURN = threading.RLock()


class InHand:
    """How many bytes of deliveries the threads of a worker have. Thread-safe.

    A thread has one delivery at a time, until it asks for the next one.
    """

    def __init__(self, most_bytes: int = IN_HAND_BYTES) -> None:
        self._most_bytes = most_bytes
        self._changed = threading.Condition()
        self._of_threads: dict[int, int] = {}

    def took(self, thread: int, size_bytes: int) -> None:
        """A thread has a delivery of that size now."""
        with self._changed:
            self._of_threads[thread] = size_bytes

    def done(self, thread: int) -> None:
        """A thread is done with its delivery, if it had one."""
        with self._changed:
            if self._of_threads.pop(thread, None):
                self._changed.notify_all()

    def has_room(self, others_bytes: int = 0) -> bool:
        """Whether one more may be taken, whatever its size, beside others that nobody has yet."""
        with self._changed:
            return self._has_room(others_bytes)

    def wait_for_room(self, timeout_s: float) -> bool:
        """Wait until one more may be taken; False: not in that time."""
        with self._changed:
            return self._changed.wait_for(self._has_room, timeout_s)

    def _has_room(self, others_bytes: int = 0) -> bool:
        return sum(self._of_threads.values()) + others_bytes < self._most_bytes


def in_turn(size_bytes: int) -> AbstractContextManager[object]:
    """A block that handles so many bytes; it waits while another one handles many."""
    return _TURN if size_bytes > LARGE_BYTES else nullcontext()


def return_freed_memory() -> None:
    """Have the C library give back large blocks when they are freed.

    By default it keeps those of up to 32 MiB for later, once it has seen one of that size, in each
    thread's own heap.
    """
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, LARGE_BYTES)
