"""A package's submissions judged, and compared with their labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from judgecore.errors import InvalidPackage, UnknownLanguage
from judgecore.groups import PassFail
from judgecore.judge import Judge
from judgecore.problem import Problem
from judgecore.problems.labels import Labelled, word
from judgecore.report import Limit
from judgecore.result import Result
from judgecore.submission import Submission
from judgecore.verdict import Verdict

_CLOCKS = (Limit.WALL, Limit.IDLE)  # of wall time


@dataclass(frozen=True, slots=True)
class Verified:
    """One submission: what it was expected to get, and got. `limit_ms`: what it was judged with.

    `needed_ms`: a time that it has to take, where it shows that the time limit is short enough.
    """

    labelled: Labelled
    result: Result
    limit_ms: int
    needed_ms: int | None = None

    @property
    def complaints(self) -> list[str]:
        """Why the label is not right; nothing where it is."""
        found = self.labelled.complaints(self.result)
        if self.needed_ms is None or self.result.verdict is Verdict.IE:
            return found
        slowest = self.labelled.bounding("upper", self.result)
        if slowest is None or (slowest < self.needed_ms and not self._ended_by_clock):
            took = f"{(slowest or 0) / 1000:.3f} s"
            found.append(f"it takes {took}; to be surely too slow, {self.needed_ms / 1000:g} s")
        return found

    @property
    def _ended_by_clock(self) -> bool:
        return any(test.verdict is Verdict.TLE for test in self.result.tests)

    @property
    def slept(self) -> bool:
        """Whether wall time alone ended it, where its time was over."""
        slow = [test for test in self.result.tests if test.verdict is Verdict.TLE]
        return bool(slow) and all(test.limit in _CLOCKS for test in slow)

    @property
    def agrees(self) -> bool:
        """Whether the label is right."""
        return not self.complaints

    @property
    def margin(self) -> float:
        """Its slowest test by the time limit that it was judged with: 0.5 used half of it."""
        return max((test.cpu_ms for test in self.result.tests), default=0.0) / self.limit_ms

    @property
    def why(self) -> str:
        """What is wrong with the label; else the first test that failed, in a sentence."""
        if self.complaints:
            return "; ".join(self.complaints)
        failed = (test for test in self.result.tests if test.verdict.failed)
        first = next(failed, None)
        if first is None:
            return ""
        said = first.detail or first.staff_message or first.message
        return f"{first.name}: {first.verdict} {said}".strip()

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "submission": self.labelled.name,
            "language": self.labelled.code.language,
            "expected": sorted(self.labelled.label),
            "expected_score": _range(self.labelled.score),
            "got": word(self.result.verdict),
            "score": None if self.result.score is None else str(self.result.score),
            "agrees": self.agrees,
            "complaints": self.complaints,
            "cpu_ms": round(self.result.cpu_ms, 1),
            "margin": round(self.margin, 3),
            "why": self.why,
        }


def _range(score: tuple[Decimal, Decimal] | None) -> list[str] | None:
    return None if score is None else [str(end) for end in score]


def judged(
    judge: Judge,
    problem: Problem,
    labelled: Sequence[Labelled],
    advance: Callable[[], None] = lambda: None,
) -> list[Result]:
    """Every result, in order; judged in all slots at once.

    Raises `InvalidPackage` where a language is not known.
    """
    for one in labelled:
        try:
            judge.resolve_language(one.code.language)
        except UnknownLanguage as exc:
            raise InvalidPackage(f"{one.code.path}: {exc}") from None
    found = []
    for result in judge.judge_many(submission(one, problem) for one in labelled):
        found.append(result)
        advance()
    return found


def submission(labelled: Labelled, problem: Problem) -> Submission:
    """A labelled program as a submission.

    Where nothing is expected of single tests, those after the first that fails decide nothing.
    """
    code = labelled.code
    whole = labelled.permitted is not None and not labelled.expected
    return Submission(
        language=code.language,
        source=code.source,
        files=code.files,
        entry=code.entry,
        problem=problem,
        stop_at_first_failure=whole and isinstance(problem.total, PassFail),
    )
