"""Attacks on a problem's own programs: its judge has a secret, and it judges the attack."""

from __future__ import annotations

from judgecore.attacks.programs import Attack, Kind, folder
from judgecore.judge import Judge
from judgecore.kinds import Batch, CheckerProgram, Interactive
from judgecore.limits import Limits
from judgecore.problem import Problem, TestCase
from judgecore.result import TestResult
from judgecore.submission import Submission

_PROGRAM = "problem/judges/kattis.py"
_INPUT = "go\n"


def judged(
    judge: Judge, attack: Attack, kind: Kind, secret: str, limits: Limits
) -> tuple[TestResult, ...]:
    """The results of its tests; of compiling it, where that failed."""
    problem = _problem(attack, kind, secret, limits)
    program = attack.program
    result = judge.judge(
        Submission(language=program.language, source=program.source, problem=problem)
    )
    said = result.cause or (result.compile.output if result.compile else "")
    return result.tests or (TestResult(name="-", verdict=result.verdict, detail=said),)


def _problem(attack: Attack, kind: Kind, secret: str, limits: Limits) -> Problem:
    source = (folder() / _PROGRAM).read_text("utf-8").replace("@SECRET@", secret)
    return Problem(
        tests=(TestCase(input=_INPUT, expected=secret),) * len(attack.inputs_mb),
        checker=CheckerProgram(language="python", source=source, arguments=(kind, secret)),
        procedure=Interactive() if kind is Kind.INTERACTIVE else Batch(),
        passes=2 if kind is Kind.MULTI_PASS else 1,
        limits=limits,
        writable=attack.writable,
    )
