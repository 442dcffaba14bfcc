"""Several processes of one submission that ran side by side, as one run: pure."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from judgecore.evaluation.interaction import died_writing, left_first
from judgecore.execution import Ran
from judgecore.limits import Limits
from judgecore.report import Report
from judgecore.verdict import Verdict


def together(rans: Sequence[Ran], asked: Limits, manager: Report) -> Ran:
    """One run with the CPU time and the memory of all, and the wall time of the longest, as in CMS.

    Together they have the CPU time limit of one. `asked`: the limits of each without the runtime's
    allowance, which each has. `manager`: what it talked to.
    """
    one = _deciding(rans, manager)
    reports = [ran.report for ran in rans]
    report = one.report.changed(
        cpu_ms=sum(each.cpu_ms for each in reports),
        wall_ms=max(each.wall_ms for each in reports),
        memory_bytes=sum(each.memory_bytes for each in reports),
    )
    more = len(rans) - 1
    limits = one.limits.model_copy(
        update={
            "cpu_ms": one.limits.cpu_ms + more * (one.limits.cpu_ms - asked.cpu_ms),
            "memory_bytes": len(rans) * one.limits.memory_bytes,
        }
    )
    verdict = one.verdict
    detail = "" if verdict is None else f"process {rans.index(one)}: {one.detail}"
    if verdict in (None, Verdict.RE) and report.cpu_ms > limits.cpu_ms:
        verdict, detail = Verdict.TLE, f"cpu time of all processes over {limits.cpu_ms} ms"
    return Ran(report, verdict, detail, limits)


def _deciding(rans: Sequence[Ran], manager: Report) -> Ran:
    """The process by which all are judged: the one that failed first, or that ended first.

    When a manager dies because one has ended, those that fail after it are not to blame.
    """
    by_end = sorted(rans, key=lambda ran: _at(ran.report))
    failed = [ran for ran in by_end if ran.verdict is not None]
    before = [ran for ran in by_end if left_first(ran.report, manager) == "solution"]
    if before and died_writing(manager):
        return next((ran for ran in before if ran.verdict is not None), before[0])
    return (failed or by_end)[0]


def _at(report: Report) -> float:
    return inf if report.ended_ms is None else report.ended_ms
