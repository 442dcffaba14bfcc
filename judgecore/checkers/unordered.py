"""Comparing lines or words in any order, in memory that what is expected bounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice

Parts = Callable[[bytes], Iterator[bytes]]


def difference(output: bytes, expected: bytes, parts: Parts, noun: str) -> tuple[str, bytes] | None:
    """Why the two do not hold the same parts, and the part in question; None where they do.

    Parts are counted before any is kept: an output with more or fewer of them is wrong whatever
    they are, so that a hostile one takes no more memory than what is expected.
    """
    wanted = sum(1 for _ in parts(expected))
    got = sum(1 for _ in islice(parts(output), wanted + 1))
    if got != wanted:
        return f"{'more' if got > wanted else got} {noun}s, expected {wanted}", b""
    left = Counter(parts(expected))
    for number, part in enumerate(parts(output), 1):
        if not left[part]:
            return f"{noun} {number} is not expected, or not so often", part
        left[part] -= 1
    return None
