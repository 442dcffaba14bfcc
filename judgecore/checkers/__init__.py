"""Checkers compare an output with the expected one: pure functions, no I/O.

`tokens` and `floats` decide as the default validator of the ICPC/Kattis format does. They work
through both texts piece by piece: an output of a hundred megabytes must not become ten million
objects at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from judgecore.checkers.lines import (
    BLANKS,
    first_difference,
    first_difference_of_words,
    lines_of,
)
from judgecore.checkers.numbers import alike, all_near
from judgecore.checkers.unordered import difference
from judgecore.problem import Checker, CheckerKind
from judgecore.validation import as_bytes
from judgecore.verdict import Verdict

Comparison = tuple[Verdict, str]  # AC or WA, and where the first difference is
_Tokens = list[bytes]
_ACCEPTED: Comparison = (Verdict.AC, "")
_SHOWN = 60
_PIECE_BYTES = 1 << 18
_SPACE = re.compile(rb"\s")
_SPACES = (b" ", b"\t", b"\n", b"\v", b"\f", b"\r")
_WORD_OR_SPACE = re.compile(rb"\s|\S+")  # white space counts, byte for byte


def _short(data: bytes | None) -> str:
    if data is None:
        return "nothing"
    text = data[:_SHOWN].decode("utf-8", "replace")
    return repr(text + ("…" if len(data) > _SHOWN else ""))


def exact(output: bytes, expected: bytes, settings: Checker) -> Comparison:
    """Every byte counts."""
    if output == expected:
        return _ACCEPTED
    return Verdict.WA, f"differs at byte {_common(output, expected) + 1}"


def _common(a: bytes, b: bytes) -> int:
    """How many bytes the two begin with in common."""
    start, size = 0, min(len(a), len(b))
    step = _PIECE_BYTES
    while start < size:
        if a[start : start + step] == b[start : start + step] and start + step <= size:
            start += step
        elif step == 1:
            break
        else:
            step = max(1, step // 2)
    return start


def _cut(data: bytes, start: int, settings: Checker) -> Iterator[_Tokens]:
    """The tokens from `start` on, some at a time; none lies across two pieces."""
    for piece in _pieces(data, start, len(data)):
        if not settings.case_sensitive:
            piece = piece.lower()  # ASCII alone, as C's locale has it
        yield _WORD_OR_SPACE.findall(piece) if settings.space_sensitive else piece.split()


def _pieces(data: bytes, start: int, end: int) -> Iterator[bytes]:
    while start < end:
        space = _SPACE.search(data, start + _PIECE_BYTES, end)
        after = space.end() if space else end
        yield data[start:after]
        start = after


def _count(data: bytes, end: int, settings: Checker) -> int:
    """How many tokens lie before `end`."""
    count = 0
    for piece in _pieces(data, 0, end):
        words = piece.split()
        spaces = len(piece) - sum(map(len, words)) if settings.space_sensitive else 0
        count += len(words) + spaces
    return count


def _compare(
    output: bytes,
    expected: bytes,
    settings: Checker,
    same: Callable[[_Tokens, _Tokens], int | None],
) -> Comparison:
    """`same` tells the place of the first two tokens that differ, None when none do."""
    if output == expected:  # the usual case, at the speed of C
        return _ACCEPTED
    common = _common(output, expected)
    start = 1 + max(output.rfind(space, 0, common) for space in _SPACES)
    all_got, all_wanted = _cut(output, start, settings), _cut(expected, start, settings)
    got: _Tokens = []
    wanted: _Tokens = []
    done = 0
    while True:
        # A piece may hold no token at all.
        while not got and (piece := next(all_got, None)) is not None:
            got = piece
        while not wanted and (piece := next(all_wanted, None)) is not None:
            wanted = piece
        size = min(len(got), len(wanted))
        at = size
        if size and got[:size] != wanted[:size]:
            found = same(got[:size], wanted[:size])
            at = size if found is None else found
        if at < size or not size:
            break
        got, wanted, done = got[size:], wanted[size:], done + size
    if not got and not wanted:
        return _ACCEPTED
    number = _count(output, start, settings) + done + at + 1
    a, b = (_token(data, number, settings) for data in (output, expected))
    return Verdict.WA, f"token {number}: got {_short(a)}, expected {_short(b)}"


def _token(data: bytes, number: int, settings: Checker) -> bytes | None:
    """One token as it was written, before letters were made small; None: there are fewer."""
    seen = 0
    for tokens in _cut(data, 0, settings.model_copy(update={"case_sensitive": True})):
        if seen + len(tokens) >= number:
            return tokens[number - seen - 1]
        seen += len(tokens)
    return None


def tokens(output: bytes, expected: bytes, settings: Checker) -> Comparison:
    """Words count, the white space between them does not (unless `space_sensitive`)."""

    def same(got: _Tokens, wanted: _Tokens) -> int | None:
        return next((i for i, a in enumerate(got) if a != wanted[i]), None)

    return _compare(output, expected, settings, same)


def floats(output: bytes, expected: bytes, settings: Checker) -> Comparison:
    """As tokens; where the expected token is a number, a near enough one is accepted.

    Near enough: within `absolute`, or within `relative` of the expected value. NaN equals NaN,
    an infinity only itself.
    """
    absolute, relative = settings.absolute, settings.relative

    def same(got: _Tokens, wanted: _Tokens) -> int | None:
        places = [i for i, token in enumerate(got) if token != wanted[i]]
        if all_near([got[i] for i in places], [wanted[i] for i in places], absolute, relative):
            return None
        return next((i for i in places if not alike(got[i], wanted[i], absolute, relative)), None)

    return _compare(output, expected, settings, same)


def lines(output: bytes, expected: bytes, settings: Checker, blanks: bytes = BLANKS) -> Comparison:
    """Line by line, without blanks at the ends of lines and without empty lines at the end."""
    if output == expected:
        return _ACCEPTED
    return _of_lines(first_difference(output, expected, settings.case_sensitive, blanks))


def word_lines(output: bytes, expected: bytes, settings: Checker) -> Comparison:
    """Line by line, whatever blanks are between the words of a line."""
    if output == expected:
        return _ACCEPTED
    return _of_lines(first_difference_of_words(output, expected, settings.case_sensitive))


def _of_lines(found: tuple[int, bytes | None, bytes | None] | None) -> Comparison:
    if found is None:
        return _ACCEPTED
    number, got, wanted = found
    return Verdict.WA, f"line {number}: got {_short(got)}, expected {_short(wanted)}"


def rstrip(output: bytes, expected: bytes, settings: Checker) -> Comparison:
    """As `lines`; a NUL is a blank, too."""
    return lines(output, expected, settings, BLANKS + b"\0")


def unordered_lines(output: bytes, expected: bytes, settings: Checker) -> Comparison:
    """The same lines in any order, without blanks at their ends."""

    def parts(data: bytes) -> Iterator[bytes]:
        return lines_of(data, lower=not settings.case_sensitive)

    return _unordered(difference(output, expected, parts, "line"))


def unordered_tokens(output: bytes, expected: bytes, settings: Checker) -> Comparison:
    """The same words in any order."""
    by_words = settings.model_copy(update={"space_sensitive": False})

    def parts(data: bytes) -> Iterator[bytes]:
        return (token for piece in _cut(data, 0, by_words) for token in piece)

    return _unordered(difference(output, expected, parts, "token"))


def _unordered(found: tuple[str, bytes] | None) -> Comparison:
    if found is None:
        return _ACCEPTED
    why, part = found
    return Verdict.WA, f"{why}: {_short(part)}" if part else why


CHECKERS: dict[CheckerKind, Callable[[bytes, bytes, Checker], Comparison]] = {
    CheckerKind.EXACT: exact,
    CheckerKind.TOKENS: tokens,
    CheckerKind.LINES: lines,
    CheckerKind.WORD_LINES: word_lines,
    CheckerKind.FLOATS: floats,
    CheckerKind.RSTRIP: rstrip,
    CheckerKind.UNORDERED_LINES: unordered_lines,
    CheckerKind.UNORDERED_TOKENS: unordered_tokens,
}


def check(output: bytes, expected: str | bytes, settings: Checker) -> Comparison:
    """Compare what a program printed with what was expected."""
    return CHECKERS[settings.kind](output, as_bytes(expected), settings)
