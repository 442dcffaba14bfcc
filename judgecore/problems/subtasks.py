"""The subtasks of a task of CMS: gen/GEN, or score_type_parameters of task.yaml."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from judgecore.errors import InvalidPackage
from judgecore.groups import Aggregate, Group
from judgecore.problems.reading import Source, points_of, shown

_SCORE_TYPES = {
    "Sum": Aggregate.SUM,
    "GroupMin": Aggregate.MIN,
    "GroupMul": Aggregate.MUL,
    "GroupThreshold": Aggregate.THRESHOLD,
}
_PARAMETERS = "score_type_parameters"
_LONGEST_PATTERN = 10_000  # letters: a pattern may name every test
_SUBTASK = re.compile(r"#\s*ST:\s*([0-9.]+)\s*$")
_COPIED = re.compile(r"#\s*COPY:")


@dataclass(frozen=True, slots=True)
class _Subtask:
    """Points, the numbers of its tests, and a threshold, where the type of the score has such."""

    points: Decimal
    tests: tuple[int, ...]
    threshold: Decimal = Decimal(1)


Member = tuple[int, str]  # a test's number and its group


def subtasks(
    source: Source, path: Path, given: dict[str, Any], inputs: list[int]
) -> tuple[tuple[Group, ...], list[Member]]:
    """The subtasks of a task, and the tests of each; a test may be in several."""
    kind = str(given.get("score_type", ""))
    if kind and kind not in _SCORE_TYPES:
        raise InvalidPackage(
            f"{source.at(path, 'score_type')}: score_type: {kind:.40} is not known"
        )
    listed = given.get("score_type_parameters")
    how = _SCORE_TYPES.get(kind, Aggregate.MIN)
    found = _generated(source, inputs)
    if isinstance(listed, list) and how is not Aggregate.SUM:
        found = _listed(path, listed, inputs)
    elif how is Aggregate.SUM or not found:
        points = points_of(path, "total_value", given.get("total_value", 100))
        group = Group(name="tests", aggregate=Aggregate.SUM, points=points)
        return (group,), [(number, "tests") for number in inputs]
    groups = [
        Group(
            name=f"subtask{n}",
            aggregate=how if one.points else Aggregate.ALL,
            points=one.points,
            threshold=one.threshold,
        )
        for n, one in enumerate(found, 1)
    ]
    members = [(number, f"subtask{n}") for n, one in enumerate(found, 1) for number in one.tests]
    if left := [number for number in inputs if number not in {number for number, _ in members}]:
        source.warn(path, f"test {left[0]:03d} is in no subtask, and counts for nothing")
        groups.append(Group(name="none", aggregate=Aggregate.ALL, points=Decimal(0)))
    return tuple(groups), members + [(number, "none") for number in left]


def _generated(source: Source, inputs: list[int]) -> list[_Subtask]:
    """The subtasks that gen/GEN says, a test a line; none where it says none."""
    path = source.root / "gen" / "GEN"
    if not path.exists():
        return []
    found: list[tuple[Decimal, int]] = []
    for number, text in enumerate(source.text(path).splitlines(), 1):
        row = text.strip()
        if subtask := _SUBTASK.match(row):
            found.append((points_of(Path(f"{path}:{number}"), "ST", subtask[1]), 0))
        elif found and (_COPIED.match(row) or row.partition("#")[0].strip()):
            found[-1] = (found[-1][0], found[-1][1] + 1)
    return [
        _Subtask(points, tests)
        for (points, _), tests in zip(found, _counted(path, found, inputs), strict=True)
    ]


def _counted(
    path: Path, subtasks: Sequence[tuple[Decimal, int]], inputs: list[int]
) -> list[tuple[int, ...]]:
    """The tests of subtasks that say how many they have, one after another."""
    total = sum(count for _, count in subtasks)
    if subtasks and total != len(inputs):
        raise InvalidPackage(f"{path}: {total} tests in subtasks, and input/ has {len(inputs)}")
    numbers = iter(inputs)
    return [tuple(islice(numbers, count)) for _, count in subtasks]


def _listed(path: Path, listed: list[Any], inputs: list[int]) -> list[_Subtask]:
    """score_type_parameters: points, how many tests or a pattern of names, a threshold."""
    for one in listed:
        if not isinstance(one, list) or not 2 <= len(one) <= 3:
            raise InvalidPackage(f"{path}: {_PARAMETERS}: {shown(one)}: not [points, tests]")
    points = [points_of(path, _PARAMETERS, one[0]) for one in listed]
    limits = [points_of(path, _PARAMETERS, (*one, 1)[2]) for one in listed]
    which = [one[1] for one in listed]
    if all(isinstance(one, int) and 0 <= one <= len(inputs) for one in which):
        tests = _counted(path, list(zip(points, which, strict=True)), inputs)
    elif all(isinstance(one, str) for one in which):
        tests = [_matching(path, one, inputs) for one in which]
    else:
        raise InvalidPackage(
            f"{path}: {_PARAMETERS}: {shown(which)}: all are numbers of tests, or all are patterns"
        )
    return [_Subtask(*one) for one in zip(points, tests, limits, strict=True)]


def _matching(path: Path, pattern: str, inputs: list[int]) -> tuple[int, ...]:
    if len(pattern) > _LONGEST_PATTERN:
        raise InvalidPackage(
            f"{path}: {_PARAMETERS}: {shown(pattern)}: more than {_LONGEST_PATTERN} letters"
        )
    try:
        wanted = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as exc:
        raise InvalidPackage(
            f"{path}: {_PARAMETERS}: {shown(pattern)}: not a valid pattern: {exc}"
        ) from None
    found = tuple(number for number in inputs if wanted.match(f"{number:03d}"))
    if not found:
        raise InvalidPackage(f"{path}: {_PARAMETERS}: {shown(pattern)}: no test has such a name")
    return found
