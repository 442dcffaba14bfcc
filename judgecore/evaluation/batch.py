"""Batch problems: each test is one run; stdin in, stdout out, compared on the host."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing

from judgecore.checkers import check
from judgecore.execution import Executor, Ran, Run
from judgecore.problem import Problem, TestCase
from judgecore.result import TestResult
from judgecore.submission import Submission
from judgecore.texts import shown
from judgecore.validation import as_bytes
from judgecore.verdict import Verdict

_SHOWN_OUTPUT = 4096

Progress = Callable[[TestResult], None]


def evaluate(
    executor: Executor, submission: Submission, problem: Problem, progress: Progress | None
) -> list[TestResult]:
    """Run every test, or those up to the first failure; the rest is skipped.

    `progress` is called with each result as it is known.
    """
    results: list[TestResult] = []
    with closing(_results(executor, submission, problem)) as found:
        for result in found:
            results.append(result)
            if progress is not None:
                progress(result)
    return results


def _results(executor: Executor, submission: Submission, problem: Problem) -> Generator[TestResult]:
    runs = executor.run_all(_run(test, submission, problem) for test in problem.tests)
    stopped = False
    for number, test in enumerate(problem.tests, start=1):
        name = test.name or str(number)
        if stopped:
            yield TestResult(name=name, verdict=Verdict.SKIPPED, group=test.group)
            continue
        result = _judged(next(runs), name, test, submission, problem)
        stopped = submission.stop_at_first_failure and result.verdict.failed
        if stopped:
            runs.close()
        yield result


def _run(test: TestCase, submission: Submission, problem: Problem) -> Run:
    return Run(
        limits=problem.limits_of(test),
        stdin=as_bytes(test.input),
        arguments=test.arguments,
        files={path: as_bytes(content) for path, content in test.files.items()},
        writable=problem.writable,
        collect=submission.collect,
    )


def _checked(stdout: bytes, test: TestCase, problem: Problem) -> tuple[Verdict, str]:
    if test.expected is None:
        return Verdict.OK, ""
    return check(stdout, test.expected, test.checker or problem.checker)


def _judged(
    ran: Ran, name: str, test: TestCase, submission: Submission, problem: Problem
) -> TestResult:
    report, verdict, detail = ran.report, ran.verdict, ran.detail
    if verdict is None:
        verdict, detail = _checked(report.stdout, test, problem)
    facts = ran.measurements
    facts["stdout_truncated"] |= len(report.stdout) > _SHOWN_OUTPUT
    facts["stderr_truncated"] |= len(report.stderr) > _SHOWN_OUTPUT
    return TestResult(
        name=name,
        verdict=verdict,
        detail=detail,
        stdout=shown(report.stdout, _SHOWN_OUTPUT),
        stderr=shown(report.stderr, _SHOWN_OUTPUT),
        output=report.stdout if submission.keep_output else None,
        files=report.collected,
        group=test.group,
        **facts,
    )
