"""One fact about a host."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact about the host, and what to do about it where something is to be done."""

    subject: str
    level: Level
    says: str
    remedy: str = ""


def fine(subject: str, says: str) -> Finding:
    """A finding that asks for nothing."""
    return Finding(subject, Level.OK, says)


def warning(subject: str, says: str, remedy: str) -> Finding:
    """Judging works, and something is weaker or less exact than it could be."""
    return Finding(subject, Level.WARNING, says, remedy)


def error(subject: str, says: str, remedy: str) -> Finding:
    """Judging cannot work, or not as it was configured."""
    return Finding(subject, Level.ERROR, says, remedy)
