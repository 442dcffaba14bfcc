"""Scores: the algebra as a table, and what is skipped because it can change nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgecore import (
    Aggregate,
    Checked,
    Group,
    InvalidSubmission,
    Judge,
    Problem,
    Scoring,
    Submission,
    TestCase,
    Verdict,
)
from judgecore.evaluation.scores import Scores

AC, WA = Checked(Verdict.AC), Checked(Verdict.WA)


def share(text: str) -> Checked:
    """Accepted in part."""
    return Checked(Verdict.PS, share=Decimal(text))


def points(text: str) -> Checked:
    """Accepted with points."""
    return Checked(Verdict.AC, points=Decimal(text))


def scored(total: Scoring, tests: list[tuple[str | None, Checked]], **more: str) -> Scores:
    """The scores after these tests, some of which are skipped; `more`: a group's test points."""
    cases = tuple(
        TestCase(expected="", group=group, points=Decimal(more[group]) if group in more else None)
        for group, _ in tests
    )
    scores = Scores(Problem(tests=cases, total=total))
    for case, (_, checked) in zip(cases, tests, strict=True):
        if not scores.skips(case):
            scores.add(case, checked)
    return scores


def one(aggregate: str, worth: str | None = "10", **more: str) -> Scoring:
    """One group."""
    points = None if worth is None else Decimal(worth)
    return Scoring(groups=(Group(name="g", aggregate=aggregate, points=points, **more),))


TABLE = [
    (one("sum"), [AC, WA, AC, AC], "7.5"),
    (one("sum"), [AC, WA, AC], "6.666666666666666666666666667"),
    (one("sum"), [share("0.5"), AC], "7.5"),
    (one("mul"), [share("1e-30")] * 2, "0"),
    (one("sum", None), [AC, WA, AC], "2"),
    (one("sum", None), [points("12.5"), points("0.1"), points("0.2")], "12.8"),
    (one("min"), [AC, share("0.25"), AC], "2.5"),
    (one("min"), [AC, WA], "0"),
    (one("max"), [WA, share("0.25")], "2.5"),
    (one("avg"), [AC, WA], "5"),
    (one("mul"), [share("0.5"), share("0.5")], "2.5"),
    (one("mul"), [AC, WA], "0"),
    (one("all"), [AC, AC], "10"),
    (one("all"), [AC, WA, AC], "0"),
    (one("all"), [AC, share("0.99")], "0"),
    (one("threshold", threshold="0.5"), [share("0.5"), share("0.1")], "10"),
    (one("threshold", threshold="0.5"), [share("0.6"), share("0.1")], "0"),
]


@pytest.mark.parametrize(("total", "checked", "score"), TABLE)
def test_a_group(total: Scoring, checked: list[Checked], score: str) -> None:
    """Each way to make one score of several."""
    assert score == str(scored(total, [("g", one) for one in checked]).score)


def test_points_of_tests_come_first() -> None:
    """Tests with points of their own are worth these."""
    total = one("sum", None)

    assert "0.3" == str(scored(total, [("g", AC)] * 3, g="0.1").score)


def test_groups_nest() -> None:
    """Groups may hold groups, and the best of two counts where the format says so."""
    inner = (
        Group(name="a", aggregate=Aggregate.ALL, points=Decimal(30)),
        Group(name="b", aggregate=Aggregate.ALL, points=Decimal(70)),
    )
    total = Scoring(groups=(Group(name="outer", aggregate=Aggregate.MAX, groups=inner),))
    scores = scored(total, [("a", AC), ("b", WA)])

    assert {"outer": Decimal(30), "a": Decimal(30), "b": Decimal(0)} == scores.by_group


def test_a_group_requires_others() -> None:
    """A group whose requirement failed is not run and is worth nothing."""
    total = Scoring(
        groups=(
            Group(name="a", aggregate=Aggregate.ALL, points=Decimal(30)),
            Group(name="b", aggregate=Aggregate.ALL, points=Decimal(70), requires=("a",)),
        )
    )

    assert Decimal(100) == scored(total, [("a", AC), ("b", AC)]).score
    assert Decimal(0) == scored(total, [("a", WA), ("b", AC)]).score


def test_a_group_may_stop() -> None:
    """After its first failure the rest of it is not run, and other groups are."""
    groups = (Group(name="a", stops=True), Group(name="b"))
    tests = [("a", AC), ("a", WA), ("a", AC), ("b", AC)]

    assert Decimal(2) == scored(Scoring(groups=groups), tests).score


def deep(levels: int) -> dict[str, object]:
    """Groups inside one another."""
    found: dict[str, object] = {"name": "a"}
    for level in range(levels):
        found = {"name": f"{level}", "groups": [found]}
    return found


@pytest.mark.parametrize(
    ("total", "complaint"),
    [
        ({"groups": [{"name": "a", "requires": ["b"]}, {"name": "b"}]}, "no group before"),
        ({"groups": [{"name": "a"}, {"name": "a"}]}, "twice"),
        ({"groups": [{"name": "b"}]}, "none of the scored"),
        ({"groups": [{"name": "a", "requires": ["a"]}]}, "no group before"),
        ({"groups": [{"name": "a", "points": "1e999"}]}, "less than or equal"),
        ({"groups": [{"name": "a", "points": "1e-999999"}]}, "30 digits"),
        ({"groups": [{"name": "a", "points": "-1"}]}, "greater than or equal"),
        ({"groups": [{"name": "a", "points": "NaN"}]}, "finite"),
        ({"groups": [deep(60)]}, "at most 50 inside"),
    ],
)
def test_groups_that_contradict_are_refused(total: dict[str, object], complaint: str) -> None:
    """The error names the group."""
    tests = (TestCase(expected="", group="a"),)
    with pytest.raises(InvalidSubmission, match=complaint):
        Problem(tests=tests, total={"kind": "scoring", **total})


def test_too_many_points_are_the_checkers_fault() -> None:
    """Points above what a test is worth are an internal error."""
    scores = Scores(Problem(tests=(TestCase(expected="", group="g"),), total=one("sum")))
    checked, score = scores.add(TestCase(expected="", group="g"), points("11"))

    assert (Verdict.IE, Decimal(0)) == (checked.verdict, score)
    assert "11 points of at most 10" in checked.detail


@given(
    st.sampled_from([a.value for a in Aggregate if a is not Aggregate.CUSTOM]),
    st.lists(st.sampled_from([AC, WA, share("0.5"), share("0.1")]), min_size=1, max_size=6),
)
def test_skipping_changes_no_score(aggregate: str, checked: list[Checked]) -> None:
    """The score is the same as if every test had been run."""
    total = one(aggregate)
    cases = tuple(TestCase(expected="", group="g") for _ in checked)
    every = Scores(Problem(tests=cases, total=total))
    for case, found in zip(cases, checked, strict=True):
        every.add(case, found)

    assert every.score == scored(total, [("g", found) for found in checked]).score


@pytest.mark.parametrize(
    ("source", "verdict", "score", "run"),
    [
        ("print(int(input()) ** 2)", "AC", "100", 5),
        ("n = int(input()); print(n * n if n < 3 else 0)", "PS", "40", 4),
        ("print(0)", "WA", "0", 2),
    ],
)
def test_a_scored_submission(source: str, verdict: str, score: str, run: int, judge: Judge) -> None:
    """The verdict is PS where it is neither nothing nor all, and lost groups are not run."""
    total = Scoring(
        groups=(
            Group(name="small", aggregate=Aggregate.ALL, points=Decimal(40)),
            Group(name="large", aggregate=Aggregate.ALL, points=Decimal(60), requires=("small",)),
        )
    )
    inputs = {"small": (1, 2), "large": (3, 4, 5)}
    tests = tuple(
        TestCase(input=str(n), expected=str(n * n), group=group)
        for group, numbers in inputs.items()
        for n in numbers
    )
    problem = Problem(tests=tests, total=total)
    result = judge.judge(Submission(language="python", source=source, problem=problem))
    ran = sum(test.verdict is not Verdict.SKIPPED for test in result.tests)

    assert (verdict, Decimal(score)) == (result.verdict, result.score)
    assert run >= ran
