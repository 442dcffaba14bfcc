"""A package as it was read: the problem, and what has to be run to complete or to verify it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from judgecore.problem import Problem, TestCase
from judgecore.problems.labels import Labelled
from judgecore.problems.programs import Code
from judgecore.problems.reading import Source
from judgecore.problems.timelimit import TimeRule

CARRIAGE_RETURNS = (
    "lines of inputs end with CR LF; programs get them so, and many keep the CR in what they read"
)


@dataclass(frozen=True, slots=True)
class InputValidator:
    """A program that says whether an input is as the problem's statement has it.

    `accepts`: its exit code for a good input. `arguments`: of tests, by their names; tests that
    are not among them get none. `by_name`: it reads the file that its first argument names, and not
    stdin.
    """

    name: str
    code: Code
    accepts: int = 42
    by_name: bool = False
    arguments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Probe:
    """An input or output of a package that its validators must accept, or reject.

    `output`: None where it is about the input itself, which each input validator must accept, or
    one reject. `validator`: only the one of that name looks at it.
    """

    test: TestCase
    output: bytes | None
    accepted: bool
    validator: str = ""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a test is made that the package does not hold.

    `generator`: None where the input is there, and only the answer is missing.
    `arguments` are the generator's.
    """

    generator: Code | None = None
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Package:
    """What was read. `problem` can be judged at once where `rule` is None and `recipes` is empty.

    `rule`: computes the time limit that the package does not give. `recipes`: by the numbers of
    tests, from 0, that have to be made first; `main` makes their answers.
    """

    problem: Problem
    submissions: tuple[Labelled, ...] = ()
    validators: tuple[InputValidator, ...] = ()
    probes: tuple[Probe, ...] = ()
    rule: TimeRule | None = None
    recipes: Mapping[int, Recipe] = field(default_factory=dict)
    main: Code | None = None

    def warned(self, source: Source) -> Package:
        """The package with what was noted while its files were read."""
        if any(_has_carriage_returns(test.input) for test in self.problem.tests):
            source.warn(source.root, CARRIAGE_RETURNS)
        problem = self.problem.model_copy(update={"warnings": tuple(source.warnings)})
        return replace(self, problem=problem)


def _has_carriage_returns(content: str | bytes) -> bool:
    return "\r\n" in content if isinstance(content, str) else b"\r\n" in content
