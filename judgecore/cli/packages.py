"""A package for a command that judges against it: complete, which may need programs to run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from judgecore import Judge, Problem
from judgecore.cli.options import configured
from judgecore.cli.show import warn
from judgecore.config import Config
from judgecore.limits import MIB
from judgecore.problems import package
from judgecore.problems.loaded import Package
from judgecore.verifying import bounded, timed

# What a language's runtime may be allowed on top of a problem's memory limit.
_ALLOWANCE_BYTES = 1024 * MIB


def completed(path: Path, *, lenient: bool, limited: bool, engine: str | None) -> Problem:
    """The package's problem, with a time limit that is computed where it gives none.

    `limited`: the user gives a time limit. Shows warnings, and the computation.
    """
    found = package.read(path, lenient=lenient, whole=not limited)
    if found.rule is None or limited or not bounded(found):
        problem = found.problem if limited else package.with_default(found)
        warn(problem.warnings)
        return problem
    with Judge(roomy(configured(engine), found)) as judge:
        made, told, _ = timed(judge, found)
    warn((*made.problem.warnings, told))
    return made.problem


def roomy(config: Config, found: Package) -> Config:
    """The configuration with slots that have room for the problem's memory limit."""
    needed = found.problem.limits.memory_bytes + _ALLOWANCE_BYTES
    return replace(config, slot_memory_bytes=max(config.slot_memory_bytes, needed))
