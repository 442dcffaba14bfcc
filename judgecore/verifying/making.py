"""Make the tests that a package does not hold: run its generators, and its main solution."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from judgecore.errors import InvalidPackage, InvalidSubmission
from judgecore.execution import Executors, Program, Ran, Run
from judgecore.kinds import HELPER_LIMITS, Batch
from judgecore.limits import MIB, Limits
from judgecore.problem import Problem, TestCase
from judgecore.problems.loaded import Package, Recipe
from judgecore.problems.programs import Code
from judgecore.texts import shown
from judgecore.validation import as_bytes

_LIMITS = HELPER_LIMITS.model_copy(update={"output_bytes": 64 * MIB, "idle_ms": 60_000})
_SHOWN = 300


def made(
    executors: Executors, package: Package, advance: Callable[[], None] = lambda: None
) -> Package:
    """The package with every test in it, or `InvalidPackage` where a program failed."""
    if not package.recipes:
        return package
    tests = dict(enumerate(package.problem.tests))
    generators = {id(one.generator): one.generator for one in package.recipes.values()}
    for generator in filter(None, generators.values()):
        mine = {n: one for n, one in package.recipes.items() if one.generator is generator}
        tests |= _generated(executors, generator, mine, tests)
        advance()
    if package.main is not None and package.problem.procedure.kind == "batch":
        answered = {n: tests[n] for n in package.recipes}
        tests |= _answered(executors, package.main, package.problem, answered)
        advance()
    try:
        problem = Problem(**{**dict(package.problem), "tests": tuple(tests.values())})
    except InvalidSubmission as exc:
        raise InvalidPackage(f"{package.problem.slug}: {exc}") from None
    return replace(package, problem=problem, recipes={})


def _generated(
    executors: Executors, code: Code, recipes: Mapping[int, Recipe], tests: Mapping[int, TestCase]
) -> dict[int, TestCase]:
    runs = {n: Run(_LIMITS, arguments=one.arguments) for n, one in recipes.items()}
    outputs = _run(executors, code, runs, lambda n: f"test {tests[n].name}")
    return {n: tests[n].model_copy(update={"input": output}) for n, output in outputs.items()}


def _answered(
    executors: Executors, code: Code, problem: Problem, tests: Mapping[int, TestCase]
) -> dict[int, TestCase]:
    procedure = problem.procedure
    assert isinstance(procedure, Batch)
    limits = _LIMITS.model_copy(update={"memory_bytes": problem.limits.memory_bytes})
    runs = {n: _answering(procedure, executors.bounded(limits), test) for n, test in tests.items()}
    outputs = _run(
        executors, code, runs, lambda n: f"answer of test {tests[n].name}", procedure.output_file
    )
    return {n: tests[n].model_copy(update={"expected": output}) for n, output in outputs.items()}


def _answering(procedure: Batch, limits: Limits, test: TestCase) -> Run:
    data = as_bytes(test.input)
    name, written = procedure.input_file, procedure.output_file
    return Run(
        limits,
        stdin=b"" if name else data,
        arguments=test.arguments,
        files={name: data} if name else {},
        writable=written is not None,
        collect=(written,) if written else (),
    )


def _run(
    executors: Executors,
    code: Code,
    runs: Mapping[int, Run],
    what: Callable[[int], str],
    written: str | None = None,
) -> dict[int, bytes]:
    """What each run printed, or wrote into a file; `InvalidPackage` where one failed."""
    program = Program(code.language, code.source, code.files, code.entry, reused=True)

    def run() -> dict[int, bytes]:
        with executors.open(program) as (executor,):
            if not executor.ready:
                said = executor.compiled.output[:_SHOWN] if executor.compiled else ""
                raise InvalidPackage(f"{code.path}: does not compile: {said}")
            return {
                n: _output(executor.run(one), code, what(n), written) for n, one in runs.items()
            }

    return executors.with_retries(run)


def _output(ran: Ran, code: Code, what: str, written: str | None) -> bytes:
    if not ran.ended_well:
        said = shown(ran.report.stderr, _SHOWN).strip()
        raise InvalidPackage(f"{code.path}: {what} cannot be made: {ran.detail} {said}".strip())
    if written is None:
        return ran.report.stdout
    if written not in ran.report.collected:
        raise InvalidPackage(f"{code.path}: {what} cannot be made: it writes no {written}")
    return ran.report.collected[written]
