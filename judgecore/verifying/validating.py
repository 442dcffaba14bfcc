"""Run a package's input validators, and its checker on outputs that it must accept or reject."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from judgecore.checkers import check
from judgecore.evaluation import Helper, Role, as_program, by_programs, helpers_of
from judgecore.evaluation.checked import Checked
from judgecore.evaluation.conventions import Given
from judgecore.execution import Executor, Executors, Program, Ran, Run
from judgecore.kinds import HELPER_LIMITS
from judgecore.problem import Checker, Problem, TestCase
from judgecore.problems.loaded import InputValidator, Package, Probe
from judgecore.texts import shown
from judgecore.validation import as_bytes
from judgecore.verdict import Verdict

_SHOWN = 200
_INPUT = "input.txt"  # for a validator that reads a file


def faults_of(
    executors: Executors, package: Package, advance: Callable[[], None] = lambda: None
) -> list[str]:
    """What is wrong with inputs and validators, a sentence each; nothing where all is well."""
    bad = {
        (str(probe.test.name), probe.validator): probe
        for probe in package.probes
        if probe.output is None and not probe.accepted
    }
    rejected: set[tuple[str, str]] = set()
    faults = []
    for validator in package.validators:
        for test, fault in _validated(executors, validator, _inputs(package, validator.name)):
            tried = {(str(test.name), ""), (str(test.name), validator.name)} & bad.keys()
            if fault and tried:
                rejected |= tried
            elif fault:
                faults.append(f"{test.name}: {fault}")
        advance()
    if package.validators:
        for name, only in sorted(bad.keys() - rejected):
            who = f"the input validator {only}" if only else "every input validator"
            faults.append(f"{name}: {who} accepts it")
    return [*faults, *_of_outputs(executors, package)]


def _inputs(package: Package, validator: str) -> list[TestCase]:
    """What a validator looks at: the tests that are run, and what it is tried with."""
    found = [test for test in package.problem.tests if not test.static]
    tried = (probe for probe in package.probes if probe.output is None)
    return found + [probe.test for probe in tried if probe.validator in ("", validator)]


def _validated(
    executors: Executors, validator: InputValidator, tests: Iterable[TestCase]
) -> list[tuple[TestCase, str]]:
    """Each test with what the validator has against it."""
    code = validator.code
    program = Program(code.language, code.source, code.files, code.entry, reused=True)

    def run() -> list[tuple[TestCase, str]]:
        with executors.open(program) as (executor,):
            if not executor.ready:
                said = executor.compiled.output if executor.compiled else ""
                first = next(iter(tests))
                return [(first, f"input validator {validator.name} does not compile: {said[:200]}")]
            return [(test, _against(executor, validator, test)) for test in tests]

    return executors.with_retries(run)


def _against(executor: Executor, validator: InputValidator, test: TestCase) -> str:
    data, named = as_bytes(test.input), (_INPUT,) if validator.by_name else ()
    files = {path: as_bytes(content) for path, content in test.files.items()}
    ran = executor.run(
        Run(
            limits=HELPER_LIMITS,
            stdin=b"" if named else data,
            arguments=(*named, *validator.arguments.get(str(test.name), ()), *test.arguments),
            files={**files, **dict.fromkeys(named, data)},
            writable=True,
        )
    )
    if _accepted(ran, validator.accepts):
        return ""
    code = ran.report.exit_code
    how = ran.detail if ran.verdict not in (None, Verdict.RE) else f"exit code {code}"
    said = shown(ran.report.stderr or ran.report.stdout, _SHOWN).strip()
    return f"input validator {validator.name}: {how or ran.detail} {said}".strip()


def _accepted(ran: Ran, code: int) -> bool:
    return ran.verdict in (None, Verdict.RE) and ran.report.exit_code == code


def _of_outputs(executors: Executors, package: Package) -> Iterator[str]:
    """Outputs that the checker should accept, and does not, or the other way round."""
    probes = [probe for probe in package.probes if probe.output is not None]
    checker = package.problem.checker
    if not probes or package.problem.procedure.kind != "batch" or package.problem.passes > 1:
        return
    if isinstance(checker, Checker):
        results = [_compared(package.problem, probe) for probe in probes]
    else:
        results = _by_program(executors, package.problem, probes)
    for probe, checked in zip(probes, results, strict=True):
        if checked.verdict is Verdict.IE:
            yield f"{probe.test.name}: {checked.detail}"
        elif (checked.verdict is Verdict.AC) != probe.accepted:
            wanted = "accept" if probe.accepted else "reject"
            yield f"{probe.test.name}: {checked.verdict}; the checker should {wanted} the output"


def _compared(problem: Problem, probe: Probe) -> Checked:
    comparison = probe.test.checker or problem.checker
    assert isinstance(comparison, Checker)
    return Checked(*check(probe.output or b"", probe.test.expected or b"", comparison))


def _by_program(executors: Executors, problem: Problem, probes: list[Probe]) -> list[Checked]:
    programs = [program for role, program in helpers_of(problem) if role is Role.CHECKER]

    def run() -> list[Checked]:
        with executors.open(*map(as_program, programs)) as opened:
            if not all(executor.ready for executor in opened):
                return [Checked.fault("the checker does not compile") for _ in probes]
            checkers = [
                Helper(program, executor, executors.bounded(program.limits))
                for program, executor in zip(programs, opened, strict=True)
            ]
            return [by_programs(checkers, _given(probe)) for probe in probes]

    return executors.with_retries(run)


def _given(probe: Probe) -> Given:
    return Given(probe.test, as_bytes(probe.test.input), output=probe.output)
