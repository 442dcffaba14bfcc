"""Comparing line by line, in bounded memory and without a step of Python for each line."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, zip_longest

BLANKS = b" \t\r\v\f"
_PIECE_BYTES = 1 << 18


def first_difference(
    output: bytes, expected: bytes, case_sensitive: bool, blanks: bytes = BLANKS
) -> tuple[int, bytes | None, bytes | None] | None:
    """The number of the first line that differs, from 1, and both lines; None where none does.

    A line that only one of them has is None in the other.
    """
    pairs = zip_longest(lines_of(output, blanks), lines_of(expected, blanks))
    for number, (got, wanted) in enumerate(pairs, 1):
        if got == wanted:
            continue
        if case_sensitive or got is None or wanted is None or got.lower() != wanted.lower():
            return number, got, wanted
    return None


def lines_of(data: bytes, blanks: bytes = BLANKS, *, lower: bool = False) -> Iterator[bytes]:
    """The lines without blanks at their ends, and without empty ones at the end of all."""
    return chain.from_iterable(_some_lines(data, blanks, lower))


def _some_lines(data: bytes, blanks: bytes, lower: bool) -> Iterator[list[bytes]]:
    end = len(data.rstrip(blanks + b"\n"))
    start = 0
    while start < end:
        after = data.find(b"\n", min(start + _PIECE_BYTES, end), end)
        after = end if after < 0 else after
        piece = data[start:after]
        lines = (piece.lower() if lower else piece).split(b"\n")
        yield [line.rstrip(blanks) for line in lines]
        start = after + 1
