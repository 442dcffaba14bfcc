"""How the end of a run becomes a verdict: one ordered table, the first matching row decides."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from judgecore.limits import Limits
from judgecore.report import Limit, Report


class Verdict(StrEnum):
    """Every verdict and state, in their wire form."""

    AC = "AC"
    OK = "OK"
    WA = "WA"
    PE = "PE"
    PS = "PS"
    TLE = "TLE"
    MLE = "MLE"
    OLE = "OLE"
    RE = "RE"
    CE = "CE"
    IE = "IE"
    PENDING = "PENDING"
    JUDGING = "JUDGING"
    SKIPPED = "SKIPPED"
    CANCELLED = "CANCELLED"

    @property
    def meaning(self) -> str:
        """The verdict in words."""
        return MEANINGS[self]

    @property
    def failed(self) -> bool:
        """Whether a test with it is one that the program did not pass."""
        return self not in _NOT_FAILED

    @property
    def final(self) -> bool:
        """Whether nothing can follow it."""
        return self not in (Verdict.PENDING, Verdict.JUDGING)


_NOT_FAILED = frozenset((Verdict.AC, Verdict.OK, Verdict.SKIPPED, Verdict.PENDING, Verdict.JUDGING))
MEANINGS: dict[Verdict, str] = {
    Verdict.AC: "accepted",
    Verdict.OK: "ran well, not judged",
    Verdict.WA: "wrong answer",
    Verdict.PE: "presentation error",
    Verdict.PS: "partial score",
    Verdict.TLE: "time limit exceeded",
    Verdict.MLE: "memory limit exceeded",
    Verdict.OLE: "output limit exceeded",
    Verdict.RE: "runtime error",
    Verdict.CE: "compile error",
    Verdict.IE: "internal error",
    Verdict.PENDING: "waiting to be judged",
    Verdict.JUDGING: "being judged",
    Verdict.SKIPPED: "not run",
    Verdict.CANCELLED: "cancelled",
}


OUT_OF_HEAP = "the runtime ran out of its heap"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table: when it applies, what it says, and why it stands where it does."""

    name: str
    verdict: Verdict
    applies: Callable[[Report, Limits], bool]
    detail: Callable[[Report, Limits], str]
    reason: str
    limit: Limit = Limit.NONE


def _signal_detail(report: Report, limits: Limits) -> str:
    name = next((s.name for s in signal.Signals if s == report.signal), "real-time")
    said = f"killed by signal {report.signal} ({name})"
    if report.signal == signal.SIGSEGV and limits.stack_bytes is not None:
        return f"{said}: a bad address, or more than {limits.stack_bytes} bytes of stack"
    return said


def _failed(report: Report) -> bool:
    return report.signal is not None or (report.exit_code is not None and report.exit_code != 0)


RULES: tuple[Rule, ...] = (
    Rule(
        "not started",
        Verdict.IE,
        lambda r, _: r.step is not None and r.step != "exec",
        lambda r, _: f"set-up step {r.step} failed with errno {r.errno}",
        "a run that was never set up says nothing about the program",
    ),
    Rule(
        "output",
        Verdict.OLE,
        lambda r, _: r.limit is Limit.OUTPUT,
        lambda r, lim: f"more than {lim.output_bytes} bytes on one stream",
        "the runner killed it for this: the signal comes from the runner",
        Limit.OUTPUT,
    ),
    Rule(
        "memory",
        Verdict.MLE,
        lambda r, _: r.limit is Limit.MEMORY or r.oom_kills > 0,
        lambda r, lim: f"limit {lim.memory_bytes} bytes",
        "the kernel's own counter; before time, since a thrashing program is slow too",
        Limit.MEMORY,
    ),
    Rule(
        "cpu time",
        Verdict.TLE,
        lambda r, lim: r.limit is Limit.CPU or r.cpu_ms > lim.cpu_ms,
        lambda r, lim: f"cpu time over {lim.cpu_ms} ms",
        "also when it ended by itself, but late",
        Limit.CPU,
    ),
    Rule(
        "wall time",
        Verdict.TLE,
        lambda r, lim: r.limit is Limit.WALL or r.wall_ms > lim.effective_wall_ms,
        lambda r, lim: f"wall time over {lim.effective_wall_ms} ms",
        "after cpu time: when both limits are exceeded, CPU time is reported",
        Limit.WALL,
    ),
    Rule(
        "idle",
        Verdict.TLE,
        lambda r, _: r.limit is Limit.IDLE,
        lambda r, lim: f"no cpu time used for {lim.effective_idle_ms} ms",
        "a sleeping program, which is not a slow one",
        Limit.IDLE,
    ),
    Rule(
        "memory figure",
        Verdict.MLE,
        lambda r, lim: r.memory_bytes > lim.memory_bytes,
        lambda r, lim: f"peak {r.memory_bytes} of {lim.memory_bytes} bytes",
        "for tiers that can measure more than they can enforce",
        Limit.MEMORY,
    ),
    Rule(
        "memory at the start",
        Verdict.MLE,
        lambda r, lim: r.signal is not None and r.image_bytes > lim.memory_bytes,
        lambda r, lim: (
            f"the executable maps {r.image_bytes} bytes; the memory limit is {lim.memory_bytes}"
        ),
        "the kernel kills a program whose arrays it cannot map, and counts no out-of-memory kill",
        Limit.MEMORY,
    ),
    Rule(
        "heap",
        Verdict.MLE,
        lambda r, _: r.out_of_heap and _failed(r),
        lambda r, _: OUT_OF_HEAP,
        "runtimes that bound their own memory fail before the kernel's limit fires",
        Limit.MEMORY,
    ),
    Rule(
        "file size",
        Verdict.OLE,
        lambda r, _: r.signal == signal.SIGXFSZ,
        lambda r, lim: f"more than {lim.file_bytes} bytes in one file",
        "the kernel sends this signal for this limit only",
        Limit.FILE,
    ),
    Rule(
        "disk",
        Verdict.OLE,
        lambda r, _: r.disk_full is not None and _failed(r),
        lambda r, _: f"out of disk {r.disk_full}: {r.disk_bytes} bytes in {r.disk_files} files",
        "it failed while its writable space was full: the likeliest cause",
        Limit.DISK,
    ),
    Rule(
        "stopped",
        Verdict.IE,
        lambda r, _: r.limit is Limit.STOPPED,
        lambda r, _: "the run was stopped before its end",
        "the host killed it for a reason of its own: the signal says nothing about the program",
    ),
    Rule(
        "could not be executed",
        Verdict.RE,
        lambda r, _: r.step == "exec",
        lambda r, _: f"cannot be executed, errno {r.errno}",
        "the compiled file is the program's own",
    ),
    Rule(
        "signal",
        Verdict.RE,
        lambda r, _: r.signal is not None,
        _signal_detail,
        "no limit explains the signal, so the program caused it",
    ),
    Rule(
        "exit code",
        Verdict.RE,
        lambda r, _: r.exit_code is not None and r.exit_code != 0,
        lambda r, _: f"exit code {r.exit_code}",
        "a program that says it failed has failed",
    ),
    Rule(
        "unknown end",
        Verdict.IE,
        lambda r, _: r.exit_code is None,
        lambda r, _: "the runner reported neither exit code nor signal",
        "unknown never becomes success",
    ),
)


def classify(
    report: Report, limits: Limits, asked: Limits | None = None
) -> tuple[Verdict | None, str]:
    """Judge how a run ended. `asked`: the limits before the runtime's allowance came on top.

    Returns the verdict with a sentence of detail, or `(None, "")` when the program ended well,
    so that its output decides (that is the checker's part).
    """
    rule = _first(report, limits)
    if rule is None:
        return None, ""
    return rule.verdict, rule.detail(report, limits) + _share(rule, limits, asked or limits)


def _share(rule: Rule, limits: Limits, asked: Limits) -> str:
    extra = {
        "cpu time": limits.cpu_ms - asked.cpu_ms,
        "memory": limits.memory_bytes - asked.memory_bytes,
    }.get(rule.name, 0)
    return f", {extra} of them for the runtime" if extra else ""


def limit_hit(report: Report, limits: Limits) -> Limit:
    """Which limit the verdict of `classify` is about; `NONE` when it is about none."""
    rule = _first(report, limits)
    return rule.limit if rule else Limit.NONE


def _first(report: Report, limits: Limits) -> Rule | None:
    return next((rule for rule in RULES if rule.applies(report, limits)), None)
