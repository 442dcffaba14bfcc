"""Problems whose programs read and write files by name, and write several."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from engines import make

from judgecore import Batch, CheckerProgram, InvalidSubmission, Judge, Limits, Problem, Submission
from judgecore import TestCase as Case
from judgecore.problem import Checker
from judgecore.result import TestResult

pytestmark = pytest.mark.local
NAMED = Batch(input_file="input.txt", output_file="output.txt")
C = """#include <stdio.h>
int main(void) {
    FILE *in = fopen("input.txt", "r"), *out = fopen("output.txt", "w");
    int a, b;
    if (fscanf(in, "%d %d", &a, &b) != 2) return 1;
    fprintf(out, "%d\\n", a + b);
    return 0;
}
"""
PYTHON = (
    "a, b = map(int, open('input.txt').read().split())\nprint(a + b, file=open('output.txt','w'))"
)
JAVA = """import java.nio.file.*;
public class Main {
    public static void main(String[] a) throws Exception {
        String[] words = Files.readString(Path.of("input.txt")).trim().split(" ");
        int sum = Integer.parseInt(words[0]) + Integer.parseInt(words[1]);
        Files.writeString(Path.of("output.txt"), sum + "\\n");
    }
}
"""
SUM = Case(input="3 4\n", expected="7\n")
SMALL = Limits(output_bytes=1000)
# Language and program, and the verdict with its detail.
CASES = {
    "compiled": ("c", C, "AC", ""),
    "interpreted": ("python", PYTHON, "AC", ""),
    "on a virtual machine": ("java", JAVA, "AC", ""),
    "to stdout": ("bash", "echo 7", "WA", "it did not write output.txt"),
    "from stdin": ("bash", "read a b && echo 7 >output.txt", "RE", "exit code 1"),
    "wrong": ("bash", "echo 8 >output.txt", "WA", "token 1: got '8', expected '7'"),
    "a link": ("bash", "ln -s input.txt output.txt", "WA", "it did not write output.txt"),
    "a folder": ("bash", "mkdir output.txt", "WA", "it did not write output.txt"),
    "a crash": ("bash", "echo 7 >output.txt; exit 3", "RE", "exit code 3"),
    "too much": (
        "bash",
        "head -c 2000 /dev/zero >output.txt",
        "OLE",
        "more than 1000 bytes in output.txt",
    ),
}


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    """A judge on namespaces, with room for a checker."""
    with Judge(engine=make("local"), slots=2) as a_judge:
        yield a_judge


def judged(judge: Judge, language: str, source: str, **problem: Any) -> TestResult:
    """The result of the only test."""
    made = Problem(**{"procedure": NAMED, "tests": (SUM,), **problem})
    return judge.judge(Submission(language=language, source=source, problem=made)).tests[0]


@pytest.mark.parametrize("name", CASES)
def test_a_program_reads_and_writes_named_files(judge: Judge, name: str) -> None:
    """The input lies in the one file, and the other is judged, in every kind of language."""
    language, source, verdict, detail = CASES[name]
    found = judged(judge, language, source, limits=SMALL)

    assert (verdict, detail) == (str(found.verdict), found.detail)
    assert {} == found.files


def test_a_run_finds_nothing_of_the_one_before(judge: Judge) -> None:
    """An output that one test left is not there in the next."""
    source = """[ -e output.txt ] && exit 9
        read a b <input.txt; [ $a = 1 ] || echo $((a + b)) >output.txt"""
    problem = Problem(procedure=NAMED, tests=(SUM, Case(input="1 6\n", expected="7\n"), SUM))
    result = judge.judge(Submission(language="bash", source=source, problem=problem))

    assert ["AC", "WA", "AC"] == [str(test.verdict) for test in result.tests]


def test_the_result_keeps_the_files_where_asked(judge: Judge) -> None:
    """`keep_output` keeps what was judged, `collect` what it names."""
    problem = Problem(procedure=NAMED, tests=(SUM,))
    source = "echo 7 >output.txt; echo x >more.txt"
    asked = {"keep_output": True, "collect": ("more.txt", "output.txt")}
    sent = Submission(language="bash", source=source, problem=problem, **asked)

    assert {"more.txt": "x\n", "output.txt": "7\n"} == judge.judge(sent).tests[0].files


SEVERAL = Batch(more_outputs=("least.txt", "most.txt"))
LEAST_AND_MOST = Case(
    input="2 9 4\n",
    expected="3\n",
    expected_files={"least.txt": "2\n", "most.txt": "9\n"},
)


@pytest.mark.parametrize(
    ("source", "verdict", "detail"),
    [
        ("echo 3; echo 2 >least.txt; echo 9 >most.txt", "AC", ""),
        ("echo 4; echo 2 >least.txt; echo 9 >most.txt", "WA", "token 1: got '4', expected '3'"),
        (
            "echo 3; echo 2 >least.txt; echo 4 >most.txt",
            "WA",
            "most.txt: token 1: got '4', expected '9'",
        ),
        ("echo 3; echo 2 >least.txt", "WA", "it did not write most.txt"),
    ],
)
def test_several_outputs_are_compared(judge: Judge, source: str, verdict: str, detail: str) -> None:
    """Each output has to be right, and the first that is not is named."""
    found = judged(judge, "bash", source, procedure=SEVERAL, tests=(LEAST_AND_MOST,))

    assert (verdict, detail) == (str(found.verdict), found.detail)


def test_a_checker_program_gets_every_output(judge: Judge) -> None:
    """It finds the others in its folder `outputs`, and a test's data beside them."""
    checker = CheckerProgram(
        language="bash",
        source="""found=$(cat outputs/least.txt outputs/most.txt data.txt - | tr "\\n" " ")
            [ "$found" = "2 9 d 3 " ] && exit 42; exit 43""",
    )
    test = Case(input="2 9 4\n", files={"data.txt": "d\n"})
    source = "cat data.txt >/dev/null && echo 3; echo 2 >least.txt; echo 9 >most.txt"
    found = judged(judge, "bash", source, procedure=SEVERAL, checker=checker, tests=(test,))

    assert ("AC", "") == (str(found.verdict), found.staff_message)


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (
            "files has 'input.txt', which is the input's own name",
            {"tests": [{"files": {"input.txt": ""}}]},
        ),
        ("expected_files has 'x', which is no output", {"tests": [{"expected_files": {"x": ""}}]}),
        (
            "expected_files lacks 'b'",
            {"tests": [{"expected": ""}], "procedure": {"kind": "batch", "more_outputs": ["b"]}},
        ),
        (
            "names one file twice",
            {"procedure": {"kind": "batch", "input_file": "a", "output_file": "a"}},
        ),
        ("a path is relative", {"procedure": {"kind": "batch", "output_file": "/etc/passwd"}}),
        ("a path is relative", {"procedure": {"kind": "batch", "input_file": "../a"}}),
    ],
)
def test_names_that_cannot_be_are_refused(said: str, problem: dict[str, Any]) -> None:
    """A name that clashes or leads out is refused by its field."""
    with pytest.raises(InvalidSubmission, match=said):
        Problem(**{"procedure": NAMED, "tests": [{"input": ""}], "checker": Checker(), **problem})


def test_a_problem_without_names_is_written_as_before() -> None:
    """What a worker of an older version reads has no new keys."""
    problem = Problem(tests=(SUM,), procedure=Batch())

    assert {"tests"} == set(problem.model_dump(mode="json", exclude_defaults=True))
    assert (
        NAMED
        == Problem.model_validate_json(
            Problem(tests=(SUM,), procedure=NAMED).model_dump_json(exclude_defaults=True)
        ).procedure
    )
