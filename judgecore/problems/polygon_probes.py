"""The tests of Polygon's validators and checkers: what they must accept, and what they reject.

    validator: testset: tests/test@verdict   valid, invalid
    checker: testset: tests/test@verdict     ok, wrong-answer, presentation-error

A checker's other verdicts (crashed, points) are about more than accepting, and are not tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

from judgecore.problem import TestCase
from judgecore.problems.loaded import Probe
from judgecore.problems.reading import Source

_INPUTS = {"valid": True, "invalid": False}
_OUTPUTS = {"ok": True, "wrong-answer": False, "presentation-error": False}
Numbered = Callable[[str, int], str]  # a pattern of paths, and a number that is filled in


def probes(source: Source, root: ElementTree.Element, numbered: Numbered) -> Iterator[Probe]:
    """All of them; those whose files are not there are warned of."""
    for validator in root.findall("assets/validators/validator"):
        place = validator.find("source")
        name = "" if place is None else Path(place.get("path", "")).name
        for accepted, (given,) in _tests(source, validator, _INPUTS, ("input",), numbered):
            test = TestCase(name=_name(source, given), input=source.data(given))
            yield Probe(test, None, accepted, validator=name)
    for checker in root.findall("assets/checker"):
        kinds = ("input", "output", "answer")
        for accepted, paths in _tests(source, checker, _OUTPUTS, kinds, numbered):
            before, output, answer = (source.data(path) for path in paths)
            test = TestCase(name=_name(source, paths[0]), input=before, expected=answer)
            yield Probe(test, output, accepted)


def _name(source: Source, path: Path) -> str:
    return path.relative_to(source.root).as_posix()


def _tests(
    source: Source,
    owner: ElementTree.Element,
    verdicts: dict[str, bool],
    kinds: tuple[str, ...],
    numbered: Numbered,
) -> Iterator[tuple[bool, list[Path]]]:
    """What each test of a validator or checker must get, and its files."""
    patterns = [owner.findtext(f"testset/{kind}-path-pattern", "") for kind in kinds]
    for number, one in enumerate(owner.findall("testset/tests/test"), 1):
        accepted = verdicts.get(one.get("verdict", ""))
        paths = [source.root / numbered(pattern, number) for pattern in patterns]
        missing = [path for path in paths if not path.exists()]
        if missing:
            source.warn(missing[0], "not there; what must be accepted or rejected is not tried")
        elif accepted is not None:
            yield accepted, paths
