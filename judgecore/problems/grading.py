"""The groups of a package that has scores: testdata.yaml before 2025, test_group.yaml since."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from judgecore.errors import InvalidPackage
from judgecore.groups import Aggregate, Group, Scoring
from judgecore.problem import TestCase
from judgecore.problems.reading import Source, points_of, shown, words

_NEW = {"pass-fail": Aggregate.ALL, "sum": Aggregate.SUM, "min": Aggregate.MIN}
_OLD = ("sum", "avg", "min", "max")


def scored(
    source: Source, tests: tuple[TestCase, ...], legacy: bool
) -> tuple[Scoring, tuple[TestCase, ...]]:
    """The groups, and the tests with the group of each and, where the format says so, points."""
    reader = _Legacy(source) if legacy else _New(source)
    data = source.root / "data"
    folders = {folder: None for test in tests for folder in _folders(str(test.name))}
    children: dict[str, list[str]] = {}
    for folder in folders:
        children.setdefault(folder.rpartition("/")[0], []).append(folder)

    def made(name: str) -> Group:
        return reader.group(data / name, name, tuple(map(made, children.get(name, []))))

    groups = tuple(map(made, children.get("", [])))
    return Scoring(groups=groups), tuple(reader.test(test) for test in tests)


def _folders(name: str) -> list[str]:
    parts = name.split("/")[:-1]
    return ["/".join(parts[:n]) for n in range(1, len(parts) + 1)]


def _parent(test: TestCase) -> str:
    return str(test.name).rpartition("/")[0]


class _New:
    """2025-09: a folder of data/secret with a test_group.yaml is a group; groups do not nest."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def test(self, test: TestCase) -> TestCase:
        return test.model_copy(update={"group": _parent(test)})

    def group(self, folder: Path, name: str, inner: tuple[Group, ...]) -> Group:
        path = folder / "test_group.yaml"
        given = self._source.settings(path)
        default = "sum" if name == "secret" or not given else "pass-fail"
        how = given.get("score_aggregation", default)
        if how not in _NEW:
            raise InvalidPackage(f"{path}: score_aggregation: {shown(how)} is not known")
        if given.get("static_validation_score"):
            raise InvalidPackage(f"{path}: static validators are not supported")
        points: Decimal | None = None
        if name == "sample":
            return Group(name=name, aggregate=Aggregate.ALL, points=Decimal(0), groups=inner)
        if (most := given.get("max_score")) is not None and most != "unbounded":
            points = points_of(path, "max_score", most)
        elif most is None and name == "secret" and not inner:
            points = Decimal(100)
        required = tuple(
            one if one == "sample" else f"secret/{one.removeprefix('secret/')}"
            for one in words(path, "require_pass", given.get("require_pass"))
        )
        return Group(name=name, aggregate=_NEW[how], points=points, requires=required, groups=inner)


class _Legacy:
    """Each folder is a group; what its testdata.yaml leaves out holds as in the one above."""

    def __init__(self, source: Source) -> None:
        self._source = source
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
        if Decimal(str(settings.get("reject_score", 0) or 0)) != 0:
            raise InvalidPackage(f"{path}: reject_score: only 0 is supported")
        points = points_of(path, "accept_score", settings.get("accept_score", 1))
        unbounded = "accept_score" not in settings
        return test.model_copy(update={"group": name, "points": None if unbounded else points})

    def group(self, folder: Path, name: str, inner: tuple[Group, ...]) -> Group:
        path = folder / "testdata.yaml"
        given = self._settings(name)
        if given.get("grading", "default") != "default":
            raise InvalidPackage(f"{path}: grading: custom graders are not supported")
        flags = words(path, "grader_flags", given.get("grader_flags"))
        how = next((flag for flag in flags if flag in _OLD), "sum")
        stops = given.get("on_reject", "break") == "break"
        points = None
        if name == "sample" and "ignore_sample" in self._flags:
            how, points = "all", Decimal(0)
        return Group(name=name, aggregate=Aggregate(how), points=points, stops=stops, groups=inner)
