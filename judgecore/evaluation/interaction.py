"""Who is to blame when a solution and an interactor have both ended: one ordered table, pure.

The first rule that applies decides. A solution reads end-of-file as soon as the interactor closes
its end or dies, and the interactor when the solution has ended: whoever waits for the other is
ended by that, and not by a clock.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from judgecore.evaluation.checked import Checked
from judgecore.execution import Ran
from judgecore.kinds import Pipes
from judgecore.report import Limit, Report
from judgecore.verdict import Verdict

# How much longer than alone a solution may take while an interactor computes.
PATIENCE_MS = 5_000
_BROKEN_PIPE = b"BrokenPipeError"  # Python's, which ignores the signal
_CLOCKS = (Limit.CPU, Limit.WALL, Limit.MEMORY, Limit.OUTPUT)


@dataclass(frozen=True, slots=True)
class Ended:
    """How both ended. `said`: what the interactor's end says by its convention.

    `left_first`: "solution", "interactor", or None where it is unknown. `by_name`: they open their
    streams by name, and so may hold both ends of one: nobody reads the end of that. `pipes`: how
    the end of one shows to the other.
    """

    solution: Ran
    interactor: Ran
    said: Checked
    left_first: Literal["solution", "interactor"] | None
    by_name: bool = False
    pipes: Pipes = Pipes.BAPC

    @property
    def in_vain(self) -> bool:
        """Whether the interactor waited for a solution that had ended, and could not see that."""
        waited = self.interactor.report.limit in (Limit.IDLE, Limit.WALL)
        return self.by_name and waited and self.left_first == "solution"

    @property
    def broken(self) -> bool:
        """Whether the interactor ended as its convention does not allow."""
        return self.said.verdict is Verdict.IE

    @property
    def broke_first(self) -> bool:
        """Whether it did so before the solution failed, as far as that can be seen."""
        seen = self.pipes is not Pipes.DOMJUDGE or self.solution.verdict is None
        return self.broken and seen and not self.lost_its_reader and self.left_first != "solution"

    @property
    def wrote_on(self) -> bool:
        """Whether the solution died because it wrote after it had been accepted."""
        died = died_writing(self.solution.report)
        accepted = self.said.verdict in (Verdict.AC, Verdict.PS) and self.left_first != "solution"
        return accepted and died and self.solution.verdict is Verdict.RE

    @property
    def over_its_limits(self) -> bool:
        """Whether a limit of the interactor's own ended it."""
        return self.interactor.report.limit in _CLOCKS

    @property
    def slow(self) -> bool:
        """Whether the solution ran out of time because the interactor computed for so long."""
        waited = self.solution.report.limit is Limit.WALL
        return waited and self.interactor.report.cpu_ms > PATIENCE_MS

    @property
    def lost_its_reader(self) -> bool:
        """Whether the interactor died because the solution was no longer there."""
        return died_writing(self.interactor.report)


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: when it applies, what follows, and why it stands where it does."""

    name: str
    applies: Callable[[Ended], bool]
    then: Callable[[Ended], Checked]
    reason: str


def died_writing(report: Report) -> bool:
    """Whether a program died because nobody read what it wrote."""
    wrapped = report.exit_code == 128 + signal.SIGPIPE
    in_python = report.exit_code in (1, 120) and _BROKEN_PIPE in report.stderr
    return report.signal == signal.SIGPIPE or wrapped or in_python


def _of_solution(ended: Ended) -> Checked:
    verdict, detail = ended.solution.verdict, ended.solution.detail
    if verdict is Verdict.TLE and ended.solution.report.limit is Limit.WALL:
        detail += ", waiting for the interactor most of it: idleness limit exceeded"
    return replace(ended.said, verdict=verdict or Verdict.WA, detail=detail, next_input=None)


def _of_interactor(ended: Ended) -> Checked:
    detail = ended.said.detail.replace("checker:", "interactor:", 1)
    return replace(ended.said, detail=detail)


def _in_vain(ended: Ended) -> Checked:
    return _of_solution(ended) if ended.solution.verdict is not None else _left_early(ended)


def _left_early(ended: Ended) -> Checked:
    return Checked(Verdict.WA, "it ended before the interactor did")


RULES: tuple[Rule, ...] = (
    Rule(
        "interactor waited in vain",
        lambda e: e.in_vain,
        _in_vain,
        "with streams that are opened by name, the end of the solution is not always seen",
    ),
    Rule(
        "interactor over its limits",
        lambda e: e.over_its_limits,
        _of_interactor,
        "an interactor that does not end, also when its input has ended, is at fault",
    ),
    Rule(
        "interactor too slow",
        lambda e: e.slow,
        lambda e: Checked.fault("interactor: the solution ran out of time waiting for it"),
        "waiting for an interactor that computes is not the solution's fault",
    ),
    Rule(
        "interactor broke first",
        lambda e: e.broke_first,
        _of_interactor,
        "what the solution did after that says nothing about it",
    ),
    Rule(
        "interactor rejected first",
        lambda e: e.said.verdict in (Verdict.WA, Verdict.PE) and e.left_first != "solution",
        _of_interactor,
        "a rejection ends the talk: that the solution then dies, or does not end, is no news",
    ),
    Rule(
        "solution wrote on",
        lambda e: e.wrote_on and e.pipes is not Pipes.KATTIS,
        _of_interactor,
        "it was accepted; other judges read on, so that it would not have died",
    ),
    Rule(
        "solution failed",
        lambda e: e.solution.verdict is not None,
        _of_solution,
        "a limit or a crash of its own; also after it was accepted",
    ),
    Rule(
        "solution left early",
        lambda e: e.lost_its_reader,
        _left_early,
        "the interactor wrote to nobody, and died of it: no fault of its own",
    ),
    Rule(
        "interactor decides",
        lambda _: True,
        _of_interactor,
        "both ended by themselves, or the interactor broke, which is an internal error",
    ),
)


def left_first(solution: Report, interactor: Report) -> Literal["solution", "interactor"] | None:
    """Who of the two ended first; None where it was not seen.

    An interactor sees a solution's pipes close only after its end was noted (`slot.connect`), so
    that what it does because of that comes later. A solution sees the interactor's close before
    that end is noted, and may be faster to end: then nobody read its output any more.
    """
    if solution.unread:
        return "interactor"
    if solution.ended_ms is None or interactor.ended_ms is None:
        return None
    return "solution" if solution.ended_ms < interactor.ended_ms else "interactor"


def decide(ended: Ended) -> Checked:
    """The verdict on the test."""
    return next(rule for rule in RULES if rule.applies(ended)).then(ended)
