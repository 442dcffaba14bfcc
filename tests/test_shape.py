"""Functions are short: one of more than forty lines is hard to read and to test."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONGEST = 40
PYTHON = [
    path
    for package in ("judgecore", "consumers")
    for path in sorted((ROOT / package).rglob("*.py"))
    if path.name != "proof.py"  # a language's program
]
C = sorted((ROOT / "judgecore" / "runner").glob("*.c"))


def shown(path: Path) -> str:
    """How a module is called among the tests."""
    return str(path.relative_to(ROOT))


def is_command(path: Path, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether it may be one of typer's commands, whose parameters are its options."""
    return path.parent.name == "cli" and not node.name.startswith("_")


def python_functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and number of lines of each function of a Python module."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not is_command(path, node):
            yield node.name, (node.end_lineno or 0) - node.lineno + 1


def c_functions(path: Path) -> Iterator[tuple[str, int]]:
    """First line and number of lines of each function of a C file: braces in the first column."""
    for found in re.finditer(
        r"^\w[^\n;]*\([^;{}]*\)\n?\s*\{\n.*?^\}", path.read_text(), re.M | re.S
    ):
        yield found[0].partition("\n")[0], found[0].count("\n") + 1


@pytest.mark.parametrize("path", PYTHON, ids=shown)
def test_python_functions_are_short(path: Path) -> None:
    """No function but a command of the command line has more than forty lines."""
    long = [name for name, lines in python_functions(path) if lines > LONGEST]

    assert [] == long


@pytest.mark.parametrize("path", C, ids=shown)
def test_c_functions_are_short(path: Path) -> None:
    """No function of the runner has more than forty lines."""
    functions = dict(c_functions(path))

    assert functions or path.name == "mode.c"
    assert [] == [name for name, lines in functions.items() if lines > LONGEST]


def test_a_long_function_is_found(tmp_path: Path) -> None:
    """The tests above fail when a function grows to 41 lines."""
    python, c = tmp_path / "long.py", tmp_path / "long.c"
    python.write_text("def f():\n" + "    pass\n" * 40)
    c.write_text("int f(int a)\n{\n" + "    a++;\n" * 38 + "}\n")

    assert [("f", 41)] == list(python_functions(python))
    assert [("int f(int a)", 41)] == list(c_functions(c))
