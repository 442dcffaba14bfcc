"""Programs that get input while they run, and whose output is passed on at once.

Only a judge in this process can do that: what goes through the broker is judged as a whole.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import Protocol

from consumers.gateway.exchange import Left
from consumers.messages import SubmissionMessage
from judgecore import Judge
from judgecore.errors import InfrastructureError, MachineBusy, SlotLost
from judgecore.execution import Executor, Program, Run
from judgecore.interruption import Interruption
from judgecore.report import Limit
from judgecore.result import CompileResult, TestResult
from judgecore.running import Running
from judgecore.submission import Submission
from judgecore.verdict import Verdict

TURN_S = 0.02
PASS_S = 30.0  # for the output that is left when a program has ended: its slot waits
_TOGETHER = 64 << 10


class Terminal(Protocol):
    """What a live program is connected to. Its methods are called in the thread that runs it."""

    def compiled(self, found: CompileResult) -> None:
        """The program has been compiled, or not."""

    def started(self) -> None:
        """The program begins to run; from now on no input waits for a sandbox."""

    def wrote(self, stream: int, data: bytes) -> None:
        """The program has written this to stdout (1) or stderr (2)."""

    def typed(self) -> Iterator[bytes]:
        """Input for the program that has come since."""

    def killed_by(self) -> int | None:
        """The number of a signal that the program is to be ended by; None: it may go on."""


class LiveRuns:
    """Runs programs live in the slots of a judge."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    def run(
        self, message: SubmissionMessage, terminal: Terminal, interruption: Interruption
    ) -> TestResult | None:
        """Run the program of a submission with one test to its end; None: it did not compile.

        `interruption` ends the waiting for a slot; a program that runs is ended by `killed_by`.
        Raises `UsageError`, `InfrastructureError`, `Interrupted` and, if the output is not taken,
        `Left`.
        """
        language = self._judge.resolve_language(message.language)
        submission = message.submission(language, None)
        with interruption.covering():
            return self._judge.executors.with_retries(lambda: self._once(submission, terminal))

    def _once(self, submission: Submission, terminal: Terminal) -> TestResult | None:
        with self._judge.executors.open(Program.of(submission)) as (executor,):
            if executor.compiled is not None:
                terminal.compiled(executor.compiled)
            if not executor.ready:
                return None
            terminal.started()
            try:
                return _to_its_end(executor, _run(submission), terminal)
            except (SlotLost, MachineBusy) as exc:  # its output has been shown: no second try
                raise InfrastructureError(f"the sandbox of a live program failed: {exc}") from exc


def _run(submission: Submission) -> Run:
    problem = submission.judged_against
    (test,) = problem.tests
    return Run(
        limits=problem.limits,
        arguments=test.arguments,
        writable=problem.writable,
    )


def _to_its_end(executor: Executor, run: Run, terminal: Terminal) -> TestResult:
    running = executor.start(run)
    number, until = None, math.inf
    try:
        while not running.ended:
            number = _turn(running, terminal, number)
            if running.over:
                until = min(until, time.monotonic() + PASS_S)
            if time.monotonic() > until:
                raise Left
    finally:
        if not running.ended:
            running.stop()
        report = running.finish()
    if report.limit is Limit.STOPPED:
        return TestResult(name="1", verdict=Verdict.RE, signal=number, cpu_ms=report.cpu_ms)
    ran = executor.judged(report, run)
    return TestResult(
        name="1", verdict=ran.verdict or Verdict.OK, detail=ran.detail, **ran.measurements
    )


def _turn(running: Running, terminal: Terminal, number: int | None) -> int | None:
    """Pass on what has come from both sides; the signal that the program was ended by, if any."""
    for data in terminal.typed():
        running.feed(data)
    if number is None and (number := terminal.killed_by()) is not None:
        running.stop()
    for stream, written in _written(running):
        terminal.wrote(stream, bytes(written))
    return number


def _written(running: Running) -> list[tuple[int, bytearray]]:
    """What it has written since, up to a size: a message for each byte would take long."""
    found: list[tuple[int, bytearray]] = []
    said, size = running.read(TURN_S), 0
    while said is not None:
        stream, data = said
        if not found or found[-1][0] != stream:
            found.append((stream, bytearray()))
        found[-1][1].extend(data)
        size += len(data)
        said = running.read(0.0) if size < _TOGETHER else None
    return found
