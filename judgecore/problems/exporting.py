"""Write a problem as a package of the format 2025-09.

What was written is read again before it is there: a package that would say anything else than the
problem is refused, and the refusal names what the format cannot say.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import yaml

from judgecore.errors import InvalidPackage, InvalidSubmission
from judgecore.functions import Function
from judgecore.groups import PassFail, Scoring
from judgecore.kinds import (
    HELPER_LIMITS,
    Batch,
    CheckerProgram,
    Convention,
    Included,
    Interactive,
    TwoSteps,
)
from judgecore.limits import MIB, Limits
from judgecore.problem import Checker, CheckerKind, Problem, TestCase
from judgecore.problems import package
from judgecore.problems.canonical import canonical, file_name, renamed
from judgecore.problems.grading_out import flags, settings_of_groups
from judgecore.problems.static import NAME as STATIC_TEST
from judgecore.validation import as_bytes

VERSION = "2025-09"
_COMPARISONS = (CheckerKind.TOKENS, CheckerKind.FLOATS)
_SAID_LIMITS = {"cpu_ms", "memory_bytes", "output_bytes"}
Extra = Callable[[Path], None]


def write(problem: Problem, folder: Path, extra: Extra | None = None) -> Problem:
    """Write a package, and return the problem as its reader has it.

    `extra` adds what is no part of a problem, submissions for example, to the folder that it gets.
    The folder must not be there yet; nothing is left of one that is refused (`InvalidPackage`).
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InvalidSubmission("--to", f"{folder} is there already, and not empty")
    if said := list(unsaid(problem)):
        raise InvalidPackage(f"{folder}: the format {VERSION} cannot say: {'; '.join(said)}")
    wanted = canonical(renamed(problem))
    _refuse_what_leads_out(wanted, folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as exc:
        raise InvalidSubmission("--to", f"{exc.filename}: {exc.strerror or exc}") from None
    try:
        made.chmod(0o755)
        _write_all(wanted, made)
        found = canonical(package.load(made))
        if other := differences(wanted, found):
            said_so = ", ".join(other)
            raise InvalidPackage(f"{folder}: the format {VERSION} cannot say this: {said_so}")
        if extra is not None:
            extra(made)
        if folder.exists():
            folder.rmdir()
        made.rename(folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return found


def unsaid(problem: Problem) -> Iterator[str]:
    """What the format has no words for, in a sentence each."""
    procedure, limits = problem.procedure, problem.limits
    if isinstance(procedure, Batch) and (procedure.input_file or procedure.outputs):
        yield "named files (procedure)"
    if isinstance(procedure, Interactive) and procedure.interactor is not None:
        yield "an interactor beside the checker (procedure.interactor)"
    elif isinstance(procedure, Interactive) and procedure != Interactive():
        yield "how streams are connected (procedure.pipes, procedure.streams)"
    if any(
        test.static and not str(test.name).endswith(f"/{STATIC_TEST}") for test in problem.tests
    ):
        yield f"a test of the source that is not called {STATIC_TEST} in its folder (tests.name)"
    if isinstance(problem.total, Scoring) and problem.total.grader is not None:
        yield "a grader of its own (total.grader)"
    if isinstance(procedure, TwoSteps):
        yield "a program that runs twice (procedure)"
    yield from _unsaid_of_checkers(problem)
    said = Limits(**{name: getattr(limits, name) for name in _SAID_LIMITS})
    for name in Limits.model_fields:
        if getattr(said, name) != getattr(limits, name):
            yield f"limits.{name}"
    if any(test.cpu_ms is not None for test in problem.tests):
        yield "a time limit of one test (tests.cpu_ms)"
    if isinstance(procedure, Batch) and any(
        test.expected is None and not test.static for test in problem.tests
    ):
        yield "a test without an answer (tests.expected)"
    if isinstance(problem.harness, Function):
        yield "a function problem (harness)"
    elif problem.harness is not None:
        if problem.harness.source_name is not None:
            yield "the name of a submission's file (harness.source_name)"
        if any(support.entry for support in problem.harness.by_language.values()):
            yield "which included file is started (harness.by_language.entry)"


def _unsaid_of_checkers(problem: Problem) -> Iterator[str]:
    checker = problem.checker
    if isinstance(checker, CheckerProgram) and checker.convention is not Convention.KATTIS:
        yield f"a checker of the convention {checker.convention} (checker.convention)"
    if problem.more_checkers:
        yield "several checkers (more_checkers)"
    comparisons = [checker, *(test.checker for test in problem.tests)]
    kinds = {one.kind for one in comparisons if isinstance(one, Checker)}
    for kind in sorted(kinds - set(_COMPARISONS)):
        yield f"the comparison {kind} (checker.kind)"


def differences(wanted: Problem, found: Problem) -> list[str]:
    """The fields in which two problems differ, as they are called."""
    names = [name for name in Problem.model_fields if name not in ("slug", "warnings", "tests")]
    other = [name for name in names if getattr(wanted, name) != getattr(found, name)]
    if [test.name for test in wanted.tests] != [test.name for test in found.tests]:
        return [*other, "the names and the order of the tests"]
    of_tests = {
        f"tests.{name}"
        for one, two in zip(wanted.tests, found.tests, strict=True)
        for name in TestCase.model_fields
        if getattr(one, name) != getattr(two, name)
    }
    return [*other, *sorted(of_tests)]


def _refuse_what_leads_out(problem: Problem, folder: Path) -> None:
    """Names become paths, and whoever made the problem may have thought of that."""
    names = [str(test.name) for test in problem.tests]
    names += settings_of_groups(problem)
    if isinstance(problem.harness, Included):
        names += problem.harness.by_language
    for name in names:
        if {"", ".", ".."}.intersection(name.split("/")):
            raise InvalidPackage(f"{folder}: {name!r:.100}: no name of a file or folder")


def _write_all(problem: Problem, folder: Path) -> None:
    _dump(folder / "problem.yaml", _settings(problem))
    for test in problem.tests:
        _write_test(folder / "data", test)
    for name, settings in settings_of_groups(problem).items():
        _dump(folder / "data" / name / "test_group.yaml", settings)
    if isinstance(problem.checker, CheckerProgram):
        _write_program(folder / "output_validator", problem.checker)
    if problem.static_validator is not None:
        _write_program(folder / "static_validator", problem.static_validator)
    if isinstance(problem.harness, Included):
        for language, support in problem.harness.by_language.items():
            for path, content in support.files.items():
                _put(folder / "include" / language / path, as_bytes(content))


def _settings(problem: Problem) -> dict[str, Any]:
    types = ["scoring"] if not isinstance(problem.total, PassFail) else ["pass-fail"]
    types += [problem.procedure.kind] if not isinstance(problem.procedure, Batch) else []
    types += ["multi-pass"] if problem.passes > 1 else []
    limits: dict[str, Any] = {
        "time_limit": _number(problem.limits.cpu_ms / 1000),
        "memory": _number(problem.limits.memory_bytes / MIB),
        "output": _number(problem.limits.output_bytes / MIB),
    }
    for validator in (problem.static_validator, problem.checker):
        if isinstance(validator, CheckerProgram):
            limits |= _of_validator(validator.limits)
    if problem.passes > 1:
        limits["validation_passes"] = problem.passes
    made: dict[str, Any] = {
        "problem_format_version": VERSION,
        "type": types[0] if len(types) == 1 else types,
        "name": problem.title or problem.slug or "Problem",
        "uuid": str(uuid5(NAMESPACE_URL, f"judgecore:{problem.content_hash}")),
        "limits": limits,
    }
    if problem.writable:
        made["allow_file_writing"] = True
    return made


def _of_validator(limits: Limits) -> dict[str, Any]:
    said = {
        "validation_time": (limits.cpu_ms / 1000, HELPER_LIMITS.cpu_ms / 1000),
        "validation_memory": (limits.memory_bytes / MIB, HELPER_LIMITS.memory_bytes / MIB),
        "validation_output": (limits.output_bytes / MIB, HELPER_LIMITS.output_bytes / MIB),
    }
    return {name: _number(value) for name, (value, default) in said.items() if value != default}


def _number(value: float) -> int | float:
    return int(value) if value == int(value) else value


def _write_test(data: Path, test: TestCase) -> None:
    if test.static:  # its folder's settings ask for it
        return
    _put(data / f"{test.name}.in", as_bytes(test.input))
    if test.expected is not None:
        _put(data / f"{test.name}.ans", as_bytes(test.expected))
    for path, content in test.files.items():
        _put(data / f"{test.name}.files" / path, as_bytes(content))
    settings: dict[str, Any] = {}
    if test.arguments:
        settings["args"] = list(test.arguments)
    if test.checker_arguments:
        settings["output_validator_args"] = list(test.checker_arguments)
    if test.checker is not None:
        settings["output_validator_args"] = flags(test.checker)
    if settings:
        _dump(data / f"{test.name}.yaml", settings)


def _write_program(folder: Path, program: CheckerProgram) -> None:
    entry = file_name(program)
    for path, content in {**program.files, entry: program.source}.items():
        _put(folder / path, as_bytes(content))


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _dump(path: Path, values: dict[str, Any]) -> None:
    _put(path, yaml.safe_dump(values, sort_keys=False, allow_unicode=True).encode())
