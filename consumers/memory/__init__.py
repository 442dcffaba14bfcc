"""Twins of the broker and the database that live in memory: for tests, and to embed a worker.

They obey the same contract tests as the real ones. `outage` makes every call fail the way the
real one would.
"""

from consumers.memory.queue import MemoryQueue
from consumers.memory.rows import Row
from consumers.memory.store import MemoryStore

__all__ = ["MemoryQueue", "MemoryStore", "Row"]
