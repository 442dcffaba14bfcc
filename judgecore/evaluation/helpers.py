"""A problem's own programs while a submission is judged: what each is there for, and the checkers'
word on one output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from judgecore.evaluation.checked import Checked
from judgecore.evaluation.conventions import Given, call, read
from judgecore.execution import Executor
from judgecore.functions import Function
from judgecore.groups import Scoring
from judgecore.kinds import CheckerProgram, Convention, Interactive
from judgecore.limits import Limits
from judgecore.problem import Problem
from judgecore.verdict import Verdict


class Role(StrEnum):
    """What a program of the problem is there for."""

    CHECKER = "checker"
    INTERACTOR = "interactor"
    STATIC_VALIDATOR = "static validator"
    GRADER = "grader"
    ANSWERING = "program that answers queries"


@dataclass(frozen=True, slots=True)
class Helper:
    """A program of the problem in a sandbox of its own, with the limits of its runs."""

    program: CheckerProgram
    executor: Executor
    limits: Limits


def helpers_of(problem: Problem) -> tuple[tuple[Role, CheckerProgram], ...]:
    """The programs of a problem that judging needs, with the role of each; checkers in order."""
    procedure, checkers = problem.procedure, (problem.checker, *problem.more_checkers)
    interactor = None
    if isinstance(procedure, Interactive):
        interactor, own = procedure.interactor or problem.checker, procedure.interactor
        if own is None or own.convention is not Convention.TESTLIB:
            checkers = ()  # the interactor has the last word
    uses = problem.harness.uses if isinstance(problem.harness, Function) else None
    found = (
        (Role.INTERACTOR, interactor),
        *((Role.CHECKER, checker) for checker in checkers),
        (Role.STATIC_VALIDATOR, problem.static_validator),
        (Role.GRADER, problem.total.grader if isinstance(problem.total, Scoring) else None),
        (Role.ANSWERING, None if uses is None else uses.program),
    )
    return tuple((role, one) for role, one in found if isinstance(one, CheckerProgram))


def by_programs(checkers: Sequence[Helper], given: Given) -> Checked:
    """What checker programs say of one output: the first that does not accept it decides.

    Where all accept, the score is the last that one of them gave.
    """
    said: list[Checked] = []
    for number, checker in enumerate(checkers, start=1):
        ran = checker.executor.run(call(checker.program, checker.limits, given))
        found = read(checker.program.convention, ran)
        if len(checkers) > 1:
            detail = found.detail.replace("checker:", f"checker {number}:", 1)
            found = replace(found, detail=detail)
        said.append(found)
        if found.verdict is not Verdict.AC or found.next_input is not None:
            return found
    scored = [one for one in said if (one.points, one.share) != (None, None)]
    return replace(
        (scored or said)[-1],
        message="\n".join(one.message for one in said if one.message),
        staff_message="\n".join(one.staff_message for one in said if one.staff_message),
    )
