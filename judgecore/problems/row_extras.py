"""What is taken from a row of another collection beside its problem: samples, and its solution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from judgecore.problem import Problem

SAMPLES = 1  # tests, the first ones, where the row does not say which are
_SAYS_WHICH = "public_test_cases"


def with_samples(row: Mapping[str, Any], problem: Problem, count: int = SAMPLES) -> Problem:
    """The problem with its first `count` tests as samples, and the others hidden.

    A row that says itself which tests are public is followed.
    """
    if _SAYS_WHICH in row:
        return problem
    tests = tuple(
        test.model_copy(update={"name": f"sample/{n}" if n <= count else f"secret/{n - count}"})
        for n, test in enumerate(problem.tests, start=1)
    )
    return problem.model_copy(update={"tests": tests})


def solution_of(row: Mapping[str, Any]) -> str | None:
    """The row's own solution in Python, as HumanEval and MBPP have one; else None."""
    if isinstance(body := row.get("canonical_solution"), str) and "entry_point" in row:
        return f"{row.get('prompt', '')}{body}".rstrip() + "\n"
    if isinstance(code := row.get("code"), str) and "test_list" in row:
        return code.replace("\r\n", "\n").rstrip() + "\n"
    return None
