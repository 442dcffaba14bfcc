"""The score of a submission: what each test and each group is worth, and what need not be run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from math import prod

from judgecore.evaluation.checked import Checked
from judgecore.groups import Aggregate, Group, Scoring
from judgecore.kinds import Convention
from judgecore.problem import Problem, TestCase
from judgecore.verdict import Verdict

_ROOT = ""
_DIGITS = Context(prec=28, rounding=ROUND_HALF_EVEN)
_NOTHING = Fraction(1, 10**40)  # below it a product of many small shares; no database keeps those
_PASSED = (Verdict.AC, Verdict.OK)
Grade = Callable[[tuple[str, ...], Sequence[tuple[Verdict, Decimal]]], tuple[Verdict, Decimal]]
# Where one test that is worth nothing decides for the group.
_LOST_BY_ONE = (Aggregate.MIN, Aggregate.MUL, Aggregate.ALL, Aggregate.THRESHOLD)


class Scores:
    """Collects what tests came to, in their order, and adds it up. Exact until it is shown.

    `grade`: what the problem's grader says of results, given its arguments; called once all tests
    are there, and once for each group that is `custom`.
    """

    def __init__(self, problem: Problem, grade: Grade | None = None) -> None:
        total = problem.total
        assert isinstance(total, Scoring)
        self._root = Group(
            name="-", aggregate=total.aggregate, groups=total.groups, arguments=total.arguments
        )
        self._grade = grade
        self._judged_by_kattis = problem.judge_convention in (None, Convention.KATTIS)
        self._graded: dict[str, tuple[Verdict, Fraction]] = {}
        self._verdicts: dict[str, list[Verdict]] = {}
        self._groups = {group.name: group for group in total.all_groups()}
        self._around: dict[str, list[Group]] = {}  # a group, and those that hold it
        for group in self._groups.values():
            for inner in group.all_groups():
                self._around.setdefault(inner.name, []).append(group)
        self._tests: dict[str, list[TestCase]] = {}
        for test in problem.tests:
            self._tests.setdefault(test.group or _ROOT, []).append(test)
        self._shares = {name: self._share(name) for name in self._tests}
        self._scores: dict[str, list[Fraction]] = {}
        self._failed: set[str] = set()
        self._got_nothing: set[str] = set()  # groups with a test that is worth nothing

    def skips(self, test: TestCase) -> bool:
        """Whether the test can change no score: its group is lost, or requires one that failed."""
        return any(self._lost(group) for group in self._holding(test))

    def may_skip(self, test: TestCase) -> bool:
        """Whether other tests may come to make this one needless."""
        return any(
            group.requires or group.stops or (group.aggregate in _LOST_BY_ONE and group.points != 0)
            for group in self._holding(test)
        )

    def add(self, test: TestCase, checked: Checked) -> tuple[Checked, Decimal]:
        """Count a test; what it is now, for points that it cannot have are the checker's fault."""
        name = test.group or _ROOT
        group = self._groups.get(name, self._root)
        worth = self._worth(test)
        found = _points(checked, worth)
        if group.aggregate is Aggregate.THRESHOLD:
            found = worth if (checked.share or 0) <= group.threshold else Fraction(0)
        bounded = group.points is not None or test.points is not None
        if bounded and found > worth:
            said = f"checker: it gave {decimal(found)} points of at most {decimal(worth)}"
            checked, found = Checked.fault(said, checked.staff_message), Fraction(0)
        elif self._must_not_score(group) and (checked.points, checked.share) != (None, None):
            said = "checker: it gave a score in a group that is passed or failed"
            checked, found = Checked.fault(said, checked.staff_message), Fraction(0)
        partial = bounded and found < worth
        if partial and checked.verdict in _PASSED:
            checked = replace(checked, verdict=Verdict.PS)
        self._scores.setdefault(name, []).append(found)
        self._verdicts.setdefault(name, []).append(checked.verdict)
        if found == 0:
            self._got_nothing.add(name)
        if checked.verdict not in _PASSED or partial:
            self._failed.update(one.name for one in self._holding(test))
        return checked, decimal(found)

    def _must_not_score(self, group: Group) -> bool:
        """Whether validators may only accept and reject there, as the ICPC's formats have it."""
        return self._judged_by_kattis and group.aggregate is Aggregate.ALL and bool(group.points)

    @property
    def score(self) -> Decimal:
        """What the tests so far came to."""
        return decimal(self._score_of(self._root, _ROOT))

    @property
    def by_group(self) -> dict[str, Decimal]:
        """The score of each group."""
        return {name: decimal(self._score_of(group, name)) for name, group in self._groups.items()}

    @property
    def rejected(self) -> Verdict | None:
        """The grader's verdict on everything, where it is not that the submission is accepted."""
        if self._root.aggregate is Aggregate.CUSTOM:
            verdict, _ = self._by_grader(self._root, _ROOT)
            return None if verdict is Verdict.AC else verdict
        custom = [group for group in self._root.groups if group.aggregate is Aggregate.CUSTOM]
        said = [self._by_grader(group, group.name)[0] for group in custom]
        rejected = next((one for one in said if one is not Verdict.AC), None)
        return Verdict.PS if rejected is not None and self.score > 0 else rejected

    def _by_grader(self, group: Group, key: str) -> tuple[Verdict, Fraction]:
        """What the grader says of a group; of one without a result, nothing."""
        if key not in self._graded:
            run = zip(self._verdicts.get(key, ()), self._scores.get(key, ()), strict=True)
            results = [(verdict, decimal(score)) for verdict, score in run]
            results += [one for inner in group.groups for one in self._as_result(inner)]
            assert self._grade is not None
            verdict, score = self._grade(group.arguments, results)
            self._graded[key] = verdict, Fraction(score)
        return self._graded[key]

    def _as_result(self, group: Group) -> Iterator[tuple[Verdict, Decimal]]:
        """A group as its parent's grader is told of it; nothing where none of it was run."""
        verdicts = [
            one for inner in group.all_groups() for one in self._verdicts.get(inner.name, ())
        ]
        if not verdicts:
            return
        score = decimal(self._score_of(group, group.name))
        failed = [verdict for verdict in verdicts if verdict not in _PASSED]
        verdict = next(iter(failed), Verdict.AC)
        if group.aggregate is Aggregate.CUSTOM:
            verdict, _ = self._by_grader(group, group.name)
        yield verdict, score

    def _holding(self, test: TestCase) -> list[Group]:
        """The groups that hold a test, and those that hold them."""
        return self._around.get(test.group or _ROOT, [])

    def _lost(self, group: Group) -> bool:
        if any(name in self._failed for name in group.requires):
            return True
        if group.stops and group.name in self._failed:
            return True
        lost = group.name in self._got_nothing
        return lost and group.aggregate in _LOST_BY_ONE and group.points != 0

    def _worth(self, test: TestCase) -> Fraction:
        if test.points is not None:
            return Fraction(test.points)
        return self._shares[test.group or _ROOT]

    def _share(self, name: str) -> Fraction:
        """What each test in a group is worth that has no points of its own."""
        group = self._groups.get(name, self._root)
        if group.points is None:
            return Fraction(1)
        if group.aggregate is not Aggregate.SUM:
            return Fraction(group.points)
        own = [Fraction(one.points) for one in self._tests[name] if one.points is not None]
        left = max(Fraction(0), Fraction(group.points) - sum(own))
        return left / max(1, len(self._tests[name]) - len(own))

    def _score_of(self, group: Group, key: str) -> Fraction:
        if any(name in self._failed for name in group.requires):
            return Fraction(0)
        if group.aggregate is Aggregate.CUSTOM:
            return self._by_grader(group, key)[1]
        tests = self._tests.get(key, [])
        scores = list(self._scores.get(key, ()))
        scores += [Fraction(0)] * (len(tests) - len(scores))  # not run
        scores += [self._score_of(inner, inner.name) for inner in group.groups]
        worths = [self._worth(test) for test in tests]
        full = Fraction(group.points) if group.points is not None else Fraction(1)
        return _AGGREGATES[group.aggregate](scores, worths, full)


def _all(scores: Sequence[Fraction], worths: Sequence[Fraction], full: Fraction) -> Fraction:
    reached = all(score >= worth for score, worth in zip(scores, worths, strict=False))
    return full if reached and all(scores[len(worths) :]) else Fraction(0)


def _product(scores: Sequence[Fraction], worths: Sequence[Fraction], full: Fraction) -> Fraction:
    shares = [s / w if w else Fraction(0) for s, w in zip(scores, worths, strict=False)]
    return full * prod(shares, start=Fraction(1))


_AGGREGATES: Mapping[
    Aggregate, Callable[[Sequence[Fraction], Sequence[Fraction], Fraction], Fraction]
] = {
    Aggregate.SUM: lambda scores, _, __: sum(scores, Fraction(0)),
    Aggregate.MIN: lambda scores, _, __: min(scores, default=Fraction(0)),
    Aggregate.MAX: lambda scores, _, __: max(scores, default=Fraction(0)),
    Aggregate.AVG: lambda scores, _, __: sum(scores, Fraction(0)) / max(1, len(scores)),
    Aggregate.MUL: _product,
    Aggregate.ALL: _all,
    Aggregate.THRESHOLD: _all,
}


def _points(checked: Checked, worth: Fraction) -> Fraction:
    if checked.verdict not in (*_PASSED, Verdict.PS):
        return Fraction(0)
    if checked.points is not None:
        return Fraction(checked.points)
    if checked.share is not None:
        return Fraction(checked.share) * worth
    return worth


def decimal(number: Fraction) -> Decimal:
    """The number to 28 digits, as people write it: 40, not 40.0 or 4E+1; 0 for next to nothing."""
    if abs(number) < _NOTHING:
        return Decimal(0)
    made = _DIGITS.divide(Decimal(number.numerator), Decimal(number.denominator))
    return made.quantize(Decimal(1)) if made == made.to_integral_value() else made.normalize()
