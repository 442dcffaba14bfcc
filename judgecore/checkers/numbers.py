"""Numbers as programs print them, and when two are near enough.

What counts as a number is what C's `scanf` takes, as in the validators of Kattis and DOMjudge:
`1`, `+1.`, `.5`, `1e5`, hexadecimal with a `0x`. The two differ about `inf` and `nan`; as in
DOMjudge they are values here, since languages spell them differently.
"""

from __future__ import annotations

import math
import re
from operator import sub

_LONGEST_BYTES = 1 << 20  # of what is tried as a number
# Possessive: a token of a million digits and one letter must not be tried in a million ways.
_HEXADECIMAL = re.compile(
    rb"[+-]?0[xX](?:[0-9a-fA-F]++(?:\.[0-9a-fA-F]*+)?|\.[0-9a-fA-F]++)(?:[pP][+-]?\d++)?"
)


def number(token: bytes) -> float | None:
    """The value of a token, None when it is no number (one beyond all doubles or 1 MiB is none)."""
    if len(token) > _LONGEST_BYTES or b"_" in token:  # `_`: Python's own notation, nobody else's
        return None
    try:
        if _HEXADECIMAL.fullmatch(token):
            return float.fromhex(token.decode())
        value = float(token)
    except (ValueError, OverflowError):
        return None
    # 1e999 isn't infinity, and nothing is known of how near it is to anything.
    return None if math.isinf(value) and b"n" not in token.lower() else value


def near(a: float, b: float, absolute: float, relative: float) -> bool:
    """Whether `a` is near enough to `b`, the expected value."""
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    if math.isinf(a) or math.isinf(b):
        return a == b
    return abs(a - b) <= max(absolute, relative * abs(b))


def alike(got: bytes, wanted: bytes, absolute: float, relative: float) -> bool:
    """Whether two different tokens are numbers near enough to each other."""
    b = number(wanted)
    a = None if b is None else number(got)
    return a is not None and b is not None and near(a, b, absolute, relative)


def all_near(got: list[bytes], wanted: list[bytes], absolute: float, relative: float) -> bool:
    """Whether all are plain numbers near enough; False says only that a closer look is needed.

    For output of millions of numbers: a tenth of the time of `alike`.
    """
    if max(map(len, got), default=0) > _LONGEST_BYTES:
        return False
    try:
        values, expected = list(map(float, got)), list(map(float, wanted))
    except ValueError:
        return False
    if b"_" in b"".join(got) or b"_" in b"".join(wanted):
        return False
    if not math.isfinite(sum(map(abs, values)) + sum(map(abs, expected))):
        return False
    differences = list(map(abs, map(sub, values, expected)))
    if max(differences, default=0.0) <= absolute:
        return True
    pairs = zip(differences, expected, strict=True)
    return all(d <= absolute or d <= relative * abs(b) for d, b in pairs)
