"""Interactive and multi-pass problems: who is to blame, in a table."""

from __future__ import annotations

import pytest
from engines import SPEED, make

from judgecore import (
    CheckerProgram,
    Convention,
    Interactive,
    InvalidSubmission,
    Judge,
    Limits,
    Problem,
    Submission,
    TestCase,
)
from judgecore.config import Config
from judgecore.evaluation.interaction import RULES, left_first
from judgecore.evaluation.transcript import MOST_BYTES, Transcript
from judgecore.kinds import Pipes
from judgecore.report import Report
from judgecore.result import Result, TestResult

QUICK = Limits(cpu_ms=1000, wall_ms=2000, output_bytes=1 << 20)
SOLUTION = Limits(cpu_ms=1000, wall_ms=1500, output_bytes=1 << 20)
# The interactor knows a number; each line it gets is a guess, answered by "less", "more", "right".
START = """
import sys, time, os, signal
signal.signal(signal.SIGPIPE, signal.SIG_DFL)
secret = int(open(sys.argv[1]).read())
def say(word): print(word, flush=True)
def leave(code, text=""):
    with open(sys.argv[3] + "teammessage.txt", "w") as file: file.write(text)
    os._exit(code)
"""
GUESSES = (
    START
    + """
for turn in range(20):
    line = sys.stdin.readline()
    if not line.strip().isdigit(): leave(43, "no number")
    guess = int(line)
    if guess == secret:
        say("right")
        leave(42)
    say("less" if secret < guess else "more")
leave(43, "too many")
"""
)
SEARCH = """
low, high = 0, 1000
while True:
    middle = (low + high) // 2
    print(middle, flush=True)
    answer = input()
    if answer == "right": break
    if answer == "less": high = middle - 1
    else: low = middle + 1
"""
RIGHT = "import sys\nprint(7, flush=True)\ninput()\n"
# What the solution does, what the interactor does, the verdict, and who ended first.
CASES = {
    "right": (SEARCH, GUESSES, "AC", None),
    "too many guesses": ("while True: print(1, flush=True); input()", GUESSES, "WA", "interactor"),
    "dies first": ("print(1, flush=True); 1 / 0", GUESSES, "RE", "solution"),
    "prints nothing": ("pass", GUESSES, "WA", "solution"),
    "closes its output": (
        "import os, time\nos.close(1); time.sleep(0.3); os._exit(0)",
        GUESSES,
        "WA",
        "solution",
    ),
    "never flushes": ("import sys\nprint(7); sys.stdin.readline()", GUESSES, "TLE", "solution"),
    "never reads": ("while True: print(1)", GUESSES, "WA", "interactor"),
    "reads past the end": (RIGHT + "sys.stdin.readline()", GUESSES, "AC", None),
    "fails after the end": (RIGHT + "sys.exit(1)", GUESSES, "RE", None),
    "fails after a rejection": (
        "import time\nprint('x', flush=True)\ntime.sleep(0.2)\n1 / 0",
        GUESSES,
        "WA",
        "interactor",
    ),
    "does not end after the end": (RIGHT + "while True: pass", GUESSES, "TLE", "interactor"),
    "does not end after a rejection": ("print('x')\nwhile True: pass", GUESSES, "TLE", "solution"),
    "flushes and does not end": (
        "print('x', flush=True)\nwhile True: pass",
        GUESSES,
        "WA",
        "interactor",
    ),
    "computes for ever": ("while True: pass", GUESSES, "TLE", "solution"),
    "leaves while it is written to": (
        "print(1, flush=True)",
        START + "sys.stdin.readline(); time.sleep(0.3)\nwhile True: say('x' * 9999)",
        "WA",
        "solution",
    ),
    "leaves while Python writes to it": (
        "print(7, flush=True)",
        "import sys, time\ninput(); time.sleep(0.3); print('x'); sys.exit(43)",
        "WA",
        "solution",
    ),
    "interactor crashes": ("input()", START + "os.abort()", "IE", "interactor"),
    "interactor exits with 0": ("input()", START + "os._exit(0)", "IE", "interactor"),
    "interactor hangs": ("input()", START + "time.sleep(60)", "IE", "solution"),
    "interactor loops": ("input()", START + "while True: pass", "IE", None),
    "interactor floods": ("input()", START + "while True: print('x' * 9999)", "WA", None),
    "interactor floods its messages": (
        "import sys; sys.stdin.read()",
        START + "leave(42, 'x' * (2 << 20))",
        "IE",
        None,
    ),
    "interactor reads nothing": (
        "print('x' * 1000000, flush=True)\ninput()",
        START + "leave(43)",
        "WA",
        "interactor",
    ),
    "interactor closes its output and waits": (
        "import sys; sys.stdin.read()",
        START + "os.close(1); leave(43 if sys.stdin.read() else 42)",
        "AC",
        None,
    ),
    "interactor closes its input and rejects": (
        "while True: print('x' * 9999, flush=True)",
        START + "os.close(0); time.sleep(0.3); leave(43)",
        "WA",
        "interactor",
    ),
    "interactor forks": (
        "input()",
        START
        + "try:\n  while True:\n    if os.fork() == 0: time.sleep(60)\nexcept OSError: os._exit(1)",
        "IE",
        None,
    ),
}


def judged(judge: Judge, problem: Problem, source: str, language: str = "python") -> Result:
    """The result of a program."""
    return judge.judge(Submission(language=language, source=source, problem=problem))


def interactive(source: str, tests: tuple[str, ...] = ("7",), passes: int = 1) -> Problem:
    """A problem whose validator is the interactor."""
    return Problem(
        procedure=Interactive(),
        checker=CheckerProgram(language="python", source=source, limits=QUICK),
        tests=tuple(TestCase(input=text) for text in tests),
        limits=SOLUTION,
        passes=passes,
    )


def only(result: Result) -> TestResult:
    """Its one test."""
    (test,) = result.tests
    return test


@pytest.mark.parametrize("name", CASES)
def test_who_is_to_blame(name: str, judge: Judge) -> None:
    """Each way in which one of the two fails has its verdict."""
    solution, interactor, verdict, first = CASES[name]
    result = judged(judge, interactive(interactor), solution)
    test = only(result)

    assert (verdict, verdict) == (result.verdict, test.verdict), test
    assert first in (None, test.left_first)
    assert (verdict == "IE") == bool(result.cause)


WRITES_ON = "import os\nprint(7, flush=True)\ninput()\nwhile True: os.write(1, b'more')"
CLOSES = "import os, time\nos.close(1); time.sleep(30)"
# The judge whose pipes they are, what the solution does, and its verdict.
PIPES = [
    ("bapc", WRITES_ON, "AC"),
    ("domjudge", WRITES_ON, "AC"),
    ("kattis", WRITES_ON, "RE"),
    ("bapc", CLOSES, "TLE"),
    ("domjudge", CLOSES, "WA"),
    ("domjudge", "1 / 0", "RE"),
]


@pytest.mark.local
def test_each_judge_has_pipes_of_its_own() -> None:
    """When an interactor reads end-of-file, and what writing on does, is as in the judge named."""
    with Judge(Config(speed=SPEED), engine=make("local"), slots=1) as judge:
        found = [
            judged(
                judge,
                interactive(GUESSES).model_copy(
                    update={"procedure": Interactive(pipes=Pipes(pipes))}
                ),
                solution,
            ).verdict
            for pipes, solution, _ in PIPES
        ]

    assert [verdict for *_, verdict in PIPES] == found


@pytest.mark.local
def test_a_rejection_ends_the_solution() -> None:
    """A solution that goes on for ever takes no time after it was rejected."""
    loops = "print('x', flush=True)\nwhile True: pass"
    patient = interactive(GUESSES).model_copy(update={"limits": Limits(cpu_ms=60_000)})
    with Judge(Config(speed=SPEED), engine=make("local"), slots=1) as judge:
        test = only(judged(judge, patient, loops))

    assert "WA" == test.verdict
    assert test.cpu_ms < 30_000


def test_each_test_is_a_talk_of_its_own(judge: Judge) -> None:
    """Several tests run one after another, with messages for the team."""
    result = judged(judge, interactive(GUESSES, ("1", "999", "500")), SEARCH)
    lost = judged(judge, interactive(GUESSES), "print('?', flush=True)")

    assert ["AC"] * 3 == [test.verdict for test in result.tests]
    assert "no number" == only(lost).message


def test_an_interactor_of_testlib_is_followed_by_the_checker(judge: Judge) -> None:
    """What the interactor wrote is what the checker reads, and the answer is there for both."""
    talk = """
        #include <stdio.h>
        int main(int argc, char **argv) {
            int n; FILE *in = fopen(argv[1], "r"), *out = fopen(argv[2], "w");
            if (fscanf(in, "%d", &n) != 1) return FAIL_EXIT_CODE;
            printf("%d\\n", n); fflush(stdout);
            int got;
            if (scanf("%d", &got) != 1) return PE_EXIT_CODE;
            fprintf(out, "%d\\n", got);
            return OK_EXIT_CODE;
        }
    """
    check = """
        #include <stdio.h>
        int main(int argc, char **argv) {
            int got, want; FILE *out = fopen(argv[2], "r"), *ans = fopen(argv[3], "r");
            if (fscanf(out, "%d", &got) != 1) return PE_EXIT_CODE;
            if (fscanf(ans, "%d", &want) != 1) return FAIL_EXIT_CODE;
            return got == want ? OK_EXIT_CODE : WA_EXIT_CODE;
        }
    """
    problem = Problem(
        procedure=Interactive(
            interactor=CheckerProgram(convention=Convention.TESTLIB, language="c", source=talk)
        ),
        checker=CheckerProgram(convention=Convention.TESTLIB, language="c", source=check),
        tests=(TestCase(input="4", expected="8"),),
        limits=SOLUTION,
    )
    sources = ("print(2 * int(input()))", "print(int(input()))", "print('x')")

    assert ["AC", "WA", "PE"] == [judged(judge, problem, source).verdict for source in sources]


# Pass 1: a number; the solution prints its double, which is the input of pass 2, three times.
DOUBLES = """
import os, sys
given, feedback = int(open(sys.argv[1]).read()), sys.argv[3]
path = feedback + "passes"
passes = len(open(path).read()) if os.path.exists(path) else 0
with open(path, "a") as file: file.write("x")
try: got = int(sys.stdin.read())
except ValueError: sys.exit(43)
if got != 2 * given: sys.exit(43)
if passes < 2:
    with open(feedback + "nextpass.in", "w") as file: file.write(str(got))
sys.exit(42)
"""


def multi_pass(source: str, passes: int) -> Problem:
    """A problem in several passes."""
    return Problem(
        passes=passes,
        checker=CheckerProgram(language="python", source=source, limits=QUICK),
        tests=(TestCase(input="5", expected=""),),
        limits=SOLUTION,
    )


@pytest.mark.parametrize(
    ("source", "passes", "verdict", "made"),
    [
        ("print(2 * int(input()))", 3, "AC", 3),
        ("n = int(input()); print(2 * n if n < 10 else 0)", 3, "WA", 2),
        ("n = int(input()); print(2 * n if n < 10 else 1 // 0)", 3, "RE", 2),
        ("print(2 * int(input()))", 2, "IE", 2),
    ],
)
def test_several_passes(source: str, passes: int, verdict: str, made: int, judge: Judge) -> None:
    """The checker gives the next pass's input and keeps its files; the program starts anew."""
    test = only(judged(judge, multi_pass(DOUBLES, passes), source))

    assert (verdict, made) == (test.verdict, test.passes), test


# What a checker of several passes does in its second one.
LATER = {
    "crashes": "os.abort()",
    "floods the next input": "leave('nextpass.in', 'x' * (2 << 20))",
    "floods its own files": "for n in range(10**9): leave(str(n), 'x' * 99999)",
    "never ends": "leave('nextpass.in', '5')",
}
SECOND = """
import os, sys
feedback = sys.argv[3]
def leave(name, text):
    with open(feedback + name, "w") as file: file.write(text)
if os.path.exists(feedback + "first"):
    {}
    sys.exit(42)
leave("first", "")
leave("nextpass.in", "5")
sys.exit(42)
"""


@pytest.mark.parametrize("name", LATER)
def test_a_checker_that_fails_in_a_later_pass(name: str, judge: Judge) -> None:
    """It is the judge's error, and what it did in the passes before does not hide that."""
    result = judged(judge, multi_pass(SECOND.format(LATER[name]), 3), "print(input())")

    assert "IE" == result.verdict
    assert result.cause


def test_a_later_pass_has_limits_of_its_own(judge: Judge) -> None:
    """A program that does not end in its second pass is too slow, whatever the first took."""
    source = "n = int(input()); print(2 * n)\nwhile n == 10: pass"
    test = only(judged(judge, multi_pass(DOUBLES, 3), source))

    assert ("TLE", 2) == (test.verdict, test.passes)


def test_a_next_pass_after_a_rejection_is_the_judges_error(judge: Judge) -> None:
    """nextpass.in goes with 42 alone."""
    wrong = DOUBLES.replace("sys.exit(42)", "sys.exit(43)")

    assert "IE" == judged(judge, multi_pass(wrong, 3), "print(2 * int(input()))").verdict


def test_interactive_passes(judge: Judge) -> None:
    """A talk may have several passes."""
    again = GUESSES.replace("leave(42)", AGAIN)
    test = only(judged(judge, interactive(again, ("7",), passes=2), SEARCH))

    assert ("AC", 2) == (test.verdict, test.passes)


AGAIN = """
        if secret == 7:
            with open(sys.argv[3] + "nextpass.in", "w") as file: file.write("700")
        leave(42)
"""


def test_contradictions_are_refused() -> None:
    """An interactive problem has an interactor; a multi-pass one a validator."""
    tests = (TestCase(input="1", expected="1"),)
    with pytest.raises(InvalidSubmission, match="interactor"):
        Problem(tests=tests, procedure=Interactive())
    with pytest.raises(InvalidSubmission, match="checker program"):
        Problem(tests=tests, passes=2)


def test_who_lost_its_reader_ended_second() -> None:
    """An interactor's pipes close before its end is noted; a solution may die of that meanwhile."""
    died = Report(None, 13, 1.0, 1.0, 0, ended_ms=10.0)
    rejected = Report(43, None, 1.0, 1.0, 0, ended_ms=10.5)

    assert "solution" == left_first(died, rejected)
    assert "interactor" == left_first(died.changed(unread=True), rejected)


def test_every_rule_has_a_reason() -> None:
    """The table says why each row stands where it does, and its last row always applies."""
    assert all(rule.reason for rule in RULES)
    assert len(RULES) == len({rule.name for rule in RULES})


@pytest.mark.local
def test_a_transcript_says_who_wrote_what() -> None:
    """On demand, in order and bounded; the verdict and who left first are as without it."""
    problem = Problem(
        tests=(TestCase(input="7"),),
        procedure=Interactive(),
        checker=CheckerProgram(language="python", source=GUESSES, limits=QUICK),
        limits=SOLUTION,
    )
    source = "print(9, flush=True)\ninput()\nprint(7, flush=True)\ninput()"
    with Judge(engine=make("local"), slots=1) as judge:
        found = [
            judge.judge(
                Submission(language="python", source=source, problem=problem, transcript=asked)
            ).tests[0]
            for asked in (True, False)
        ]

    assert ["AC", "AC"] == [str(one.verdict) for one in found]
    assert ["solution> 9", "interactor> less", "solution> 7", "interactor> right"] == (
        found[0].transcript.splitlines()
    )
    assert "" == found[1].transcript


def test_a_transcript_is_bounded() -> None:
    """What does not fit is left out, and the end says so."""
    said = Transcript()
    for number in range(10_000):
        said.record(number % 2 == 0, b"%d\n" % number)

    assert said.text.startswith("solution> 0\ninteractor> 1\n")
    assert said.text.endswith("\n…")
    assert len(said.text) < 16 * MOST_BYTES
