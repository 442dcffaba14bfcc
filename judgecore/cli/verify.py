"""`judgecore verify`: judge a package's own submissions, and compare with what it expects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from judgecore import Judge, Problem, Result, Submission, Verdict
from judgecore.cli.options import EngineOption, JsonFlag, configured
from judgecore.cli.show import Exit, coloured, err, foreign, out, print_json, progress, table, warn
from judgecore.errors import InvalidPackage
from judgecore.groups import PassFail
from judgecore.problems import package
from judgecore.problems.labels import Labelled, word


@dataclass(frozen=True, slots=True)
class Verified:
    """One submission: what it was expected to get, and got."""

    labelled: Labelled
    result: Result
    limit_ms: int

    @property
    def agrees(self) -> bool:
        """Whether the label is right."""
        return self.labelled.agrees(self.result.verdict, self.result.score)

    @property
    def margin(self) -> float:
        """Its slowest test by the CPU time limit: 0.5 used half of it."""
        return max((test.cpu_ms for test in self.result.tests), default=0.0) / self.limit_ms

    @property
    def why(self) -> str:
        """The first test that failed, in a sentence."""
        if self.result.cause:
            return self.result.cause
        failed = (test for test in self.result.tests if test.verdict.failed)
        first = next(failed, None)
        if first is None:
            return ""
        return f"{first.name}: {first.verdict} {first.detail or first.staff_message}".strip()

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "submission": self.labelled.name,
            "language": self.labelled.code.language,
            "expected": sorted(self.labelled.permitted),
            "expected_score": _range(self.labelled.score),
            "got": word(self.result.verdict),
            "score": None if self.result.score is None else str(self.result.score),
            "agrees": self.agrees,
            "margin": round(self.margin, 3),
            "why": self.why,
        }


def _range(score: tuple[Decimal, Decimal] | None) -> list[str] | None:
    return None if score is None else [str(end) for end in score]


def verify(
    folder: Annotated[
        Path, typer.Argument(metavar="PACKAGE", help="A problem package: a folder, or its .zip.")
    ],
    lenient: Annotated[
        bool, typer.Option("--lenient", help="Warn of keys that are not known.")
    ] = False,
    engine: EngineOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Judge every submission of a package, and compare the verdicts with its labels."""
    problem, labelled = package.load_all(folder, strict=not lenient)
    warn(problem.warnings)
    if not labelled:
        raise InvalidPackage(f"{folder}: it has no submissions, so there is nothing to verify")
    with Judge(configured(engine)) as judge:
        found = _judged(judge, problem, labelled, quiet=as_json)
    if as_json:
        print_json({"problem": problem.slug, "submissions": [one.as_json() for one in found]})
    else:
        _show(found)
    if any(one.result.verdict is Verdict.IE for one in found):
        raise typer.Exit(Exit.INFRASTRUCTURE)
    raise typer.Exit(Exit.ACCEPTED if all(one.agrees for one in found) else Exit.NOT_ACCEPTED)


def _judged(
    judge: Judge, problem: Problem, labelled: Sequence[Labelled], *, quiet: bool
) -> list[Verified]:
    submissions = (submission(one, problem) for one in labelled)
    found = []
    with progress(len(labelled), "judging", quiet=quiet) as advance:
        for one, result in zip(labelled, judge.judge_many(submissions), strict=True):
            found.append(Verified(one, result, problem.limits.cpu_ms))
            advance()
    return found


def submission(labelled: Labelled, problem: Problem) -> Submission:
    """A labelled program as a submission."""
    code = labelled.code
    return Submission(
        language=code.language,
        source=code.source,
        files=code.files,
        entry=code.entry,
        problem=problem,
        stop_at_first_failure=isinstance(problem.total, PassFail),  # the rest decides nothing
    )


def _show(found: Sequence[Verified]) -> None:
    rows = table("submission", "expected", "got", "score", "time / limit", "why", folded=("why",))
    for one in found:
        rows.add_row(
            foreign(one.labelled.name),
            " ".join(sorted(one.labelled.permitted)),
            coloured(one.result.verdict) if one.agrees else f"[red]{word(one.result.verdict)} ✗[/]",
            "" if one.result.score is None else str(one.result.score),
            f"{one.margin:.2f}",
            foreign(one.why),
        )
    out.print(rows)
    wrong = sum(not one.agrees for one in found)
    said = "every label agrees" if not wrong else f"{wrong} of {len(found)} labels disagree"
    (err if wrong else out).print(f"{len(found)} submissions: {said}")
