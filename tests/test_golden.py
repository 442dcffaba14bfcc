"""Golden problems: the same verdicts in several languages. `python -m bench.golden` judges all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from engines import FULL_IMAGE, make

from bench.golden import fits, judged, languages, problems, solutions
from judgecore import Judge

PROBLEMS = problems()
SHORT = ("merge_intervals", "lru_cache")  # of `make test`: a function and a class
SLOW = ("haskell", "kotlin", "nim", "scala")  # one is enough


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    """A judge with every language."""
    with Judge(engine=make("docker", FULL_IMAGE), slots=1) as a_judge:
        yield a_judge


@pytest.mark.docker
@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", languages())
def test_two_golden_problems_have_the_same_verdicts(judge: Judge, language: str) -> None:
    """The right solution of each is AC, and a wrong one is WA."""
    wanted = SHORT[1:] if language in SLOW else SHORT
    for one in solutions(language):
        if one.problem in wanted:
            result = judged(judge, one, PROBLEMS[one.problem])

            assert one.verdict == result.verdict, (one, result, result.compile)


@pytest.mark.parametrize("language", languages())
def test_every_language_has_a_solution_of_every_problem(language: str) -> None:
    """What a language's types allow is solved in it."""
    right = {one.problem for one in solutions(language) if one.verdict == "AC"}

    assert {name for name, problem in PROBLEMS.items() if fits(language, problem)} <= right
