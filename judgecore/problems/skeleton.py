"""The files of a new problem: one that can be judged, to be changed."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from judgecore.errors import InvalidSubmission

_FILES = {
    "problem.yaml": """problem_format_version: 2025-09
type: pass-fail
name: {name}
uuid: {uuid}
limits:
  time_limit: 1
  memory: 256
""",
    "statement/problem.en.md": """Add two whole numbers.

# Input

One line with two whole numbers between -1000 and 1000.

# Output

Their sum.
""",
    "data/sample/1.in": "3 4\n",
    "data/sample/1.ans": "7\n",
    "data/secret/1-negative.in": "-5 2\n",
    "data/secret/1-negative.ans": "-3\n",
    "data/secret/2-largest.in": "1000 1000\n",
    "data/secret/2-largest.ans": "2000\n",
    "submissions/accepted/sum.py": "a, b = map(int, input().split())\nprint(a + b)\n",
    "submissions/wrong_answer/absolute.py": (
        "a, b = map(int, input().split())\nprint(abs(a) + abs(b))\n"
    ),
}
_FUNCTION_FILES = {
    "problem.yaml": "name: {name}\n",
    "function.toml": """[signature]
text = "add(a: int, b: int) -> int"

[limits]
cpu_ms = 1000
memory_mb = 256
""",
    "statement/problem.en.md": """Add two whole numbers between -1000 and 1000.

`add(a, b)` returns their sum.
""",
    "tests.jsonl": """{{"args": [3, 4], "expect": 7, "sample": true}}
{{"args": [-5, 2], "expect": -3}}
{{"args": [1000, 1000], "expect": 2000}}
""",
    "submissions/accepted/sum.py": "def add(a, b):\n    return a + b\n",
    "submissions/wrong_answer/absolute.py": "def add(a, b):\n    return abs(a) + abs(b)\n",
}


def create(folder: Path, *, function: bool = False) -> None:
    """Write the files of a new problem; the folder must not be there yet, or be empty.

    `function`: of a function problem.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InvalidSubmission(str(folder), "is there already, and not empty")
    values = {"name": _quoted(folder.resolve().name), "uuid": str(uuid4())}
    try:
        for name, text in (_FUNCTION_FILES if function else _FILES).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.format(**values), "utf-8")
    except OSError as exc:
        raise InvalidSubmission(str(exc.filename), exc.strerror or str(exc)) from None


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"
