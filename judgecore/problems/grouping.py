"""Groups of tests as the format 2025-09 has them, where it can say what they are worth. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from judgecore.errors import InvalidPackage
from judgecore.groups import Aggregate, Group, Scoring
from judgecore.kinds import CheckerProgram
from judgecore.problem import Problem, TestCase
from judgecore.problems.naming import below, in_order

_TOPS = ("sample/", "secret/")


def grouped(problem: Problem) -> Problem:
    """The same problem with its groups below `secret`, each worth points of its own, and its tests
    named by them. `InvalidPackage` where the format has no such groups."""
    total = problem.total
    assert isinstance(total, Scoring)
    partial = isinstance(problem.checker, CheckerProgram)
    made = {
        group.name: _with_points(
            group, [t for t in problem.tests if t.group == group.name], partial
        )
        for group in total.all_groups()
    }
    tests = tuple(made[test.group].test(test) if test.group else test for test in problem.tests)
    problem = problem.model_copy(update={"tests": tests})
    if all(str(test.name).startswith(_TOPS) for test in tests):
        groups = tuple(_rebuilt(group, made) for group in total.groups)
        return problem.model_copy(update={"total": total.model_copy(update={"groups": groups})})
    return _below_secret(problem, [made[group.name].group for group in total.groups])


@dataclass(frozen=True, slots=True)
class _Worth:
    """A group whose tests have no points of their own any more, where that says the same."""

    group: Group
    alike: bool

    def test(self, test: TestCase) -> TestCase:
        """A test of the group."""
        return test.model_copy(update={"points": None}) if self.alike else test


def _with_points(group: Group, tests: list[TestCase], partial: bool) -> _Worth:
    """The group worth points of its own. `partial`: tests may get a part of theirs."""
    own = {test.points for test in tests}
    changes: dict[str, object] = {}
    alike = len(own) == 1 and None not in own
    if group.aggregate is Aggregate.ALL:
        worthless = group.points == 0 and own == {0}
        alike = worthless or (None not in own and bool(own) and Decimal(0) not in own)
    elif alike and group.points is None and group.aggregate in (Aggregate.SUM, Aggregate.MIN):
        each = own.pop() or Decimal(0)
        changes["points"] = each * len(tests) if group.aggregate is Aggregate.SUM else each
    else:
        alike = False
    if group.aggregate in (Aggregate.ALL, Aggregate.MIN) and not partial:
        changes["stops"] = False  # one test that fails decides anyway
    return _Worth(group.model_copy(update=changes), alike)


def _rebuilt(group: Group, made: dict[str, _Worth]) -> Group:
    inner = tuple(_rebuilt(one, made) for one in group.groups)
    return made[group.name].group.model_copy(update={"groups": inner})


def _below_secret(problem: Problem, groups: list[Group]) -> Problem:
    """Groups without others inside become folders of `secret`, in their order."""
    tests = problem.tests
    if any(group.groups for group in groups) or any(test.group is None for test in tests):
        raise InvalidPackage(
            "total.groups: with scores, all tests have to be in groups, which hold no others"
        )
    assert isinstance(problem.total, Scoring)
    if problem.total.aggregate is not Aggregate.SUM:
        raise InvalidPackage("total.aggregate: groups can only add up")
    groups = [group for group in groups if any(test.group == group.name for test in tests)]
    names = dict(zip((g.name for g in groups), in_order([g.name for g in groups]), strict=True))
    renamed = tuple(
        group.model_copy(
            update={
                "name": f"secret/{names[group.name]}",
                "requires": tuple(f"secret/{names[one]}" for one in group.requires if one in names),
            }
        )
        for group in groups
    )
    found = [
        test.model_copy(update={"name": name, "group": f"secret/{names[group.name]}"})
        for group in groups
        for test, name in _named(group, names[group.name], tests)
    ]
    top = Group(name="secret", groups=renamed)
    return problem.model_copy(update={"tests": tuple(found), "total": Scoring(groups=(top,))})


def _named(group: Group, folder: str, tests: tuple[TestCase, ...]) -> list[tuple[TestCase, str]]:
    mine = [test for test in tests if test.group == group.name]
    numbers = {id(test): str(n) for n, test in enumerate(tests, 1)}
    names = below(f"secret/{folder}", [test.name or numbers[id(test)] for test in mine])
    return list(zip(mine, names, strict=True))
