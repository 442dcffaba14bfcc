"""From the tests' verdicts to the submission's: pure."""

from __future__ import annotations

from collections.abc import Sequence
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


def total(tests: Sequence[TestResult], *, run_only: bool) -> Total:
    """The verdict of the first test that failed; else AC, or OK where nothing was expected."""
    passed = Verdict.OK if run_only else Verdict.AC
    first = next((test for test in tests if test.verdict.failed), None)
    verdict = passed if first is None else first.verdict
    broken = first is not None and verdict is Verdict.IE
    return Total(
        verdict=verdict,
        cause=f"test {first.name}: {first.detail}" if first and broken else None,
        cpu_ms=max((test.cpu_ms for test in tests), default=0.0),
        wall_ms=max((test.wall_ms for test in tests), default=0.0),
        memory_bytes=max((test.memory_bytes for test in tests), default=0),
    )
