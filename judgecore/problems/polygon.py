"""Read a package of Polygon (Codeforces): problem.xml, tests, checker, interactor, groups.

Packages that hold their tests are read ("full", "linux", "windows"); one that would have to
generate them ("standard") is refused. The sources of checker and interactor are compiled with the
testlib.h that lies beside them.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from judgecore.errors import InvalidPackage, InvalidSubmission
from judgecore.groups import Aggregate, Group, Scoring
from judgecore.kinds import CheckerProgram, Convention, Interactive
from judgecore.limits import Limits
from judgecore.problem import Checker, CheckerKind, Problem, TestCase
from judgecore.problems import programs
from judgecore.problems.labels import Labelled
from judgecore.problems.loaded import Package
from judgecore.problems.reading import Source

NAME = "problem.xml"
_MOST_BYTES = 4 << 20
_NUMBER = re.compile(r"%(0?\d*)d")
# The standard checkers, where a package names one and does not hold its source.
_STANDARD = {
    "wcmp": Checker(),
    "lcmp": Checker(kind=CheckerKind.LINES),
    "fcmp": Checker(kind=CheckerKind.LINES),
    "hcmp": Checker(),
    "ncmp": Checker(),
    "icmp": Checker(),
    "yesno": Checker(case_sensitive=False),
    "nyesno": Checker(case_sensitive=False),
    **{
        f"rcmp{n}": Checker(
            kind=CheckerKind.FLOATS, absolute=float(f"1e-{n}"), relative=float(f"1e-{n}")
        )
        for n in (4, 6, 9)
    },
}
_TAGS: dict[str, tuple[str, ...]] = {
    "main": ("AC",),
    "accepted": ("AC",),
    "rejected": ("WA", "TLE", "MLE", "RTE", "PE", "OLE", "PS"),
    "wrong-answer": ("WA", "PS"),
    "presentation-error": ("PE", "WA"),
    "time-limit-exceeded": ("TLE",),
    "time-limit-exceeded-or-accepted": ("TLE", "AC"),
    "time-limit-exceeded-or-memory-limit-exceeded": ("TLE", "MLE"),
    "memory-limit-exceeded": ("MLE",),
    "failed": ("RTE",),
}


def looks_like_one(folder: Path) -> bool:
    """Whether it has what Polygon's packages have."""
    return (folder / NAME).exists()


def load(source: Source, name: str) -> Package:
    """The problem and its solutions, or `InvalidPackage`."""
    path = source.root / NAME
    root = _parsed(source, path)
    testset = _testset(path, root)
    tests, total = _tests(source, path, root, testset)
    checker, interactor = _checker(source, root), _interactor(source, root)
    title = root.find("names/name[@language='english']")
    title = root.find("names/name") if title is None else title
    more: dict[str, Any] = {} if total is None else {"total": total}
    if interactor is not None:
        more["procedure"] = Interactive(interactor=interactor)
    try:
        problem = Problem(
            slug=name or None,
            title="" if title is None else title.get("value", ""),
            tests=tests,
            limits=_limits(path, testset),
            checker=checker,
            **more,
        )
    except InvalidSubmission as exc:
        raise InvalidPackage(f"{path}: {exc}") from None
    return Package(problem, tuple(_solutions(source, root))).warned(source)


def _parsed(source: Source, path: Path) -> ElementTree.Element:
    data = source.data(path, _MOST_BYTES)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise InvalidPackage(f"{path}: declares entities, which are not read")
    try:
        return ElementTree.fromstring(data)
    except ElementTree.ParseError as exc:
        raise InvalidPackage(f"{path}:{exc.position[0]}: not XML: {exc}") from None


def _testset(path: Path, root: ElementTree.Element) -> ElementTree.Element:
    found = root.findall("judging/testset")
    named = [one for one in found if one.get("name") == "tests"]
    if not found:
        raise InvalidPackage(f"{path}: judging: no testset")
    judging = root.find("judging")
    assert judging is not None
    for key in ("input-file", "output-file"):
        if judging.get(key):
            raise InvalidPackage(f"{path}: judging: {key}: named files are not supported")
    return (named or found)[0]


def _limits(path: Path, testset: ElementTree.Element) -> Limits:
    try:
        changes = {
            "cpu_ms": int(testset.findtext("time-limit", "")),
            "memory_bytes": int(testset.findtext("memory-limit", "")),
        }
        return Limits(**changes)
    except (ValueError, InvalidSubmission) as exc:
        raise InvalidPackage(f"{path}: testset: limits: {exc}") from None


def _tests(
    source: Source, path: Path, root: ElementTree.Element, testset: ElementTree.Element
) -> tuple[tuple[TestCase, ...], Scoring | None]:
    patterns = [testset.findtext(f"{key}-path-pattern", "") for key in ("input", "answer")]
    interactive = root.find("assets/interactor") is not None
    groups = {g.get("name", ""): g for g in testset.findall("groups/group")}
    tests = []
    for number, one in enumerate(testset.findall("tests/test"), 1):
        given, answer = (source.root / _numbered(path, pattern, number) for pattern in patterns)
        if not given.exists():
            raise InvalidPackage(
                f"{given}: missing: the package does not hold its generated tests; download the"
                " full one, which does"
            )
        known = answer.exists() or not interactive
        points, group = one.get("points"), one.get("group")
        tests.append(
            TestCase(
                name=f"{testset.get('name', 'tests')}/{number:02d}",
                input=source.data(given),
                expected=source.data(answer) if known else None,
                group=group,
                points=None if points is None else _points(path, points),
            )
        )
    if not any(one.get("points") for one in testset.findall("tests/test")):
        return tuple(test.model_copy(update={"points": None}) for test in tests), None
    names = list(dict.fromkeys(test.group for test in tests if test.group))
    made = tuple(_group(path, name, groups.get(name), tests) for name in names)
    return tuple(tests), Scoring(groups=made)


def _numbered(path: Path, pattern: str, number: int) -> str:
    """A printf pattern with one number, filled in; nothing that leads out of the package."""
    found = _NUMBER.search(pattern)
    if not found or ".." in pattern or pattern.startswith("/"):
        raise InvalidPackage(f"{path}: {pattern!r:.60} is no pattern of tests")
    return pattern[: found.start()] + f"{number:{found[1] or ''}d}" + pattern[found.end() :]


def _points(path: Path, text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise InvalidPackage(f"{path}: points: {text!r:.40} is not a number") from None


def _group(
    path: Path, name: str, given: ElementTree.Element | None, tests: list[TestCase]
) -> Group:
    if given is None:
        return Group(name=name)
    whole = given.get("points-policy") == "complete-group"
    points = given.get("points")
    summed = sum((test.points or Decimal(0) for test in tests if test.group == name), Decimal(0))
    required = tuple(one.get("group", "") for one in given.findall("dependencies/dependency"))
    return Group(
        name=name,
        aggregate=Aggregate.ALL if whole else Aggregate.SUM,
        points=_points(path, points) if points else summed if whole else None,
        requires=required,
    )


def _checker(source: Source, root: ElementTree.Element) -> Checker | CheckerProgram:
    found = root.find("assets/checker")
    if found is None:
        raise InvalidPackage(f"{source.root / NAME}: assets: no checker")
    standard = found.get("name", "").removeprefix("std::").removesuffix(".cpp")
    place = found.find("source")
    path = None if place is None else source.root / place.get("path", "")
    whole = path is not None and path.exists() and (path.parent / "testlib.h").exists()
    if not whole and standard in _STANDARD:
        source.warn(source.root / NAME, f"checker: compared as {standard} does")
        return _STANDARD[standard]
    if path is None:
        raise InvalidPackage(f"{source.root / NAME}: assets: the checker has no source")
    return _program(source, path)


def _interactor(source: Source, root: ElementTree.Element) -> CheckerProgram | None:
    place = root.find("assets/interactor/source")
    return None if place is None else _program(source, source.root / place.get("path", ""))


def _program(source: Source, path: Path) -> CheckerProgram:
    code = programs.read(source, path)
    beside = source.inside(path).parent.glob("*.h")
    headers = {one.name: source.data(one) for one in sorted(beside)}
    if b"testlib.h" in code.source and "testlib.h" not in headers:
        raise InvalidPackage(f"{path}: includes testlib.h, which does not lie beside it")
    return CheckerProgram(
        convention=Convention.TESTLIB, language=code.language, source=code.source, files=headers
    )


def _solutions(source: Source, root: ElementTree.Element) -> list[Labelled]:
    found = []
    for one in root.findall("assets/solutions/solution"):
        place, tag = one.find("source"), one.get("tag", "")
        if place is None or tag not in _TAGS:  # "do-not-run"
            continue
        path = source.root / place.get("path", "")
        code = programs.read(source, path)
        found.append(Labelled(place.get("path", ""), code, frozenset(_TAGS[tag])))
    return found
