"""A submission's tests, one after another, and their results."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial

from judgecore.evaluation.ahead import one_by_one, sent_ahead
from judgecore.evaluation.details import DetailBudget, KeptBudget
from judgecore.evaluation.grader import GraderFailed, graded
from judgecore.evaluation.procedures import Opened, Tested
from judgecore.evaluation.scores import Scores
from judgecore.functions import Function
from judgecore.groups import Scoring
from judgecore.kinds import Batch
from judgecore.problem import TestCase
from judgecore.report import Limit
from judgecore.result import TestResult
from judgecore.texts import shown
from judgecore.verdict import Verdict

_SHOWN_OUTPUT = 4096

Progress = Callable[[TestResult], None]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The results of all tests; the score, and those of groups, where the problem has scores.

    `verdict`: of the problem's grader, where it accepts nothing. `fault`: how that grader failed.
    """

    tests: tuple[TestResult, ...]
    verdict: Verdict | None = None
    fault: str = ""
    score: Decimal | None = None
    scores: Mapping[str, Decimal] = field(default_factory=dict)


def evaluate(opened: Opened, progress: Progress | None) -> Evaluated:
    """Run every test, or those up to the first failure; the rest is skipped.

    `progress` is called with each result as it is known. With scores, tests are skipped that can
    change none. What programs wrote is kept within `DETAILS_BYTES` for all tests together.
    """
    results: list[TestResult] = []
    budget, kept = DetailBudget(), KeptBudget(opened.submission.keep_bytes)
    scores = _scores(opened)
    with closing(_results(opened, scores)) as found:
        for result in map(budget.within, map(kept.within, found)):
            results.append(result)
            if progress is not None:
                progress(result)
    if scores is None:
        return Evaluated(tuple(results))
    try:
        return Evaluated(
            tuple(results), scores.rejected, score=scores.score, scores=scores.by_group
        )
    except GraderFailed as exc:
        return Evaluated(tuple(results), fault=str(exc))


def _scores(opened: Opened) -> Scores | None:
    if not isinstance(opened.problem.total, Scoring):
        return None
    if opened.grader is None:
        return Scores(opened.problem)
    return Scores(opened.problem, partial(graded, opened.grader))


def _results(opened: Opened, scores: Scores | None) -> Generator[TestResult]:
    are_called = isinstance(opened.problem.harness, Function)
    skipping = _Skipping(opened, scores)
    with closing(_found(opened, skipping)) as tests:
        for number, test in enumerate(opened.problem.tests, start=1):
            name = test.name or str(number)
            if skipping(test):
                if are_called and not skipping.stopped:
                    next(tests)  # it was called with the others
                yield TestResult(name=name, verdict=Verdict.SKIPPED, group=test.group)
                continue
            found, score = next(tests), None
            if scores is not None:
                checked, score = scores.add(test, found.checked)
                found = replace(found, checked=checked)
            result = _result(found, name, test, opened, score)
            skipping.stopped = opened.submission.stop_at_first_failure and result.verdict.failed
            if skipping.stopped:
                tests.close()
            yield result


class _Skipping:
    """Whether a test need not be run any more. Asked from several threads; a yes stays a yes.

    `stopped`: no test need be. `by_score`: a score may say so, of some test; `possible`: anything.
    """

    def __init__(self, opened: Opened, scores: Scores | None) -> None:
        self.stopped = False
        self.by_score = scores is not None and any(map(scores.may_skip, opened.problem.tests))
        self.possible = self.by_score or opened.submission.stop_at_first_failure
        self._scores = scores

    def __call__(self, test: TestCase) -> bool:
        return self.stopped or (self._scores is not None and self._scores.skips(test))


def _found(opened: Opened, skipping: _Skipping) -> Generator[Tested]:
    """What came of each test that is not skipped; of functions, of each."""
    are_called = isinstance(opened.problem.harness, Function)
    if are_called or not (skipping.by_score or _is_one_by_one(opened)):
        return sent_ahead(opened)
    return one_by_one(opened, skipping if skipping.possible else None)


def _is_one_by_one(opened: Opened) -> bool:
    """Whether a test cannot begin in a slot before the last one is judged there."""
    problem = opened.problem
    batch = isinstance(problem.procedure, Batch) and problem.passes == 1
    batch = batch and not any(test.static for test in problem.tests)
    return not batch or opened.answers is not None


def _result(
    found: Tested, name: str, test: TestCase, opened: Opened, score: Decimal | None
) -> TestResult:
    report, checked = found.ran.report, found.checked
    facts = found.ran.measurements
    facts["stdout_truncated"] |= len(report.stdout) > _SHOWN_OUTPUT
    facts["stderr_truncated"] |= len(report.stderr) > _SHOWN_OUTPUT
    facts |= {key: getattr(found, key) for key in ("cpu_ms", "wall_ms", "memory_bytes")}
    if checked.verdict is Verdict.MLE and report.out_of_heap:
        facts["limit"] = Limit.MEMORY
    return TestResult(
        name=name,
        verdict=checked.verdict,
        detail=checked.detail,
        message=checked.message,
        staff_message=checked.staff_message,
        passes=found.passes,
        left_first=found.left_first,
        transcript=found.transcript,
        stdout=shown(report.stdout, _SHOWN_OUTPUT),
        stderr=shown(report.stderr, _SHOWN_OUTPUT),
        output=_output(found) if opened.submission.keep_output else None,
        error_output=_all_errors(opened, report.stderr),
        files=_kept(opened, report.collected),
        group=test.group,
        score=score,
        **facts,
    )


def _all_errors(opened: Opened, stderr: bytes) -> bytes | None:
    """All of stderr, where it is asked for and its beginning as text is less."""
    if not opened.submission.keep_output or shown(stderr, _SHOWN_OUTPUT).encode() == stderr:
        return None
    return stderr


def _output(found: Tested) -> bytes:
    return found.ran.report.stdout if found.answer is None else found.answer


def _kept(opened: Opened, collected: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files that the submission asked for; with `keep_output` those that are judged too."""
    wanted = set(opened.submission.collect)
    if opened.submission.keep_output:
        wanted |= set(opened.problem.outputs)
    return {path: content for path, content in collected.items() if path in wanted}
