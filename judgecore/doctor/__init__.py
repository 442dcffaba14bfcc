"""What this host can do: each finding with its remedy."""

from __future__ import annotations

from collections.abc import Iterator

from judgecore.config import Config
from judgecore.doctor import kernel, slots
from judgecore.doctor.finding import Finding, Level


def examine(config: Config) -> Iterator[Finding]:
    """Look at the kernel and the engines, and start one slot for real."""
    yield from kernel.findings()
    yield from slots.findings(config)


__all__ = ["Finding", "Level", "examine"]
