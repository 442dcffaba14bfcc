"""Checkers that are programs: what they say, and whose fault it is when they fail."""

from __future__ import annotations

import pytest

from judgecore import (
    Checked,
    CheckerProgram,
    Convention,
    InvalidSubmission,
    Judge,
    Limits,
    Problem,
    Submission,
    TestCase,
    Verdict,
)
from judgecore.evaluation.conventions import read
from judgecore.execution import Ran
from judgecore.report import Report
from judgecore.result import Result, TestResult

SOLUTION = "import sys; sys.stdout.write(sys.stdin.read())"
QUICK = Limits(
    cpu_ms=1000,
    idle_ms=700,
    wall_ms=3000,
    output_bytes=1 << 20,
)
KATTIS = """
import sys
given, answer, feedback = open(sys.argv[1]).read(), open(sys.argv[2]).read(), sys.argv[3]
output = sys.stdin.read()
def leave(name, text):
    with open(feedback + name, "w") as file: file.write(text)
"""
# What a validator does, and the verdict, the detail, the message for the team.
KATTIS_CASES = {
    "accepts": ("sys.exit(42)", "AC", "", ""),
    "rejects": ("leave('teammessage.txt', 'no'); sys.exit(43)", "WA", "", "no"),
    "sees all": (
        "sys.exit(42 if (given, answer, output) == ('1', '2', '1') else 43)",
        "AC",
        "",
        "",
    ),
    "exit 0": ("sys.exit(0)", "IE", "exit code 0", ""),
    "exit 1": ("sys.exit(1)", "IE", "exit code 1", ""),
    "crashes": ("import os; os.abort()", "IE", "signal 6", ""),
    "hangs": ("import time; time.sleep(60)", "IE", "no cpu time used", ""),
    "loops": ("while True: pass", "IE", "time over", ""),
    "floods": ("while True: print('x' * 99999)", "IE", "bytes on one stream", ""),
    "floods stderr": (
        "while True: print('x' * 99999, file=sys.stderr)",
        "IE",
        "bytes on one stream",
        "",
    ),
    "floods with files": (
        "for n in range(10**9): leave(str(n), 'x' * 9999)",
        "IE",
        "",
        "",
    ),
    "floods its feedback": ("leave('judgemessage.txt', 'x' * 9999999); sys.exit(42)", "IE", "", ""),
    "leaves a child": (
        "import os, time\nif os.fork() == 0: time.sleep(60)\nsys.exit(42)",
        "AC",
        "",
        "",
    ),
    "forks without end": (
        "import os, time\ntry:\n  while True: os.fork()\nexcept OSError: sys.exit(1)",
        "IE",
        "",
        "",
    ),
    "score on rejection": ("leave('score.txt', '1'); sys.exit(43)", "IE", "score.txt", ""),
    "two scores": (
        "leave('score.txt', '1'); leave('score_multiplier.txt', '1'); sys.exit(42)",
        "IE",
        "both",
        "",
    ),
    "no number": ("leave('score.txt', 'nan'); sys.exit(42)", "IE", "not a number", ""),
    "above one": ("leave('score_multiplier.txt', '1.5'); sys.exit(42)", "IE", "from 0 to 1", ""),
    "next pass in one": ("leave('nextpass.in', '1'); sys.exit(42)", "IE", "1 passes", ""),
}


def judged(judge: Judge, checker: CheckerProgram, source: str = SOLUTION) -> Result:
    """The result of one test whose input is 1 and whose answer is 2."""
    problem = Problem(
        tests=(TestCase(input="1", expected="2"),),
        checker=checker,
        limits=Limits(output_bytes=1 << 20),
    )
    return judge.judge(Submission(language="python", source=source, problem=problem))


def only(result: Result) -> TestResult:
    """Its one test."""
    (test,) = result.tests
    return test


@pytest.mark.parametrize("name", KATTIS_CASES)
def test_a_kattis_validator(name: str, judge: Judge) -> None:
    """42 accepts, 43 rejects, and everything else is the judge's error with its cause."""
    does, verdict, detail, message = KATTIS_CASES[name]
    checker = CheckerProgram(language="python", source=KATTIS + does, limits=QUICK)
    result = judged(judge, checker)
    test = only(result)

    assert (verdict, verdict, message) == (result.verdict, test.verdict, test.message)
    assert detail in test.detail
    assert (verdict == "IE") == bool(result.cause)


def test_a_validator_need_not_read(judge: Judge) -> None:
    """A solution that prints much to a validator that reads nothing is accepted."""
    checker = CheckerProgram(language="c", source="int main(void) { return 42; }")

    assert "AC" == judged(judge, checker, "print('x' * 1000000)").verdict


def test_arguments_are_the_tests(judge: Judge) -> None:
    """A test's checker arguments take the place of the checker's own."""
    source = KATTIS + "sys.exit(42 if sys.argv[4:] == [given] else 43)"
    checker = CheckerProgram(language="python", source=source, arguments=("a",))
    tests = (
        TestCase(input="a", expected=""),
        TestCase(input="b", expected=""),
        TestCase(input="b", expected="", checker_arguments=("b",)),
    )
    result = judge.judge(
        Submission(
            language="python",
            source=SOLUTION,
            problem=Problem(tests=tests, checker=checker, limits=Limits(output_bytes=1 << 20)),
        )
    )

    assert ["AC", "WA", "AC"] == [test.verdict for test in result.tests]


# A library whose results have the same names and macros as testlib's.
TESTLIB = """
#ifndef OK_EXIT_CODE
#define OK_EXIT_CODE 0
#endif
#ifndef WA_EXIT_CODE
#define WA_EXIT_CODE 1
#endif
#ifndef PE_EXIT_CODE
#define PE_EXIT_CODE 2
#endif
#ifndef FAIL_EXIT_CODE
#define FAIL_EXIT_CODE 3
#endif
#ifndef POINTS_EXIT_CODE
#define POINTS_EXIT_CODE 7
#endif
#ifndef PC_BASE_EXIT_CODE
#define PC_BASE_EXIT_CODE 0
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
"""
TESTLIB_CASES = {
    "OK_EXIT_CODE": "AC",
    "WA_EXIT_CODE": "WA",
    "PE_EXIT_CODE": "PE",
    "FAIL_EXIT_CODE": "IE",
    "PC_BASE_EXIT_CODE + 0": "PS",
    "PC_BASE_EXIT_CODE + 3": "PS",
    "0": "IE",
    "1": "IE",
    "3": "IE",
}


def test_no_points_of_testlib_are_no_acceptance() -> None:
    """A checker that gives points accepts where these are more than nothing."""
    given = {
        text: read(
            Convention.TESTLIB,
            Ran(Report(106, None, 1, 1, 1, stderr=text), None, "", Limits()),
        ).verdict
        for text in (b"points 0 none", b"points 0.5 half", b"points x")
    }

    assert ["WA", "AC", "IE"] == list(given.values())


@pytest.mark.parametrize("code", TESTLIB_CASES)
def test_testlibs_exit_codes_are_told_apart(code: str, judge: Judge) -> None:
    """Codes that are equal by default are not when a checker is compiled here."""
    source = f'#include "testlib.h"\nint main(void) {{ fputs("said", stderr); return {code}; }}'
    checker = CheckerProgram(
        convention=Convention.TESTLIB, language="cpp", source=source, files={"testlib.h": TESTLIB}
    )
    test = only(judged(judge, checker))

    assert (TESTLIB_CASES[code], "said") == (test.verdict, test.staff_message)


def test_a_testlib_checker_gets_its_files_in_order(judge: Judge) -> None:
    """Input, output, answer."""
    source = """
        #include "testlib.h"
        int holds(const char *path, char c) {
            FILE *f = fopen(path, "r");
            return f && fgetc(f) == c;
        }
        int main(int argc, char **argv) {
            int ok = holds(argv[1], '1') && holds(argv[2], '3') && holds(argv[3], '2');
            return ok ? OK_EXIT_CODE : WA_EXIT_CODE;
        }
    """
    checker = CheckerProgram(
        convention=Convention.TESTLIB, language="cpp", source=source, files={"testlib.h": TESTLIB}
    )

    assert "AC" == judged(judge, checker, "print(3)").verdict


CMS_CASES = {
    "print(1.0); print('translate:success', file=sys.stderr)": ("AC", "correct"),
    "print(0)": ("WA", ""),
    "print('0.25'); print('near', file=sys.stderr)": ("PS", "near"),
    "print(1.5)": ("IE", ""),
    "print('nan')": ("IE", ""),
    "pass": ("IE", ""),
    "print(1); sys.exit(1)": ("IE", ""),
}


@pytest.mark.parametrize("does", CMS_CASES)
def test_a_cms_comparator(does: str, judge: Judge) -> None:
    """A share on stdout and a message on stderr."""
    check = "given, answer, output = (open(p).read() for p in sys.argv[1:])\n"
    source = f"import sys\n{check}assert (given, answer, output) == ('1', '2', '1')\n{does}"
    checker = CheckerProgram(convention=Convention.CMS, language="python", source=source)
    test = only(judged(judge, checker))

    assert CMS_CASES[does] == (test.verdict, test.message)


EXIT_CASES = {"sys.exit(0)": "AC", "sys.exit('no')": "WA", "1 / 0": "IE", "sys.exit(2)": "IE"}


@pytest.mark.parametrize("does", EXIT_CASES)
def test_a_plain_checker(does: str, judge: Judge) -> None:
    """0 accepts, 1 rejects, and an exception is no rejection."""
    checker = CheckerProgram(
        convention=Convention.EXIT, language="python", source=f"import sys\n{does}"
    )

    assert EXIT_CASES[does] == judged(judge, checker).verdict


def test_a_checker_that_does_not_compile(judge: Judge) -> None:
    """It is an internal error that quotes the compiler."""
    result = judged(judge, CheckerProgram(language="c", source="int main(void) { return x; }"))

    assert "IE" == result.verdict
    assert "does not compile" in (result.cause or "")
    assert "undeclared" in (result.cause or "")


def test_the_fault_of_a_solution_stays_its_own(judge: Judge) -> None:
    """A checker is not asked about a program that crashed."""
    checker = CheckerProgram(language="c", source="int main(void) { return 7; }")

    assert "RE" == judged(judge, checker, "1 / 0").verdict


def test_a_function_checks(judge: Judge) -> None:
    """In the library a checker may be a function of the test and the output."""

    def check(test: TestCase, output: bytes) -> Checked:
        right = int(output) % int(str(test.input)) == 0
        return Checked(Verdict.AC if right else Verdict.WA, message="looked")

    submission = Submission(
        language="python",
        source="print(12)",
        tests=(TestCase(input="4"), TestCase(input="5")),
    )
    result = judge.judge(submission, check=check)

    assert ["AC", "WA"] == [test.verdict for test in result.tests]
    assert ("WA", "looked") == (result.verdict, result.tests[0].message)


def test_too_much_for_one_frame_is_refused() -> None:
    """What a checker program is given has to fit into one message to its sandbox."""
    checker = CheckerProgram(language="c", source="int main;")
    tests = (TestCase(input="x" * (40 << 20), expected="y" * (30 << 20)),)
    with pytest.raises(InvalidSubmission, match="checker program"):
        Problem(tests=tests, checker=checker)
