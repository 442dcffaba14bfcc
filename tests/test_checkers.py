"""Checkers, as a table and as properties."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgecore import Checker, CheckerKind, Verdict
from judgecore.checkers import check

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
]


@pytest.mark.parametrize(("settings", "output", "expected", "verdict"), CASES)
def test_check(settings: Checker, output: bytes, expected: str, verdict: Verdict) -> None:
    """Each pair of outputs is judged as the table says, with a reason when refused."""
    got, detail = check(output, expected, settings)

    assert verdict is got
    assert bool(detail) is (got is Verdict.WA)


@given(st.text())
def test_an_output_equals_itself(text: str) -> None:
    """Whatever was expected, printing exactly that is accepted by every checker."""
    text = text.encode("utf-8", "replace").decode()
    for kind in CheckerKind:
        verdict, _ = check(text.encode(), text, Checker(kind=kind))

        assert verdict is Verdict.AC
