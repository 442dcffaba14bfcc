"""Problems whose tests are asserts of Python are read as calls, without running them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from judgecore import Function, InvalidPackage
from judgecore.__main__ import app
from judgecore.functions import parse
from judgecore.problems.foreign_functions import left_out, problem_from


def humaneval(prompt: str, *lines: str, name: str = "f") -> dict[str, Any]:
    """A row of HumanEval."""
    test = "METADATA = {}\n\ndef check(candidate):\n" + "".join(f"    {one}\n" for one in lines)
    return {"task_id": "HumanEval/7", "prompt": prompt, "test": test, "entry_point": name}


ROWS: dict[str, tuple[dict[str, Any], str, list[tuple[str, str]]]] = {
    "the signature as it is written": (
        humaneval(
            "from typing import List\n\ndef f(a: List[float], b: int) -> Tuple[float, int]:\n",
            'assert candidate([], 2**3) == (0.5, 1), "text"',
            "assert True",
        ),
        "f(a: list[float], b: int) -> tuple[float, int]",
        [("[[], 8]", "[0.5, 1]")],
    ),
    "types of the values": (
        humaneval(
            "def helper(x):\n    return x\n\ndef f(a, b: list, c: str):\n",
            "assert candidate((1, 2), [[], ['x']], '') == None",
            "assert candidate((3, 4), [], '') == {'a': 10000000000}",
        ),
        "f(a: tuple[long, long], b: list[list[string]], c: string) -> optional[map[string, long]]",
        [('[[1, 2], [[], ["x"]], ""]', "null"), ('[[3, 4], [], ""]', '{"a": 10000000000}')],
    ),
    "forms of an assert": (
        humaneval(
            "def f(a):\n",
            "assert candidate(1)",
            "assert not candidate(-2)",
            "assert candidate(3) is True",
            "assert False == candidate(4)",
        ),
        "f(a: int) -> bool",
        [("[1]", "true"), ("[-2]", "false"), ("[3]", "true"), ("[4]", "false")],
    ),
    "MBPP": (
        {
            "code": "def pairs(xs, n=2):\r\n  return 1",
            "test_list": ["assert pairs([(1, 'x'), (2, 'y')]) == {3, 4}"],
        },
        "pairs(xs: list[tuple[int, string]]) -> set[int]",
        [('[[[1, "x"], [2, "y"]]]', "[3, 4]")],
    ),
    "values of several kinds": (
        humaneval(
            "def f(a, b: Union[int, str], c: Optional[Any]):\n",
            "assert candidate([1, 'x', [], {'k': None}], 1, 2) == 1",
            "assert candidate([], '1', None) == 'y'",
        ),
        "f(a: list[any], b: any, c: optional[int]) -> any",
        [('[[1, "x", [], {"k": null}], 1, 2]', "1"), ('[[], "1", null]', '"y"')],
    ),
    "a function that looks at what it is given": (
        humaneval(
            "def f(a, b):\n", "assert candidate(3, 1.5) == 1.5", "assert candidate(3.0, 2) == 2"
        )
        | {"canonical_solution": "    return b if isinstance(a, float) else a\n"},
        "f(a: any, b: any) -> float",
        [("[3, 1.5]", "1.5"), ("[3.0, 2]", "2")],
    ),
    "types that several kinds have": (
        humaneval(
            "def f(a: Union[int, str, None], b: List[Any], c: object) -> Optional[Any]:\n",
            "assert candidate(1, [2.5, None], 'x') is None",
        ),
        "f(a: any, b: list[any], c: any) -> any",
        [('[1, [2.5, null], "x"]', "null")],
    ),
    "a tuple in the place of a list": (
        humaneval("def f(a):", "assert tuple(candidate([1])) == tuple([2.5] * 2)"),
        "f(a: list[int]) -> tuple[float, float]",
        [("[[1]]", "[2.5, 2.5]")],
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_asserts_become_calls(name: str) -> None:
    """Types come from the signature where it has them, and from the values where not."""
    row, signature, calls = ROWS[name]
    found = problem_from(row)
    assert isinstance(found.harness, Function)

    assert parse(signature) == found.harness.parsed
    assert calls == [(test.input, test.expected) for test in found.tests]


def test_a_bound_on_the_difference_is_the_tolerance() -> None:
    """The largest bound of a row is that of its comparison."""
    row = humaneval(
        "def f(a):\n",
        "assert abs(candidate(1.5) - 2.0/4) < 1e-6",
        "assert math.fabs(0.5 - candidate(2)) <= 1e-4",
        "assert math.isclose(candidate(2), 0.5, rel_tol=0.001)",
    )
    found = problem_from(row)
    assert isinstance(found.harness, Function)

    assert (("float", 0.001)) == (found.harness.compare.kind, found.harness.compare.absolute)
    assert ["0.5"] * 3 == [test.expected for test in found.tests]


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Loops and computed values are left out; a row without another test is refused."""
    lines = ("for x in range(9):", "    assert candidate(x) == x", "assert candidate(1) == g(1)")
    row = humaneval("def f(a):\n", *lines, "assert candidate(2**9**9) == 1")
    with pytest.raises(InvalidPackage, match="no assert about f has values"):
        problem_from(row)

    row = humaneval("def f(a):\n", *lines, "assert candidate(1) == 2")
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(row))
    made = CliRunner().invoke(app, ["problem", "import", str(file), "--to", str(tmp_path / "made")])

    assert 0 == made.exit_code, made.output
    assert ("for x in range(9):", "assert candidate(1) == g(1)") == left_out(row)
    assert "2 statements of its tests were left out" in " ".join(made.output.split())
    assert (tmp_path / "made" / "HumanEval-7" / "function.toml").is_file()


@pytest.mark.parametrize(
    "line",
    ["assert candidate(int('x')) == 1", "assert abs() < 1", "assert ()", "assert isclose(2)"],
)
def test_a_statement_that_means_nothing_is_left_out_alone(line: str) -> None:
    """The other statements of the row become its tests."""
    row = humaneval("def f(a):\n", line, "assert candidate(1) == 2")

    assert 1 == len(problem_from(row).tests)
    assert (line,) == left_out(row)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("assert candidate([1, {2}]) == 1", "no type fits values of int, set"),
        ("assert candidate({1: 2, 'x': 3}) == 1", "any cannot be a key"),
        ("assert candidate([1, 'x', float('inf')]) == 1", "NaN or an infinity where a type is any"),
        ("assert candidate() == 1; assert candidate(1) == 1", "number of arguments"),
        ("assert candidate(__import__('os').system('true')) == 1", "has values that can be read"),
        ("assert candidate('x' * 10**9) == 1", "has values that can be read"),
        ("assert candidate([0] * 10**5 * 10**5) == 1", "has values that can be read"),
        ("assert candidate([[0] * 9999] * 9999) == 1", "has values that can be read"),
        ("assert candidate('%999999999d' % 1) == 1", "has values that can be read"),
        (f"assert candidate({'[0] * 9999, ' * 999}) == 1", "has values that can be read"),
        ("assert candidate('x' * 99999) == 1; " * 51, "are too large"),
        ("assert candidate(a=1) == 1", "has values that can be read"),
    ],
)
def test_rows_without_a_signature_are_refused(line: str, said: str) -> None:
    """What JSON cannot say has no type, and nothing of a row is run."""
    with pytest.raises(InvalidPackage, match=said):
        problem_from(humaneval("def f(a):\n", line))
