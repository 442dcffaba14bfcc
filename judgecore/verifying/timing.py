"""Compute the time limit that a package does not give, from what its submissions take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from judgecore.errors import InvalidPackage
from judgecore.judge import Judge
from judgecore.problem import Problem
from judgecore.problems.labels import Labelled
from judgecore.problems.loaded import Package
from judgecore.problems.timelimit import TimeRule
from judgecore.result import Result
from judgecore.verifying.verified import judged

# Nobody knows the limit yet; a submission that needs longer than this does not help to find it.
LONGEST_MS = 30_000


def bounded(package: Package) -> bool:
    """Whether it has submissions from which a time limit can be computed."""
    return any(one.may_bound("lower") for one in package.submissions)


def timed(
    judge: Judge, package: Package, advance: Callable[[], None] = lambda: None
) -> tuple[Package, str, dict[str, Result]]:
    """The package with a time limit, how it was computed, and results that already hold.

    The results are by the submissions' names: of those that bound the limit from below.
    Raises `InvalidPackage` where no submission does.
    """
    rule = package.rule
    if rule is None:
        return package, "", {}
    lower = [one for one in package.submissions if one.may_bound("lower")]
    found = judged(judge, _limited(package.problem, LONGEST_MS), lower, advance)
    results = {one.name: result for one, result in zip(lower, found, strict=True)}
    slowest_ms, name = _slowest(rule, lower, results)
    limit_ms = rule.limit_ms(slowest_ms)
    holding = {name: one for name, one in results.items() if one.cpu_ms <= limit_ms}
    limited = replace(package, problem=_limited(package.problem, limit_ms))
    return limited, rule.told(slowest_ms, name), holding


def _limited(problem: Problem, cpu_ms: int) -> Problem:
    return problem.model_copy(
        update={"limits": problem.limits.model_copy(update={"cpu_ms": cpu_ms})}
    )


def _slowest(
    rule: TimeRule, lower: list[Labelled], results: dict[str, Result]
) -> tuple[float, str]:
    """What the slowest takes of those whose label holds, and its name."""
    found = []
    for one in lower:
        time_ms = one.bounding("lower", results[one.name])
        if time_ms is not None and not one.complaints(results[one.name]):
            found.append((time_ms, one.name))
    if not found:
        raise InvalidPackage(
            f"{rule.path}: limits.time_limit: not given, and no submission from which to compute"
            " it: none that must be in time gets what its label says"
        )
    return max(found)
