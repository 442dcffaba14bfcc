"""Comparing line by line, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

BLANKS = b" \t\r\v\f"


def first_difference(
    output: bytes, expected: bytes, case_sensitive: bool, blanks: bytes = BLANKS
) -> tuple[int, bytes | None, bytes | None] | None:
    """The number of the first line that differs, from 1, and both lines; None where none does.

    A line that only one of them has is None in the other.
    """
    for number, (got, wanted) in enumerate(
        zip_longest(lines_of(output, blanks), lines_of(expected, blanks)), 1
    ):
        if got == wanted:
            continue
        if case_sensitive or got is None or wanted is None or got.lower() != wanted.lower():
            return number, got, wanted
    return None


def lines_of(data: bytes, blanks: bytes = BLANKS) -> Iterator[bytes]:
    """The lines without blanks at their ends, and without empty ones at the end of all."""
    end = len(data.rstrip(blanks + b"\n"))
    start = 0
    while start < end:
        after = data.find(b"\n", start, end)
        after = end if after < 0 else after
        yield data[start:after].rstrip(blanks)
        start = after + 1
