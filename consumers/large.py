"""The memory of a worker with large messages and results: every bound of it, in one place.

Beside the interpreter with its libraries (about 70 MiB) there are at most

- `IN_HAND_BYTES` of deliveries that wait or are being judged, and one delivery more;
- one delivery, result, problem or portion of the outbox at a time that is read, written or stored,
  which takes several times its size and is free again afterwards (`in_turn`); small ones do not
  wait. The database's library keeps such a buffer as long as its connection, which is closed then
  (`consumers.postgres.driver`);
- `OUTBOX_BYTES` of results that wait to be published;
- `PROBLEM_BYTES` of stored problems that may be wanted again, or a single one that is larger;
- for each slot a decoded submission, its problem and its result, which have bounds of their own;
- compiled programs that the judge keeps (`JUDGECORE_COMPILE_CACHE_MB`).

`python -m bench.memory` measures the sum.
"""

from __future__ import annotations

import ctypes
import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from judgecore.limits import MIB

IN_HAND_BYTES = 32 * MIB
OUTBOX_BYTES = 64 * MIB
PROBLEM_BYTES = 64 * MIB
LARGE_BYTES = MIB
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8  # of malloc.h
_HEAPS = 2
_TURN = threading.RLock()


class InHand:
    """How many bytes of deliveries a worker has. Thread-safe."""

    def __init__(self, most_bytes: int = IN_HAND_BYTES) -> None:
        self._most_bytes = most_bytes
        self._changed = threading.Condition()
        self._sizes: dict[object, int] = {}

    def took(self, token: object, size_bytes: int) -> None:
        """The worker has a delivery of that size now."""
        with self._changed:
            self._sizes[token] = size_bytes

    def done(self, token: object) -> None:
        """It has it no more, if it had."""
        with self._changed:
            if self._sizes.pop(token, None):
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
        return sum(self._sizes.values()) + others_bytes < self._most_bytes


@contextmanager
def in_turn(size_bytes: int | None = None) -> Iterator[None]:
    """A block that handles so many bytes, or nobody knows how many before it has them.

    It waits while another one handles many.
    """
    if size_bytes is not None and size_bytes <= LARGE_BYTES:
        yield
        return
    with _TURN:
        yield
        if size_bytes is not None:
            _trim()


def return_freed_memory() -> None:
    """Have the C library give back what is freed.

    By default it keeps blocks of up to 32 MiB for later, once it has seen one of that size, in a
    heap of its own for almost each thread.
    """
    with suppress(OSError, AttributeError):  # another C library
        library = ctypes.CDLL(None)
        library.mallopt(_M_MMAP_THRESHOLD, LARGE_BYTES)
        library.mallopt(_M_ARENA_MAX, _HEAPS)


def look_for_cycles_seldom() -> None:
    """Have Python look less often for objects that refer to each other and nobody needs.

    What a worker makes for a submission is freed without that. What there is by now is never
    looked at again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def _trim() -> None:
    """Give back pages between small blocks that are in use."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
