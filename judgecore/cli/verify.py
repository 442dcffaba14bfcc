"""`judgecore verify`: judge a package's own submissions, and compare with what it expects."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from judgecore import Judge, Verdict
from judgecore.cli.options import (
    EngineOption,
    FormatOption,
    IncludeOption,
    JsonFlag,
    LenientFlag,
    PipesOption,
    configured,
)
from judgecore.cli.packages import roomy, with_pipes
from judgecore.cli.show import Exit, coloured, err, foreign, out, print_json, progress, table, warn
from judgecore.errors import InvalidPackage
from judgecore.problem import Problem
from judgecore.problems import package
from judgecore.problems.labels import word
from judgecore.problems.loaded import Package
from judgecore.problems.package import Format
from judgecore.verifying import Verified, faults_of, judged, made, timed


def verify(
    folder: Annotated[
        Path, typer.Argument(metavar="PACKAGE", help="A problem package: a folder, or its .zip.")
    ],
    lenient: LenientFlag = False,
    include: IncludeOption = None,
    package_format: FormatOption = Format.AUTO,
    pipes: PipesOption = None,
    engine: EngineOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Judge every submission of a package, and compare the verdicts with its labels.

    Tests that the package does not hold are generated, input validators are run on every input, and
    a time limit that is not given is computed.
    """
    found = package.read(folder, lenient=lenient, include=include, package_format=package_format)
    found = with_pipes(found, pipes)
    warn(found.problem.warnings)
    if not found.submissions:
        raise InvalidPackage(f"{folder}: it has no submissions, so there is nothing to verify")
    with Judge(roomy(configured(engine), found)) as judge:
        found = made(judge.executors, found)
        with progress(len(found.validators), "validating", quiet=as_json) as advance:
            faults = faults_of(judge.executors, found, advance)
        verified, told, limit_ms = _verified(judge, found, quiet=as_json)
    if as_json:
        print_json(
            {
                "problem": found.problem.slug,
                "time_limit_ms": limit_ms,
                "time_limit_computed": told or None,
                "faults": faults,
                "submissions": [one.as_json() for one in verified],
            }
        )
    else:
        warn(filter(None, (told, *faults)))
        _show(verified)
    if any(one.result.verdict is Verdict.IE for one in verified):
        raise typer.Exit(Exit.INFRASTRUCTURE)
    good = not faults and all(one.agrees for one in verified)
    raise typer.Exit(Exit.ACCEPTED if good else Exit.NOT_ACCEPTED)


def _verified(judge: Judge, found: Package, *, quiet: bool) -> tuple[list[Verified], str, int]:
    """Every submission judged, how the time limit was computed, and the limit in milliseconds."""
    total = len(found.submissions)
    with progress(total, "judging", quiet=quiet) as advance:
        limited, told, known = timed(judge, found, advance)
        problem, limit_ms = limited.problem, limited.problem.limits.cpu_ms
        needed_ms = round(limit_ms * found.rule.margin) if found.rule else None
        rest = [one for one in found.submissions if one.name not in known]
        upper = [one for one in rest if needed_ms and one.may_bound("upper")]
        longer = problem.limits.model_copy(update={"cpu_ms": needed_ms or limit_ms})
        results = dict(known)
        for some, limits in (
            ([one for one in rest if one not in upper], problem.limits),
            (upper, longer),
        ):
            judged_as = problem.model_copy(update={"limits": limits})
            names = [one.name for one in some]
            results |= dict(zip(names, judged(judge, judged_as, some, advance), strict=True))
    verified = {
        one.name: Verified(
            one,
            results[one.name],
            longer.cpu_ms if one in upper else limit_ms,
            needed_ms if one in upper else None,
        )
        for one in found.submissions
    }
    verified |= _sleepers(judge, problem, [verified[one.name] for one in upper])
    return list(verified.values()), told, limit_ms


def _sleepers(judge: Judge, problem: Problem, slow: Sequence[Verified]) -> dict[str, Verified]:
    """Those that disagree with the longer time limit, because they sleep until they end.

    A longer limit on CPU time lengthens the one on wall time, too. With the problem's own that one
    ends them, and how much CPU time they take says nothing.
    """
    again = [one.labelled for one in slow if not one.agrees]
    limit_ms = problem.limits.cpu_ms
    judged_again = zip(again, judged(judge, problem, again), strict=True)
    found = (Verified(one, result, limit_ms) for one, result in judged_again)
    return {one.labelled.name: one for one in found if one.agrees and one.slept}


def _show(found: Sequence[Verified]) -> None:
    rows = table("submission", "expected", "got", "score", "time / limit", "why", folded=("why",))
    for one in found:
        rows.add_row(
            foreign(one.labelled.name),
            " ".join(sorted(one.labelled.label)),
            coloured(one.result.verdict) if one.agrees else f"[red]{word(one.result.verdict)} ✗[/]",
            "" if one.result.score is None else str(one.result.score),
            f"{one.margin:.2f}",
            foreign(one.why),
        )
    out.print(rows)
    wrong = sum(not one.agrees for one in found)
    said = "every label agrees" if not wrong else f"{wrong} of {len(found)} labels disagree"
    (err if wrong else out).print(f"{len(found)} submissions: {said}")
