"""Judge the golden problems of functions in several languages: `python -m bench.golden`.

`tests/golden/problems.toml` has the problems, and `tests/golden/ID.txt` a language's solutions: a
line `=== PROBLEM` begins one that must be AC, `=== PROBLEM WA` a wrong one. A language that has the
driver of another one has its solutions, too. A problem with a type that a language lacks is left
out there. Exit code 1: a verdict was another one, or a solution is missing.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judgecore import Function, Judge, Limits, Problem, Result, Submission, TestCase
from judgecore.config import Config
from judgecore.languages import Registry
from judgecore.languages.drivers import Driver, driver_of

FOLDER = Path(__file__).parent.parent / "tests" / "golden"
LIMITS = Limits(cpu_ms=10_000, memory_bytes=512 << 20)

_REGISTRY = Registry()


@dataclass(frozen=True, slots=True)
class Solution:
    """A program in a language, and the verdict that it must get."""

    language: str
    problem: str
    verdict: str
    source: str

    def __str__(self) -> str:
        return f"{self.language} {self.problem} {self.verdict}"


def problems() -> dict[str, Problem]:
    """The problems by name."""
    tables = tomllib.loads((FOLDER / "problems.toml").read_text("utf-8"))
    return {name: _problem(table) for name, table in tables.items()}


def _problem(table: dict[str, Any]) -> Problem:
    tests = tuple(TestCase(input=given, expected=wanted) for given, wanted in table.pop("tests"))
    return Problem(tests=tests, harness=Function(**table), limits=LIMITS)


def _file(driver: Driver) -> Path:
    """That of the language, or of the one whose driver it has."""
    own = FOLDER / f"{driver.language}.txt"
    return own if own.is_file() else FOLDER / f"{driver.folder.name}.txt"


def languages() -> list[str]:
    """Those with solutions of their own, and PyPy and the other Luas, which share them."""
    every = (driver_of(language) for language in _REGISTRY.values())
    found = [one for one in every if one is not None and _file(one).is_file()]
    shared = ("python", "lua", "ruby")
    return [one.language for one in found if _file(one).stem in (one.language, *shared)]


def fits(language: str, problem: Problem) -> bool:
    """Whether the language has the types of the problem."""
    driver = driver_of(_REGISTRY[language])
    assert driver is not None
    assert isinstance(problem.harness, Function)
    return not driver.missing(problem.harness.parsed)


def solutions(language: str) -> Iterator[Solution]:
    """All of a language, right ones and wrong ones."""
    driver = driver_of(_REGISTRY[language])
    assert driver is not None
    for part in f"\n{_file(driver).read_text('utf-8')}".split("\n=== ")[1:]:
        head, _, source = part.partition("\n")
        name, _, verdict = head.partition(" ")
        yield Solution(language, name, verdict or "AC", source)


def judged(judge: Judge, one: Solution, problem: Problem) -> Result:
    """The result of a solution."""
    sent = Submission(language=one.language, source=one.source, problem=problem)
    return judge.judge(sent)


def _wrong(judge: Judge, language: str, wanted: dict[str, Problem]) -> Iterator[str]:
    """What is not as it must be; prints each verdict."""
    left = {name for name, problem in wanted.items() if fits(language, problem)}
    for one in solutions(language):
        if one.problem not in wanted or not fits(language, wanted[one.problem]):
            continue
        result = judged(judge, one, wanted[one.problem])
        left -= {one.problem} if one.verdict == "AC" else set()
        print(f"{one}: {result.verdict}", flush=True)
        if result.verdict != one.verdict:
            output = result.compile.output if result.compile else ""
            yield f"{one}: {result} {output[:2000]!r}"
    for name in sorted(left):
        yield f"{language} {name}: there is no solution"


def main() -> None:
    """Judge them, and list what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m bench.golden")
    parser.add_argument("--language", action="append", help="more than once; each where not given")
    parser.add_argument("--problem", action="append")
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--image", help="one with every language")
    parser.add_argument("--json", action="store_true", help="what is wrong, as a list")
    given = parser.parse_args()
    wanted = {n: p for n, p in problems().items() if given.problem is None or n in given.problem}
    config = Config(engine=given.engine, **({"image": given.image} if given.image else {}))
    with Judge(config, slots=1) as judge:
        every = given.language or languages()
        wrong = [said for language in every for said in _wrong(judge, language, wanted)]
    print(json.dumps(wrong) if given.json else "\n".join(wrong) or "all as they must be")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
