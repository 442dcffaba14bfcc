"""Tests in which a package's static validator judges the source, since 2023-07.

A folder's own test_group.yaml asks for one (`static_validation_score`; testdata.yaml by
`static_validation` in 2023-07). What holds in a group does not hold in those within it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from judgecore.errors import InvalidPackage
from judgecore.problem import TestCase
from judgecore.problems.reading import Source, points_of, shown, words

FOLDER = "static_validator"
NAME = "static validation"  # of such a test, in its folder
_SCORE, _ARGUMENTS = "static_validation_score", "static_validator_args"
_OLD = "static_validation"
_PASS_FAIL = "pass-fail"


def static_test(source: Source, folder: Path, there: bool, *, scored: bool) -> TestCase | None:
    """The test that a folder's file asks for. `there`: the package has a static validator."""
    path = folder / "test_group.yaml"
    given = source.settings(path)
    if _OLD in (old := source.settings(folder / "testdata.yaml")):
        path = folder / "testdata.yaml"
        given = _of_draft(source, path, old[_OLD])
    if _SCORE not in given:
        if _ARGUMENTS in given:
            raise InvalidPackage(f"{source.at(path, _ARGUMENTS)}: {_ARGUMENTS}: without {_SCORE}")
        return None
    score, place = given[_SCORE], source.at(path, _SCORE)
    if not there:
        raise InvalidPackage(f"{place}: {_SCORE}: the package has no {FOLDER}")
    how = given.get("score_aggregation", "sum" if folder.name == "secret" else _PASS_FAIL)
    if scored and (score == _PASS_FAIL) != (how == _PASS_FAIL):
        raise InvalidPackage(f"{place}: {_SCORE}: {shown(score)}, in a group that is {shown(how)}")
    if score != _PASS_FAIL and not scored:
        raise InvalidPackage(f"{place}: {_SCORE}: {shown(score)}, and the problem has no scores")
    name = f"{folder.relative_to(source.root / 'data').as_posix()}/{NAME}"
    return TestCase(
        name=name,
        static=True,
        points=None if score == _PASS_FAIL else points_of(path, _SCORE, score),
        checker_arguments=tuple(words(path, _ARGUMENTS, given.get(_ARGUMENTS))),
    )


def _of_draft(source: Source, path: Path, value: Any) -> dict[str, Any]:
    """What the draft of 2023-07 says, in the words of 2025-09."""
    if value is False:
        return {}
    if not isinstance(value, dict):
        return {_SCORE: _PASS_FAIL}
    source.know(path, map(str, value), ("args", "score"))
    found = {_SCORE: value.get("score", _PASS_FAIL), _ARGUMENTS: value.get("args")}
    return {key: one for key, one in found.items() if one is not None}
