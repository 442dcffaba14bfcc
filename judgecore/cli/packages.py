"""A package for a command that judges against it: complete, which may need programs to run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from judgecore import Judge, Problem
from judgecore.cli.options import configured
from judgecore.cli.show import warn
from judgecore.config import Config
from judgecore.kinds import Interactive, Pipes
from judgecore.limits import MIB
from judgecore.problems import package
from judgecore.problems.loaded import Package
from judgecore.problems.package import Format
from judgecore.verifying import bounded, made, timed

# What a language's runtime may be allowed on top of a problem's memory limit.
_ALLOWANCE_BYTES = 1024 * MIB


def completed(
    path: Path,
    *,
    lenient: bool,
    limited: bool,
    include: Path | None,
    package_format: Format,
    engine: str | None,
    pipes: Pipes | None = None,
) -> Problem:
    """The package's problem; what it lacks is made, and its time limit computed.

    `limited`: the user gives a time limit. Shows warnings, and the computation.
    """
    found = package.read(
        path, lenient=lenient, whole=not limited, include=include, package_format=package_format
    )
    found = with_pipes(found, pipes)
    compute = found.rule is not None and not limited and bounded(found)
    told = ""
    if found.recipes or compute:
        with Judge(roomy(configured(engine), found)) as judge:
            found = made(judge.executors, found)
            if compute:
                found, told, _ = timed(judge, found)
    problem = found.problem if limited or told else package.with_default(found)
    warn((*problem.warnings, *filter(None, (told,))))
    return problem


def with_pipes(found: Package, pipes: Pipes | None) -> Package:
    """The package with these pipes between solutions and interactor, if it has one."""
    procedure = found.problem.procedure
    if pipes is None or not isinstance(procedure, Interactive):
        return found
    changes = {"procedure": procedure.model_copy(update={"pipes": pipes})}
    return replace(found, problem=found.problem.model_copy(update=changes))


def roomy(config: Config, found: Package) -> Config:
    """The configuration with slots that have room for the problem's memory limit."""
    needed = found.problem.limits.memory_bytes + _ALLOWANCE_BYTES
    return replace(config, slot_memory_bytes=max(config.slot_memory_bytes, needed))
