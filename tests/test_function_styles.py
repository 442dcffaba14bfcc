"""Drivers take submissions as people write them for other judges and in data sets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from engines import FULL_IMAGE, make
from function_styles import STYLES

from judgecore import Function, Judge, Limits, Problem, Submission
from judgecore import TestCase as Case


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    """A judge with every language."""
    with Judge(engine=make("docker", FULL_IMAGE), slots=1) as a_judge:
        yield a_judge


@pytest.mark.docker
@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", sorted({style[0] for style in STYLES}))
def test_a_submission_is_taken_as_it_is_written(judge: Judge, language: str) -> None:
    """Classes of any name, whole programs, modules, missing imports, values in related types."""
    limits = Limits(cpu_ms=5000, memory_bytes=512 << 20)
    failed = []
    for _, (signature, given, expected), source in (one for one in STYLES if one[0] == language):
        tests = (Case(input=given, expected=expected),)
        problem = Problem(tests=tests, harness=Function(signature=signature), limits=limits)
        result = judge.judge(Submission(language=language, source=source, problem=problem))
        if result.verdict != "AC":
            failed.append((source, result, result.compile and result.compile.output))

    assert [] == failed
