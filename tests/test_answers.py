"""Problems whose submissions are answers: no program runs, the checker does."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from engines import make

from judgecore import (
    CheckerProgram,
    InvalidSubmission,
    Judge,
    Limits,
    Problem,
    Scoring,
    Submission,
    SubmitAnswer,
)
from judgecore import TestCase as Case
from judgecore.engine.fake import FakeEngine
from judgecore.result import Result

TESTS = (
    Case(name="secret/1", input="3 4", expected="7"),
    Case(name="secret/2", input="1 1", expected="2"),
)
PROBLEM = Problem(
    tests=TESTS, procedure=SubmitAnswer(), total=Scoring(), limits=Limits(output_bytes=1000)
)


def packed(files: dict[str, str]) -> bytes:
    """A zip of files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return made.getvalue()


@pytest.fixture(scope="module")
def fake() -> Iterator[Judge]:
    """A judge whose engine would fail every run: none takes place."""
    with Judge(engine=FakeEngine(), slots=1) as judge:
        yield judge


def judged(judge: Judge, problem: Problem = PROBLEM, **sent: Any) -> Result:
    """The result on answers."""
    values = {"language": "answers", "source": "", **sent}
    return judge.judge(Submission(problem=problem, **values))


CASES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "files": ({"files": {"secret/1.out": "7\n", "2.ans": "2"}}, ["AC", "AC"]),
    "names of CMS": ({"files": {"output_1.txt": "7", "output_2.txt": "3"}}, ["AC", "WA"]),
    "a zip": ({"source": packed({"1.out": "7", "2.out": "2"})}, ["AC", "AC"]),
    "a zip of a folder": ({"source": packed({"mine/1": "8", "mine/2": "2"})}, ["WA", "AC"]),
    "one is missing": ({"files": {"1.out": "7"}}, ["AC", "WA"]),
    "none": ({}, ["WA", "WA"]),
    "too long": ({"files": {"1.out": "7" + " " * 1000, "2.out": "2"}}, ["OLE", "AC"]),
    "a bomb": ({"source": packed({"1.out": "7" * 5_000_000, "2.out": "2"})}, ["OLE", "AC"]),
    "text for two tests": ({"source": "7"}, ["WA", "WA"]),
}


@pytest.mark.parametrize("name", CASES)
def test_answers_are_judged_without_a_program(fake: Judge, name: str) -> None:
    """Each test is judged on the answer that is called after it; scores are added up."""
    sent, verdicts = CASES[name]
    result = judged(fake, **sent)

    assert verdicts == [str(test.verdict) for test in result.tests]
    assert Decimal(verdicts.count("AC")) == result.score
    assert [0.0, 0] == [result.cpu_ms, result.memory_bytes]


def test_a_single_answer_may_be_the_source(fake: Judge) -> None:
    """Where there is one test, text is its answer."""
    problem = PROBLEM.model_copy(update={"tests": TESTS[:1]})

    assert "AC" == judged(fake, problem, source="7\n").verdict


def test_an_archive_that_cannot_be_read_is_a_compile_error(fake: Judge) -> None:
    """It is the submission's fault, and no failure of the judge."""
    result = judged(fake, source=packed({"1.out": "7"})[:40])

    assert "CE" == result.verdict
    assert result.compile is not None
    assert "the archive cannot be read" in result.compile.output


def test_a_name_that_two_tests_have_is_not_enough(fake: Judge) -> None:
    """`1.out` might be either test's."""
    tests = (Case(name="a/1", expected="7"), Case(name="b/1", expected="7"))
    problem = Problem(tests=tests, procedure=SubmitAnswer())
    result = judged(fake, problem, files={"1.out": "7", "b/1.out": "7"})

    assert ["WA", "AC"] == [str(test.verdict) for test in result.tests]


def test_programs_and_answers_are_not_mistaken_for_each_other(fake: Judge) -> None:
    """A program for such a problem is refused, and answers to another are no language."""
    with pytest.raises(InvalidSubmission, match=r"^language: the problem takes answers"):
        judged(fake, language="python", source="print(7)")
    with pytest.raises(InvalidSubmission, match="passes"):
        Problem(tests=TESTS, procedure=SubmitAnswer(), passes=2)


@pytest.mark.local
def test_a_checker_program_judges_answers() -> None:
    """It is called as for a program's output."""
    checker = CheckerProgram(
        language="python",
        source="import sys\nwant = sum(map(int, open(sys.argv[1]).read().split()))\n"
        "sys.exit(42 if sys.stdin.read() == str(want) else 43)",
    )
    problem = Problem(tests=TESTS, procedure=SubmitAnswer(), checker=checker)
    with Judge(engine=make("local"), slots=1) as judge:
        result = judged(judge, problem, files={"1.out": "7", "2.out": "9"})

    assert ["AC", "WA"] == [str(test.verdict) for test in result.tests]
