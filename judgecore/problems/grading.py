"""The groups of a package that has scores: testdata.yaml before 2025, test_group.yaml since."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from judgecore.errors import InvalidPackage
from judgecore.groups import Aggregate, Group, Scoring
from judgecore.kinds import CheckerProgram
from judgecore.problem import TestCase
from judgecore.problems.reading import Source, points_of, shown, words

_NEW = {"pass-fail": Aggregate.ALL, "sum": Aggregate.SUM, "min": Aggregate.MIN}
_GROUP = "test_group.yaml"
_OLD = ("sum", "avg", "min", "max")


def scored(
    source: Source, tests: tuple[TestCase, ...], legacy: bool, grader: CheckerProgram | None = None
) -> tuple[Scoring, tuple[TestCase, ...]]:
    """The groups, and the tests with the group of each and, where the format says so, points."""
    if not legacy:
        return _new(source, tests)
    reader = _Legacy(source, grader)
    folders = {folder: None for test in tests for folder in _folders(str(test.name))}
    children: dict[str, list[str]] = {}
    for folder in folders:
        children.setdefault(folder.rpartition("/")[0], []).append(folder)

    def made(name: str) -> Group:
        return reader.group(name, tuple(map(made, children.get(name, []))))

    groups = tuple(map(made, children.get("", [])))
    return reader.total(groups), tuple(reader.test(test) for test in tests)


def _folders(name: str) -> list[str]:
    parts = name.split("/")[:-1]
    return ["/".join(parts[:n]) for n in range(1, len(parts) + 1)]


def _parent(test: TestCase) -> str:
    return str(test.name).rpartition("/")[0]


def _new(source: Source, tests: tuple[TestCase, ...]) -> tuple[Scoring, tuple[TestCase, ...]]:
    """2025-09: folders of data/secret with a test_group.yaml are groups, which do not nest; tests
    in other folders belong to the one above."""
    data = source.root / "data"
    found: dict[str, list[str]] = {"sample": [], "secret": []}
    members = []
    for test in tests:
        top, *inner = _folders(str(test.name))
        own = [name for name in inner if (data / name / _GROUP).exists()]
        if len(own) > 1:
            raise InvalidPackage(f"{data / own[1] / _GROUP}: a group inside the group {own[0]}")
        name = own[0] if own else top
        if own and name not in found[top]:
            found[top].append(name)
        members.append(test.model_copy(update={"group": name}))
    if found["secret"] and (stray := [one for one in members if one.group == "secret"]):
        raise InvalidPackage(
            f"{data / str(stray[0].name)}.in: in no group; data/secret has either groups or tests"
        )
    tops = [top for top in found if any(str(test.name).startswith(f"{top}/") for test in tests)]
    groups: list[Group] = []
    for top in tops:
        known = [*(group.name for group in groups), top]
        inner_groups = []
        for name in found[top]:
            inner_groups.append(_new_group(source, name, (), known))
            known.append(name)
        groups.append(_new_group(source, top, tuple(inner_groups), known[:1]))
    return Scoring(groups=tuple(groups)), tuple(members)


def _new_group(source: Source, name: str, inner: tuple[Group, ...], known: list[str]) -> Group:
    """A group; `known`: those that come before it, which it may require."""
    path = source.root / "data" / name / _GROUP
    given = source.settings(path)
    how = given.get("score_aggregation", "sum" if name == "secret" else "pass-fail")
    if how not in _NEW:
        place = source.at(path, "score_aggregation")
        raise InvalidPackage(f"{place}: score_aggregation: {shown(how)} is not known")
    if name == "sample":
        return Group(name=name, aggregate=Aggregate.ALL, points=Decimal(0), groups=inner)
    most = given.get("max_score", None if inner or name != "secret" else 100)
    if most == "unbounded" and how == "pass-fail":
        place = source.at(path, "max_score")
        raise InvalidPackage(f"{place}: max_score: unbounded, and the group is pass-fail")
    points = None if most in (None, "unbounded") else points_of(path, "max_score", most)
    required = tuple(
        one if one == "sample" else f"secret/{one.removeprefix('secret/')}"
        for one in words(path, "require_pass", given.get("require_pass"))
    )
    if unknown := [one for one in required if one not in known or one == "secret"]:
        raise InvalidPackage(
            f"{source.at(path, 'require_pass')}: require_pass: {unknown[0]!r:.60} is no group that"
            " comes before this one"
        )
    return Group(name=name, aggregate=_NEW[how], points=points, requires=required, groups=inner)


class _Legacy:
    """Each folder is a group; what its testdata.yaml leaves out holds as in the one above."""

    def __init__(self, source: Source, grader: CheckerProgram | None) -> None:
        self._source = source
        self._grader = grader
        top = self._settings("")
        self._flags = words(source.root, "grader_flags", top.get("grader_flags"))

    def _settings(self, name: str) -> dict[str, Any]:
        """The file of a folder, on top of those above."""
        folder = self._source.root / "data"
        found: dict[str, Any] = {}
        for part in ("", *filter(None, name.split("/"))):
            folder /= part
            found |= self._source.settings(folder / "testdata.yaml")
        return found

    def test(self, test: TestCase) -> TestCase:
        name = _parent(test)
        path = self._source.root / "data" / name / "testdata.yaml"
        settings = self._settings(name)
        if points_of(path, "reject_score", settings.get("reject_score", 0) or 0) != 0:
            raise InvalidPackage(f"{path}: reject_score: only 0 is supported")
        points = points_of(path, "accept_score", settings.get("accept_score", 1))
        unbounded = "accept_score" not in settings
        return test.model_copy(update={"group": name, "points": None if unbounded else points})

    def group(self, name: str, inner: tuple[Group, ...]) -> Group:
        given = self._settings(name)
        how, flags = self._how(name, given)
        stops = given.get("on_reject", "break") == "break"
        points = None
        if name == "sample" and self._ignored:
            how, points, flags = Aggregate.ALL, Decimal(0), ()
        return Group(
            name=name, aggregate=how, points=points, stops=stops, arguments=flags, groups=inner
        )

    def total(self, groups: tuple[Group, ...]) -> Scoring:
        """The whole: of groups of which only one counts it is that one's score."""
        how, flags = self._how("", self._settings(""))
        counted = [group for group in groups if not (group.name == "sample" and self._ignored)]
        if how is not Aggregate.CUSTOM and len(counted) < 2:
            how = Aggregate.SUM
        used = how is Aggregate.CUSTOM or any(
            one.aggregate is Aggregate.CUSTOM for group in groups for one in group.all_groups()
        )
        grader = self._grader if used else None
        return Scoring(aggregate=how, groups=groups, grader=grader, arguments=flags)

    @property
    def _ignored(self) -> bool:
        return "ignore_sample" in self._flags

    def _place(self, name: str, key: str) -> str:
        """The file and the line in which a group, or one above it, has the key."""
        folders = ["", *_folders(f"{name}/")] if name else [""]
        paths = [self._source.root / "data" / one / "testdata.yaml" for one in folders]
        found = [path for path in paths if key in self._source.settings(path)]
        return self._source.at(found[-1], key) if found else str(paths[-1])

    def _how(self, name: str, given: dict[str, Any]) -> tuple[Aggregate, tuple[str, ...]]:
        """How the score of a group is made, and with which arguments of the package's grader."""
        path = self._source.root / "data" / name / "testdata.yaml"
        flags = words(path, "grader_flags", given.get("grader_flags"))
        grading = given.get("grading", "default")
        if grading == "custom":
            if self._grader is None:
                place = self._place(name, "grading")
                raise InvalidPackage(f"{place}: grading: custom, and no program is in graders/")
            return Aggregate.CUSTOM, tuple(flags)
        if grading != "default":
            place = self._place(name, "grading")
            raise InvalidPackage(f"{place}: grading: {shown(grading)} is not known")
        return Aggregate(next((flag for flag in flags if flag in _OLD), "sum")), ()
