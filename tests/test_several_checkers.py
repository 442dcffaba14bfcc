"""Several checkers: the first that does not accept decides, and each is a program of its own."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from engines import SPEED, make
from laid_out import write

from judgecore import (
    CheckerProgram,
    InvalidPackage,
    InvalidSubmission,
    Judge,
    Problem,
    Result,
    Submission,
    TestCase,
    Verdict,
)
from judgecore.config import Config
from judgecore.kinds import Convention, Interactive
from judgecore.problems.package import load, read
from judgecore.verifying import faults_of

START = """
import os, sys
feedback, output = sys.argv[3], sys.stdin.read().split()
fresh = not os.listdir(feedback)
def leave(code, **files):
    for name, text in files.items(): open(feedback + name + ".txt", "w").write(text)
    sys.exit(code if fresh else 1)
"""
FIRST = START + "leave(42 if 'a' in output else 43, teammessage='first', judgemessage='one')"
SECOND = START + "leave(42 if 'b' in output else 43, teammessage='second', judgemessage='two')"
BROKEN = START + "sys.exit(0)"
SCORES = START + "leave(42, score=output[-1])"
TEST = TestCase(name="1", input="", expected="")


def program(source: str) -> CheckerProgram:
    """A checker in Python, of the convention `kattis`."""
    return CheckerProgram(language="python", source=source)


def result(judge: Judge, output: str, *sources: str) -> Result:
    """What a submission gets that prints this, where these are the checkers."""
    first, *more = map(program, sources)
    problem = Problem(tests=(TEST,), checker=first, more_checkers=tuple(more))
    return judge.judge(Submission(language="python", source=f"print({output!r})", problem=problem))


def test_the_first_that_does_not_accept_decides(judge: Judge) -> None:
    """It gives verdict and messages; where all accept, all messages are there."""
    (both,) = result(judge, "a b", FIRST, SECOND).tests
    (only_b,) = result(judge, "b", FIRST, SECOND).tests
    (only_a,) = result(judge, "a", FIRST, SECOND).tests

    assert (Verdict.AC, "first\nsecond", "one\ntwo") == (
        both.verdict,
        both.message,
        both.staff_message,
    )
    assert (Verdict.WA, "first", "one") == (only_b.verdict, only_b.message, only_b.staff_message)
    assert (Verdict.WA, "second", "two") == (only_a.verdict, only_a.message, only_a.staff_message)


def test_a_broken_one_is_an_internal_error_unless_one_before_it_rejects(judge: Judge) -> None:
    """The cause says which it is; a rejection comes first, as nothing after it is run."""
    broken = result(judge, "a", FIRST, BROKEN)
    rejected = result(judge, "b", FIRST, BROKEN)

    assert (Verdict.IE, "test 1: checker 2: exit code 0, which is neither 42 nor 43") == (
        broken.verdict,
        broken.cause,
    )
    assert Verdict.WA is rejected.verdict


def test_one_that_does_not_compile_is_an_internal_error(judge: Judge) -> None:
    """Whichever of them it is."""
    wrong = CheckerProgram(language="c", source="int main(void) { return")
    problem = Problem(tests=(TEST,), checker=program(FIRST), more_checkers=(wrong,))
    made = judge.judge(Submission(language="python", source="print('a')", problem=problem))

    assert Verdict.IE is made.verdict
    assert "the problem's checker does not compile" in (made.cause or "")


SCORED = {
    "problem.yaml": "name: x\ntype: scoring\nvalidation: custom score\nlimits: {time_limit: 2}\n",
    "data/secret/1.in": "",
    "data/secret/1.ans": "",
    "output_validators/a.py": SCORES.replace("[-1]", "[0]"),
    "output_validators/b.py": SCORES,
    "output_validators/c.py": START + "leave(42)",
}


@pytest.mark.local
def test_the_last_score_counts(tmp_path: Path) -> None:
    """Of a package's validators, which run in the order of their names."""
    problem = load(write(tmp_path, SCORED))
    with Judge(Config(speed=SPEED), engine=make("local"), slots=1) as judge:
        found = judge.judge(Submission(language="python", source="print('3 5 7')", problem=problem))

    assert (Verdict.AC, Decimal(7)) == (found.verdict, found.score)
    assert "3 files, and so 3 validators" in problem.warnings[0]


PROBED = {
    "problem.yaml": "name: x\nvalidation: custom\nlimits: {time_limit: 2}\n",
    "output_validators/first.py": FIRST,
    "output_validators/second/v.py": SECOND,
    **{
        f"data/{folder}.{ending}": text
        for folder, text in {
            "secret/1": "",
            "valid_output/both": "a b",
            "invalid_output/a": "a",
            "invalid_output/b": "b",
        }.items()
        for ending in ("in", "ans", "out")
    },
}


@pytest.mark.local
def test_verify_asks_all_of_them(tmp_path: Path) -> None:
    """An output that must be accepted has to be accepted by all, and rejected by one."""
    good = read(write(tmp_path / "good", PROBED))
    wrong = {"data/valid_output/a.out": "a", "data/valid_output/a.in": ""}
    wrong |= {"data/invalid_output/both.out": "a b", "data/invalid_output/both.in": ""}
    wrong |= {path.replace(".out", ".ans"): "" for path in wrong if path.endswith(".out")}
    bad = read(write(tmp_path / "bad", PROBED | wrong))
    with Judge(Config(speed=SPEED), engine=make("local"), slots=1) as judge:
        none, some = (faults_of(judge.executors, one) for one in (good, bad))

    assert () == good.problem.warnings
    assert [] == none
    assert [
        "invalid_output/both: AC; the checker should reject the output",
        "valid_output/a: WA; the checker should accept the output",
    ] == sorted(some)


def test_where_they_make_no_sense_they_are_refused(tmp_path: Path) -> None:
    """A program that talks, or asks for another pass, would need a run of its own; and no more
    than eight are supported."""
    checker, tests = program(FIRST), (TEST,)
    testlib = checker.model_copy(update={"convention": Convention.TESTLIB})
    for fields in (
        {"checker": checker, "more_checkers": (checker,), "passes": 2},
        {"checker": checker, "more_checkers": (checker,), "procedure": Interactive()},
        {"checker": checker, "more_checkers": (testlib,)},
        {"checker": testlib, "more_checkers": (checker,)},
        {"more_checkers": (checker,)},
        {"checker": checker, "more_checkers": (checker,) * 8},
    ):
        with pytest.raises(InvalidSubmission, match="more_checkers"):
            Problem(tests=tests, **fields)
    for settings, said in (
        ("validation: custom interactive", "2 validators; interactive problems have one"),
        ("validation: custom multi-pass", "2 validators; multi-pass problems have one"),
    ):
        files = PROBED | {"problem.yaml": f"name: x\n{settings}\nlimits: {{time_limit: 2}}\n"}
        with pytest.raises(InvalidPackage, match=said):
            load(write(tmp_path / settings, files))
    many = {f"output_validators/{n}.py": FIRST for n in range(7)}
    with pytest.raises(InvalidPackage, match="9 validators; at most 8"):
        load(write(tmp_path / "many", PROBED | many))


SHARED = """import sys
def judge(output):
    sys.exit(42 if output.strip() == "a" else 43)
"""
C_MAIN = "int judge(void);\nint main(void) { return judge(); }\n"
C_PART = "int judge(void) { return 42; }\n"


@pytest.mark.local
def test_files_that_need_each_other_are_one_validator(tmp_path: Path) -> None:
    """A module that another file imports is none of its own, wherever its name stands."""
    files = SCORED | {"problem.yaml": PROBED["problem.yaml"]}
    files = {path: text for path, text in files.items() if "validators" not in path}
    files["output_validators/check.py"] = "import sys, alike\nalike.judge(sys.stdin.read())\n"
    files["output_validators/alike.py"] = SHARED
    problem = load(write(tmp_path, files))
    with Judge(Config(speed=SPEED), engine=make("local"), slots=1) as judge:
        made = (
            judge.judge(Submission(language="python", source=f"print({said!r})", problem=problem))
            for said in "ab"
        )
        assert [Verdict.AC, Verdict.WA] == [one.verdict for one in made]
    assert () == problem.more_checkers
    assert () == problem.warnings


def test_which_files_are_validators(tmp_path: Path) -> None:
    """A script makes one of them all; a file without main is a part; other folders are not read."""
    tests = {path: text for path, text in PROBED.items() if "secret" in path or "yaml" in path}
    for name, files, expected in (
        ("script", {"build": "#!/bin/sh", "a.cpp": C_MAIN, "b.cpp": C_MAIN}, ["scripts"]),
        ("part", {"a.cpp": C_PART, "b.cpp": C_MAIN}, ["cpp"]),
        ("included", {"a.cpp": C_MAIN, "b.cpp": '#include "a.cpp"\n'}, ["cpp"]),
        ("cache", {"a.py": FIRST, "__pycache__/a.pyc": ""}, ["python"]),
        (
            "two",
            {"a.cpp": C_MAIN, "re.cpp": C_MAIN, "c.py": "import re\n"},
            ["cpp", "python", "cpp"],
        ),
    ):
        given = {f"output_validators/{path}": text for path, text in files.items()}
        problem = load(write(tmp_path / name, tests | given))

        assert expected == [one.language for one in problem.programs], name
    files = {"a.cpp": C_MAIN, "b.cpp": C_MAIN, "c.cpp": C_PART}
    given = {f"output_validators/{path}": text for path, text in files.items()}
    with pytest.raises(InvalidPackage, match=r"c\.cpp: no validator, but a part of one"):
        load(write(tmp_path / "unclear", tests | given))


def test_a_validator_takes_along_the_headers_that_it_includes(tmp_path: Path) -> None:
    """Those beside it, and those that these include; nothing else."""
    tests = {path: text for path, text in PROBED.items() if "secret" in path or "yaml" in path}
    files = {
        "a.cpp": '#include "one.h"\n' + C_MAIN,
        "b.cpp": '#include "two.h"\n#include "absent.h"\n' + C_MAIN,
        "one.h": '#include "two.h"\n#include "one.h"\n',
        "two.h": "",
        "other.h": "",
    }
    given = {f"output_validators/{path}": text for path, text in files.items()}
    problem = load(write(tmp_path, tests | given))

    assert [{"one.h", "two.h"}, {"two.h"}] == [set(one.files) for one in problem.programs]
