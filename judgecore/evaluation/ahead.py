"""Tests in their order: each by itself, or the next one running while the last one is judged.

Both ways some run in idle sandboxes, where that pays.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing

from judgecore.evaluation.conventions import Given
from judgecore.evaluation.functions import called
from judgecore.evaluation.procedures import (
    Opened,
    Tested,
    judged_output,
    measured,
    tested,
    too_many_passes,
)
from judgecore.execution import Executor, Ran, Run
from judgecore.functions import Function
from judgecore.problem import TestCase
from judgecore.validation import as_bytes


def sent_ahead(opened: Opened) -> Generator[Tested]:
    """The tests of a batch problem, or of a function; closing it ends what runs."""
    if isinstance(opened.problem.harness, Function):
        yield from called(opened)
        return
    assert opened.solution is not None
    tests = opened.problem.tests
    wanted = (opened.run(test, as_bytes(test.input)) for test in tests)
    with closing(_ran(opened, opened.solution, wanted)) as runs:
        found = zip(tests, runs, strict=True)
        judged = (_judged(opened, *one) for one in found)
        yield from _beside(opened, found) if opened.checkers else judged


def one_by_one(opened: Opened, skips: Callable[[TestCase], bool] | None) -> Generator[Tested]:
    """Tests of which each begins when the last one is judged, but for those in idle sandboxes.

    `skips`: whether a test need not be run any more; None: that never happens.
    """
    tests = opened.problem.tests
    named = ((test, test.name or str(number)) for number, test in enumerate(tests, start=1))
    # A function of the caller's may not be called twice at once.
    if opened.executors is None or opened.check is not None:
        return (tested(opened, *one) for one in named if skips is None or not skips(one[0]))
    return opened.executors.sharing.do_all(
        opened.team,
        named,
        len(tests),
        lambda team, one: tested(opened.by(team), *one),
        skips=None if skips is None else lambda one: skips(one[0]),
        most=2 if opened.submission.stop_at_first_failure else None,
    )


def _ran(opened: Opened, solution: Executor, runs: Iterator[Run]) -> Generator[Ran]:
    if opened.executors is None:
        return solution.run_all(runs)
    one_by_one = opened.submission.stop_at_first_failure
    count = len(opened.problem.tests)
    return opened.executors.sharing.run_all(solution, runs, count, one_by_one=one_by_one)


def _beside(opened: Opened, found: zip[tuple[TestCase, Ran]]) -> Generator[Tested]:
    """Tests that a program judges, from a thread of its own: meanwhile this one reads what the
    solution writes, which would stop it otherwise."""
    before: Future[Tested] | None = None
    with ThreadPoolExecutor(1, thread_name_prefix="judgecore-checker") as thread:
        try:
            for test, ran in found:
                now = thread.submit(_judged, opened, test, ran)
                if before is not None:
                    yield before.result()
                before = now
            if before is not None:
                yield before.result()
        except GeneratorExit:
            raise
        except BaseException:
            for checker in opened.checkers:
                checker.executor.interrupt()  # else leaving this block waits for it
            raise


def _judged(opened: Opened, test: TestCase, ran: Ran) -> Tested:
    checked = judged_output(opened, Given(test, as_bytes(test.input)), ran)
    if checked.next_input is not None:
        checked = too_many_passes(opened.problem, checked)
    return measured(ran, checked)
