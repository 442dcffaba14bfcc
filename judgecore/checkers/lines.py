"""Comparing line by line, in bounded memory and without a step of Python for each line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, zip_longest

BLANKS = b" \t\r\v\f"
_TO_SPACES = bytes.maketrans(BLANKS, b" " * len(BLANKS))
_PIECE_BYTES = 1 << 18


def first_difference(
    output: bytes, expected: bytes, case_sensitive: bool, blanks: bytes = BLANKS
) -> tuple[int, bytes | None, bytes | None] | None:
    """The number of the first line that differs, from 1, and both lines; None where none does.

    A line that only one of them has is None in the other.
    """
    pairs = zip_longest(lines_of(output, blanks), lines_of(expected, blanks))
    return _first_unlike(pairs, case_sensitive)


def first_difference_of_words(
    output: bytes, expected: bytes, case_sensitive: bool
) -> tuple[int, bytes | None, bytes | None] | None:
    """As `first_difference`, but one blank equals several, and none counts at a line's ends."""
    pairs = zip_longest(_lines_of_words(output), _lines_of_words(expected))
    return _first_unlike(pairs, case_sensitive)


def _first_unlike(
    pairs: Iterable[tuple[bytes | None, bytes | None]], case_sensitive: bool
) -> tuple[int, bytes | None, bytes | None] | None:
    for number, (got, wanted) in enumerate(pairs, 1):
        if got == wanted:
            continue
        if case_sensitive or got is None or wanted is None or got.lower() != wanted.lower():
            return number, got, wanted
    return None


def lines_of(data: bytes, blanks: bytes = BLANKS, *, lower: bool = False) -> Iterator[bytes]:
    """The lines without blanks at their ends, and without empty ones at the end of all."""
    return chain.from_iterable(_some_lines(data, blanks, lower))


def _lines_of_words(data: bytes) -> Iterator[bytes]:
    for lines in _some_lines(data, BLANKS, lower=False):
        for line in _narrowed(b"\n".join(lines)).split(b"\n"):
            yield line.strip(b" ")


def _narrowed(data: bytes) -> bytes:
    """One space for each run of blanks; splitting a line of millions of words would cost more."""
    data = data.translate(_TO_SPACES)
    while b"  " in data:
        data = data.replace(b"  ", b" ")
    return data


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
