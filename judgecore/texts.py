"""What programs wrote, made fit for people, JSON and databases."""

from __future__ import annotations


def shown(data: bytes, most_bytes: int | None = None) -> str:
    """The first bytes as text, with replacement characters for what is none."""
    return data[:most_bytes].decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
