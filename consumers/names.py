"""The names of the queues on the broker; `Topology` makes the full ones from the prefix."""

from __future__ import annotations

import re

PREFIX = "judgecore"
QUEUES = ("default", "batch")


def checked_prefix(text: str) -> str:
    """A prefix that the broker accepts, or `ValueError`: queues may not begin with `amq.`."""
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,100}", text) or text.startswith("amq."):
        raise ValueError("must be letters, digits, '.', '_' and '-', and not begin with 'amq.'")
    return text
