"""Plain folders of tests: how inputs and answers are paired, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from laid_out import write

from judgecore import InvalidPackage
from judgecore.problems.package import load
from judgecore.validation import as_bytes

# Files, whose input says the number of their test, and the names of the tests.
FORMS: dict[str, tuple[list[tuple[str, str]], list[str]]] = {
    "beside": ([("2.in", "2.out"), ("10.in", "10.ans")], ["2", "10"]),
    "COCI": ([("a.1.in", "a.1.out"), ("a.2.in", "a.2.sol")], ["a.1", "a.2"]),
    "COCI of old": ([("a.in.2", "a.out.2"), ("a.in.10", "a.out.10")], ["a.in.2", "a.in.10"]),
    "Polygon's": ([("01", "01.a"), ("02", "02.a")], ["01", "02"]),
    "by beginnings": (
        [("input1.txt", "output1.txt"), ("input2.txt", "output2.txt")],
        ["input1", "input2"],
    ),
    "in and out": ([("in.1", "out.1"), ("in.2", "out.2")], ["in.1", "in.2"]),
    "in1 and out1": ([("in1.txt", "out1.txt"), ("in2.txt", "ans2.txt")], ["in1", "in2"]),
    "one": ([("input.txt", "output.txt")], ["input"]),
    "HackerRank's": (
        [
            ("input/input00.txt", "output/output00.txt"),
            ("input/input01.txt", "output/output01.txt"),
        ],
        ["input00", "input01"],
    ),
    "AtCoder's": ([("in/a.txt", "out/a.txt"), ("in/b.txt", "out/b.txt")], ["a", "b"]),
    "two folders": (
        [("input/2.in", "output/2.out"), ("input/10.in", "output/10.out")],
        ["2", "10"],
    ),
    "a folder for each": ([("2/input.txt", "2/output.txt"), ("10/in", "10/out")], ["2", "10"]),
    "a folder of its own": ([("tests/1.in", "tests/1.out")], ["1"]),
    "folders in one of its own": ([("tests/1/input", "tests/1/output")], ["1"]),
    "data": ([("data/1.in", "data/1.ans")], ["1"]),
    "both in one of its own": ([("testcases/in/1", "testcases/out/1")], ["1"]),
}
BESIDE = {"main.py": "print()", "notes.txt": "", "index.html": "", ".timelimit": "1"}


@pytest.mark.parametrize("form", FORMS)
def test_pairs(form: str, tmp_path: Path) -> None:
    """Every input gets its answer, in the natural order; other files are no tests."""
    pairs, names = FORMS[form]
    files = {one: f"{n}{side}" for n, pair in enumerate(pairs) for side, one in enumerate(pair)}
    problem = load(write(tmp_path, BESIDE | files))

    assert names == [test.name for test in problem.tests]
    assert [(f"{n}0".encode(), f"{n}1".encode()) for n in range(len(pairs))] == [
        (as_bytes(test.input), as_bytes(test.expected or b"")) for test in problem.tests
    ]


REFUSED = {
    "no answer": ({"1.in": "", "1.out": "", "2.in": ""}, r"2\.in: an input without an answer"),
    "no answer there": (
        {"input/1.txt": "", "output/1.txt": "", "input/2.txt": ""},
        r"2\.txt: an input without an answer",
    ),
    "no answer in a folder": (
        {"1/input.txt": "", "1/output.txt": "", "2/input.txt": ""},
        r"2/input\.txt: an input without an answer",
    ),
    "two folders": (
        {"test/1.in": "", "test/1.out": "", "tests/1.in": "", "tests/1.out": ""},
        "tests in tests/ and test/: remove one",
    ),
    "settings": (
        {"in/1.in": "", "out/1.out": "", "config.yml": ""},
        r"config\.yml: settings of a format that is not read; with --lenient",
    ),
    "settings of tests": (
        {"tests/1.in": "", "tests/1.out": "", "tests/init.yml": ""},
        r"init\.yml: settings of a format that is not read",
    ),
    "unknown names": ({"1.dat": "", "1.diff": ""}, r"nor tests, such as 1\.in and 1\.out, input1"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str, tmp_path: Path) -> None:
    """A test is never left out silently."""
    files, said = REFUSED[case]
    with pytest.raises(InvalidPackage, match=said):
        load(write(tmp_path, files))


def test_settings_are_ignored_where_lenient(tmp_path: Path) -> None:
    """The tests alone are read, with a warning."""
    files = {"1.in": "", "1.out": "", "config.yaml": "", ".timelimit": "1"}
    problem = load(write(tmp_path, files), lenient=True)

    assert ["config.yaml: settings of a format that is not read, ignored"] == [
        one.rpartition("/")[2] for one in problem.warnings
    ]


def test_two_answers(tmp_path: Path) -> None:
    """The first kind of name counts, with a warning about the other."""
    problem = load(write(tmp_path, {"1.in": "", "1.out": "a", "1.ans": "b", ".timelimit": "1"}))

    assert b"a" == as_bytes(problem.tests[0].expected or b"")
    assert ["1.ans: not read: 1.out is the answer"] == [
        one.rpartition("/")[2] for one in problem.warnings
    ]


def test_programs_are_no_tests(tmp_path: Path) -> None:
    """Whatever they are called."""
    programs = {f"{side}put.{ending}": "x" for side in ("in", "out") for ending in ("cpp", "py")}
    files = programs | {"in.py": "x", "out.py": "x", "tests/1.in": "", "tests/1.out": ""}

    assert ["1"] == [test.name for test in load(write(tmp_path, files)).tests]


def test_tests_in_a_folder_below_others_are_told(tmp_path: Path) -> None:
    """Those above are read, as ever; nobody is to think that all were."""
    files = {"1.in": "", "1.out": "", "tests/1.in": "", "tests/1.out": "", ".timelimit": "1"}
    problem = load(write(tmp_path, files))

    assert ["1"] == [test.name for test in problem.tests]
    assert (f"{tmp_path}/tests: not read: there are tests in the folder above",) == problem.warnings


def test_data_with_secret_tests_is_no_plain_folder(tmp_path: Path) -> None:
    """Files beside data/secret/ do not take its place, also without a problem.yaml."""
    names = ("data/1", "data/secret/2")
    files = {f"{name}.{ending}": "" for name in names for ending in ("in", "ans")}
    problem = load(write(tmp_path, files))

    assert ["secret/2"] == [test.name for test in problem.tests]
