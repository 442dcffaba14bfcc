"""The names of the queues on the broker, and the addresses of its nodes.

`Topology` makes the queues' full names from the prefix.
"""

from __future__ import annotations

import re

PREFIX = "judgecore"
QUEUES = ("default", "batch")


def checked_prefix(text: str) -> str:
    """A prefix that the broker accepts, or `ValueError`: queues may not begin with `amq.`."""
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,100}", text) or text.startswith("amq."):
        raise ValueError("must be letters, digits, '.', '_' and '-', and not begin with 'amq.'")
    return text


def addresses(url: str) -> list[str]:
    """The URLs of a broker's nodes, of which one or more may be given, with commas between them."""
    return re.split(r"\s*,\s*(?=amqps?://)", url)
