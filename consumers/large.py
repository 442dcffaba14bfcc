"""Memory for large messages and results: one at a time is read, written or stored.

Each of these steps takes several times the size of what it handles, and all of it is free again
afterwards. Small ones do not wait.
"""

from __future__ import annotations

import ctypes
import threading
from contextlib import AbstractContextManager, nullcontext, suppress

from judgecore.limits import MIB

LARGE_BYTES = MIB
_M_MMAP_THRESHOLD = -3  # of malloc.h
_TURN = threading.RLock()


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
