"""Calls to a submission's driver: many in one process, or each in one of its own.

When a call ends the process, that call alone fails; the calls after it are made in a new process.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from judgecore.execution import Executor, Ran, Run
from judgecore.functions.queries import CallQueries, Refusal
from judgecore.limits import MIB, MOST_MS, Limits
from judgecore.report import Limit, Report
from judgecore.runner.protocol import Calls
from judgecore.verdict import Verdict

_MOST_BYTES = 32 * MIB  # of the calls of one run
_MOST_ANSWERED = 64 * MIB  # of what a run writes: an answer has to fit into a frame
_FLOOD = 4  # times the output limit in all: no process is begun after that
_REFUSED = "refused"  # a query had no answer
# Drivers say so on stderr.
_NO_FUNCTION = re.compile(rb"the submission has no function \w{1,200}(?: with \d{1,2} parameters)?")
_FAULTS = {
    "extra": "it wrote more than one answer to a call",
    "early": "it wrote answers before it was called",
    "size": "it wrote an answer that is longer than its output limit",
    "unread": "it asked before it had read what it was given",
}


@dataclass(frozen=True, slots=True)
class Called:
    """What came of one call. `data`: the answer; None where there is none, and `ran` says why.

    `public`: the detail for a hidden test; None: `ran.detail` may be shown there, too.
    """

    ran: Ran
    data: bytes | None = None
    public: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """What a program is called with. `queries`: answers what it asks; None: it may not ask."""

    payload: bytes
    queries: Callable[[], CallQueries] | None = None


class _Part:
    """The calls of one run, and what answers the queries of each."""

    def __init__(self, calls: Sequence[Call]) -> None:
        self.payloads = tuple(call.payload for call in calls)
        self.replies = self._reply if calls[0].queries is not None else None
        self._calls = calls
        self._by_call: dict[int, CallQueries] = {}
        self._open: CallQueries | None = None

    def _reply(self, number: int, query: bytes) -> bytes | None:
        if number not in self._by_call:
            self.close()  # one program answers, and is started anew
            made = self._calls[number].queries
            assert made is not None
            self._by_call[number] = self._open = made()
        return self._by_call[number].reply(query)

    def close(self) -> None:
        """End what answers."""
        queries, self._open = self._open, None
        if queries is not None:
            queries.close()

    def refusal(self, number: int) -> Refusal | None:
        """Why the call got no answer to a query, if that ended it."""
        queries = self._by_call.get(number)
        return None if queries is None else queries.refusal


@dataclass(frozen=True, slots=True)
class Caller:
    """Makes calls. `limits`: of each call; `total_cpu_ms`: of all of them together, where given."""

    executor: Executor
    limits: Limits
    total_cpu_ms: int | None = None
    restarts: int = 0

    def batch(self, calls: Sequence[Call]) -> list[Called | None]:
        """What came of each call, in this order; None where there was no restart left for it.

        A program that has written much more than its output limit, in all processes together, gets
        none: what it wrote is kept until all calls are judged.
        """
        found: list[Called | None] = []
        used_ms, restarts, written = 0.0, self.restarts, 0
        while len(found) < len(calls):
            part = _Part(_portion(calls[len(found) :]))
            ran = self._ran(part, used_ms)
            used_ms += ran.report.cpu_ms
            written += _written(ran.report)
            found += self._answers(ran)
            if len(ran.report.answers) == len(part.payloads):
                continue
            failed = self._failed(ran, part)
            found.append(failed)
            if not ran.report.ready:  # it would end in the same way each time
                return found + [failed] * (len(calls) - len(found))
            if restarts == 0 or written > _FLOOD * self.limits.output_bytes:
                break
            restarts -= 1
        return found + [None] * (len(calls) - len(found))

    def isolated(self, calls: Sequence[Call], *, ahead: bool = True) -> Generator[Called]:
        """What came of each call in a process of its own.

        `ahead`: the next process may begin while the last answer is looked at. It never does where
        programs may ask.
        """
        parts = [_Part((call,)) for call in calls]
        runs = (self._run(part, 0.0) for part in parts)
        if not ahead or any(part.replies for part in parts):
            yield from (self._only(self._ran(part, 0.0), part) for part in parts)
            return
        with closing(self.executor.run_all(runs)) as found:
            yield from map(self._only, found, parts)

    def _ran(self, part: _Part, used_ms: float) -> Ran:
        with closing(part):
            return self.executor.run(self._run(part, used_ms))

    def _only(self, ran: Ran, part: _Part) -> Called:
        return next(iter(self._answers(ran)), None) or self._failed(ran, part)

    def _run(self, part: _Part, used_ms: float) -> Run:
        each, many = self.limits, len(part.payloads) + 1  # and the start
        total = self.total_cpu_ms or min(MOST_MS, many * each.cpu_ms)
        left = max(1, round(total - used_ms)) if self.total_cpu_ms else total
        wall_ms = min(MOST_MS, many * each.effective_wall_ms)
        limits = each.model_copy(
            update={
                "cpu_ms": left,
                "wall_ms": wall_ms,
                "idle_ms": each.effective_idle_ms,
                "output_bytes": min(each.output_bytes, _MOST_ANSWERED),
            }
        )
        allowed = self.executor.in_force(each)
        wall_ms = allowed.effective_wall_ms
        calls = Calls(part.payloads, allowed.cpu_ms, wall_ms, part.replies)
        return Run(limits=limits, calls=calls)

    def _answers(self, ran: Ran) -> Iterator[Called]:
        """The calls that were answered, each with the figures and the streams of its own."""
        report, out, err = ran.report, 0, 0
        for answer in report.answers:
            own = Report(
                0,
                None,
                answer.cpu_ms,
                answer.wall_ms,
                report.memory_bytes,
                stdout=report.stdout[out : answer.stdout_bytes],
                stderr=report.stderr[err : answer.stderr_bytes],
                cpu_source=report.cpu_source,
                memory_source=report.memory_source,
            )
            out, err = answer.stdout_bytes, answer.stderr_bytes
            yield Called(Ran(own, None, "", self.executor.in_force(self.limits)), answer.data)

    def _failed(self, ran: Ran, part: _Part) -> Called:
        """The call that was not answered."""
        report = ran.report
        refused = part.refusal(len(report.answers)) if report.call_fault == _REFUSED else None
        last = report.answers[-1] if report.answers else None
        own = report.changed(
            cpu_ms=report.cpu_ms if report.call_ms is None else report.call_ms,
            wall_ms=report.wall_ms if report.call_wall_ms is None else report.call_wall_ms,
            stdout=report.stdout[last.stdout_bytes if last else 0 :],
            stderr=report.stderr[last.stderr_bytes if last else 0 :],
            answers=(),
        )
        verdict, detail = self._judged(ran)
        if refused is not None:
            verdict, detail = _verdict(refused), refused.said
        made = Ran(own, verdict, detail, self.executor.in_force(self.limits))
        return Called(made, public=None if refused is None else refused.public)

    def _judged(self, ran: Ran) -> tuple[Verdict, str]:
        report, allowed = ran.report, self.executor.in_force(self.limits)
        when = "" if report.ready else "it did not start: "
        if report.call_fault is not None:
            return Verdict.RE, _FAULTS.get(report.call_fault, report.call_fault)
        if report.limit is Limit.CPU and ran.limits.cpu_ms > report.cpu_ms:
            return Verdict.TLE, f"{when}cpu time over {allowed.cpu_ms} ms"
        if report.limit is Limit.CPU:
            return Verdict.TLE, f"cpu time of all calls over {ran.limits.cpu_ms} ms"
        if report.limit is Limit.WALL:
            return Verdict.TLE, f"{when}wall time over {allowed.effective_wall_ms} ms"
        if ran.verdict is not None:
            return ran.verdict, when + ran.detail + _missing(report)
        ended = "during the call, and gave no result" if report.ready else "before the first call"
        return Verdict.RE, f"left early: it ended with exit code 0 {ended}"


def _missing(report: Report) -> str:
    """What a driver says that did not find the function; nothing where that is not why."""
    said = None if report.ready else _NO_FUNCTION.search(report.stderr)
    return "" if said is None else f"; {said[0].decode()}"


def _verdict(refused: Refusal) -> Verdict:
    if refused.fault:
        return Verdict.IE
    return Verdict.RE if refused.mistyped else Verdict.WA


def _written(report: Report) -> int:
    """Bytes of all that a process wrote."""
    answered = sum(len(answer.data) for answer in report.answers)
    return answered + len(report.stdout) + len(report.stderr)


def _portion(calls: Sequence[Call]) -> Sequence[Call]:
    """As many of the calls as one run takes, at least one."""
    size = 0
    for number, call in enumerate(calls):
        size += 4 + len(call.payload)
        if size > _MOST_BYTES and number:
            return calls[:number]
    return calls
