"""A problem in the one of several equal forms that the reader of 2025-09 gives it. Pure."""

from __future__ import annotations

from collections import Counter
from typing import Any

from judgecore.errors import InvalidPackage
from judgecore.groups import PassFail
from judgecore.kinds import CheckerProgram
from judgecore.problem import Problem, TestCase
from judgecore.problems.grouping import grouped
from judgecore.problems.naming import below
from judgecore.problems.programs import LANGUAGES

_TOPS = ("sample/", "secret/")
_ENDING: dict[str, str] = {}
for _ending, _language in LANGUAGES.items():
    _ENDING.setdefault(_language, _ending)


def canonical(problem: Problem) -> Problem:
    """The same problem: arguments of the checker with the tests, its entry by its name, the most
    frequent comparison as the problem's, no groups where there are no scores."""
    changes: dict[str, Any] = {"warnings": (), "slug": None}
    common: tuple[str, ...] = ()
    if isinstance(problem.checker, CheckerProgram):
        common = problem.checker.arguments
        entry = {"entry": file_name(problem.checker), "arguments": ()}
        changes["checker"] = problem.checker.model_copy(update=entry)
    else:
        problem = _with_usual_comparison(problem)
        changes["checker"] = problem.checker
    of_static: tuple[str, ...] = ()
    if problem.static_validator is not None:
        of_static = problem.static_validator.arguments
        entry = {"entry": file_name(problem.static_validator), "arguments": ()}
        changes["static_validator"] = problem.static_validator.model_copy(update=entry)
    plain = isinstance(problem.total, PassFail)
    changes["tests"] = tuple(
        _test(test, of_static if test.static else common, plain=plain) for test in problem.tests
    )
    changes["title"] = problem.title or problem.slug or "Problem"
    return problem.model_copy(update=changes)


def _with_usual_comparison(problem: Problem) -> Problem:
    own = [test.checker or problem.checker for test in problem.tests]
    usual = Counter(own).most_common(1)[0][0]
    tests = tuple(
        test.model_copy(update={"checker": None if one == usual else one})
        for test, one in zip(problem.tests, own, strict=True)
    )
    return problem.model_copy(update={"checker": usual, "tests": tests})


def _test(test: TestCase, common: tuple[str, ...], *, plain: bool) -> TestCase:
    arguments = common if test.checker_arguments is None else test.checker_arguments
    changes: dict[str, Any] = {"checker_arguments": arguments or None}
    if plain:
        changes |= {"group": None, "points": None}
    return test.model_copy(update=changes)


def file_name(program: CheckerProgram) -> str:
    """The path of a checker's entry, also where it names none."""
    if program.entry is not None:
        return program.entry
    if program.language not in _ENDING:
        raise InvalidPackage(
            f"checker.language: no ending of a file means {program.language} in the format 2025-09"
        )
    return f"validate{_ENDING[program.language]}"


def renamed(problem: Problem) -> Problem:
    """The tests with names of the format: below `secret`, and in the order that they have; groups
    as the format has them. Names that are so stay."""
    if not isinstance(problem.total, PassFail):
        return grouped(problem)
    names = [test.name or str(number) for number, test in enumerate(problem.tests, start=1)]
    if not all(name.startswith(_TOPS) for name in names):
        names = below("secret", names)
    tests = tuple(
        test.model_copy(update={"name": name})
        for test, name in zip(problem.tests, names, strict=True)
    )
    return problem.model_copy(update={"tests": tests})
