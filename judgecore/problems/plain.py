"""Read a plain folder of tests: 1.in and 1.out, input1.txt and output1.txt, 01 and 01.a.

Its time limit may be in `.timelimit` or domjudge-problem.ini.
"""

from __future__ import annotations

import re
from pathlib import Path

from judgecore.errors import InvalidPackage
from judgecore.limits import Limits
from judgecore.problem import Checker, CheckerKind, Problem, TestCase
from judgecore.problems.reading import Source, line
from judgecore.problems.timelimit import given_seconds, ini

_ANSWERS = (".out", ".ans", ".a", ".sol")
_DIGITS = re.compile(r"(\d+)")


def looks_like_one(folder: Path) -> bool:
    """Whether there is a test right in the folder."""
    return any(_answer(path) for path in folder.iterdir() if path.is_file())


def load(source: Source, name: str) -> Problem:
    """The tests in the natural order of their names; lines are compared."""
    tests = []
    for path in sorted(source.root.iterdir(), key=lambda path: _natural(path.name)):
        answer = _answer(path) if path.is_file() else None
        if answer is None:
            continue
        tests.append(
            TestCase(name=path.stem, input=source.data(path), expected=source.data(answer))
        )
    if not tests:
        raise InvalidPackage(f"{source.root}: no tests; expected 1.in beside 1.out, or the like")
    given = given_seconds(source, source.root, {})
    if given is None:
        source.warn(source.root, "no time limit is given there; 2 s are used")
    return Problem(
        slug=name or None,
        title=line(ini(source).get("name", "")),
        tests=tuple(tests),
        limits=Limits() if given is None else Limits(cpu_ms=round(1000 * given[1])),
        checker=Checker(kind=CheckerKind.LINES),
    )


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in _DIGITS.split(name)]


def _answer(path: Path) -> Path | None:
    """The answer that belongs to an input; None where the file is no input."""
    if path.suffix == ".in":
        candidates = [path.with_suffix(ending) for ending in _ANSWERS]
    elif path.name.startswith("input"):
        candidates = [path.with_name("output" + path.name.removeprefix("input"))]
    elif not path.suffix and path.name.isdigit():
        candidates = [path.with_name(path.name + ".a")]
    else:
        return None
    return next((one for one in candidates if one.is_file()), None)
