"""Slots and memory that fit a small container (a dyno, a pod)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from judgecore.limits import MIB

# The limit of this container, in cgroup v2 and v1; a dyno shows its own size there.
_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
_WORKER_BYTES = 128 * MIB  # a worker with one slot has 70 MiB resident
_SLOT_BYTES = 256 * MIB


def memory_bytes(environ: Mapping[str, str]) -> int:
    """Memory of this machine or container, bytes: the least of what says so.

    `DYNO_RAM` is Heroku's, MiB, where a buildpack sets it.
    """
    found = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")]
    if environ.get("DYNO_RAM", "").isdecimal():
        found.append(int(environ["DYNO_RAM"]) * MIB)
    for path in _LIMITS:
        try:
            text = path.read_text().strip()
        except OSError:
            continue
        if text.isdecimal():
            found.append(int(text))
    return min(found)


def sizes(environ: Mapping[str, str], slots: int | None) -> tuple[int, int]:
    """Slots, and bytes for each, such that they and the worker fit into memory.

    `slots`: how many the operator wants; None: as many as there are cores, or as `WEB_CONCURRENCY`
    says, if memory has room for them.
    """
    room = max(_SLOT_BYTES, memory_bytes(environ) - _WORKER_BYTES)
    if slots is None:
        wished = environ.get("WEB_CONCURRENCY", "")
        wanted = int(wished) if wished.isdecimal() else len(os.sched_getaffinity(0))
        slots = max(1, min(wanted, room // _SLOT_BYTES))
    return slots, room // slots
