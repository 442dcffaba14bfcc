"""The test_group.yaml files of a problem that is written as a package of 2025-09."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from judgecore.groups import Aggregate, Group, Scoring
from judgecore.kinds import CheckerProgram
from judgecore.problem import Checker, CheckerKind, Problem, TestCase

_WORDS = {Aggregate.ALL: "pass-fail", Aggregate.SUM: "sum", Aggregate.MIN: "min"}


def settings_of_groups(problem: Problem) -> dict[str, dict[str, Any]]:
    """By the folder below `data`, what its file says; a folder without a file is not there."""
    found: dict[str, dict[str, Any]] = {}
    if isinstance(problem.total, Scoring):
        for group in problem.total.all_groups():
            if group.name != "sample":
                found[group.name] = _group(group)
    if not isinstance(problem.checker, CheckerProgram) and (said := flags(problem.checker)):
        run = [test for test in problem.tests if not test.static]
        for folder in {str(test.name).partition("/")[0] for test in run}:
            found.setdefault(folder, {})["output_validator_args"] = said
    for test in problem.tests:
        if test.static:
            folder = str(test.name).rpartition("/")[0]
            found[folder] = found.get(folder, {}) | _static(test)
    return found


def _static(test: TestCase) -> dict[str, Any]:
    made: dict[str, Any] = {
        "static_validation_score": "pass-fail" if test.points is None else _points(test.points)
    }
    if test.checker_arguments:
        made["static_validator_args"] = list(test.checker_arguments)
    return made


def flags(checker: Checker) -> list[str]:
    """A comparison as the default validator's flags."""
    made = ["case_sensitive"] if checker.case_sensitive else []
    made += ["space_change_sensitive"] if checker.space_sensitive else []
    if checker.kind is CheckerKind.FLOATS:
        made += ["float_absolute_tolerance", repr(checker.absolute)]
        made += ["float_relative_tolerance", repr(checker.relative)]
    return made


def _group(group: Group) -> dict[str, Any]:
    made: dict[str, Any] = {"score_aggregation": _WORDS.get(group.aggregate, "sum")}
    made["max_score"] = "unbounded" if group.points is None else _points(group.points)
    if group.requires:
        made["require_pass"] = [name.removeprefix("secret/") for name in group.requires]
    return made


def _points(points: Decimal) -> int | float | str:
    if points == int(points):
        return int(points)
    return float(points) if Decimal(str(float(points))) == points else str(points)
