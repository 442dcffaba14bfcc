"""What a submission of a package is expected to get, and whether a result agrees with that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from judgecore.problems.globs import covers
from judgecore.problems.programs import Code
from judgecore.result import Result, TestResult
from judgecore.verdict import Verdict

ANY = frozenset(("AC", "WA", "TLE", "RTE", "MLE", "OLE", "PS", "CE", "PE"))
FOUR = frozenset(("AC", "WA", "TLE", "RTE"))
Bound = Literal["lower", "upper"]
_OWN = {Verdict.RE: "RTE", Verdict.OK: "AC"}
# Formats that have four verdicts count ours as one of theirs.
_ALSO = {
    Verdict.MLE: ("RTE",),
    Verdict.OLE: ("RTE", "WA", "TLE"),  # judges end it, cut its output, or let it go on
    Verdict.PE: ("WA",),
}


@dataclass(frozen=True, slots=True)
class Expected:
    """What tests must come to: those that `part` covers, a pattern of names; "" covers all.

    `permitted`: every test's verdict is one of these; `required`: at least one test's is one of
    these. Both in the words of the ICPC's format. `score`: least and most of the group that `part`
    names, or of the submission. `message`: one test's message of the checker holds it.
    `bound`: whether it bounds the time limit; None: as the verdicts say; "" never.
    """

    part: str = ""
    permitted: frozenset[str] = FOUR
    required: frozenset[str] = FOUR
    score: tuple[Decimal, Decimal] | None = None
    message: str = ""
    bound: Bound | Literal[""] | None = None

    @property
    def bounds(self) -> Bound | None:
        """How it bounds the time limit: tests stay below it, or one is above."""
        if self.bound is not None:
            return self.bound or None
        if self.required & self.permitted == {"TLE"}:
            return "upper"
        return None if "TLE" in self.permitted else "lower"

    def of(self, tests: Sequence[TestResult]) -> list[TestResult]:
        """The tests that it is about and that were run."""
        run = (test for test in tests if test.verdict is not Verdict.SKIPPED)
        return [test for test in run if not self.part or covers(self.part, test.name)]

    def complaints(self, result: Result) -> Iterator[str]:
        """What a result has against it."""
        tests = self.of(result.tests)
        place = f" in {self.part}" if self.part else ""
        for test in tests:
            if not _fits(test.verdict, self.permitted):
                yield f"{test.name}: {word(test.verdict)}, permitted are {_listed(self.permitted)}"
                break
        if tests and not any(_fits(test.verdict, self.required) for test in tests):
            yield f"no test{place} is {_listed(self.required, ' or ')}"
        if self.message and not any(self.message in test.staff_message for test in tests):
            yield f"no message of the checker{place} holds {self.message!r:.60}"
        if self.score is not None:
            score = result.scores.get(self.part) if self.part else result.score
            yield from _score_complaints(score, self.score, place)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A submission and its label.

    `permitted`: verdicts of the whole submission; None: only `expected` counts, test by test.
    `score`: least and most of the whole. `bound`: how it bounds the time limit as a whole.
    """

    name: str
    code: Code
    permitted: frozenset[str] | None = None
    expected: tuple[Expected, ...] = ()
    score: tuple[Decimal, Decimal] | None = None
    bound: Bound | None = None

    @property
    def label(self) -> frozenset[str]:
        """The verdicts that it may get, for people to read."""
        if self.permitted is not None:
            return self.permitted
        found = ANY
        for one in self.expected:
            found &= one.permitted if not one.part else ANY
        return found

    def complaints(self, result: Result) -> list[str]:
        """Why the result is not what was expected; nothing where it is."""
        if result.verdict is Verdict.IE:
            return [result.cause or "internal error"]
        found = []
        if self.permitted is not None and not _whole_fits(result, self.permitted):
            found.append(f"{word(result.verdict)}, expected {_listed(self.permitted)}")
        if self.permitted is None and result.verdict is Verdict.CE:
            return ["it does not compile"]
        for one in self.expected:
            found += one.complaints(result)
        if self.score is not None:
            found += _score_complaints(result.score, self.score, "")
        return found

    def bounding(self, kind: Bound, result: Result) -> float | None:
        """CPU time by which it bounds the time limit, milliseconds: of its slowest test."""
        if self.permitted is not None:
            return result.cpu_ms if self.bound == kind else None
        tests = [
            test for one in self.expected if one.bounds == kind for test in one.of(result.tests)
        ]
        return max((test.cpu_ms for test in tests), default=None)

    def may_bound(self, kind: Bound) -> bool:
        """Whether it bounds the time limit that way."""
        if self.permitted is not None:
            return self.bound == kind
        return any(one.bounds == kind for one in self.expected)


def word(verdict: Verdict) -> str:
    """The verdict in the words of the format."""
    return _OWN.get(verdict, str(verdict))


def _fits(verdict: Verdict, words: frozenset[str]) -> bool:
    if verdict is Verdict.PS and "AC" in words and words <= FOUR:
        return True  # in a format without partial verdicts the test was accepted
    return word(verdict) in words or any(one in words for one in _ALSO.get(verdict, ()))


def _whole_fits(result: Result, words: frozenset[str]) -> bool:
    """As for a test; one that failed in a test is not accepted, also where others have points."""
    verdicts = {test.verdict for test in result.tests} - {Verdict.PS}
    if result.verdict is Verdict.PS and any(verdict.failed for verdict in verdicts):
        return word(Verdict.PS) in words
    return _fits(result.verdict, words)


def _listed(words: frozenset[str], between: str = " ") -> str:
    return between.join(sorted(words))


def _score_complaints(
    score: Decimal | None, ends: tuple[Decimal, Decimal], place: str
) -> Iterator[str]:
    if score is None or not ends[0] <= score <= ends[1]:
        said = f"{ends[0]}" if ends[0] == ends[1] else f"from {ends[0]} to {ends[1]}"
        yield f"the score{place} is {score}, expected {said}"
