"""Submissions that are compiled with code of the problem: graders, stubs, headers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from engines import make

from judgecore import Included, InvalidSubmission, Judge, Problem, Program, Submission, Support
from judgecore import TestCase as Case
from judgecore.engine.fake import FakeEngine
from judgecore.evaluation import with_included
from judgecore.languages import Registry

HEADER = "int sum(int a, int b);\n"
C_GRADER = """#include <stdio.h>
#include "sum.h"
int main(void) { int a, b; if (scanf("%d %d", &a, &b) != 2) return 1; printf("%d\\n", sum(a, b)); }
"""
CPP_GRADER = '#include <iostream>\n#include "sum.h"\n' + (
    "int main() { int a, b; std::cin >> a >> b; std::cout << sum(a, b) << std::endl; }\n"
)
PY_GRADER = "import sum\na, b = map(int, input().split())\nprint(sum.sum(a, b))\n"
JAVA_GRADER = """public class grader {
    public static void main(String[] arguments) {
        var in = new java.util.Scanner(System.in);
        System.out.println(new sum().sum(in.nextInt(), in.nextInt()));
    }
}
"""
BY_LANGUAGE = {
    "c": Support(files={"grader.c": C_GRADER, "sum.h": HEADER}),
    "cpp": Support(files={"grader.cpp": CPP_GRADER, "sum.h": HEADER}),
    "python": Support(files={"grader.py": PY_GRADER}, entry="grader.py"),
    "java": Support(files={"grader.java": JAVA_GRADER}, entry="grader.java"),
}
PROBLEM = Problem(
    tests=(Case(input="3 4\n", expected="7\n"),),
    harness=Included(by_language=BY_LANGUAGE, source_name="sum"),
)
C_SUM = '#include "sum.h"\nint sum(int a, int b) { return a + b; }\n'
JAVA_SUM = "public class sum { int sum(int a, int b) { return a + b; } }"
CASES = {
    "c": ("c", C_SUM, "AC"),
    "c++": ("cpp", C_SUM, "AC"),
    "another C++": ("cpp17", C_SUM, "AC"),
    "python": ("python", "def sum(a, b): return a + b", "AC"),
    "java": ("java", JAVA_SUM, "AC"),
    "wrong": ("python", "def sum(a, b): return a - b", "WA"),
    "without the function": ("c", "int sun;", "CE"),
    "with a main of its own": ("c", C_SUM + "int main(void) { return 0; }", "CE"),
}


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    """A judge on namespaces."""
    with Judge(engine=make("local"), slots=1) as a_judge:
        yield a_judge


@pytest.mark.local
@pytest.mark.parametrize("name", CASES)
def test_a_submission_is_compiled_with_the_grader(judge: Judge, name: str) -> None:
    """The grader of the submission's language calls it, or the compiler says what is missing."""
    language, source, verdict = CASES[name]
    result = judge.judge(Submission(language=language, source=source, problem=PROBLEM))

    assert verdict == str(result.verdict)


def with_code(included: Included, language: str, program: Program) -> Program:
    """The program as it is compiled."""
    registry = Registry()
    return with_included(program, registry.resolve(language), included, registry)


def test_a_language_without_a_grader_is_refused() -> None:
    """The refusal names the languages that have one; no program is run."""
    sent = Submission(language="rust", source="fn main() {}", problem=PROBLEM)
    said = (
        r"^language: rust: the problem has no grader for it; it has one for c, cpp, java, python$"
    )
    with Judge(engine=FakeEngine(), slots=1) as fake, pytest.raises(InvalidSubmission, match=said):
        fake.judge(sent)
    with pytest.raises(InvalidSubmission, match="python2: the problem has no grader"):
        with_code(Included(by_language=BY_LANGUAGE), "python2", Program("python2", b"x"))


def test_files_of_the_problem_replace_the_submissions() -> None:
    """A header that a submission brings is not the one that it is compiled with."""
    included = Included(by_language={"default": Support(files={"a.h": "ours"})})
    made = with_code(included, "cpp", Program("cpp", b"x", {"a.h": b"theirs", "b.h": b"b"}))

    assert (b"x", "main.cpp", {"a.h": b"ours", "b.h": b"b"}) == (
        made.source,
        made.entry,
        made.files,
    )


def test_a_driver_called_like_the_entry_is_started() -> None:
    """The submission keeps its name beside it, or gets another one."""
    included = Included(by_language={"python": Support(files={"main.py": "import solution"})})
    named = with_code(included, "python", Program("python", b"x", entry="solution.py"))
    plain = with_code(included, "python", Program("python", b"x"))

    assert (b"import solution", "main.py", {"solution.py": b"x"}) == (
        named.source,
        named.entry,
        named.files,
    )
    assert {"submission.py": b"x"} == plain.files


def test_an_entry_that_clashes_is_refused() -> None:
    """A submission that is called like a file of the problem would be lost."""
    included = Included(by_language={"c": Support(files={"grader.c": "x"})})
    with pytest.raises(InvalidSubmission, match=r"^entry: 'grader.c' is the name of a file"):
        with_code(included, "c", Program("c", b"x", entry="grader.c"))
    with pytest.raises(InvalidSubmission, match="entry 'b' is none of the files"):
        Support(files={"a": "x"}, entry="b")
