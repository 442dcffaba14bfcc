"""A submission's tests, one after another, and their results."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing

from judgecore.evaluation.conventions import Given
from judgecore.evaluation.details import DetailBudget
from judgecore.evaluation.procedures import Opened, Tested, judged_output, measured, tested
from judgecore.problem import TestCase
from judgecore.result import TestResult
from judgecore.texts import shown
from judgecore.validation import as_bytes
from judgecore.verdict import Verdict

_SHOWN_OUTPUT = 4096

Progress = Callable[[TestResult], None]


def evaluate(opened: Opened, progress: Progress | None) -> list[TestResult]:
    """Run every test, or those up to the first failure; the rest is skipped.

    `progress` is called with each result as it is known. What programs wrote is kept within
    `DETAILS_BYTES` for all tests together.
    """
    results: list[TestResult] = []
    budget = DetailBudget()
    with closing(_results(opened)) as found:
        for result in map(budget.within, found):
            results.append(result)
            if progress is not None:
                progress(result)
    return results


def _results(opened: Opened) -> Generator[TestResult]:
    judged = _one_by_one(opened) if opened.problem.judged_by_program else _sent_ahead(opened)
    stopped = False
    for number, test in enumerate(opened.problem.tests, start=1):
        name = test.name or str(number)
        if stopped:
            yield TestResult(name=name, verdict=Verdict.SKIPPED, group=test.group)
            continue
        result = _result(next(judged), name, test, opened)
        stopped = opened.submission.stop_at_first_failure and result.verdict.failed
        if stopped:
            judged.close()
        yield result


def _sent_ahead(opened: Opened) -> Generator[Tested]:
    """Tests whose outputs are looked at in this process, while the next one runs."""
    tests = opened.problem.tests
    runs = opened.solution.run_all(opened.run(test, as_bytes(test.input)) for test in tests)
    with closing(runs):
        for test, ran in zip(tests, runs, strict=True):
            yield measured(ran, judged_output(opened, Given(test, b""), ran))


def _one_by_one(opened: Opened) -> Generator[Tested]:
    """Tests that a program judges: it gets the core to itself while it does."""
    for test in opened.problem.tests:
        yield tested(opened, test)


def _result(found: Tested, name: str, test: TestCase, opened: Opened) -> TestResult:
    report, checked = found.ran.report, found.checked
    facts = found.ran.measurements
    facts["stdout_truncated"] |= len(report.stdout) > _SHOWN_OUTPUT
    facts["stderr_truncated"] |= len(report.stderr) > _SHOWN_OUTPUT
    facts |= {key: getattr(found, key) for key in ("cpu_ms", "wall_ms", "memory_bytes")}
    return TestResult(
        name=name,
        verdict=checked.verdict,
        detail=checked.detail,
        message=checked.message,
        staff_message=checked.staff_message,
        passes=found.passes,
        left_first=found.left_first,
        stdout=shown(report.stdout, _SHOWN_OUTPUT),
        stderr=shown(report.stderr, _SHOWN_OUTPUT),
        output=report.stdout if opened.submission.keep_output else None,
        files=report.collected,
        group=test.group,
        **facts,
    )
