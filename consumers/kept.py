"""Verdicts that came and may be asked for, within a bound on their bytes."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID

from consumers.events import VerdictEvent, decode_event
from judgecore.errors import JudgecoreError
from judgecore.limits import MIB

KEPT_BYTES = 64 * MIB
MOST_FORGOTTEN = 100_000
_ERROR_BYTES = 1_000
_OVERHEAD_BYTES = 500  # of an entry in the tables below


@dataclass(slots=True)
class _Kept:
    """How a submission ended: the wire form of its verdict, which is smaller than the object."""

    end: bytes | JudgecoreError
    attempt: int

    @property
    def size_bytes(self) -> int:
        size = len(self.end) if isinstance(self.end, bytes) else _ERROR_BYTES
        return size + _OVERHEAD_BYTES


class KeptVerdicts:
    """The last ends of submissions. Not thread-safe.

    Beyond `most_bytes` the oldest that somebody has read goes first, and then the oldest of all.
    Which ones went unread is remembered, for the last 100,000 of them.
    """

    def __init__(self, most_bytes: int = KEPT_BYTES) -> None:
        self._most_bytes = most_bytes
        self._size_bytes = 0
        self._read: OrderedDict[UUID, _Kept] = OrderedDict()
        self._unread: OrderedDict[UUID, _Kept] = OrderedDict()
        self._forgotten: OrderedDict[UUID, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._read) + len(self._unread)

    def __contains__(self, submission_id: UUID) -> bool:
        return submission_id in self._read or submission_id in self._unread

    def put(
        self, submission_id: UUID, end: VerdictEvent | JudgecoreError, *, is_read: bool
    ) -> None:
        """Keep how a submission ended; `is_read`: somebody was given it already."""
        self.drop(submission_id)
        self._forgotten.pop(submission_id, None)
        if isinstance(end, JudgecoreError):
            kept = _Kept(end, 1)
        else:
            kept = _Kept(end.encode(), end.attempt)
        (self._read if is_read else self._unread)[submission_id] = kept
        self._size_bytes += kept.size_bytes
        while self._size_bytes > self._most_bytes:
            self._forget_one()

    def get(self, submission_id: UUID) -> VerdictEvent | JudgecoreError | None:
        """How a submission ended, which is read from now on; None when it is not kept."""
        kept = self._unread.pop(submission_id, None)
        if kept is not None:
            self._read[submission_id] = kept
        kept = self._read.get(submission_id)
        if kept is None:
            return None
        if isinstance(kept.end, JudgecoreError):
            return kept.end
        event = decode_event(kept.end)
        assert isinstance(event, VerdictEvent)
        return event

    def attempt(self, submission_id: UUID) -> int:
        """Of which attempt the kept verdict is; 0 when none is kept."""
        kept = self._unread.get(submission_id) or self._read.get(submission_id)
        return 0 if kept is None else kept.attempt

    def drop(self, submission_id: UUID) -> None:
        """Keep it no longer: it is out of date."""
        for table in (self._read, self._unread):
            kept = table.pop(submission_id, None)
            if kept is not None:
                self._size_bytes -= kept.size_bytes

    def has_forgotten(self, submission_id: UUID) -> bool:
        """Whether it came, and there was no room to keep it."""
        return submission_id in self._forgotten

    def _forget_one(self) -> None:
        table = self._read or self._unread
        submission_id, kept = table.popitem(last=False)
        self._size_bytes -= kept.size_bytes
        if table is self._unread:
            self._forgotten[submission_id] = None
            if len(self._forgotten) > MOST_FORGOTTEN:
                self._forgotten.popitem(last=False)
