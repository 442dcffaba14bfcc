"""Checkers, as a table and as properties."""

from __future__ import annotations

import math
import re
import time
from unittest.mock import patch

import pytest
from anything import CHARACTERS, TEXT
from hypothesis import given
from hypothesis import strategies as st

from judgecore import Checker, CheckerKind, Judge, Submission, TestCase, Verdict, checkers
from judgecore.checkers import check
from judgecore.engine.fake import FakeEngine

EXACT = Checker(kind=CheckerKind.EXACT)
TOKENS = Checker(kind=CheckerKind.TOKENS)
LOOSE = Checker(kind=CheckerKind.TOKENS, case_sensitive=False)
SPACES = Checker(kind=CheckerKind.TOKENS, space_sensitive=True)
FLOATS = Checker(kind=CheckerKind.FLOATS, absolute=1e-6, relative=1e-6)
STRICT_FLOATS = FLOATS.model_copy(update={"space_sensitive": True})

CASES = [
    (EXACT, b"1\n", "1\n", Verdict.AC),
    (EXACT, b"1", "1\n", Verdict.WA),
    (TOKENS, b" 1  2\n\n", "1 2\n", Verdict.AC),
    (TOKENS, b"1 2 3", "1 2", Verdict.WA),
    (TOKENS, b"1", "1 2", Verdict.WA),
    (TOKENS, b"", "", Verdict.AC),
    (TOKENS, b"YES", "yes", Verdict.WA),
    (LOOSE, b"YES", "yes", Verdict.AC),
    (SPACES, b"1  2\n", "1 2\n", Verdict.WA),
    (SPACES, b"1 2\n", "1 2\n", Verdict.AC),
    (FLOATS, b"0.3333333", "0.33333333333", Verdict.AC),
    (FLOATS, b"0.34", "0.33", Verdict.WA),
    (FLOATS, b"1e6", "1000000", Verdict.AC),
    (FLOATS, b"nan", "1", Verdict.WA),
    (FLOATS, b"inf", "1e308", Verdict.WA),
    (FLOATS, b"1_0", "10", Verdict.WA),
    (FLOATS, b"x 1.0000001", "x 1", Verdict.AC),
    (FLOATS, b"y 1", "x 1", Verdict.WA),
    (TOKENS, b"\xff\xfe", "1", Verdict.WA),
    (STRICT_FLOATS, b"0.5 1.0\n", "0.5000000001 1\n", Verdict.AC),
    (STRICT_FLOATS, b"0.5  1.0\n", "0.5 1\n", Verdict.WA),
    (EXACT, b"\xef\xbb\xbf1\n", "1\n", Verdict.WA),
    (EXACT, b"1\r\n", "1\n", Verdict.WA),
    (TOKENS, b"1\r\n2", "1\n2\n", Verdict.AC),
    (TOKENS, b"1\v2\f3", "1 2 3", Verdict.AC),
    (TOKENS, b"1\xc2\xa02", "1 2", Verdict.WA),
    (TOKENS, b"", "1", Verdict.WA),
    (TOKENS, b" \n", "1", Verdict.WA),
    (TOKENS, b"1", "", Verdict.WA),
    (TOKENS, b"1\0", "1", Verdict.WA),
    (TOKENS, b"1 \0", "1", Verdict.WA),
    (TOKENS, b"1.0", "1", Verdict.WA),
    (LOOSE, "\xc4".encode(), "\xe4", Verdict.WA),
    (SPACES, b"1 2", "1 2\n", Verdict.WA),
    (SPACES, b"1 2\n\n", "1 2\n", Verdict.WA),
    (SPACES, b"1\t2\n", "1 2\n", Verdict.WA),
    (FLOATS, b"1.", "1", Verdict.AC),
    (FLOATS, b".5", "0.5", Verdict.AC),
    (FLOATS, b"+1", "1", Verdict.AC),
    (FLOATS, b"-0.0", "0", Verdict.AC),
    (FLOATS, b"0x1.8p1", "3", Verdict.AC),
    (FLOATS, b"0XFF", "255", Verdict.AC),
    (FLOATS, b"ff", "255", Verdict.WA),
    (FLOATS, b"1e", "1", Verdict.WA),
    (FLOATS, b"1f", "1", Verdict.WA),
    (FLOATS, b"1,0", "1", Verdict.WA),
    (FLOATS, b"1/1", "1", Verdict.WA),
    (FLOATS, b"--1", "-1", Verdict.WA),
    (FLOATS, b"1 x", "1", Verdict.WA),
    (FLOATS, b"yes", "1", Verdict.WA),
    (FLOATS, b"1", "yes", Verdict.WA),
    (FLOATS, b"NaN", "nan", Verdict.AC),
    (FLOATS, b"-Infinity", "-inf", Verdict.AC),
    (FLOATS, b"inf", "-inf", Verdict.WA),
    (FLOATS, b"1e999", "inf", Verdict.WA),
    (FLOATS, b"1e999", "1e999", Verdict.AC),
    (FLOATS, b"1000000.9", "1000000", Verdict.AC),
    (FLOATS, b"1000001.1", "1000000", Verdict.WA),
    (FLOATS, b"0.0000009", "0", Verdict.AC),
    (FLOATS, b"10", "1_0", Verdict.WA),
]


@pytest.mark.parametrize(("settings", "output", "expected", "verdict"), CASES)
def test_check(settings: Checker, output: bytes, expected: str, verdict: Verdict) -> None:
    """Each pair of outputs is judged as the table says, with a reason when refused."""
    got, detail = check(output, expected, settings)

    assert verdict is got
    assert bool(detail) is (got is Verdict.WA)


@given(TEXT)
def test_an_output_equals_itself(text: str) -> None:
    """Whatever was expected, printing exactly that is accepted by every checker."""
    text = text.encode("utf-8", "replace").decode()
    for kind in CheckerKind:
        verdict, _ = check(text.encode(), text, Checker(kind=kind))

        assert verdict is Verdict.AC


def test_a_test_may_have_its_own_checker() -> None:
    """It takes the place of the submission's for that test alone."""
    tests = (
        TestCase(input="a 1.0", expected="A 1"),
        TestCase(input="a 1.0", expected="A 1", checker=FLOATS),
        TestCase(
            input="a 1.0",
            expected="A 1",
            checker=FLOATS.model_copy(update={"case_sensitive": False}),
        ),
    )
    with Judge(engine=FakeEngine()) as judge:
        result = judge.judge(Submission(language="bash", source="cat", tests=tests, checker=LOOSE))

    assert [Verdict.WA, Verdict.WA, Verdict.AC] == [test.verdict for test in result.tests]


# What programs print: numbers in every spelling, words, white space, rubbish.
NUMBERS = ["1", "1.0", "+1", "1e0", "0x1", "1.0000001", "0.9", "inf", "-inf", "nan", "NAN", "1e999"]
OTHERS = ["1_0", "a", "A", "\0", "\xe4", " ", "  ", "\n", "\r\n", "\t"]
PARTS = st.sampled_from(NUMBERS + OTHERS) | st.floats().map(repr) | st.text(CHARACTERS, max_size=3)
OUTPUTS = st.lists(PARTS).map(lambda parts: "".join(parts).encode("utf-8", "replace").decode())
SETTINGS = st.builds(
    Checker,
    kind=st.sampled_from([CheckerKind.TOKENS, CheckerKind.FLOATS]),
    case_sensitive=st.booleans(),
    space_sensitive=st.booleans(),
    absolute=st.sampled_from([0.0, 1e-6, 0.5]),
    relative=st.sampled_from([0.0, 1e-6, 0.5, 2.0]),
)


def plainly(output: str, expected: str, settings: Checker) -> bool:
    """The same decision, one token after the other, as somebody would write it in a minute."""
    pattern = r"[ \t\n\v\f\r]|[^ \t\n\v\f\r]+" if settings.space_sensitive else r"[^ \t\n\v\f\r]+"
    got, wanted = re.findall(pattern, output), re.findall(pattern, expected)
    return len(got) == len(wanted) and all(map(plainly_same, got, wanted, [settings] * len(got)))


def plainly_same(got: str, wanted: str, settings: Checker) -> bool:
    """Whether two tokens are as good as the same."""
    if not settings.case_sensitive:
        got, wanted = (re.sub("[A-Z]", lambda m: m[0].lower(), token) for token in (got, wanted))
    if got == wanted:
        return True
    a, b = plain_value(got), plain_value(wanted)
    if settings.kind is CheckerKind.TOKENS or a is None or b is None:
        return False
    if not (math.isfinite(a) and math.isfinite(b)):
        return a == b or (math.isnan(a) and math.isnan(b))
    return abs(a - b) <= settings.absolute or abs(a - b) <= settings.relative * abs(b)


def plain_value(token: str) -> float | None:
    """What a token is worth as a number."""
    if re.fullmatch(r"(?i)[+-]?(inf|infinity|nan)", token):
        return float(token)
    if re.fullmatch(r"(?i)[+-]?0x[0-9a-f]+", token):
        return float(int(token, 16))
    if re.fullmatch(r"(?a)[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", token):
        return float(token) if math.isfinite(float(token)) else None
    return None


@given(OUTPUTS, OUTPUTS, SETTINGS, st.sampled_from([1, 3, 1 << 18]))
def test_the_checkers_agree_with_a_plain_one(
    output: str, expected: str, settings: Checker, piece_bytes: int
) -> None:
    """Working piece by piece, and on many numbers at once, changes no decision."""
    with patch.object(checkers, "_PIECE_BYTES", piece_bytes):
        verdict, _ = check(output.encode(), expected, settings)

    assert plainly(output, expected, settings) is (verdict is Verdict.AC)


@given(OUTPUTS, st.data())
def test_one_changed_token_is_found(output: str, data: st.DataObject) -> None:
    """The detail names the number of the first token that differs."""
    tokens = output.split()
    tokens.insert(data.draw(st.integers(0, len(tokens))), "different")
    place = tokens.index("different")
    expected = " ".join([*tokens[:place], "wanted", *tokens[place + 1 :]])
    with patch.object(checkers, "_PIECE_BYTES", 3):
        _, detail = check(" ".join(tokens).encode(), expected, Checker())

    assert detail == f"token {place + 1}: got 'different', expected 'wanted'"


@given(st.binary(), TEXT)
def test_the_first_byte_that_differs_is_named(output: bytes, expected: str) -> None:
    """`exact` counts bytes from one."""
    with patch.object(checkers, "_PIECE_BYTES", 4):
        verdict, detail = check(output, expected, EXACT)
    place = int(detail.removeprefix("differs at byte ") or 0) - 1

    assert (verdict is Verdict.AC) is (output == expected.encode())
    assert output[: max(place, 0)] == expected.encode()[: max(place, 0)]


LARGE = [
    (LOOSE, "YES 1\n", "yes  1 "),
    (SPACES, "1 2\n", "1 2\n"),
    (FLOATS, "Case 7: 0.12345678\n", "Case 7: 0.12345679\n"),
    (Checker(kind="lines"), "1 2 3 \n", "1 2 3\n"),
]


@pytest.mark.parametrize(("settings", "printed", "line"), LARGE)
def test_a_large_output_is_compared_quickly(settings: Checker, printed: str, line: str) -> None:
    """Four megabytes take less than a second or so, whether they differ nowhere or at the end."""
    count = (4 << 20) // len(line)
    output, expected = printed.encode() * count, line * count
    start = time.process_time()
    right, _ = check(output + b"1", expected + "1", settings)
    wrong, _ = check(output + b"1", expected + "2", settings)

    assert (Verdict.AC, Verdict.WA) == (right, wrong)
    assert time.process_time() - start < 10


@pytest.mark.parametrize(
    ("output", "expected", "verdict"),
    [
        ("1 2\n3\n", "1 2\n3", "AC"),
        ("1 2  \n3\t\r\n\n\n", "1 2\n3\n", "AC"),
        ("1  2\n", "1 2\n", "WA"),
        ("1\n2\n", "1 2\n", "WA"),
        ("\n1\n", "1\n", "WA"),
        ("1\n", "1\n\n2\n", "WA"),
        ("", "\n \n", "AC"),
        ("A\n", "a\n", "WA"),
    ],
)
def test_lines(output: str, expected: str, verdict: str) -> None:
    """Blanks at the ends of lines and empty lines at the end don't count; all else does."""
    assert verdict == check(output.encode(), expected, Checker(kind="lines"))[0]


def test_lines_tell_the_first_that_differs() -> None:
    """The line's number, and both lines."""
    said = check(b"a\nb\nc", "a\nB\nc", Checker(kind="lines"))[1]

    assert "line 2: got 'b', expected 'B'" == said


def test_a_difference_is_shown_as_it_was_written() -> None:
    """Letters that are compared as small ones keep their case in the detail."""
    said = check(b"Yes NO", "yes Maybe", Checker(case_sensitive=False))[1]

    assert "token 2: got 'NO', expected 'Maybe'" == said


RSTRIP = Checker(kind=CheckerKind.RSTRIP)
WORD_LINES = Checker(kind=CheckerKind.WORD_LINES)
ANY_LINES = Checker(kind=CheckerKind.UNORDERED_LINES)
ANY_TOKENS = Checker(kind=CheckerKind.UNORDERED_TOKENS, case_sensitive=False)


@pytest.mark.parametrize(
    ("settings", "output", "expected", "detail"),
    [
        (RSTRIP, b"1 \0\n2\n\n\0", "1\n2", ""),
        (RSTRIP, b" 1", "1", "line 1: got ' 1', expected '1'"),
        (WORD_LINES, b" 1\t 2 \r\n3\n\n", "1 2\n3", ""),
        (WORD_LINES, b"1 2 3\n", "1 2\n3\n", "line 1: got '1 2 3', expected '1 2'"),
        (WORD_LINES, b"1\n\n2\n", "1\n2\n", "line 2: got '', expected '2'"),
        (ANY_LINES, b"b c \na\n\n", "a\nb c\n", ""),
        (ANY_LINES, b"a\nb\nb\n", "a\na\nb\n", "line 3 is not expected, or not so often: 'b'"),
        (ANY_LINES, b"a\n", "a\nb\n", "1 lines, expected 2"),
        (ANY_LINES, b"A\n", "a\n", "line 1 is not expected, or not so often: 'A'"),
        (ANY_TOKENS, b"C b\nA", "a b c", ""),
        (ANY_TOKENS, b"a b d", "a b c", "token 3 is not expected, or not so often: 'd'"),
        (FLOATS, b"1e-4000", "0", ""),
        (FLOATS, "\u0661".encode(), "1", "token 1: got '\u0661', expected '1'"),
        (FLOATS, b"NaN", "0", "token 1: got 'NaN', expected '0'"),
    ],
)
def test_other_comparisons(settings: Checker, output: bytes, expected: str, detail: str) -> None:
    """Any order, Judge0's white space, odd numbers; and the first difference in words."""
    verdict = Verdict.WA if detail else Verdict.AC

    assert (verdict, detail) == check(output, expected, settings)


HOSTILE = {
    "one token": b"1" * (64 << 20),
    "short lines": b"1\n" * (32 << 20),
    "no line at all": b"\n" * (64 << 20),
    "NULs": b"\0" * (64 << 20),
    "nearly hexadecimal": b"0x" + b"a" * (64 << 20) + b"z",
}


@pytest.mark.parametrize("kind", CheckerKind)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_output_is_bounded(kind: CheckerKind, name: str) -> None:
    """64 MiB of anything are compared within seconds."""
    began = time.process_time()
    check(HOSTILE[name], "1 2\n3 4\n", Checker(kind=kind))

    assert 10 > time.process_time() - began
