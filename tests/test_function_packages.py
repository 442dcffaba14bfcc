"""Packages of function problems, stubs, and problems as others write them."""

from __future__ import annotations

import base64
import json
import os
import pickle
import re
import zlib
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from judgecore import CheckerProgram, Function, InvalidPackage, Limits
from judgecore.__main__ import app
from judgecore.functions import parse
from judgecore.languages import Registry
from judgecore.languages.drivers import driver_of
from judgecore.languages.stubs import stub, stubs_of
from judgecore.problems import function_package, package
from judgecore.problems.foreign_functions import problem_from

TOML = """[signature]
text = "two_sum(nums: list[int], target: int) -> list[int]"
[compare]
kind = "unordered"
[limits]
cpu_ms = 500
memory_mb = 64
"""
LINES = """{"args": [[3, 2, 4], 6], "expect": [1, 2], "sample": true}

{"args": [[2, 7], 9], "expect": [0, 1], "group": "small", "name": "seven"}
"""


def written(folder: Path, toml: str = TOML, lines: str = LINES) -> Path:
    """A package."""
    (folder / "function.toml").write_text(toml)
    (folder / "tests.jsonl").write_text(lines)
    (folder / "problem.yaml").write_text("name: Two sum\n")
    return folder


def test_a_package_is_read_and_written(tmp_path: Path) -> None:
    """Signature, comparison, limits and tests; what is no sample is called secret."""
    found = package.load(written(tmp_path))
    harness = found.harness
    assert isinstance(harness, Function)
    function_package.write(found, tmp_path / "copy")
    again = package.load(tmp_path / "copy")

    assert ("two_sum", "unordered") == (harness.parsed.name, harness.compare.kind)
    assert ["sample/1", "secret/seven"] == [test.name for test in found.tests]
    assert (Limits(cpu_ms=500, memory_bytes=64 << 20), "Two sum") == (found.limits, found.title)
    assert (harness, found.limits) == (again.harness, again.limits)
    assert [test.input for test in found.tests] == [test.input for test in again.tests]


def test_a_checker_of_the_package_judges(tmp_path: Path) -> None:
    """`kind = "checker"` names a program beside function.toml."""
    (tmp_path / "checker.py").write_text("exit(0)\n")
    toml = TOML.replace('"unordered"', '"checker"\nfile = "checker.py"')
    checker = package.load(written(tmp_path, toml)).checker

    assert isinstance(checker, CheckerProgram)
    assert ("exit", "python") == (checker.convention, checker.language)


FAULTS = {
    "not TOML": (TOML + "x = = 1", LINES, r"function.toml: not TOML: .*line 8"),
    "an unknown key": (TOML + "cpu = 1", LINES, r"function.toml:8: cpu: not known"),
    "a signature": (TOML.replace("target: int)", "target)"), LINES, "column"),
    "a type": (TOML.replace("target: int", "target: itn"), LINES, "column 34: 'itn' is no type"),
    "a limit": (TOML.replace("500", "0"), LINES, r"function.toml:6: cpu_ms"),
    "not JSON": (TOML, LINES + "{", r"tests.jsonl:4: not JSON"),
    "neither args nor ops": (TOML, "{}", r"tests.jsonl:1: an object with args or ops"),
    "an unknown key of a test": (TOML, '{"args": [], "x": 1}', r"tests.jsonl:1: x: not known"),
    "an argument": (
        TOML,
        '{"args": [[true], 1], "expect": []}',
        r"tests.jsonl:1: .*True is not of",
    ),
    "a later test": (
        TOML,
        LINES.replace(", 9]", "]"),
        r"tests.jsonl:3: tests: secret/seven: two_sum",
    ),
    "no test": (TOML, "\n", "tests.jsonl: there is no test in it"),
    "a comparison": (
        TOML.replace("unordered", "floats"),
        LINES,
        "function.toml:4: .*exact.*checker",
    ),
    "a program without a name": (
        TOML + "[uses]\nprogram = 5\n",
        LINES,
        "function.toml:9: uses: program is not a file's name",
    ),
    "a secret for nobody": (
        TOML,
        LINES[:-2] + ', "secret": 1}',
        "tests.jsonl:3: secret: without",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, name: str) -> None:
    """The complaint names the file, and the line where it is known."""
    toml, lines, said = FAULTS[name]
    with pytest.raises(InvalidPackage, match=said):
        package.load(written(tmp_path, toml, lines))


def packed(value: object) -> str:
    """A value as LiveCodeBench packs its private tests."""
    return base64.b64encode(zlib.compress(pickle.dumps(value))).decode()


ROWS: dict[str, tuple[dict[str, Any], str, str]] = {
    "LeetCode": (
        {
            "metaData": {
                "name": "twoSum",
                "params": [
                    {"name": "nums", "type": "integer[]"},
                    {"name": "target", "type": "integer"},
                ],
                "return": {"type": "integer[]"},
            },
            "tests": [{"input": "[3,2,4]\n6", "output": "[1,2]"}],
        },
        "twoSum(nums: list[int], target: int) -> list[int]",
        "[[3, 2, 4], 6]",
    ),
    "LeetCode, in place": (
        {
            "metaData": json.dumps(
                {
                    "name": "rotate",
                    "params": [{"name": "m", "type": "list<list<integer>>"}],
                    "return": {"type": "void"},
                    "output": {"paramindex": 0},
                }
            ),
            "tests": [{"input": "[[1]]", "output": "[[1]]"}],
        },
        "rotate(m: list[list[int]]) -> void mutates 0",
        "[[[1]]]",
    ),
    "LeetCode, a class": (
        {
            "metaData": {
                "classname": "Stack",
                "constructor": {"params": [{"name": "n", "type": "integer"}]},
                "methods": [{"name": "top", "params": [], "return": {"type": "ListNode"}}],
            },
            "tests": [{"input": '["Stack","top"]\n[[1],[]]', "output": "[null,[2]]"}],
        },
        "Stack(n: int) { top() -> linked_list[int] }",
        '[["Stack", [1]], ["top", []]]',
    ),
    "LeetCode, a Node": (
        {
            "metaData": {
                "name": "cloneGraph",
                "params": [{"name": "node", "type": "Node"}],
                "return": {"type": "Node"},
            },
            "tests": [{"input": "[[2],[1]]", "output": "[[2],[1]]"}],
        },
        "cloneGraph(node: graph) -> graph",
        "[[[2], [1]]]",
    ),
    "calls, with numbers of any size": (
        {"signature": "def f(a: int) -> int", "calls": [[1]], "expected": [10**30]},
        "f(a: bigint) -> bigint",
        "[1]",
    ),
    "LiveCodeBench": (
        {
            "starter_code": "class Solution:\n  def f(self, a: List[int], s: str) -> int:",
            "public_test_cases": json.dumps(
                [{"input": '[1, 9999999999]\n"x"', "output": "3", "testtype": "functional"}]
            ),
        },
        "f(a: list[long], s: string) -> long",
        '[[1, 9999999999], "x"]',
    ),
    "LiveCodeBench, packed": (
        {
            "starter_code": "class Solution:\n    def g(self, a: int) -> int:\n        return 1\n"
            "    def f(self, a: int) -> int:\n        ",
            "private_test_cases": packed(json.dumps([{"input": "7", "output": "8"}])),
            "metadata": '{"func_name": "f"}',
        },
        "f(a: int) -> int",
        "[7]",
    ),
    "fn_name": (
        {
            "fn_name": "f",
            "starter_code": "class Solution:\n    def f(self, a: List[int], b: int) -> float:\n",
            "inputs": ["[1]\n2"],
            "outputs": ["0.5"],
        },
        "f(a: list[int], b: int) -> float",
        "[[1], 2]",
    ),
    "fn_name, results in lists": (
        {
            "fn_name": "f",
            "starter_code": "def f(a: tuple[int, ...], b: int | None = None) -> typing.List[str]",
            "inputs": [[[1], 2]],
            "outputs": [[["x"]]],
        },
        "f(a: list[int], b: optional[int]) -> list[string]",
        "[[1], 2]",
    ),
    "one of two types": (
        {"calls": [["x"]], "expected": [1], "signature": "def f(a: int | str) -> int:"},
        "f(a: any) -> int",
        '["x"]',
    ),
    "calls": (
        {
            "signature": "def near(a: List[float], t: Optional[float]) -> Dict[str, bool]:",
            "calls": [[[1.0], None]],
            "expected": [{"x": True}],
        },
        "near(a: list[float], t: optional[float]) -> map[string, bool]",
        "[[1.0], null]",
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_problems_of_others_are_read(name: str) -> None:
    """Names, types and tests; an int that needs more bits is a long."""
    row, signature, given = ROWS[name]
    found = problem_from(row)
    assert isinstance(found.harness, Function)

    assert (parse(signature), given) == (found.harness.parsed, found.tests[0].input)


class Evil:
    """What runs a command where it is unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return (os._exit, (1,))


def leetcode(returns: str = "integer", **more: object) -> dict[str, Any]:
    """Metadata of a function without parameters."""
    meta = {"name": "f", "params": [], "return": {"type": returns}, **more}
    return {"metaData": meta, "tests": [{"input": "", "output": "1"}]}


STARTER = "class Solution:\n    def f(self, a: int) -> int:"
UNREADABLE: dict[str, tuple[dict[str, Any], str]] = {
    "another form": ({}, "none of metaData, fn_name, starter_code, calls"),
    "no result for a call": (
        {"calls": [[1]], "expected": [], "signature": "f(a: int) -> int"},
        "shorter",
    ),
    "no type": ({"calls": [], "expected": [], "signature": "def f(a) -> int:"}, "has no type"),
    "no function": ({"starter_code": "", "public_test_cases": "[]"}, "there is no function"),
    "a type": (leetcode("NestedInteger"), "'NestedInteger' is not supported"),
    "calls by a program": (leetcode(manual=True), "manual"),
    "a part of a parameter": (leetcode(output={"paramindex": 0, "size": "ret"}), "output"),
    "a missing field": ({"metaData": {"name": "f"}, "tests": []}, "'return' is missing"),
    "not an object": ({"metaData": [], "tests": []}, "cannot be read"),
    "no type but None": (
        {"calls": [[1]], "expected": [1], "signature": "def f(a: Union[None]) -> int:"},
        "Union[None] is not supported",
    ),
    "any number of arguments": (
        {"calls": [[1]], "expected": [1], "signature": "def f(*a: int) -> int:"},
        "any number",
    ),
    "stdin": (
        {"starter_code": STARTER, "public_test_cases": [{"testtype": "stdin"}]},
        "not functional",
    ),
    "a pickled command": (
        {"starter_code": STARTER, "private_test_cases": packed(Evil())},
        "something else than a text",
    ),
    "half packed": ({"starter_code": STARTER, "private_test_cases": "eJx"}, "neither JSON nor"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_rows_that_cannot_be_read_are_refused(name: str) -> None:
    """What is missing or not supported is said, never guessed."""
    row, said = UNREADABLE[name]
    with pytest.raises(InvalidPackage, match=re.escape(said)):
        problem_from(row)


def test_private_tests_are_secret_and_compared_as_the_row_says() -> None:
    """What LiveCodeBench calls private is hidden; `compare` is ours."""
    row = {**ROWS["LiveCodeBench, packed"][0], "compare": {"kind": "float", "absolute": 0.5}}
    found = problem_from({**row, "public_test_cases": [{"input": "1", "output": "2"}]})

    assert isinstance(found.harness, Function)
    assert ["sample/1", "secret/1"] == [test.name for test in found.tests]
    assert 0.5 == found.harness.compare.absolute


def test_stubs_are_made_for_every_language() -> None:
    """Names and types are the language's; a language whose driver lacks a type is left out."""
    signature = parse("two_sum(nums: list[int], if_: map[string, long]) -> list[int]")
    java = driver_of(Registry()["java"])
    assert java is not None

    assert "public int[] twoSum(int[] nums, Map<String, Long> if_)" in stub(java, signature)
    assert {"python", "cpp", "java"} <= {language.id for language, _ in stubs_of(signature, "all")}


def test_the_commands_write_stubs_and_packages(tmp_path: Path) -> None:
    """`problem stub` takes a signature or a package; `problem import` takes a row."""
    row = tmp_path / "row.json"
    row.write_text(json.dumps(ROWS["calls"][0]))
    folder = str(tmp_path / "made")
    imported = CliRunner().invoke(app, ["problem", "import", str(row), "--to", folder])
    printed = CliRunner().invoke(app, ["problem", "stub", folder, "--language", "go"])
    CliRunner().invoke(app, ["problem", "stub", folder, "--to", str(tmp_path / "stubs")])

    assert (0, 0) == (imported.exit_code, printed.exit_code), (imported.output, printed.output)
    assert "func near(a []float64, t *float64) map[string]bool" in printed.stdout
    assert (tmp_path / "stubs" / "python.py").is_file()


HUMANEVAL = {
    "task_id": "HumanEval/0",
    "prompt": "def add(x: int, y: int) -> int:\n",
    "entry_point": "add",
    "canonical_solution": "    return x + y\n",
    "test": "def check(candidate):\n    assert candidate(1, 2) == 3\n",
}
MBPP = {"code": "def add(x, y):\n    return x + y", "test_list": ["assert add(1, 2) == 3"]}


@pytest.mark.parametrize(("row", "options"), [(HUMANEVAL, ["--samples", "0"]), (MBPP, [])])
def test_the_solution_of_a_row_comes_along(
    row: dict[str, object], options: list[str], tmp_path: Path
) -> None:
    """A row's own solution must be accepted; its first test alone is a sample, or as is asked."""
    file, made = tmp_path / "row.json", tmp_path / "made"
    file.write_text(json.dumps(row))
    done = CliRunner().invoke(app, ["problem", "import", str(file), "--to", str(made), *options])
    problem, (solution,) = package.load_all(made, strict=True)

    assert 0 == done.exit_code, done.output
    assert {True: "secret/1", False: "sample/1"}[bool(options)] == problem.tests[0].name
    assert "accepted/solution.py" == solution.name
    assert b"return x + y" in solution.code.source


@pytest.mark.local
def test_a_new_function_problem_is_right(tmp_path: Path) -> None:
    """The submissions of what `problem new --function` writes agree with their labels."""
    folder = str(tmp_path / "made")
    done = CliRunner().invoke(app, ["problem", "new", folder, "--function"])
    verified = CliRunner().invoke(app, ["verify", folder, "--engine", "local"])

    assert (0, 0) == (done.exit_code, verified.exit_code), done.output + verified.output


def test_a_stub_overwrites_nothing(tmp_path: Path) -> None:
    """A file that is there already may hold somebody's work."""
    command = ["problem", "stub", "f(a: int) -> int", "-l", "python", "--to", str(tmp_path)]
    CliRunner().invoke(app, command)
    (tmp_path / "python.py").write_text("work")
    done = CliRunner().invoke(app, command)

    assert "is there already" in str(done.exception)
    assert "work" == (tmp_path / "python.py").read_text()


def test_each_line_becomes_a_package(tmp_path: Path) -> None:
    """A line that cannot be read is told with its number, and the others are written."""
    file = tmp_path / "rows.jsonl"
    good = {**ROWS["fn_name"][0], "question_id": "a/../b"}
    lines = [json.dumps(row) for row in (good, {}, ROWS["calls"][0])]
    file.write_text("\n".join([*lines, "{oops", "[]"]))
    made = tmp_path / "made"
    done = CliRunner().invoke(app, ["problem", "import", str(file), "--to", str(made)])

    assert 1 == done.exit_code
    for said in ("2: the row has none of", "4: not JSON", "5: not an object"):
        assert f"rows.jsonl:{said}" in " ".join(done.output.split())
    assert ["3-near", "a-..-b"] == sorted(path.name for path in made.iterdir())
