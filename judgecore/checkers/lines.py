"""Comparing line by line, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

_BLANKS = b" \t\r\v\f"


def first_difference(
    output: bytes, expected: bytes, case_sensitive: bool
) -> tuple[int, bytes | None, bytes | None] | None:
    """The number of the first line that differs, from 1, and both lines; None where none does.

    A line that only one of them has is None in the other.
    """
    for number, (got, wanted) in enumerate(zip_longest(_lines(output), _lines(expected)), 1):
        if got == wanted:
            continue
        if case_sensitive or got is None or wanted is None or got.lower() != wanted.lower():
            return number, got, wanted
    return None


def _lines(data: bytes) -> Iterator[bytes]:
    end = len(data.rstrip(_BLANKS + b"\n"))
    start = 0
    while start < end:
        after = data.find(b"\n", start, end)
        after = end if after < 0 else after
        yield data[start:after].rstrip(_BLANKS)
        start = after + 1
