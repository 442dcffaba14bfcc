"""Read a package of Polygon (Codeforces): problem.xml, tests and groups.

A "standard" package holds neither generated tests nor answers: there is a recipe for each instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from judgecore.errors import InvalidPackage, InvalidSubmission
from judgecore.groups import Aggregate, Group, Scoring
from judgecore.kinds import Batch, Interactive
from judgecore.limits import Limits
from judgecore.problem import Problem, TestCase
from judgecore.problems.loaded import InputValidator, Package, Recipe
from judgecore.problems.polygon_probes import probes
from judgecore.problems.polygon_programs import (
    NAME,
    checker_of,
    code_of,
    interactor_of,
    main_name,
    solutions_of,
)
from judgecore.problems.programs import Code
from judgecore.problems.reading import Source, points_of

_MOST_BYTES = 4 << 20
_NUMBER = re.compile(r"%(0?\d*)d")
# In others a declaration of entities looks different, and would not be noticed.
_ENCODINGS = (
    b"utf-8",
    b"utf8",
    b"us-ascii",
    b"ascii",
    b"iso-8859-1",
    b"windows-1251",
    b"windows-1252",
)
_ENCODING = re.compile(rb"""[^>]*\bencoding\s*=\s*["']([^"'>]*)""")
_WIDEST = 20  # digits of a number in the name of a test


def looks_like_one(folder: Path) -> bool:
    """Whether it has what Polygon's packages have."""
    return (folder / NAME).exists()


def load(source: Source, name: str) -> Package:
    """The problem and its solutions, or `InvalidPackage`."""
    path = source.root / NAME
    root = _parsed(source, path)
    testset = _testset(path, root)
    tests, total, recipes = _tests(source, path, root, testset)
    checker, interactor = checker_of(source, root), interactor_of(source, root)
    title = root.find("names/name[@language='english']")
    title = root.find("names/name") if title is None else title
    more: dict[str, Any] = {} if total is None else {"total": total}
    if interactor is not None:
        more["procedure"] = Interactive(interactor=interactor)
    else:
        more["procedure"] = _batch(root)
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
    solutions = tuple(solutions_of(source, root))
    main = [one.code for one in solutions if one.name == main_name(root)]
    if recipes and not main:
        raise InvalidPackage(f"{path}: assets: no main solution, which would make the answers")
    return Package(
        problem,
        solutions,
        validators=tuple(_validators(source, root, tests)),
        probes=tuple(probes(source, root, partial(_numbered, path))),
        recipes=recipes,
        main=main[0] if main else None,
    ).warned(source)


def _parsed(source: Source, path: Path) -> ElementTree.Element:
    data = source.data(path, _MOST_BYTES)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise InvalidPackage(f"{path}: declares entities, which are not read")
    declared = _ENCODING.match(data)
    if b"\0" in data or (declared and declared[1].lower() not in _ENCODINGS):
        raise InvalidPackage(f"{path}: not in UTF-8")
    try:
        return ElementTree.fromstring(data)
    except ElementTree.ParseError as exc:
        raise InvalidPackage(f"{path}:{exc.position[0]}: not XML: {exc}") from None


def _testset(path: Path, root: ElementTree.Element) -> ElementTree.Element:
    found = root.findall("judging/testset")
    named = [one for one in found if one.get("name") == "tests"]
    if not found:
        raise InvalidPackage(f"{path}: judging: no testset")
    return (named or found)[0]


def _batch(root: ElementTree.Element) -> Batch:
    judging = root.find("judging")
    given = {} if judging is None else judging.attrib
    names = (given.get(key, "") for key in ("input-file", "output-file"))
    read, written = (None if name in ("", "stdin", "stdout") else name for name in names)
    return Batch(input_file=read, output_file=written)


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
) -> tuple[tuple[TestCase, ...], Scoring | None, dict[int, Recipe]]:
    patterns = [testset.findtext(f"{key}-path-pattern", "") for key in ("input", "answer")]
    interactive = root.find("assets/interactor") is not None
    recipes = _Recipes(source, root)
    tests = []
    for number, one in enumerate(testset.findall("tests/test"), 1):
        given, answer = (source.root / _numbered(path, pattern, number) for pattern in patterns)
        recipes.add(number - 1, one, given, answer, interactive)
        points = one.get("points")
        tests.append(
            TestCase(
                name=f"{testset.get('name', 'tests')}/{number:02d}",
                input=source.data(given) if given.exists() else b"",
                expected=source.data(answer) if answer.exists() else None if interactive else b"",
                group=one.get("group"),
                points=None if points is None else points_of(path, "points", points),
            )
        )
    return *_scored(path, testset, tests), recipes.found


def _scored(
    path: Path, testset: ElementTree.Element, tests: list[TestCase]
) -> tuple[tuple[TestCase, ...], Scoring | None]:
    groups = _named(path, testset)
    worth = [points_of(path, "points", one.get("points") or "0") for one in groups.values()]
    if not any((*worth, *(test.points for test in tests))):
        return tuple(test.model_copy(update={"points": None}) for test in tests), None
    names = list(dict.fromkeys(test.group for test in tests if test.group))
    made = {name: _group(path, name, groups.get(name), tests) for name in names}
    return tuple(tests), Scoring(groups=tuple(_in_order(path, made)))


def _named(path: Path, testset: ElementTree.Element) -> dict[str, ElementTree.Element]:
    """The groups by their names, each there once, and each that another depends on."""
    found: dict[str, ElementTree.Element] = {}
    for group in testset.findall("groups/group"):
        name = group.get("name", "")
        if name in found:
            raise InvalidPackage(f"{path}: groups: {name!r:.60} is there twice")
        found[name] = group
    known = {*found, *(test.get("group") for test in testset.findall("tests/test"))}
    for name, group in found.items():
        for one in group.findall("dependencies/dependency"):
            if (other := one.get("group")) not in known:
                raise InvalidPackage(
                    f"{path}: groups: {name!r:.60} depends on {other!r:.60}, which is not there"
                )
    return found


def _in_order(path: Path, groups: dict[str, Group]) -> Iterator[Group]:
    """The groups, each after those that it requires."""
    known: list[str] = []
    while len(known) < len(groups):
        left = [one for one in groups.values() if one.name not in known]
        ready = [one for one in left if set(one.requires) <= {*known}]
        if not ready:
            raise InvalidPackage(
                f"{path}: groups: {left[0].name!r:.60} depends on {left[0].requires[0]!r:.60},"
                " which depends on it"
            )
        known.append(ready[0].name)
        yield ready[0]


class _Recipes:
    """How the tests are made that the package does not hold, by their numbers from 0."""

    def __init__(self, source: Source, root: ElementTree.Element) -> None:
        self.found: dict[int, Recipe] = {}
        self._source = source
        found = root.findall("files/executables/executable/source")
        paths = [source.root / one.get("path", "") for one in found]
        self._paths = {path.stem: path for path in paths}
        self._generators: dict[str, Code] = {}

    def add(
        self, number: int, one: ElementTree.Element, given: Path, answer: Path, interactive: bool
    ) -> None:
        """Note what is missing of a test, or raise `InvalidPackage`."""
        command = (one.get("cmd") or "").split()
        if given.exists():
            if not answer.exists() and not interactive:
                self.found[number] = Recipe()
        elif one.get("method") != "generated" or not command or one.get("from-file"):
            raise InvalidPackage(f"{given}: missing, and problem.xml does not say how it is made")
        else:
            self.found[number] = Recipe(self._generator(command[0], given), tuple(command[1:]))

    def _generator(self, name: str, given: Path) -> Code:
        if name not in self._paths:
            raise InvalidPackage(f"{given}: missing, and the package has no generator {name!r:.60}")
        if name not in self._generators:
            self._generators[name] = code_of(self._source, self._paths[name])
        return self._generators[name]


def _validators(
    source: Source, root: ElementTree.Element, tests: tuple[TestCase, ...]
) -> Iterator[InputValidator]:
    arguments = {str(test.name): ("--group", test.group) for test in tests if test.group}
    for one in root.findall("assets/validators/validator/source"):
        path = source.root / one.get("path", "")
        yield InputValidator(path.name, code_of(source, path), accepts=0, arguments=arguments)


def _numbered(path: Path, pattern: str, number: int) -> str:
    """A printf pattern with one number, filled in; nothing that leads out of the package."""
    found = _NUMBER.search(pattern)
    if not found or int(found[1] or 0) > _WIDEST or ".." in pattern or pattern.startswith("/"):
        raise InvalidPackage(f"{path}: {pattern!r:.60} is no pattern of tests")
    return pattern[: found.start()] + f"{number:{found[1] or ''}d}" + pattern[found.end() :]


def _group(
    path: Path, name: str, given: ElementTree.Element | None, tests: list[TestCase]
) -> Group:
    if given is None:
        return Group(name=name)
    whole = given.get("points-policy") == "complete-group"
    points = given.get("points")
    summed = sum((test.points or Decimal(0) for test in tests if test.group == name), Decimal(0))
    # A group without tests is nothing that can fail.
    known = {test.group for test in tests}
    required = tuple(
        group
        for one in given.findall("dependencies/dependency")
        if (group := one.get("group", "")) in known
    )
    return Group(
        name=name,
        aggregate=Aggregate.ALL if whole else Aggregate.SUM,
        points=points_of(path, "points", points) if points else summed if whole else None,
        requires=required,
    )
