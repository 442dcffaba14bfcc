"""A problem's own grader: what the results in a group come to, as a program says."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from judgecore.evaluation.helpers import Helper
from judgecore.execution import Run
from judgecore.texts import shown
from judgecore.verdict import Verdict

# The words of the legacy format, which has fewer verdicts.
_WORDS = {
    Verdict.OK: "AC",
    Verdict.PS: "AC",
    Verdict.PE: "WA",
    Verdict.RE: "RTE",
    Verdict.IE: "JE",
}
_VERDICTS = {
    "AC": Verdict.AC,
    "WA": Verdict.WA,
    "RTE": Verdict.RE,
    "TLE": Verdict.TLE,
    "MLE": Verdict.MLE,
    "OLE": Verdict.OLE,
}
_SHOWN = 300


class GraderFailed(Exception):
    """The grader failed, or said what it must not: that is no verdict on the submission."""


def graded(
    grader: Helper, arguments: tuple[str, ...], results: Sequence[tuple[Verdict, Decimal]]
) -> tuple[Verdict, Decimal]:
    """Its verdict and score for these, or `GraderFailed`."""
    lines = "".join(f"{_WORDS.get(verdict, verdict)} {score:f}\n" for verdict, score in results)
    arguments = (*grader.program.arguments, *arguments)
    ran = grader.executor.run(
        Run(grader.limits, stdin=lines.encode(), arguments=arguments, writable=True)
    )
    said = shown(ran.report.stdout, _SHOWN).strip()
    if not ran.ended_well:
        errors = shown(ran.report.stderr, _SHOWN).strip()
        raise GraderFailed(f"grader: {ran.detail} {errors}".strip())
    word, _, number = said.partition(" ")
    try:
        score = Decimal(number.strip())
    except InvalidOperation:
        score = Decimal("nan")
    if word not in _VERDICTS or not score.is_finite() or abs(score.adjusted()) > 30:
        raise GraderFailed(f"grader: it wrote {said!r:.100}, not a verdict and a score")
    return _VERDICTS[word], score
