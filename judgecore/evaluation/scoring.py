"""From the tests' verdicts to the submission's: pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TypedDict

from judgecore.result import TestResult
from judgecore.verdict import Verdict


class Total(TypedDict):
    """The verdict on all tests together, and the largest measurements of any: fields of `Result`.

    Times in milliseconds. `cause`: what failed in the problem's own programs, for IE.
    """

    verdict: Verdict
    cause: str | None
    cpu_ms: float
    wall_ms: float
    memory_bytes: int


def total(tests: Sequence[TestResult], *, run_only: bool, score: Decimal | None = None) -> Total:
    """The verdict of the first test that failed; else AC, or OK where nothing was expected.

    With a `score`: IE where any test is; PS where a test failed and the score is above nothing.
    """
    passed = Verdict.OK if run_only else Verdict.AC
    failed = [test for test in tests if test.verdict.failed]
    broken = [test for test in failed if test.verdict is Verdict.IE]
    if score is not None and broken:
        failed = broken
    verdict = failed[0].verdict if failed else passed
    if score is not None and not broken and failed:
        verdict = _scored(failed, score)
    said = f"test {failed[0].name}: {failed[0].detail}" if verdict is Verdict.IE else None
    return Total(
        verdict=verdict,
        cause=said,
        cpu_ms=max((test.cpu_ms for test in tests), default=0.0),
        wall_ms=max((test.wall_ms for test in tests), default=0.0),
        memory_bytes=max((test.memory_bytes for test in tests), default=0),
    )


def _scored(failed: Sequence[TestResult], score: Decimal) -> Verdict:
    if score > 0:
        return Verdict.PS
    verdict = next((test.verdict for test in failed if test.verdict is not Verdict.PS), None)
    return verdict or Verdict.WA
