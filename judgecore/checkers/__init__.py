"""Checkers compare an output with the expected one: pure functions, no I/O."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from itertools import zip_longest

from judgecore.submission import Checker, CheckerKind
from judgecore.verdict import Verdict

Outcome = tuple[Verdict, str]
_ACCEPTED: Outcome = (Verdict.AC, "")
_SHOWN = 60
_WORD_OR_SPACE = re.compile(rb"\s|\S+")  # white space counts, byte for byte


def _short(data: bytes | None) -> str:
    if data is None:
        return "nothing"
    text = data[:_SHOWN].decode("utf-8", "replace")
    return repr(text + ("…" if len(data) > _SHOWN else ""))


def exact(output: bytes, expected: bytes, settings: Checker) -> Outcome:
    """Every byte counts."""
    if output == expected:
        return _ACCEPTED
    place = next(
        (i for i, (a, b) in enumerate(zip(output, expected, strict=False)) if a != b),
        min(len(output), len(expected)),
    )
    return Verdict.WA, f"differs at byte {place + 1}"


def _tokens(data: bytes, settings: Checker) -> list[bytes]:
    if not settings.case_sensitive:
        data = data.lower()
    if settings.space_sensitive:
        return _WORD_OR_SPACE.findall(data)
    return data.split()


def _compare(
    output: bytes, expected: bytes, settings: Checker, same: Callable[[bytes, bytes], bool]
) -> Outcome:
    got, wanted = _tokens(output, settings), _tokens(expected, settings)
    if got == wanted:  # the usual case, at the speed of C
        return _ACCEPTED
    for number, (a, b) in enumerate(zip_longest(got, wanted), start=1):
        if a is None or b is None or not same(a, b):
            return Verdict.WA, f"token {number}: got {_short(a)}, expected {_short(b)}"
    return _ACCEPTED


def tokens(output: bytes, expected: bytes, settings: Checker) -> Outcome:
    """Words count, the white space between them does not (unless `space_sensitive`)."""
    return _compare(output, expected, settings, bytes.__eq__)


def floats(output: bytes, expected: bytes, settings: Checker) -> Outcome:
    """As tokens; where the expected token is a number, a near enough one is accepted.

    Near enough: within `absolute`, or within `relative` of the expected value. NaN equals NaN,
    an infinity only itself.
    """

    def same(got: bytes, wanted: bytes) -> bool:
        if got == wanted:
            return True
        a, b = _number(got), _number(wanted)
        if a is None or b is None:
            return False
        if math.isnan(a) or math.isnan(b):
            return math.isnan(a) and math.isnan(b)
        if math.isinf(a) or math.isinf(b):
            return a == b
        return abs(a - b) <= max(settings.absolute, settings.relative * abs(b))

    return _compare(output, expected, settings, same)


def _number(token: bytes) -> float | None:
    if b"_" in token:  # Python's own notation, nobody else's
        return None
    try:
        return float(token)
    except ValueError:
        return None


CHECKERS: dict[CheckerKind, Callable[[bytes, bytes, Checker], Outcome]] = {
    CheckerKind.EXACT: exact,
    CheckerKind.TOKENS: tokens,
    CheckerKind.FLOATS: floats,
}


def check(output: bytes, expected: str, settings: Checker) -> Outcome:
    """Compare what a program printed with what was expected."""
    return CHECKERS[settings.kind](output, expected.encode(), settings)
