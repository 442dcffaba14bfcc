"""One test of a problem: the solution runs, and what judges its output runs after or beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from judgecore.evaluation.answers import Answers
from judgecore.evaluation.checked import Checked
from judgecore.evaluation.conventions import (
    FIFOS,
    WRITTEN,
    Given,
    call,
    call_on_source,
    read,
    rejects,
)
from judgecore.evaluation.helpers import Helper, Role, by_programs
from judgecore.evaluation.interaction import PATIENCE_MS, Ended, decide, left_first
from judgecore.evaluation.outputs import compared, written
from judgecore.evaluation.processes import together
from judgecore.evaluation.transcript import Transcript
from judgecore.execution import Executor, Executors, Ran, Run, Team
from judgecore.kinds import Convention, Interactive, Pipes, TwoSteps
from judgecore.languages import Sources
from judgecore.limits import MOST_MS, Limits
from judgecore.problem import Checker, Problem, TestCase
from judgecore.report import Report
from judgecore.submission import Submission
from judgecore.validation import as_bytes
from judgecore.verdict import OUT_OF_HEAP, Verdict

_PASSED_ON = "passed-on"  # from the first of two steps to the second
_MOST_SAID = 64 << 10  # of all passes together, characters

# A shell that becomes the program, whose stderr is then its stdout.
_MERGING = ("/bin/sh", "-c", 'exec "$@" 2>&1', "sh")

Check = Callable[[TestCase, bytes], Checked]


@dataclass(frozen=True, slots=True)
class Opened:
    """Everything that takes part in judging one submission.

    `solution`: None where the submission is `answers`. `check`: a checker in this process, in place
    of the problem's comparison. `executors`: run its tests, in idle sandboxes too.
    `beside`: the solution again, for its further processes.
    """

    problem: Problem
    submission: Submission
    solution: Executor | None
    checkers: tuple[Helper, ...] = ()
    interactor: Helper | None = None
    static_validator: Helper | None = None
    grader: Helper | None = None
    answering: Helper | None = None
    check: Check | None = None
    answers: Answers | None = None
    executors: Executors | None = None
    beside: tuple[Executor, ...] = ()

    def run(self, test: TestCase, given: bytes | None) -> Run:
        """One run of the solution. `given`: what it reads, None where an interactor talks."""
        problem, stdin = self.problem, given or b""
        files = {path: as_bytes(content) for path, content in test.files.items()}
        if problem.input_file is not None:
            files[problem.input_file], stdin = stdin, b""
        return Run(
            limits=problem.limits_of(test),
            stdin=stdin,
            arguments=test.arguments,
            files=files,
            writable=problem.writable or bool(problem.outputs),
            collect=(*problem.outputs, *self.collected),
            wrapper=_MERGING if self.submission.merge_stderr else (),
        )

    @property
    def team(self) -> Team:
        """The solution's executors, and those of the programs that take part in every test."""
        assert self.solution is not None
        others = (*self.checkers, self.interactor, self.static_validator)
        helpers = (one.executor for one in others if one is not None)
        return (self.solution, *self.beside, *helpers)

    def by(self, team: Team) -> Opened:
        """The same with a copy of `team`."""
        solution, *others = team
        rest = iter(others)

        def moved(helper: Helper | None) -> Helper | None:
            return None if helper is None else replace(helper, executor=next(rest))

        return replace(
            self,
            solution=solution,
            beside=tuple(next(rest) for _ in self.beside),
            checkers=tuple(replace(one, executor=next(rest)) for one in self.checkers),
            interactor=moved(self.interactor),
            static_validator=moved(self.static_validator),
        )

    @property
    def collected(self) -> tuple[str, ...]:
        """The files that the result keeps, beside those that are judged anyway."""
        return tuple(path for path in self.submission.collect if path not in self.problem.outputs)


@dataclass(frozen=True, slots=True)
class Tested:
    """One test, run and judged.

    `ran`: how the solution ended, in the last pass. `left_first`: who of solution and interactor
    ended first, where there was an interactor. `answer`: of a function problem, what the call
    returned, as JSON. Times in milliseconds, of all passes together.
    """

    ran: Ran
    checked: Checked
    passes: int = 1
    cpu_ms: float = 0.0
    wall_ms: float = 0.0
    memory_bytes: int = 0
    left_first: Literal["solution", "interactor"] | None = None
    transcript: str = ""
    answer: bytes | None = None


def tested(opened: Opened, test: TestCase, name: str) -> Tested:
    """Run and judge one test, in as many passes as its checker asks for."""
    if test.static:
        return _of_source(opened, test)
    given = Given(test, as_bytes(test.input), several_passes=opened.problem.passes > 1)
    if opened.answers is not None:
        return _answered(opened.answers, name, opened, given)
    if isinstance(opened.problem.procedure, TwoSteps):
        return _two_steps(opened, given)
    once = _batch if opened.interactor is None else _interactive
    found = once(opened, given)
    while found.checked.next_input is not None:
        if found.passes == opened.problem.passes:
            return replace(found, checked=too_many_passes(opened.problem, found.checked))
        checked = found.checked
        given = replace(given, input=checked.next_input or b"", state=checked.state)
        found = _after(found, once(opened, given))
    return found


def judged_output(opened: Opened, given: Given, ran: Ran) -> Checked:
    """What the problem's checker says about an output.

    A wrong one of a program whose runtime ran out of memory is MLE: where that ends one thread
    alone, the program's exit code is 0.
    """
    if ran.verdict is not None:
        return Checked(ran.verdict, ran.detail)
    checked = _by_checker(opened, given, ran)
    if checked.verdict is Verdict.WA and ran.report.out_of_heap:
        return Checked(Verdict.MLE, OUT_OF_HEAP)
    return checked


def _by_checker(opened: Opened, given: Given, ran: Ran) -> Checked:
    found = written(opened.problem, ran)
    if isinstance(found, Checked):
        return found
    if opened.check is not None:
        return opened.check(given.test, found.output)
    if opened.checkers:
        given = replace(given, output=found.output, more_outputs=found.more)
        return by_programs(opened.checkers, given)
    if given.test.expected is None:
        return Checked(Verdict.OK)
    comparison = given.test.checker or opened.problem.checker
    assert isinstance(comparison, Checker)
    return compared(given.test, comparison, found)


def _of_source(opened: Opened, test: TestCase) -> Tested:
    """A test in which the source is judged, and nothing is run."""
    validator, solution, submission = opened.static_validator, opened.solution, opened.submission
    assert validator is not None
    assert solution is not None
    files = {path: as_bytes(content) for path, content in submission.files.items()}
    staged = solution.language.stage(Sources(as_bytes(submission.source), files, submission.entry))
    arguments = validator.program.arguments
    if test.checker_arguments is not None:
        arguments = test.checker_arguments
    run = call_on_source(validator.limits, solution.language, staged, arguments)
    checked = read(Convention.KATTIS, validator.executor.run(run))
    if checked.next_input is not None:
        checked = Checked.fault("checker: it asked for another pass", checked.staff_message)
    detail = checked.detail.replace("checker:", f"{Role.STATIC_VALIDATOR}:", 1)
    ran = Ran(Report(None, None, 0.0, 0.0, 0), None, "", opened.problem.limits)
    return measured(ran, replace(checked, detail=detail))


def _answered(answers: Answers, name: str, opened: Opened, given: Given) -> Tested:
    limits = opened.problem.limits_of(given.test)
    ran = answers.ran(name, limits)
    if ran is None:
        ran = Ran(Report(None, None, 0.0, 0.0, 0), Verdict.WA, "no answer to this test", limits)
    return measured(ran, judged_output(opened, given, ran))


def _batch(opened: Opened, given: Given) -> Tested:
    assert opened.solution is not None
    ran = opened.solution.run(opened.run(given.test, given.input))
    return measured(ran, judged_output(opened, given, ran))


def _two_steps(opened: Opened, given: Given) -> Tested:
    """The first run gets the input; the second one what the first has left in a file."""
    assert opened.solution is not None
    first = opened.run(given.test, given.input)
    first = replace(
        first, arguments=("0", _PASSED_ON), writable=True, collect=(*first.collect, _PASSED_ON)
    )
    ran = opened.solution.run(first)
    if ran.verdict is not None:
        return measured(ran, Checked(ran.verdict, f"first step: {ran.detail}"))
    passed_on = {_PASSED_ON: ran.report.collected.get(_PASSED_ON, b"")}
    second = opened.run(given.test, b"")
    files = {**second.files, **passed_on}
    last = opened.solution.run(replace(second, arguments=("1", _PASSED_ON), files=files))
    checked = judged_output(opened, given, last)
    return replace(_after(measured(ran, checked), measured(last, checked)), passes=1)


def measured(
    ran: Ran, checked: Checked, first: Literal["solution", "interactor"] | None = None
) -> Tested:
    """One pass with the figures of its run."""
    report = ran.report
    figures = (report.cpu_ms, report.wall_ms, report.memory_bytes)
    return Tested(ran, checked, 1, *figures, first)


def _interactive(opened: Opened, given: Given) -> Tested:
    interactor, procedure = opened.interactor, opened.problem.procedure
    assert interactor is not None
    assert opened.solution is not None
    assert isinstance(procedure, Interactive)
    by_name = procedure.streams == "fifos"
    runs = _talking(opened, given.test, procedure, interactor.limits)
    limits = _outlasting(interactor.limits, runs[0].limits, by_name=by_name)
    other = call(interactor.program, limits, replace(given, processes=procedure.processes))
    said_all = Transcript() if opened.submission.transcript and len(runs) == 1 else None
    ran, answered = _side_by_side(opened, given.test, runs, other, said_all)
    said = read(interactor.program.convention, answered)
    first = left_first(ran.report, answered.report)
    checked = decide(Ended(ran, answered, said, first, by_name, procedure.pipes))
    if checked.verdict is Verdict.AC and opened.checkers:
        written = answered.report.collected.get(WRITTEN, b"")
        checked = by_programs(opened.checkers, replace(given, output=written))
    found = measured(ran, checked, first)
    return found if said_all is None else replace(found, transcript=said_all.text)


def _side_by_side(
    opened: Opened, test: TestCase, runs: Sequence[Run], other: Run, said_all: Transcript | None
) -> tuple[Ran, Ran]:
    """How the solution, all of its processes together, and the interactor ended."""
    procedure, interactor, solution = opened.problem.procedure, opened.interactor, opened.solution
    assert isinstance(procedure, Interactive)
    assert interactor is not None
    assert solution is not None
    held = procedure.pipes is not Pipes.DOMJUDGE
    over = partial(rejects, interactor.program.convention)
    if len(runs) == 1:
        record = None if said_all is None else said_all.record
        return solution.connect(runs[0], interactor.executor, other, record, held=held, over=over)
    sides = list(zip((solution, *opened.beside), runs, strict=True))
    answered, rans = interactor.executor.connect_each(other, sides, held=held, over=over)
    asked = opened.problem.limits_of(test).at_speed(solution.speed)
    return together(rans, asked, answered.report), answered


def _talking(
    opened: Opened, test: TestCase, procedure: Interactive, interactor: Limits
) -> list[Run]:
    """The runs of the solution's processes, which wait for an interactor with these limits."""
    run, count = opened.run(test, None), procedure.processes
    names = FIFOS if procedure.streams == "fifos" else ()
    limits = _waiting(run.limits, interactor, count)
    return [
        replace(
            run,
            limits=limits,
            arguments=(*names, *((str(n),) if count > 1 else ()), *run.arguments),
        )
        for n in range(count)
    ]


def _waiting(limits: Limits, interactor: Limits, processes: int) -> Limits:
    """The solution's limits with time to wait while the interactor computes, and while the other
    processes do, which have the same core."""
    wall_ms = limits.effective_wall_ms + (processes - 1) * limits.cpu_ms
    if limits.wall_ms is None:
        wall_ms += min(interactor.cpu_ms, PATIENCE_MS)
    return limits.model_copy(update={"wall_ms": min(wall_ms, MOST_MS)})


def _outlasting(limits: Limits, solution: Limits, *, by_name: bool) -> Limits:
    """The interactor's limits; it may wait for as long as the solution runs, and then some.

    Not for long where it opens its streams by name: it may not see that the solution has ended.
    """
    more_ms = limits.effective_idle_ms if by_name else limits.effective_wall_ms
    wall_ms = min(more_ms + solution.effective_wall_ms, MOST_MS)
    return limits.model_copy(update={"wall_ms": wall_ms})


def _after(before: Tested, last: Tested) -> Tested:
    return replace(
        last,
        passes=before.passes + 1,
        cpu_ms=before.cpu_ms + last.cpu_ms,
        wall_ms=before.wall_ms + last.wall_ms,
        memory_bytes=max(before.memory_bytes, last.memory_bytes),
        transcript="\n".join(filter(None, (before.transcript, last.transcript)))[-_MOST_SAID:],
    )


def too_many_passes(problem: Problem, checked: Checked) -> Checked:
    """A fault of a checker that asked for a pass that the problem does not have."""
    what = f"checker: it asked for more than {problem.passes} passes"
    return Checked.fault(what, checked.staff_message)
